//! A fix as something to type: our own verbs first, the installed version's words for the same second. What only the
//! installed authsome does is said in its own words.

use crate::authsome::{self, restart};
use crate::facts::Facts;
use crate::rules::{FixPlan, OUR_VERBS, Retry};
use crate::sink::{quote, set_variable};
use std::collections::BTreeMap;

/// What a person does for a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToDo {
    /// An argument list.
    Type(Vec<String>),
    /// Lines for the shell as they are: `export NAME=value`.
    Shell(Vec<String>),
    Open(String),
    /// In a file: where, and what.
    Edit(String),
    /// A sentence.
    Read(String),
}

/// What a fix needs to know of this run: of the login that a retry repeats, and of the installed authsome.
#[derive(Clone, Copy, Default)]
pub struct Login<'a> {
    pub provider: Option<&'a str>,
    pub callback_path: Option<&'a str>,
    /// The version whose words a command of authsome's own is said in; none: the newest that we know.
    pub version: Option<&'a str>,
    /// What a new daemon would be started with that the running one was not.
    facts: Option<&'a Facts>,
}

impl<'a> Login<'a> {
    pub fn of(facts: &'a Facts) -> Self {
        Self {
            provider: facts.text("provider.name"),
            callback_path: facts.text("callback.path"),
            version: facts.text("authsome.version"),
            facts: Some(facts),
        }
    }

    /// The same, with this version where the facts name none.
    pub fn or_version(self, version: Option<&'a str>) -> Self {
        Self { version: self.version.or(version), ..self }
    }

    /// What the fix changes for the daemon, one line a variable.
    pub fn changes(&self, plan: &FixPlan) -> Vec<restart::Change> {
        match plan {
            FixPlan::RestartDaemon => self.facts.map(restart::changes).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

pub fn to_do(plan: &FixPlan, login: Login) -> ToDo {
    match plan {
        FixPlan::SetEnv(variables) => {
            ToDo::Shell(variables.iter().map(|(name, value)| set_variable(name, value.as_deref())).collect())
        }
        FixPlan::OpenUrl(url) => ToDo::Open(url.clone()),
        FixPlan::EditFile { file, line, column, replace, insert, remove, .. } => {
            let what = match (replace, insert, remove) {
                (Some(text), _, _) => format!("replace with {text}"),
                (_, Some(text), _) => format!("insert {text}"),
                _ => "remove".to_owned(),
            };
            ToDo::Edit(format!("{file}:{line}:{column}: {what}"))
        }
        FixPlan::WriteFile { path, content } => ToDo::Shell(vec![
            format!("mv -n {} {}", quote(path), quote(&aside(path))),
            format!("printf '%s\\n' {} > {}", quote(content), quote(path)),
        ]),
        FixPlan::Note(text) => ToDo::Read(text.clone()),
        _ => arguments(plan, login).map_or_else(|| ToDo::Read(String::new()), ToDo::Type),
    }
}

/// The argument list of a fix that is one.
pub fn arguments(plan: &FixPlan, login: Login) -> Option<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Some(match plan {
        FixPlan::Run(arguments) => arguments.clone(),
        FixPlan::Verb { verb, arguments } if OUR_VERBS.contains(&verb.as_str()) => {
            with_arguments(words(&["authsome", verb]), arguments)
        }
        FixPlan::Verb { verb, arguments } => with_arguments(authsome::command_of(verb, login.version)?, arguments),
        FixPlan::StopProcess { pid, .. } => words(&["kill", &pid.to_string()]),
        FixPlan::StartDaemon => authsome::command_of("start_daemon", login.version)?,
        FixPlan::RestartDaemon => authsome::command_of("restart_daemon", login.version)?,
        FixPlan::MoveAside { path } => words(&["mv", "-n", path, &aside(path)]),
        FixPlan::RemoveFile { path, .. } => words(&["rm", path]),
        FixPlan::Chmod { path, mode } => words(&["chmod", &format!("{mode:04o}"), path]),
        FixPlan::RetryWith(retry) => return again(retry, login),
        FixPlan::SetEnv(_)
        | FixPlan::OpenUrl(_)
        | FixPlan::EditFile { .. }
        | FixPlan::WriteFile { .. }
        | FixPlan::Ask(_)
        | FixPlan::Note(_) => return None,
    })
}

/// A command of ours in the installed version's words, where it has such a command and the words differ.
pub fn in_other_words(plan: &FixPlan, login: Login) -> Option<Vec<String>> {
    let FixPlan::Verb { verb, arguments } = plan else { return None };
    let line = with_arguments(authsome::command_of(verb, Some(login.version?))?, arguments);
    (Some(&line) != self::arguments(plan, login).as_ref()).then_some(line)
}

/// Where a file goes that a person moves aside by hand; a fix adds the time.
fn aside(path: &str) -> String {
    format!("{path}.aside")
}

/// The arguments that stand alone: what a verb is about.
pub const ALONE: &[&str] = &["provider", "path", "text", "id", "action", "handle"];

/// What a verb is about stands alone, every other argument behind its name; `true` needs no value.
fn with_arguments(mut line: Vec<String>, arguments: &BTreeMap<String, String>) -> Vec<String> {
    line.extend(ALONE.iter().filter_map(|name| arguments.get(*name)).cloned());
    for (name, value) in arguments.iter().filter(|(name, _)| !ALONE.contains(&name.as_str())) {
        line.push(format!("--{}", name.replace('_', "-")));
        if value != "true" {
            line.push(value.clone());
        }
    }
    line
}

/// The login again, with what changes. Leaving a parameter out, and how the client authenticates, is nothing that can be
/// typed: the definition says it, or the login offers it.
fn again(retry: &Retry, login: Login) -> Option<Vec<String>> {
    if retry.client_authentication.is_some() || retry.code_challenge.is_some() {
        return None;
    }
    let redirect_uri = match (&retry.redirect_uri, retry.port) {
        (Some(uri), _) if uri.is_empty() => return None,
        (Some(uri), _) => Some(uri.clone()),
        (None, Some(port)) => Some(format!("http://127.0.0.1:{port}{}", login.callback_path?)),
        (None, None) => None,
    };
    let options = [
        ("--scopes", retry.scopes.as_ref().map(|scopes| scopes.join(","))),
        ("--flow", retry.flow.clone()),
        ("--redirect-uri", redirect_uri),
    ];
    let mut line = vec!["authsome".to_owned(), "login".to_owned(), login.provider?.to_owned()];
    for (name, value) in options {
        line.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    }
    line.push("--force".to_owned());
    Some(line)
}

/// An argument list as a line for a POSIX shell. The home folder, where nothing else needs a quote, is `~`.
pub fn line(arguments: &[String], home: &str) -> String {
    let words = arguments.iter().map(|argument| {
        let quoted = quote(argument);
        if quoted == *argument { super::prepare::shortened(argument, home) } else { quoted }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(name: &str, arguments: &[(&str, &str)]) -> FixPlan {
        let arguments = arguments.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        FixPlan::Verb { verb: name.to_owned(), arguments }
    }

    #[test]
    fn a_verb_of_ours_reads_as_it_is_typed() {
        let plan = verb("login", &[("provider", "github"), ("scopes", "repo,read:org"), ("force", "true")]);
        let typed = arguments(&plan, Login::default()).unwrap();
        assert_eq!(line(&typed, ""), "authsome login github --force --scopes repo,read:org");
    }

    #[test]
    fn the_installed_versions_words_are_given_only_where_they_differ() {
        let plan = verb("revoke", &[("provider", "github")]);
        let installed = |version| Login { version, ..Login::default() };
        let other = in_other_words(&plan, installed(Some("0.7.2"))).unwrap();
        assert_eq!(line(&other, ""), "authsome provider revoke github");
        assert_eq!(in_other_words(&plan, installed(Some("0.3.2"))), None);
        assert_eq!(in_other_words(&plan, installed(None)), None);
    }

    #[test]
    fn what_only_authsome_does_is_said_in_the_installed_versions_words_and_no_other() {
        for (version, words) in [("0.4.2", "authsome admin daemon"), ("0.7.2", "authsome daemon")] {
            let login = Login { version: Some(version), ..Login::default() };
            let typed = |plan: &FixPlan| line(&arguments(plan, login).unwrap(), "");
            assert_eq!(typed(&FixPlan::RestartDaemon), format!("{words} restart"));
            assert_eq!(typed(&FixPlan::StartDaemon), format!("{words} start"));
            let stop = verb("stop_daemon", &[]);
            assert_eq!(typed(&stop), format!("{words} stop"));
            assert_eq!(in_other_words(&stop, login), None);
        }
        let without_a_daemon = Login { version: Some("0.2.0"), ..Login::default() };
        assert_eq!(arguments(&FixPlan::RestartDaemon, without_a_daemon), None);
    }

    #[test]
    fn a_file_that_is_put_aside_and_one_that_is_written_anew_can_be_done_by_hand() {
        let plan = FixPlan::MoveAside { path: "/h/a b.json".into() };
        let typed = arguments(&plan, Login::default()).unwrap();
        assert_eq!(line(&typed, ""), "mv -n '/h/a b.json' '/h/a b.json.aside'");
        let plan = FixPlan::WriteFile { path: "/h/c.json".into(), content: r#"{"a": "b"}"#.into() };
        let ToDo::Shell(lines) = to_do(&plan, Login::default()) else { panic!() };
        assert_eq!(lines, ["mv -n /h/c.json /h/c.json.aside", r#"printf '%s\n' '{"a": "b"}' > /h/c.json"#]);
    }

    #[test]
    fn a_line_for_the_shell_is_quoted_where_a_shell_would_read_it_otherwise() {
        let typed = |words: &[&str]| line(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>(), "/home/joe");
        assert_eq!(typed(&["chmod", "0600", "/home/joe/.authsome/x"]), "chmod 0600 ~/.authsome/x");
        assert_eq!(typed(&["rm", "/home/joe/a b"]), "rm '/home/joe/a b'");
        assert_eq!(typed(&["echo", "it's; $(x)", ""]), r"echo 'it'\''s; $(x)' ''");
    }

    #[test]
    fn variables_are_set_and_unset_in_the_words_of_the_shell() {
        let variables = [("NO_PROXY", Some("localhost,127.0.0.1")), ("ALL_PROXY", None)];
        let variables = variables.into_iter().map(|(k, v)| (k.to_owned(), v.map(str::to_owned))).collect();
        let ToDo::Shell(lines) = to_do(&FixPlan::SetEnv(variables), Login::default()) else { panic!() };
        assert_eq!(lines, ["unset ALL_PROXY", "export NO_PROXY=localhost,127.0.0.1"]);
    }

    #[test]
    fn a_retry_is_the_login_with_what_changes() {
        let retry = Retry { scopes: Some(vec!["a".into(), "b".into()]), ..Retry::default() };
        let login = Login { provider: Some("acme"), callback_path: Some("/cb"), ..Login::default() };
        let typed = |retry| arguments(&FixPlan::RetryWith(retry), login).map(|typed| line(&typed, ""));
        assert_eq!(typed(retry).unwrap(), "authsome login acme --scopes a,b --force");
        let other_port = Retry { port: Some(8123), ..Retry::default() };
        assert_eq!(typed(other_port).unwrap(), "authsome login acme --redirect-uri http://127.0.0.1:8123/cb --force");
        let left_out = Retry { redirect_uri: Some(String::new()), ..Retry::default() };
        assert_eq!(typed(left_out), None);
        let otherwise = Retry { client_authentication: Some("basic".into()), ..Retry::default() };
        assert_eq!(typed(otherwise), None);
    }
}
