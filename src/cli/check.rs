use super::app::{App, Exit};
use crate::diagnosis::RunError;
#[derive(clap::Args)]
pub struct CheckArgs {}
pub fn run(_: &App, _: &CheckArgs) -> Result<Exit, RunError> {
    todo!()
}
