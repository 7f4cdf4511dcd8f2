//! CONTRACT.md, `check`: provider definitions judged offline, each defect at its place, in both formats.

#[cfg(unix)]
mod action;
#[cfg(unix)]
mod ci_page;
mod defects;
mod diff;
mod fix;
mod formats;
mod hidden_names;
#[cfg(unix)]
mod hook;
mod living;
#[cfg(unix)]
mod outputs;
#[cfg(unix)]
mod runner;
mod vendor_definitions;
mod vendors;
mod world;

use assert_cmd::Command;
use serde_json::Value;
use std::time::{Duration, Instant};
use world::{Answer, SOUND, World, answer, findings};

#[test]
fn a_sound_definition_passes_in_silence() {
    let world = World::with("acme.jsonc", SOUND);
    let answer = world.run(&["check", "acme.jsonc"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, "✔ 1 definition, nothing wrong\n"));
    assert_eq!(answer.stderr, "");
    let (code, document) = world.json(&["acme.jsonc"]);
    assert_eq!((code, document["verdict"]["status"].as_str()), (0, Some("healthy")));
    assert_eq!(document["definitions"][0]["name"], "acme");
}

#[test]
fn a_flow_that_lacks_what_it_needs_is_found() {
    let device = SOUND.replace(r#""flow": "pkce""#, r#""flow": "device_code""#);
    let world = World::with("acme.jsonc", device.replace(r#""https://acme.example/oauth/device""#, "null"));
    assert!(findings(&world.json(&["acme.jsonc"]).1).contains(&(
        "definition-device-flow-without-url",
        "error",
        "/oauth/device_authorization_url"
    )));
    let registered = SOUND.replace(r#""flow": "pkce""#, r#""flow": "dcr_pkce""#);
    let world = World::with("acme.jsonc", registered.replace(r#""https://acme.example/oauth/register""#, "null"));
    let wanted = ("definition-registration-endpoint-not-named", "warning", "/flow");
    assert!(findings(&world.json(&["acme.jsonc"]).1).contains(&wanted));
}

#[test]
fn a_person_sees_the_line_and_the_place_in_it() {
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token");
    let answer = World::with("providers/acme.jsonc", spoiled).run(&["check", "providers"]);
    insta::assert_snapshot!(answer.stdout, @r#"
    error[definition-url-white-space]: token_url has white space in it or around it
      --> providers/acme.jsonc:15:18
       |
    15 |     "token_url": " https://acme.example/oauth/token",
       |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ authsome accepts this, and the login then fails
       |
       = fix: Remove the white space
       = more: authsome explain definition-url-white-space

    1 definition, 1 error
    1 of these can be mended: authsome check --fix providers (--dry-run shows it first)
    "#);
    assert_eq!(answer.code, 1);
}

#[test]
fn a_folder_stands_for_the_definitions_in_it_and_errors_come_first() {
    let world = World::new();
    world.file(
        "p/a.json",
        r#"{"name": "a", "display_name": "A", "auth_type": "api_key", "flow": "api_key", "api_key": {}, "api_url": "a.example", "x": 1}"#,
    );
    world.file("p/b.jsonc", "// nothing\n");
    world.file("p/README.md", "no definition");
    world.file("p/deeper/c.json", "not looked at");
    let (code, document) = world.json(&["p"]);
    let rules: Vec<&str> = findings(&document).iter().map(|(rule, ..)| *rule).collect();
    assert_eq!((code, &rules[..]), (1, &["definition-not-json", "definition-key-unknown"][..]));
    assert_eq!(document["definitions"].as_array().map(Vec::len), Some(2));
    assert_eq!(document["verdict"]["rule"], "definition-not-json");
    assert_eq!(document["verdict"]["cause"], "provider_config_invalid");
}

#[test]
fn what_counts_as_failure_can_be_chosen() {
    let world = World::with("acme.jsonc", SOUND.replace(r#""pkce": true"#, r#""pkce": false"#));
    for (fail_on, code) in [("error", 0), ("warning", 1), ("never", 0)] {
        assert_eq!(world.run(&["check", "acme.jsonc", "--fail-on", fail_on]).code, code, "{fail_on}");
    }
    world.file("broken.json", "{");
    assert_eq!(world.run(&["check", "broken.json", "--fail-on", "never"]).code, 0);
}

#[test]
fn a_path_that_cannot_be_read_is_a_mistake_of_the_call() {
    let world = World::with("acme.jsonc", SOUND);
    for arguments in [&["check", "nowhere.json"][..], &["check", "acme.jsonc", "nowhere.json"], &["check", "home"]] {
        std::fs::create_dir_all(world.path("home")).unwrap();
        let answer = world.run(arguments);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(answer.stderr.contains("nowhere.json") || answer.stderr.contains("home"), "{}", answer.stderr);
    }
    let (code, document) = world.json(&["nowhere.json"]);
    assert_eq!((code, document["error"]["kind"].as_str()), (2, Some("unreadable_input")));
}

#[test]
fn without_an_authsome_something_must_be_named() {
    let answer = World::new().run(&["check"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
    assert!(answer.stderr.contains("name files or folders"), "{}", answer.stderr);
}

/// A virtual environment with an authsome of that version and one bundled definition.
#[cfg(unix)]
fn install(world: &World, definition: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let site = "venv/lib/python3.13/site-packages";
    world.file(&format!("{site}/authsome-0.7.2.dist-info/METADATA"), "");
    world.file(&format!("{site}/authsome/auth/bundled_providers/acme.jsonc"), definition);
    let python = world.file("venv/bin/python", "");
    let script = world.file("venv/bin/authsome", format!("#!{}\n", python.display()));
    for file in [&python, &script] {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.path("venv/bin").display().to_string()
}

#[test]
#[cfg(unix)]
fn without_a_path_the_installed_ones_are_checked_and_what_is_registered_beside_them() {
    let world = World::new();
    let path = install(&world, SOUND);
    let database = world.file("home/.authsome/server/authsome.db", "");
    let rows = rusqlite::Connection::open(database).unwrap();
    rows.execute_batch(
        "CREATE TABLE custom_provider_definitions (name TEXT PRIMARY KEY, definition_json TEXT NOT NULL)",
    )
    .unwrap();
    let mine = r#"{"name": "acme", "display_name": "Mine", "auth_type": "oauth2", "flow": "pkce",
        "oauth": {"authorization_url": "https://mine.example/a", "token_url": " https://mine.example/t"},
        "api_url": "api.mine.example", "docs_url": "https://mine.example/docs"}"#;
    rows.execute("INSERT INTO custom_provider_definitions VALUES ('acme', ?)", [mine]).unwrap();
    let answer = answer(world.command().env("PATH", &path).args(["check", "--format", "json"]));
    let document: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(answer.code, 1);
    let sources: Vec<&str> =
        document["definitions"].as_array().unwrap().iter().filter_map(|one| one["source"].as_str()).collect();
    assert_eq!(sources, ["bundled", "custom"]);
    let found = findings(&document);
    assert_eq!(
        found,
        [
            ("definition-url-white-space", "error", "/oauth/token_url"),
            ("definition-shadows-bundled", "warning", "/name")
        ]
    );
    assert!(document["findings"][0]["location"]["file"].as_str().unwrap().ends_with("authsome.db#acme"));
    assert_eq!(std::fs::read_dir(world.path("home/.authsome/server")).unwrap().count(), 1, "nothing is left behind");
}

/// For the program as it is shipped; an unoptimised one beside other tests takes its time.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 });

/// Runs within the limit and 200 MB of address space.
#[cfg(target_os = "linux")]
fn bounded(world: &World, file: &str) -> Answer {
    let mut command = Command::new("/bin/sh");
    let line = "ulimit -v 204800; exec \"$0\" check --format json \"$1\"";
    command.env_clear().env("HOME", world.path("home")).args(["-c", line, env!("CARGO_BIN_EXE_authsome"), file]);
    command.current_dir(world.0.path());
    let begin = Instant::now();
    let answer = answer(&mut command);
    assert!(begin.elapsed() < LIMIT, "{file}: {:?}", begin.elapsed());
    answer
}

#[test]
#[cfg(target_os = "linux")]
fn bad_input_ends_in_a_finding_with_its_place_within_time_and_memory() {
    let world = World::new();
    std::fs::File::create(world.path("huge.json")).unwrap().set_len(100 << 20).unwrap();
    world.file("deep.json", "[".repeat(1_000_000));
    world.file("objects.json", "{\"a\":".repeat(170_000));
    world.file("many.json", format!("[{}1]", "1,".repeat(500_000)));
    world.file("keys.json", format!("{{{}\"x\": 1}}", "\"k\": 1,".repeat(950)));
    world.file("key.json", format!("{{\"{}\": 1}}", "k".repeat(1_000_000)));
    world.file("latin.json", b"{\n  \"name\": \"Caf\xE9\"\n}");
    world.file("escapes.json", "{\"name\": \"\u{1b}]0;owned\u{7}\u{1b}[2J\"}");
    world.file("nul.json", "{\"name\": \"a\0b\"}");
    world.file("empty.json", "");
    for (file, rule, line, column) in [
        ("huge.json", "definition-too-large", 1, 1),
        ("deep.json", "definition-too-large", 1, 65),
        ("objects.json", "definition-too-large", 1, 321),
        ("many.json", "definition-too-large", 1, 2001),
        ("latin.json", "definition-not-utf8", 2, 15),
        ("escapes.json", "definition-not-json", 1, 11),
        ("nul.json", "definition-not-json", 1, 12),
        ("empty.json", "definition-not-json", 1, 1),
    ] {
        let answer = bounded(&world, file);
        assert_eq!(answer.code, 1, "{file}: {}", answer.stderr);
        let document: Value = serde_json::from_str(&answer.stdout).unwrap_or_else(|e| panic!("{file}: {e}"));
        let first = &document["findings"][0];
        let place = (&first["location"]["line"], &first["location"]["column"]);
        assert_eq!((first["rule"].as_str(), place), (Some(rule), (&line.into(), &column.into())), "{file}");
    }
    for file in ["keys.json", "key.json"] {
        assert_eq!(bounded(&world, file).code, 1, "{file}");
    }
}

#[test]
fn text_from_a_definition_cannot_command_a_terminal_or_a_ci_system() {
    let forged = "\\u001b[2J\\n::error file=x::forged\\u202e##[error]\u{9b}31m";
    let world = World::with("x\u{1b}[31m.jsonc", SOUND.replace("\"deals:read\"", &format!("\"{forged} b\"")));
    let answer = world.run(&["check", ".", "--color", "never"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    assert!(answer.stdout.contains("definition-hidden-character"), "{}", answer.stdout);
    assert!(answer.stdout.contains("definition-scopes-joined"), "{}", answer.stdout);
    let controls = answer.stdout.chars().filter(|c| c.is_control() && *c != '\n').count();
    assert_eq!(controls, 0, "{:?}", answer.stdout);
    assert!(!answer.stdout.contains('\u{202e}') && !answer.stdout.contains("##["), "{}", answer.stdout);
    assert!(answer.stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{}", answer.stdout);
}

#[test]
fn a_password_in_a_definition_is_never_shown() {
    let url = "\"https://me:hunter2secret@acme.example/oauth/token";
    let world = World::with("acme.jsonc", SOUND.replace("\"https://acme.example/oauth/token", url));
    for format in ["human", "json"] {
        let answer = world.run(&["check", "--format", format, "acme.jsonc"]);
        assert!(answer.stdout.contains("definition-url-with-user"), "{}", answer.stdout);
        assert!(!answer.stdout.contains("hunter2"), "{format}: {}", answer.stdout);
    }
}
