//! Callbacks that are not of this login: whose they are, in words and as facts. Their codes are never used.

use super::failure::Failure;
use super::plan::Plan;
use super::steps;
use super::story::in_words;
use crate::oauth::callback::Arrival;
use crate::store::{Issued, Journal, Whose};
use jiff::Timestamp;
use std::time::Duration;

#[derive(Clone, Debug)]
pub enum Foreign {
    NoState { path: String },
    State { path: String, whose: Whose, now: Timestamp },
    Refusal { path: String, query: String },
}

impl Foreign {
    /// `None`: the arrival is of this login, or no callback.
    pub fn of(arrival: &Arrival, journal: &Journal, now: Timestamp) -> Option<Self> {
        let path = |path: &String| path.clone();
        match arrival {
            Arrival::NoState { path: at } => Some(Self::NoState { path: path(at) }),
            Arrival::ForeignState { path: at, state_hash } => {
                Some(Self::State { path: path(at), whose: journal.whose(state_hash), now })
            }
            Arrival::ForeignRefusal { path: at, query } => Some(Self::Refusal { path: path(at), query: query.clone() }),
            _ => None,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Self::NoState { path } => format!("an answer without a state, on {path}"),
            Self::Refusal { path, .. } => format!("an error answer without a state, on {path}"),
            Self::State { whose, now, .. } => match whose {
                Whose::StaleTab(it) => format!("the answer of an earlier login, a stale tab: {}", whom(it, *now)),
                Whose::OtherLogin(it) => {
                    format!("the answer of another login that runs now, pid {}: {}", it.pid, whom(it, *now))
                }
                Whose::NeverIssued => "an answer with a state that no login here issued in the last 24 hours: an old \
                                       answer replayed, or a forged one"
                    .to_owned(),
                Whose::Unknown => "an answer with another state; whose it is cannot be told, because the journal of \
                                   states cannot be read"
                    .to_owned(),
            },
        }
    }

    /// Why the login failed, where nothing better came: for a refusal, what the provider said is read elsewhere.
    pub fn failure(&self, plan: &Plan) -> Option<Failure> {
        let seen = |problem, path: &str| {
            let mut failure = Failure::seen(plan, &steps::BACK, problem, self.words());
            failure.facts.set("login.callback_path", path);
            failure
        };
        match self {
            Self::Refusal { .. } => None,
            Self::NoState { path } => Some(seen("state_missing", path)),
            Self::State { path, whose, .. } => {
                let mut failure = seen("state_foreign", path);
                let (word, issued) = match whose {
                    Whose::StaleTab(issued) => ("stale_tab", Some(issued)),
                    Whose::OtherLogin(issued) => ("other_login", Some(issued)),
                    Whose::NeverIssued => ("never_issued", None),
                    Whose::Unknown => ("unknown", None),
                };
                failure.facts.set("login.foreign_state", word);
                failure.facts.set("login.foreign_provider", issued.map(|it| it.provider.as_str()));
                failure.facts.set("login.foreign_connection", issued.map(|it| it.connection.as_str()));
                failure.facts.set("login.foreign_started_at", issued.map(|it| it.at));
                failure.facts.set("login.foreign_pid", issued.map(|it| it.pid));
                Some(failure)
            }
        }
    }
}

/// "github (connection work), begun 12 min ago"
fn whom(it: &Issued, now: Timestamp) -> String {
    let ago = Duration::try_from(now.duration_since(it.at)).unwrap_or_default();
    format!("{} (connection {}), begun {} ago", it.provider, it.connection, in_words(ago))
}
