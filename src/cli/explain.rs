use super::app::{App, Exit};
use crate::diagnosis::RunError;
#[derive(clap::Args)]
pub struct ExplainArgs {}
pub fn run(_: &App, _: &ExplainArgs) -> Result<Exit, RunError> {
    todo!()
}
