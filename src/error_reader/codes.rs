//! The error codes that are known by name: how telling each is, and the step of a login in which it belongs.

use super::code_table::CODES;

/// A code, in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    pub name: &'static str,
    pub rank: Rank,
    /// A word of `error.step`.
    pub step: Option<&'static str>,
}

/// How much a code says; the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Names the one thing to fix.
    Exact,
    /// Names a kind of trouble with several causes.
    Kind,
    /// Says little more than that the request failed.
    Vague,
    /// Not in this table.
    Unknown,
    /// The name of an exception or of a wrapper around the real error.
    Wrapper,
}

/// Looks a code up, in any case.
pub fn find(name: &str) -> Option<&'static Code> {
    let name = name.as_bytes();
    let mut slot = hash(name);
    loop {
        let at = SLOTS[slot];
        if at == EMPTY {
            return None;
        }
        let code = &CODES[usize::from(at)];
        if code.name.as_bytes().eq_ignore_ascii_case(name) {
            return Some(code);
        }
        slot = (slot + 1) % SLOTS.len();
    }
}

impl Code {
    /// It is a word of other texts, too, and a code only where it stands in the place of one.
    pub fn is_ordinary(&self) -> bool {
        ["unauthorized", "misconfiguration"].contains(&self.name)
    }

    /// Services that have nothing to do with a login say it as well.
    pub fn is_of_every_service(&self) -> bool {
        self.is_ordinary() || ["rate_limit_exceeded", "rate_limited"].contains(&self.name)
    }
}

const EMPTY: u16 = u16::MAX;

/// Where each code is in the table, by its hash; every second slot at least is empty.
static SLOTS: [u16; 1024] = {
    assert!(CODES.len() <= 512);
    let mut slots = [EMPTY; 1024];
    let mut at: u16 = 0;
    while (at as usize) < CODES.len() {
        let mut slot = hash(CODES[at as usize].name.as_bytes());
        while slots[slot] != EMPTY {
            slot = (slot + 1) % slots.len();
        }
        slots[slot] = at;
        at += 1;
    }
    slots
};

/// FNV-1a over small letters.
const fn hash(name: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    let mut at = 0;
    while at < name.len() {
        hash = (hash ^ name[at].to_ascii_lowercase() as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    ((hash ^ (hash >> 16)) % 1024) as usize
}

/// The known code that a name in capitals and small letters means: `InvalidGrant`, `InvalidGrantError`.
pub fn find_camel(name: &str) -> Option<&'static Code> {
    let name = name.strip_suffix("Error").or_else(|| name.strip_suffix("Exception")).unwrap_or(name);
    let capitals = name.bytes().filter(u8::is_ascii_uppercase).count();
    if !(2..=6).contains(&capitals) || name.len() > 40 || !name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + capitals);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    find(&snake)
}

/// How telling a code is, known or not; in lower case.
pub fn rank(name: &str) -> Rank {
    match find(name) {
        Some(code) => code.rank,
        None if name.ends_with("error") || name.ends_with("exception") => Rank::Wrapper,
        None => Rank::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_table_is_found_in_any_case() {
        for code in CODES {
            assert_eq!(find(code.name).map(|found| found.name), Some(code.name));
            assert_eq!(find(&code.name.to_uppercase()).map(|found| found.name), Some(code.name));
        }
        assert!(find("").is_none() && find("invalid_gran").is_none());
    }

    #[test]
    fn the_table_is_sorted_and_names_steps_of_the_registry() {
        assert!(CODES.windows(2).all(|pair| pair[0].name < pair[1].name));
        let steps = crate::facts::registry::find("error.step").expect("registered").one_of;
        assert!(CODES.iter().filter_map(|code| code.step).all(|step| steps.contains(&step)));
    }

    #[test]
    fn an_exception_s_name_says_less_than_an_unknown_code() {
        assert!(rank("authenticationfailederror") > rank("some_new_code"));
        assert!(rank("redirect_uri_mismatch") < rank("invalid_grant"));
        assert!(rank("invalid_grant") < rank("invalid_request"));
    }
}
