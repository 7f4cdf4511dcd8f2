//! `inspect`, `get` and `revoke`, as authsome's documentation names them, with real versions of it: through the daemon of
//! those that serve it, and in the words of the others. authsome's own answers are the measure.

use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;

use crate::support::daemon::Daemon;
use crate::support::http;
use crate::support::port::{CALLBACK_PORT, CallbackPort};
use crate::support::process::{Running, lives};
use crate::support::program::{Answer, World, end_of, read};
use crate::support::provider::{Provider, Reply};
use crate::support::terminal::Terminal;
use crate::support::{installed, server_script};

/// Those whose daemon tells a client of ours.
const SERVING: &[&str] = &["0.5.0", "0.6.4", "0.7.2"];
const SOON: Duration = Duration::from_secs(30);

const ACCESS: &str = "gho-this-access-token-is-secret-0001";
const REFRESH: &str = "ghr-this-refresh-token-is-secret-0002";
const SECRET: &str = "this-client-secret-is-not-to-be-seen";

/// A provider that gives one of the two scopes that are asked for.
fn provider() -> Provider {
    Provider::start(|_| {
        let token = json!({
            "access_token": ACCESS, "refresh_token": REFRESH, "token_type": "Bearer", "expires_in": 3600, "scope": "read",
        });
        Reply(200, token.to_string())
    })
}

fn released(world: &World, version: &str, arguments: &[&str]) -> Answer {
    let program = installed(&format!("path-{version}/authsome"));
    end_of(Running::start(world.command(program).args(arguments)))
}

#[track_caller]
fn ends_with(answer: Answer, code: i32) -> Answer {
    assert_eq!(answer.code, code, "{answer}");
    answer
}

/// A machine with that authsome, its daemon, and one connection to `provider`, made as the browser makes it.
fn connected<'port>(port: &'port CallbackPort, version: &str, provider: &Provider) -> (World, Daemon<'port>) {
    let world = World::with_authsome(version).set("BROWSER", "true");
    let daemon = Daemon::start(port, &world, version);
    if version == "0.4.2" {
        ends_with(released(&world, version, &["init"]), 0);
    }
    let mut definition: Value = serde_json::from_str(&provider.definition()).expect("JSON");
    definition["oauth"]["scopes"] = json!(["read", "write"]);
    let file = world.file("acme.json", &definition.to_string());
    let python = installed(&format!("authsome-{version}/bin/python"));
    let setup = world.command(python).arg(server_script("authsome_setup.py")).arg(file).output().expect("it runs");
    assert!(setup.status.success(), "{version}: {}", String::from_utf8_lossy(&setup.stderr));

    let started = ends_with(released(&world, version, &["login", "acme"]), 0).document();
    let session = started["session_id"].as_str().unwrap_or_else(|| panic!("no session: {started}"));
    let prefix = if matches!(version, "0.4.2" | "0.5.0") { "" } else { "/api" };
    let form = json!({"client_id": "acme-client", "client_secret": SECRET, "scopes": "read,write"});
    let page = http::submit(CALLBACK_PORT, &format!("{prefix}/auth/sessions/{session}/input"), &form);
    let page = Url::parse(&page).unwrap_or_else(|error| panic!("{error}: {page}"));
    let given = |name: &str| page.query_pairs().find(|(key, _)| key == name).expect("it is sent").1.into_owned();
    let mut back = Url::parse(&given("redirect_uri")).expect("a URL");
    back.query_pairs_mut().append_pair("code", "any-code").append_pair("state", &given("state"));
    let target = format!("{}?{}", back.path(), back.query().unwrap_or_default());
    http::request(CALLBACK_PORT, "GET", &target, None).expect("the daemon answers");
    (world, daemon)
}

#[track_caller]
fn holds_no_secret(what: &str, answer: &str) {
    for secret in [ACCESS, REFRESH, SECRET] {
        assert!(!answer.contains(secret), "{what} shows {secret}: {answer}");
    }
}

/// What authsome's own command answers stands in ours, key by key; its secrets hidden in both.
#[track_caller]
fn has_all_of(ours: &Value, theirs: &Value) {
    let theirs: &Map<String, Value> = theirs.as_object().expect("an object");
    for (key, value) in theirs {
        let hidden = value.as_str().is_some_and(|text| text.contains("REDACTED"));
        let same = if hidden { ours[key] == "‹hidden›" } else { ours[key] == *value };
        assert!(same, "{key} is {} and not {value}; ours:\n{ours:#}\ntheirs:\n{theirs:#?}", ours[key]);
    }
}

#[test]
fn the_daemon_tells_what_authsomes_own_commands_tell_and_no_secret() {
    let port = CallbackPort::take();
    for version in SERVING {
        let provider = provider();
        let (world, daemon) = connected(&port, version, &provider);

        let get = ends_with(world.run(["get", "acme"]), 0);
        has_all_of(&get.document(), &released(&world, version, &["connections", "inspect", "acme"]).document());
        assert_eq!(get.document()["status"], "connected", "{version}: {get}");
        assert_eq!(get.document()["command"], "get", "{version}: {get}");

        let inspect = ends_with(world.run(["inspect", "acme"]), 0);
        has_all_of(&inspect.document(), &released(&world, version, &["provider", "inspect", "acme"]).document());
        assert_eq!(inspect.document()["connections"][0]["connection_name"], "default", "{version}: {inspect}");

        let scopes = ends_with(world.run(["get", "acme", "--field", "scopes"]), 0);
        has_all_of(
            &scopes.document(),
            &released(&world, version, &["connections", "inspect", "acme", "--field", "scopes"]).document(),
        );
        assert_eq!(scopes.document()["scopes"], json!(["read", "write"]), "{version}: {scopes}");
        let note = scopes.document()["note"].as_str().unwrap_or_default().to_owned();
        assert!(note.contains("asked for") && note.contains("granted"), "{version}: {scopes}");

        let words = ends_with(world.run(["get", "acme", "--field", "scopes", "--format", "human"]), 0);
        assert_eq!(words.stdout, "read write\n", "{version}: {words}");
        assert!(words.stderr.contains("those that were asked for"), "{version}: {words}");

        let token = ends_with(world.run(["get", "acme", "--field", "access_token"]), 0);
        assert_eq!(token.document()["access_token"], "‹hidden›", "{version}: {token}");
        for answer in [&get, &inspect, &scopes, &words, &token] {
            holds_no_secret(version, &answer.to_string());
        }
        let shown = ends_with(world.run(["get", "acme", "--field", "access_token", "--show-secret"]), 0);
        assert_eq!(shown.document()["access_token"], ACCESS, "{version}: {shown}");
        assert!(!shown.stdout.contains(REFRESH), "{version}: {shown}");
        let all = ends_with(world.run(["get", "acme", "--show-secret"]), 0).document();
        assert_eq!((&all["access_token"], &all["refresh_token"]), (&json!(ACCESS), &json!(REFRESH)), "{version}");
        assert!(lives(daemon.pid), "{version}: the daemon is another one");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_to_type() {
    let port = CallbackPort::take();
    for version in SERVING {
        let provider = provider();
        let (world, _daemon) = connected(&port, version, &provider);
        for (arguments, part) in [
            (&["get", "acme", "--connection", "work"][..], "authsome login acme --connection work"),
            (&["get", "github"], "authsome login github"),
            (&["get", "githb"], "did you mean github?"),
            (&["inspect", "githb"], "did you mean github?"),
            (&["revoke", "githb", "--yes"], "did you mean github?"),
            (&["get", "acme", "--field", "scope"], "did you mean scopes?"),
            (&["get", "acme", "--field", "granted_scopes"], "authsome login acme --force"),
        ] {
            let answer = ends_with(world.run(arguments), 2);
            let message = answer.document()["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(part), "{version} {arguments:?}: {message}");
        }
    }
}

#[test]
fn revoke_forgets_everything_of_the_provider_and_only_when_it_was_meant() {
    let port = CallbackPort::take();
    for version in SERVING {
        let provider = provider();
        let (world, daemon) = connected(&port, version, &provider);
        let refused = ends_with(world.run(["revoke", "acme"]), 2);
        let message = refused.document()["error"]["message"].as_str().unwrap_or_default().to_owned();
        for part in ["client id and secret", "default", "--yes"] {
            assert!(message.contains(part), "{version}, {part}: {message}");
        }
        ends_with(world.run(["revoke", "acme", "--connection", "default", "--no-input"]), 2);
        let one = ends_with(world.run(["revoke", "acme", "--connection", "work", "--yes"]), 2);
        assert!(one.stdout.contains("authsome logout acme --connection work"), "{version}: {one}");
        ends_with(released(&world, version, &["connections", "inspect", "acme"]), 0);

        let revoked = ends_with(world.run(["revoke", "acme", "--yes"]), 0);
        let document = revoked.document();
        assert_eq!((&document["status"], &document["provider"]), (&json!("revoked"), &json!("acme")), "{version}");
        assert_eq!(document["revoked"]["connections"], json!(["default"]), "{version}: {revoked}");
        holds_no_secret(version, &revoked.to_string());
        ends_with(released(&world, version, &["connections", "inspect", "acme"]), 3);
        ends_with(world.run(["get", "acme"]), 2);
        assert!(lives(daemon.pid), "{version}: the daemon is another one");
    }
}

#[test]
fn at_a_terminal_the_answers_are_for_people_and_revoke_asks() {
    let port = CallbackPort::take();
    let provider = provider();
    let (world, _daemon) = connected(&port, "0.7.2", &provider);
    let says = |arguments: &[&str]| {
        let (code, screen) = Terminal::start(&world, arguments).end(SOON);
        assert_eq!(code, 0, "{screen}");
        screen
    };
    let get = says(&["get", "acme"]);
    for part in ["acme, connection default", "scopes asked", "read, write", "does not keep them", "good for 59 min"] {
        assert!(get.contains(part), "{part}: {get}");
    }
    let inspect = says(&["inspect", "acme"]);
    for part in ["Acme (acme)", "oauth2, pkce", "http://127.0.0.1:7998/api/auth/callback/oauth", "default: connected"] {
        assert!(inspect.contains(part), "{part}: {inspect}");
    }
    for screen in [&get, &inspect] {
        assert!(!screen.contains('{'), "that is not for people: {screen}");
        holds_no_secret("the terminal", screen);
    }
    let shown = says(&["get", "acme", "--field", "access_token", "--show-secret"]);
    assert!(shown.contains("What follows is secret") && shown.contains(ACCESS), "{shown}");

    let mut asked = Terminal::start(&world, &["revoke", "acme"]);
    asked.shows("client id and secret of acme", SOON);
    asked.shows("Forget all of acme", SOON);
    asked.types("n\r");
    let (code, screen) = asked.end(SOON);
    assert!(code == 1 && screen.contains("Nothing was changed"), "{screen}");
    ends_with(world.run(["get", "acme"]), 0);
    let mut asked = Terminal::start(&world, &["revoke", "acme"]);
    asked.shows("Forget all of acme", SOON);
    asked.types("y\r");
    let (code, screen) = asked.end(SOON);
    assert!(code == 0 && screen.contains("authsome has forgotten its client id and secret"), "{screen}");
    ends_with(world.run(["get", "acme"]), 2);
}

/// 0.4.2 serves nothing that this program speaks: its own command answers, and its answer is not touched.
#[test]
fn an_older_authsome_is_asked_in_its_own_words() {
    const VERSION: &str = "0.4.2";
    let port = CallbackPort::take();
    let provider = provider();
    let (world, _daemon) = connected(&port, VERSION, &provider);
    for (ours, theirs) in [
        (&["get", "acme"][..], &["connections", "inspect", "acme"][..]),
        (&["get", "acme", "--field", "scopes"], &["connections", "inspect", "acme", "--field", "scopes"]),
        (&["get", "acme", "--connection", "work"], &["connections", "inspect", "acme", "--connection", "work"]),
        (&["inspect", "acme"], &["provider", "inspect", "acme"]),
        (&["--quiet", "inspect", "acme", "--format", "json"], &["--quiet", "provider", "inspect", "acme"]),
    ] {
        let (ours, theirs) = (world.run(ours), released(&world, VERSION, theirs));
        assert_eq!((ours.code, &ours.stdout), (theirs.code, &theirs.stdout), "{ours}\n{theirs}");
        holds_no_secret("handed on", &ours.to_string());
    }
    let secret = ends_with(world.run(["get", "acme", "--show-secret"]), 2);
    assert!(secret.stdout.contains("no command of authsome 0.4.2 shows a secret"), "{secret}");
    let revoked = ends_with(world.run(["revoke", "acme"]), 0);
    assert_eq!(revoked.document(), json!({"v": 1, "status": "revoked", "provider": "acme"}));
    ends_with(released(&world, VERSION, &["connections", "inspect", "acme"]), 3);
}

/// Ends the daemon that authsome's own command started for this world.
struct Started<'world>(&'world World);

impl Drop for Started<'_> {
    fn drop(&mut self) {
        let pid = read(&self.0.authsome_home().join("server/daemon/daemon.pid"));
        if let Ok(pid) = pid.trim().parse().map(crate::support::process::pid) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

#[test]
fn without_a_daemon_the_installed_command_answers() {
    let port = CallbackPort::take();
    let provider = provider();
    let (world, daemon) = connected(&port, "0.7.2", &provider);
    drop(daemon);
    let _started = Started(&world);
    let ours = ends_with(world.run(["get", "acme", "--field", "scopes"]), 0);
    assert_eq!(ours.document(), json!({"v": 1, "scopes": ["read", "write"]}), "authsome's own answer, untouched");
}

/// authsome's own command would make a new key under the same name, for good.
#[test]
fn an_identity_that_is_not_whole_is_handed_to_nobody() {
    let port = CallbackPort::take();
    let provider = provider();
    let (world, daemon) = connected(&port, "0.7.2", &provider);
    let identities = world.authsome_home().join("client/identities");
    let key = std::fs::read_dir(&identities).expect("it is there").flatten().map(|entry| entry.path());
    let key = key.into_iter().find(|path| path.extension().is_some_and(|it| it == "key")).expect("a key");
    let kept = std::fs::read(&key).expect("ours");
    std::fs::remove_file(&key).expect("ours");
    let config = world.authsome_home().join("client/config.json");
    let refuses = |part: &str| {
        for arguments in [&["get", "acme"][..], &["inspect", "acme"], &["revoke", "acme", "--yes"]] {
            let answer = ends_with(world.run(arguments), 2);
            let message = answer.document()["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(part) && message.contains("authsome doctor"), "{arguments:?}: {message}");
        }
    };
    refuses(".key");
    drop(daemon);
    refuses(".key");
    assert!(!key.exists(), "a key was made");
    std::fs::write(&key, kept).expect("ours");
    std::fs::write(&config, "{broken").expect("ours");
    refuses("config.json is broken");
    assert_eq!(read(&config), "{broken", "the configuration was replaced");
}

/// authsome's own commands would end a daemon that is silent, and the login that it may be busy with.
#[test]
fn a_daemon_that_does_not_answer_is_left_alone() {
    let port = CallbackPort::take();
    let provider = provider();
    let (world, daemon) = connected(&port, "0.7.2", &provider);
    daemon.signal(rustix::process::Signal::STOP);
    for arguments in [&["get", "acme"][..], &["inspect", "acme"], &["revoke", "acme", "--yes"]] {
        let answer = ends_with(world.run(arguments), 1);
        assert_eq!(answer.document()["error"]["kind"], "busy", "{answer}");
    }
    daemon.signal(rustix::process::Signal::CONT);
    assert!(lives(daemon.pid), "the daemon was ended");
    ends_with(world.run(["get", "acme"]), 0);
}

/// RFC 8032, 7.1, test 1, and the name of its public key.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const DID: &str = "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw";

#[test]
fn an_identity_that_the_daemon_refuses_is_told_with_the_way_out() {
    let port = CallbackPort::take();
    for version in SERVING {
        let provider = provider();
        let (world, _daemon) = connected(&port, version, &provider);
        let config: Value =
            serde_json::from_str(&read(&world.authsome_home().join("client/config.json"))).expect("JSON");
        let known = config["active_identity"].as_str().expect("a name").to_owned();
        let world = world.set("AUTHSOME_IDENTITY_PRIVATE_KEY", SEED).set("AUTHSOME_IDENTITY", "calm-very-gladly-1234");
        let refused = |world: &World, part: &str| {
            let answer = ends_with(world.run(["get", "acme"]), 2);
            let message = answer.document()["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(part), "{version}: {message}");
            assert!(!answer.to_string().contains(&SEED[..16]), "{version}: {answer}");
        };
        refused(&world, "does not know the identity calm-very-gladly-1234");
        let path = if version == &"0.5.0" { "/identities/register" } else { "/api/identities/register" };
        let body = json!({"handle": "calm-very-gladly-1234", "did": DID});
        let registered = http::request(CALLBACK_PORT, "POST", path, Some(&body)).expect("the daemon answers");
        assert_eq!(registered.status, 200, "{version}: {}", registered.body);
        refused(&world, "nobody has claimed the identity calm-very-gladly-1234 yet");
        refused(&world.set("AUTHSOME_IDENTITY", &known), "did not take our proof");
    }
}
