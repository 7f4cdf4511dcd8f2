//! `check --online`: the endpoints of the definitions, asked side by side before anything is judged.

use super::super::app::App;
use super::super::input::usage;
use crate::diagnosis::RunError;
use crate::facts::Facts;
use crate::probes::online::{Policy, look};
use clap::Args;
use std::time::Duration;

#[derive(Args, Clone, Copy, Default)]
pub struct OnlineArgs {
    /// Also ask the endpoints: DNS, TLS, whether they are there, and what the provider publishes. No login, no client
    #[arg(long, conflicts_with = "fix")]
    pub online: bool,
    /// With --online: also ask private addresses, and ports other than 443
    #[arg(long, requires = "online")]
    pub allow_private: bool,
}

/// What was seen of each definition's endpoints, in their order; nothing where that was not asked for.
pub fn seen(
    app: &App,
    args: OnlineArgs,
    definitions: impl FnOnce() -> Result<Vec<Facts>, RunError>,
) -> Result<Vec<Facts>, RunError> {
    if !args.online {
        return Ok(Vec::new());
    }
    if app.global.offline {
        return Err(usage("--online and --offline exclude each other: leave one of them out"));
    }
    let definitions = definitions()?;
    let definitions: Vec<&Facts> = definitions.iter().collect();
    let limit = Duration::from_secs(app.global.timeout);
    Ok(look(&app.host, &definitions, Policy::of(args.allow_private), limit))
}
