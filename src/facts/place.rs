//! Where a value stands in a file.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// A place in a file: line and column count from 1, in characters; the pointer is RFC 6901.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Shared by all places in that file.
    #[serde(skip_serializing_if = "str::is_empty", default = "nowhere")]
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
    #[serde(skip_serializing_if = "str::is_empty", default)]
    pub pointer: Cow<'static, str>,
}

fn nowhere() -> Arc<str> {
    Arc::from("")
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
