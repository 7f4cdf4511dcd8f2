//! Fixes: from YAML to the compiled form, actions and rights checked.

use super::Safety;
use super::compiled::{Action, Edit, FactRef, Fix, ScopesFrom, Template};
use super::condition;
use super::names::Scope;
use super::problem::Desk;
use super::template;
use super::yaml::{Node, Raw};
use crate::facts::{Kind, registry};

const ACTIONS: &[&str] = &[
    "run",
    "verb",
    "stop_process",
    "start_daemon",
    "restart_daemon",
    "open_url",
    "set_env",
    "edit_file",
    "remove_file",
    "move_aside",
    "write_file",
    "chmod",
    "retry_with",
    "ask",
    "note",
];

/// The flows that a login can go over to.
pub const FLOWS: &[&str] = &["pkce", "dcr_pkce", "device_code"];

/// How a client proves itself at the token endpoint (RFC 6749, 2.3.1).
pub const CLIENT_AUTHENTICATIONS: &[&str] = &["body", "basic", "none"];
/// What a retry does with the code_challenge.
pub const CODE_CHALLENGES: &[&str] = &["send", "omit"];

/// The commands that we serve ourselves, with every version of authsome.
pub const OUR_VERBS: &[&str] = &["login", "doctor", "explain", "check", "inspect", "get", "revoke", "practice"];

/// What only the installed authsome does: said in its own words, which `data/versions.yaml` has by version.
pub const THEIR_VERBS: &[&str] = &[
    "list",
    "log",
    "logout",
    "whoami",
    "start_daemon",
    "stop_daemon",
    "restart_daemon",
    "daemon_status",
    "daemon_logs",
    "serve_daemon",
    "first_run",
    "create_identity",
    "use_identity",
    "register_provider",
    "remove_provider",
];

pub fn compile(desk: &mut Desk, scope: &Scope, node: &Node) -> Option<Fix> {
    let known: Vec<&str> = ["id", "title", "safety", "when"].into_iter().chain(ACTIONS.iter().copied()).collect();
    let fields = desk.entries("a fix", node, &known);
    let (Some(id), Some(title)) = (fields.get("id"), fields.get("title")) else {
        desk.say(node.spot, "a fix needs id and title");
        return None;
    };
    let id = desk.text("id", id)?.to_owned();
    let when = fields.get("when").map(|when| condition::compile(desk, scope, when));
    let title = template::compile(desk, scope, title, "title", None);
    let actions: Vec<&str> = ACTIONS.iter().copied().filter(|action| fields.get(action).is_some()).collect();
    let [action] = actions[..] else {
        desk.say(node.spot, format!("the fix {id} needs exactly one action of {}", ACTIONS.join(", ")));
        return None;
    };
    let action = compile_action(desk, scope, action, fields.get(action)?)?;
    let safety = match fields.get("safety") {
        Some(word) => {
            let text = desk.text("safety", word)?;
            let found = Safety::from_word(text);
            if found.is_none() {
                desk.wrong_word(word.spot, "safety", text, Safety::WORDS.iter().copied());
            }
            found?
        }
        None => Safety::Manual,
    };
    if desk.outside && safety != Safety::Manual {
        let spot = fields.get("safety").map_or(node.spot, |n| n.spot);
        desk.say(spot, format!("the fix {id} of a rule from outside must be manual"));
    }
    Some(Fix { id, title, action, safety, when })
}

fn compile_action(desk: &mut Desk, scope: &Scope, action: &str, node: &Node) -> Option<Action> {
    let text = |desk: &mut Desk, node: &Node, what: &str| template::compile(desk, scope, node, what, None);
    Some(match action {
        "run" => {
            let Raw::List(items) = &node.value else {
                desk.say(node.spot, "run is a list of arguments, never a shell string");
                return None;
            };
            Action::Run(items.iter().map(|item| text(desk, item, "run")).collect())
        }
        "verb" => {
            let Raw::Map(map) = &node.value else {
                desk.say(node.spot, "verb is a command of ours with its arguments: {revoke: {provider: …}}");
                return None;
            };
            let [(verb, arguments)] = &map[..] else {
                desk.say(node.spot, "verb names one command");
                return None;
            };
            let mut verbs = OUR_VERBS.iter().chain(THEIR_VERBS).copied();
            if !verbs.any(|known| known == verb.name) {
                desk.wrong_word(verb.spot, "command", &verb.name, OUR_VERBS.iter().chain(THEIR_VERBS).copied());
            }
            Action::Verb { verb: verb.name.clone(), arguments: templates(desk, scope, arguments, "verb") }
        }
        "stop_process" => {
            let fields = desk.entries("stop_process", node, &["pid", "started_at"]);
            let (Some(pid), Some(started)) = (fields.get("pid"), fields.get("started_at")) else {
                desk.say(
                    node.spot,
                    "stop_process needs pid and started_at: a pid alone can be another process by then",
                );
                return None;
            };
            Action::StopProcess {
                pid: fact(desk, scope, pid, Kind::Number)?,
                started_at: fact(desk, scope, started, Kind::Time)?,
            }
        }
        "start_daemon" => Action::StartDaemon,
        "restart_daemon" => Action::RestartDaemon,
        "open_url" => {
            if let (true, Raw::Text(url)) = (desk.outside, &node.value)
                && !url.starts_with("https://")
            {
                desk.say(node.spot, "a rule from outside opens https:// only");
            }
            Action::OpenUrl(text(desk, node, "open_url"))
        }
        "set_env" => set_env(desk, scope, node)?,
        "edit_file" | "remove_file" | "move_aside" | "write_file" | "chmod" => file_action(desk, scope, action, node)?,
        "retry_with" => retry(desk, scope, node)?,
        "ask" => ask(desk, node)?,
        _ => Action::Note(text(desk, node, "note")),
    })
}

/// An action on a file.
fn file_action(desk: &mut Desk, scope: &Scope, action: &str, node: &Node) -> Option<Action> {
    let text = |desk: &mut Desk, node: &Node, what: &str| template::compile(desk, scope, node, what, None);
    Some(match action {
        "edit_file" => {
            let fields = desk.entries("edit_file", node, &["at", "replace", "insert", "remove"]);
            let Some(at) = fields.get("at") else {
                desk.say(node.spot, "edit_file needs at: the fact whose place is edited");
                return None;
            };
            let name = desk.text("at", at)?.to_owned();
            let (at, _) = condition::resolve(desk, scope, &name, at.spot)?;
            let edit = match (fields.get("replace"), fields.get("insert"), fields.get("remove")) {
                (Some(new), None, None) => Edit::Replace(text(desk, new, "replace")),
                (None, Some(new), None) => Edit::Insert(text(desk, new, "insert")),
                (None, None, Some(_)) => Edit::Remove,
                _ => {
                    desk.say(node.spot, "edit_file needs exactly one of replace, insert, remove");
                    return None;
                }
            };
            Action::EditFile { at, edit }
        }
        "remove_file" => {
            let fields = desk.entries("remove_file", node, &["path", "only_if_content"]);
            let Some(path) = fields.get("path") else {
                desk.say(node.spot, "remove_file needs path");
                return None;
            };
            Action::RemoveFile {
                path: text(desk, path, "path"),
                only_if_content: fields.get("only_if_content").map(|n| text(desk, n, "only_if_content")),
            }
        }
        "move_aside" => {
            let fields = desk.entries("move_aside", node, &["path"]);
            let Some(path) = fields.get("path") else {
                desk.say(node.spot, "move_aside needs path");
                return None;
            };
            Action::MoveAside { path: text(desk, path, "path") }
        }
        "write_file" => {
            let fields = desk.entries("write_file", node, &["path", "content"]);
            let (Some(path), Some(content)) = (fields.get("path"), fields.get("content")) else {
                desk.say(node.spot, "write_file needs path and content");
                return None;
            };
            Action::WriteFile { path: text(desk, path, "path"), content: text(desk, content, "content") }
        }
        _ => {
            let fields = desk.entries("chmod", node, &["path", "mode"]);
            let (Some(path), Some(mode)) = (fields.get("path"), fields.get("mode")) else {
                desk.say(node.spot, "chmod needs path and mode");
                return None;
            };
            let word = desk.text("mode", mode)?;
            let Ok(mode) = u32::from_str_radix(word, 8) else {
                desk.say(mode.spot, format!("{word} is no mode: write \"0600\""));
                return None;
            };
            Action::Chmod { path: text(desk, path, "path"), mode }
        }
    })
}

fn fact(desk: &mut Desk, scope: &Scope, node: &Node, kind: Kind) -> Option<FactRef> {
    let name = desk.text("a fact", node)?.to_owned();
    let (fact, spec) = condition::resolve(desk, scope, &name, node.spot)?;
    if spec.is_none_or(|s| s.kind != kind) {
        desk.say(node.spot, format!("{name} is not {}", kind.in_words()));
    }
    Some(fact)
}

/// Names and values as written, or `set_env: hop.cure` where a probe has worked out what to change.
fn set_env(desk: &mut Desk, scope: &Scope, node: &Node) -> Option<Action> {
    const WHAT: &str = "set_env is a mapping of names to values (null unsets), or a fact that lists variable and value";
    match &node.value {
        Raw::Map(map) => {
            let value = |desk: &mut Desk, value: &Node| {
                (value.value != Raw::Null).then(|| template::compile(desk, scope, value, "set_env", None))
            };
            Some(Action::SetEnv(map.iter().map(|(key, node)| (key.name.clone(), value(desk, node))).collect()))
        }
        Raw::Text(name) => {
            let (fact, spec) = condition::resolve(desk, scope, name, node.spot)?;
            if spec.is_none_or(|spec| registry::find(&format!("{}[].variable", spec.name)).is_none()) {
                desk.say(node.spot, format!("{name} does not say what to set: {WHAT}"));
            }
            Some(Action::SetEnvFrom(fact))
        }
        _ => {
            desk.say(node.spot, WHAT);
            None
        }
    }
}

fn templates(desk: &mut Desk, scope: &Scope, node: &Node, what: &str) -> Vec<(String, Template)> {
    match &node.value {
        Raw::Map(map) => map
            .iter()
            .map(|(key, value)| (key.name.clone(), template::compile(desk, scope, value, what, None)))
            .collect(),
        Raw::Null => Vec::new(),
        _ => {
            desk.say(node.spot, format!("the arguments of {what} are a mapping, not {}", node.kind()));
            Vec::new()
        }
    }
}

fn retry(desk: &mut Desk, scope: &Scope, node: &Node) -> Option<Action> {
    let known = ["scopes", "flow", "redirect_uri", "port", "client_authentication", "code_challenge"];
    let fields = desk.entries("retry_with", node, &known);
    let mut text = |name: &str| fields.get(name).map(|n| template::compile(desk, scope, n, name, None));
    let (redirect_uri, port) = (text("redirect_uri"), text("port"));
    let scopes = match fields.get("scopes") {
        Some(node) => Some(match &node.value {
            Raw::List(_) => ScopesFrom::List(desk.texts("scopes", node).into_iter().map(|(t, _)| t).collect()),
            _ => ScopesFrom::Fact(fact(desk, scope, node, Kind::Texts)?),
        }),
        None => None,
    };
    let flow = one_of(desk, fields.get("flow"), "flow", FLOWS);
    let client_authentication =
        one_of(desk, fields.get("client_authentication"), "client_authentication", CLIENT_AUTHENTICATIONS);
    let code_challenge = one_of(desk, fields.get("code_challenge"), "code_challenge", CODE_CHALLENGES);
    Some(Action::RetryWith { scopes, flow, redirect_uri, port, client_authentication, code_challenge })
}

/// A word of a closed set, where it is given; any other is a mistake that is told.
fn one_of(desk: &mut Desk, node: Option<&Node>, what: &str, words: &[&str]) -> Option<String> {
    let node = node?;
    let word = desk.text(what, node)?.to_owned();
    if !words.contains(&word.as_str()) {
        desk.wrong_word(node.spot, what, &word, words.iter().copied());
    }
    Some(word)
}

fn ask(desk: &mut Desk, node: &Node) -> Option<Action> {
    let known = ["client_id", "client_secret", "scopes", "HTTPS_PROXY", "SSL_CERT_FILE"];
    let fields = desk.entries("ask", node, &known);
    let mut asked = Vec::new();
    for name in known {
        let Some(how) = fields.get(name) else { continue };
        match desk.text(name, how)? {
            "hidden" => asked.push((name.to_owned(), true)),
            "shown" if name == "client_secret" => desk.say(how.spot, "a secret is asked for hidden"),
            "shown" => asked.push((name.to_owned(), false)),
            other => desk.wrong_word(how.spot, "way to ask", other, ["hidden", "shown"]),
        }
    }
    if asked.is_empty() {
        desk.say(node.spot, "ask for something");
    }
    Some(Action::Ask(asked))
}
