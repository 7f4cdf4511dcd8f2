//! What of a command line is authsome's own, for a command of ours that the installed authsome is to answer: our options
//! mean nothing to it and would be refused.

use super::app::App;
use super::args::{Cli, Global};
use crate::diagnosis::RunError;
use crate::handover;
use clap::{Arg, CommandFactory};
use std::ffi::{OsStr, OsString};

/// authsome's own options of every command, and of `login`, in every version.
const OPTIONS: &[&str] =
    &["verbose", "quiet", "no-color", "log-file", "connection", "flow", "scopes", "base-url", "force"];

/// Becomes the installed authsome with these words. `--home` is said in the way that it understands.
pub fn hand_on(app: &App, words: &[OsString]) -> Result<u8, RunError> {
    handover::hand_on_at_home(&app.host, words, app.global.home.as_deref())
}

/// The options that stand before a command, as they were asked for.
pub fn options(global: &Global) -> Vec<OsString> {
    let flags = [("--verbose", global.verbose), ("--quiet", global.quiet), ("--no-color", global.no_color)];
    let mut options: Vec<OsString> = flags.iter().filter(|(_, set)| *set).map(|(flag, _)| flag.into()).collect();
    if let Some(file) = &global.log_file {
        options.extend(["--log-file".into(), file.clone()]);
    }
    options
}

/// What was typed without our own options; everything else as it stands. `typed` begins after the program's name.
pub fn arguments(command: &str, typed: &[OsString]) -> Vec<OsString> {
    let cli = Cli::command();
    let known = cli.find_subcommand(command).into_iter().flat_map(clap::Command::get_arguments);
    let known: Vec<&Arg> = known.chain(cli.get_arguments()).collect();
    let mut kept = Vec::new();
    let mut words = typed.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            kept.push(word.clone());
            kept.extend(words.cloned());
            break;
        }
        let Some((option, joined)) = option_of(&known, word) else {
            kept.push(word.clone());
            continue;
        };
        let takes_value = option.get_action().takes_values() && !joined;
        let value = if takes_value { words.next() } else { None };
        let Some(long) = option.get_long().filter(|long| OPTIONS.contains(long)) else { continue };
        // A short form is ours, or means another thing there: `-v` is its version.
        let is_short = !word.to_string_lossy().starts_with("--");
        kept.push(if is_short { format!("--{long}").into() } else { word.clone() });
        kept.extend(value.cloned());
    }
    kept
}

/// The option that a word begins, and whether its value is in the word, too.
fn option_of<'a>(known: &[&'a Arg], word: &OsStr) -> Option<(&'a Arg, bool)> {
    let word = word.to_string_lossy();
    if let Some(long) = word.strip_prefix("--") {
        let (name, joined) = long.split_once('=').map_or((long, false), |(name, _)| (name, true));
        let arg = known.iter().find(|arg| arg.get_long() == Some(name))?;
        return Some((*arg, joined));
    }
    let mut short = word.strip_prefix('-')?.chars();
    let letter = short.next()?;
    let arg = known.iter().find(|arg| arg.get_short() == Some(letter))?;
    Some((*arg, short.next().is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &str) -> String {
        let typed: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let kept: Vec<String> =
            arguments("login", &typed).iter().map(|word| word.to_string_lossy().into_owned()).collect();
        kept.join(" ")
    }

    #[test]
    fn what_is_authsomes_own_stays_as_it_was_typed() {
        for line in [
            "login openai",
            "--verbose --log-file x.log login openai --flow api_key --force",
            "login --connection=work openai --quiet --no-color",
            "login github --scopes repo,gist --base-url https://git.example",
            "login -- --format",
            "login openai --an-option-of-a-later-version value",
        ] {
            assert_eq!(kept(line), line);
        }
    }

    #[test]
    fn what_is_ours_goes_with_its_value() {
        for line in [
            "login openai --via auto --flow api_key",
            "--format json login openai --no-browser --flow api_key --wait=20",
            "--home /x login openai --explain --yes --no-input --timeout 3 --flow api_key --client-id id --store",
            "login openai --flow api_key --color never --offline --client-secret-file - --redirect-uri http://x --trace t",
        ] {
            assert_eq!(kept(line), "login openai --flow api_key", "{line}");
        }
    }

    #[test]
    fn our_short_forms_are_said_in_its_words() {
        assert_eq!(kept("-v login openai -q"), "--verbose login openai --quiet");
    }
}
