//! What a fix does, with every text filled in: what `fixes` carries out and reports show.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One action of RULES.md, "Fixes".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FixPlan {
    /// An argument list, never a shell string.
    Run(Vec<String>),
    /// A command of ours, or one that only the installed authsome has: name, then arguments by name.
    Verb {
        verb: String,
        arguments: BTreeMap<String, String>,
    },
    StopProcess {
        pid: u32,
        started_at: Option<jiff::Timestamp>,
    },
    /// A daemon of the installed authsome, where none runs.
    StartDaemon,
    RestartDaemon,
    OpenUrl(String),
    /// `None` unsets.
    SetEnv(BTreeMap<String, Option<String>>),
    EditFile {
        file: String,
        line: u32,
        column: u32,
        pointer: String,
        replace: Option<String>,
        insert: Option<String>,
        remove: bool,
    },
    RemoveFile {
        path: String,
        only_if_content: Option<String>,
    },
    /// Renamed to `NAME.aside-YYYYMMDD-HHMMSS`: nothing is deleted, nothing overwritten.
    MoveAside {
        path: String,
    },
    /// What stands there is moved aside first.
    WriteFile {
        path: String,
        content: String,
    },
    Chmod {
        path: String,
        mode: u32,
    },
    RetryWith(Retry),
    /// What to ask a person for, and whether the answer is hidden while typed.
    Ask(BTreeMap<String, bool>),
    Note(String),
}

/// What a login changes for its next attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    pub scopes: Option<Vec<String>>,
    pub flow: Option<String>,
    /// `Some("")`: leave the parameter out.
    pub redirect_uri: Option<String>,
    pub port: Option<u16>,
    /// `body`, `basic` or `none`.
    pub client_authentication: Option<String>,
    /// `omit` or `send` (RFC 7636).
    pub code_challenge: Option<String>,
}

impl FixPlan {
    /// The word of RULES.md: `kind` in the JSON document.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Verb { .. } => "verb",
            Self::StopProcess { .. } => "stop_process",
            Self::StartDaemon => "start_daemon",
            Self::RestartDaemon => "restart_daemon",
            Self::OpenUrl(_) => "open_url",
            Self::SetEnv(_) => "set_env",
            Self::EditFile { .. } => "edit_file",
            Self::RemoveFile { .. } => "remove_file",
            Self::MoveAside { .. } => "move_aside",
            Self::WriteFile { .. } => "write_file",
            Self::Chmod { .. } => "chmod",
            Self::RetryWith(_) => "retry_with",
            Self::Ask(_) => "ask",
            Self::Note(_) => "note",
        }
    }
}
