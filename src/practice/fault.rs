//! A fault as it is asked for on the command line, and as it is shown: which row, and how often still.

use std::fmt;
use std::sync::Mutex;

use super::faults::{Place, Row, table};

/// One row of the table of faults, chosen.
#[derive(Clone, Copy)]
pub struct Fault(&'static Row);

impl Fault {
    pub const fn of(row: &'static Row) -> Self {
        Self(row)
    }

    pub const fn row(self) -> &'static Row {
        self.0
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name())
    }
}

/// There is no fault of that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no fault is called {given:?}{}", nearest.as_ref().map_or_else(|| "; --list-faults lists them".to_owned(), |name| format!("; did you mean {name}?")))]
pub struct UnknownFault {
    pub given: String,
    /// The nearest right name, if one is near.
    pub nearest: Option<String>,
}

/// Reads `CAUSE` or `CAUSE:variant`.
pub fn parse_fault(given: &str) -> Result<Fault, UnknownFault> {
    let named = |row: &&Row| row.name() == given;
    table().find(named).map(Fault).ok_or_else(|| UnknownFault { given: given.to_owned(), nearest: nearest(given) })
}

/// The nearest name: among the variants when the cause is right, else among the causes (with the variant, if it has that).
fn nearest(given: &str) -> Option<String> {
    let (cause, variant) = given.split_once(':').unwrap_or((given, ""));
    let closest = |wanted: &str, names: Vec<&'static str>| {
        let scored = names.into_iter().map(|name| (strsim::jaro_winkler(wanted, name), name));
        scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > 0.75).map(|best| best.1)
    };
    let cause = closest(cause, table().map(|row| row.cause).collect())?;
    let variants: Vec<_> = table().filter(|row| row.cause == cause).map(|row| row.variant).collect();
    let variant = closest(variant, variants).unwrap_or_default();
    table().find(|row| row.cause == cause && row.variant == variant).map(Row::name)
}

/// A fault at work: it is shown `left` times more, or always.
pub struct Injected {
    fault: Fault,
    left: Mutex<Option<u32>>,
}

impl Injected {
    pub fn new(fault: Fault, times: Option<u32>) -> Self {
        Self { fault, left: Mutex::new(times) }
    }

    /// The row, used up or not.
    pub const fn row(&self) -> &'static Row {
        self.fault.0
    }

    /// The row, if it is not used up.
    pub fn shown(&self) -> Option<&'static Row> {
        let used_up = *self.left.lock().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(0);
        (!used_up).then_some(self.fault.0)
    }

    /// The same, if it arises at this place.
    pub fn at(&self, place: Place) -> Option<&'static Row> {
        self.shown().filter(|row| row.place == place)
    }

    /// Counts one showing. Called only for requests that would have succeeded, so that probes use up nothing.
    pub fn spend(&self) {
        let mut left = self.left.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *left = left.map(|times| times.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_asked_for_by_its_name() {
        for row in table() {
            assert!(std::ptr::eq(parse_fault(&row.name()).unwrap().row(), row), "{} is named twice", row.name());
        }
    }

    #[test]
    fn a_misspelt_fault_is_answered_with_the_nearest_name() {
        let near = |given: &str| parse_fault(given).unwrap_err().nearest;
        assert_eq!(near("redirect_uri_missmatch").as_deref(), Some("redirect_uri_mismatch"));
        assert_eq!(near("redirect_uri_mismatch:gihub").as_deref(), Some("redirect_uri_mismatch:github"));
        assert_eq!(near("invalid_client_credential:github").as_deref(), Some("invalid_client_credentials:github"));
        assert_eq!(near("zzz"), None);
    }

    #[test]
    fn a_fault_with_a_count_is_used_up() {
        let row = table().find(|row| row.place == Place::Exchange).unwrap();
        let fault = Injected::new(Fault(row), Some(1));
        assert!(fault.at(Place::Exchange).is_some());
        fault.spend();
        assert!(fault.at(Place::Exchange).is_none());
    }
}
