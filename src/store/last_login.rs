//! What the last failed login left: redacted facts, for 24 hours.

use crate::host::Host;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

const KEPT_HOURS: i64 = 24;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastLogin {
    pub at: jiff::Timestamp,
    pub provider: String,
    /// The sections `login` and `error` of its facts, redacted.
    pub facts: Value,
}

impl LastLogin {
    pub fn file(home: &Path) -> PathBuf {
        home.join("doctor").join("last-login.json")
    }

    /// The last one, if it is not older than a day and of this provider (or none is named).
    pub fn read(host: &Host, home: &Path, provider: Option<&str>) -> Option<Self> {
        let text = host.files.read_text(&Self::file(home), 1024 * 1024).ok()?;
        let last: Self = serde_json::from_str(&text).ok()?;
        let fresh = last.at >= host.clock.now() - jiff::SignedDuration::from_hours(KEPT_HOURS);
        (fresh && provider.is_none_or(|name| name == last.provider)).then_some(last)
    }

    pub fn write(&self, host: &Host, home: &Path) -> std::io::Result<()> {
        host.files.write_private(&Self::file(home), &serde_json::to_vec_pretty(self)?)
    }

    /// A login that went well ends the matter.
    pub fn forget(host: &Host, home: &Path) {
        // It may not be there.
        let _ = host.files.remove(&Self::file(home));
    }
}
