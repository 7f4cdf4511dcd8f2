//! A session that is gone may have ended well or badly before: the vault and the audit table outlive it.

use super::Ground;
use super::wait::Ended;
use crate::authsome::{audit, versions};
use crate::login::plan::Plan;
use jiff::Timestamp;
use serde_json::Value;

pub enum Afterwards {
    /// The vault has a connection that is younger than the login.
    Completed,
    /// What authsome recorded of its failure.
    Failed(String),
}

/// `began`: when the browser was sent. Only where nobody saw how the session ended.
pub fn look(ground: &Ground, plan: &Plan, ended: &Ended, began: Timestamp) -> Option<Afterwards> {
    if !matches!(ended, Ended::Gone | Ended::NoDaemon(_)) {
        return None;
    }
    let kept = ground.client.connection(&plan.provider, &plan.connection).ok();
    let obtained = kept.as_ref().and_then(|kept| kept.record.get("obtained_at")).and_then(Value::as_str);
    if obtained.and_then(read_time).is_some_and(|at| at >= began) {
        return Some(Afterwards::Completed);
    }
    if ground.client.daemon.hosted {
        return None;
    }
    let release = versions::release(&ground.client.daemon.version).0;
    let failure = audit::read(&release.file(&ground.home, "database")?, true).ok()?.last_failure?;
    let connection = failure.connection.as_ref().is_none_or(|name| *name == plan.connection);
    let ours = failure.provider == plan.provider && connection && failure.at >= began;
    ours.then_some(Afterwards::Failed(failure.error))
}

/// authsome writes UTC, with an offset or without one.
fn read_time(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_authsome_writes_them() {
        let at: Timestamp = "2026-11-28T20:16:31.218Z".parse().unwrap();
        for text in ["2026-11-28T20:16:31.218Z", "2026-11-28T20:16:31.218000+00:00", "2026-11-28T20:16:31.218"] {
            assert_eq!(read_time(text), Some(at), "{text}");
        }
        assert_eq!(read_time("yesterday"), None);
    }
}
