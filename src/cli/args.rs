//! The command line: what can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Names why an OAuth login fails, proves it, fixes it where it stands, and finishes the login.
///
/// Every other command is handed on, unchanged, to the installed (Python) authsome.
#[derive(Parser)]
#[command(name = "authsome", version, about, long_about, max_term_width = 100, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Global {
    /// How to answer; default: human on a terminal
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write the answer to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Only problems
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More: every fact that was tested
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// authsome's home [env: AUTHSOME_HOME] [default: ~/.authsome]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// More rules, beside the built-in ones (repeatable)
    #[arg(long, global = true, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Send nothing beyond this machine
    #[arg(long, global = true)]
    pub offline: bool,
    /// Time limit of the diagnosis, in seconds
    #[arg(long, global = true, value_name = "SECS", default_value_t = 10)]
    pub timeout: u64,
    /// Never ask
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Say yes to what would be asked
    #[arg(long, global = true)]
    pub yes: bool,
    /// authsome's own option, accepted; an empty one switches its log off
    #[arg(long, global = true, hide = true, value_name = "FILE")]
    pub log_file: Option<OsString>,
    /// authsome's own option: as --color never
    #[arg(long, global = true, hide = true)]
    pub no_color: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
    /// doctor and check only
    Markdown,
    /// check only: SARIF 2.1.0
    Sarif,
    /// check only: annotations of GitHub Actions
    Github,
    /// check only: JUnit XML
    Junit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Never,
}

/// The names that authsome owns, too: it always answers in JSON.
pub const OWNED: &[&str] = &["doctor", "login", "inspect", "get", "revoke"];

/// The command among arguments that may not all be right.
pub fn command_in(arguments: &[OsString]) -> Option<&'static str> {
    const OTHERS: &[&str] = &["explain", "check", "rules", "practice", "completions", "man"];
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    words.find_map(|word| OWNED.iter().chain(OTHERS).find(|name| **name == word).copied())
}

#[derive(Subcommand)]
pub enum Command {
    /// Probe this machine (and a provider), judge, print root causes first, each with evidence and fixes
    Doctor(super::doctor::DoctorArgs),
    /// Look first, then log in; what fails is diagnosed where it happens, mended, and tried again
    Login(Box<super::login::LoginArgs>),
    /// Name the cause and the fix of a provider's error, or show the page of a rule or a cause
    Explain(super::explain::ExplainArgs),
    /// Validate provider definitions
    Check(super::check::CheckArgs),
    /// Write and test rules
    Rules(super::rules::RulesArgs),
    /// Run a small real OAuth server on this machine, with every fault on demand
    Practice(super::practice::Args),
    /// Show what is known of a provider
    Inspect(super::connection::InspectArgs),
    /// Show a stored connection, or one field of it
    Get(super::connection::GetArgs),
    /// Forget a stored connection and its client
    Revoke(super::connection::RevokeArgs),
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}
