//! CONTRACT.md, `check`: provider definitions judged offline, each defect at its place, in both formats.

use assert_cmd::Command;
use serde_json::Value;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SOUND: &str = include_str!("../fixtures/definitions/acme.jsonc");

/// A folder of definitions on a machine without an authsome.
struct World(TempDir);

struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

impl World {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn with(file: &str, content: impl AsRef<[u8]>) -> Self {
        let world = Self::new();
        world.file(file, content);
        world
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn file(&self, file: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, content).expect("a file");
        path
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_authsome"));
        let home = self.path("home");
        command
            .env_clear()
            .env("HOME", &home)
            .env("PATH", "/nonexistent")
            .env("LANG", "C.UTF-8")
            .current_dir(self.0.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        answer(self.command().args(arguments))
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
        let answer = self.run(&arguments);
        let document = serde_json::from_str(&answer.stdout);
        (answer.code, document.unwrap_or_else(|e| panic!("{e}: {}{}", answer.stdout, answer.stderr)))
    }
}

fn answer(command: &mut Command) -> Answer {
    let output = command.output().expect("the program runs");
    Answer {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn findings(document: &Value) -> Vec<(&str, &str, &str)> {
    document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            let word = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or("");
            (word("/rule"), word("/severity"), word("/location/pointer"))
        })
        .collect()
}

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

/// One defect each: what stands in the sound definition, what is put there, and the finding.
const DEFECTS: &[(&str, &str, &str, &str, &str)] = &[
    (r#""name": "acme","#, r#""name": "a/b","#, "definition-name-not-filesystem-safe", "error", "/name"),
    (r#""display_name": "Acme CRM","#, "", "definition-field-missing", "error", "/display_name"),
    (r#""oauth": {"#, r#""oauth2": {"#, "definition-field-missing", "error", "/oauth"),
    (r#"["contacts:read", "deals:read"]"#, r#""contacts:read""#, "definition-wrong-type", "error", "/oauth/scopes"),
    (r#""pkce": true"#, r#""pkce": "perhaps""#, "definition-wrong-type", "error", "/oauth/pkce"),
    (
        r#""prompt": "consent""#,
        r#""prompt": 1"#,
        "definition-wrong-type",
        "error",
        "/oauth/authorization_params/prompt",
    ),
    (r#""flow": "pkce""#, r#""flow": "implicit""#, "definition-value-not-allowed", "error", "/flow"),
    (r#""type": "app""#, r#""type": "tool""#, "definition-value-not-allowed", "error", "/type"),
    (r#""basic""#, r#""header""#, "definition-value-not-allowed", "error", "/oauth/authorization_method"),
    (r#""flow": "pkce""#, r#""flow": "api_key""#, "definition-flow-not-for-auth-type", "error", "/flow"),
    (
        "\"https://acme.example/oauth/token",
        "\"http://acme.example/oauth/token",
        "definition-url-not-https",
        "error",
        "/oauth/token_url",
    ),
    (
        "\"https://acme.example/oauth/token",
        "\"https://localhost/oauth/token",
        "definition-url-on-this-machine",
        "error",
        "/oauth/token_url",
    ),
    (
        "\"https://acme.example/oauth/token",
        "\"https://192.0.2.7/oauth/token",
        "definition-url-bare-address",
        "error",
        "/oauth/token_url",
    ),
    (
        "\"https://acme.example/oauth/token",
        "\"acme.example/oauth/token",
        "definition-url-invalid",
        "error",
        "/oauth/token_url",
    ),
    ("\"https://acme.example/oauth/token\"", "\"\"", "definition-url-missing-value", "error", "/oauth/token_url"),
    (
        "\"https://acme.example/oauth/token",
        "\" https://acme.example/oauth/token",
        "definition-url-white-space",
        "error",
        "/oauth/token_url",
    ),
    ("example/oauth/token\"", "example/oauth/token\\n\"", "definition-url-white-space", "error", "/oauth/token_url"),
    (
        "\"https://acme.example/oauth/token",
        "\"https://acme.example/{tenant}/token",
        "definition-url-placeholder",
        "error",
        "/oauth/token_url",
    ),
    (
        "\"https://acme.example/oauth/token",
        "\"https://me:pw@acme.example/oauth/token",
        "definition-url-with-user",
        "warning",
        "/oauth/token_url",
    ),
    (
        "\"https://acme.example\",",
        "\"http://acme.example\",",
        "definition-url-unencrypted",
        "warning",
        "/oauth/base_url",
    ),
    (r#""base_url": "https://acme.example","#, "", "definition-base-url-unknown", "error", "/oauth/authorization_url"),
    (
        "\"https://acme.example/developers",
        "\"{base_url}/developers",
        "definition-url-template-refused",
        "error",
        "/docs_url",
    ),
    (
        "/oauth/authorize\"",
        "/oauth/authorize?x=1\"",
        "definition-authorization-url-with-query",
        "error",
        "/oauth/authorization_url",
    ),
    (
        "/oauth/authorize\"",
        "/#/authorize\"",
        "definition-authorization-url-with-fragment",
        "error",
        "/oauth/authorization_url",
    ),
    ("\"api.acme.example\"", "\"a b\"", "definition-api-url-refused", "error", "/api_url/0"),
    (
        r#""https://acme.example/oauth/device""#,
        "null",
        "definition-device-code-claimed",
        "warning",
        "/oauth/supports_device_code",
    ),
    (r#""pkce": true"#, r#""pkce": false"#, "definition-pkce-false", "warning", "/oauth/pkce"),
    (
        r#""prompt": "consent""#,
        r#""state": "x""#,
        "definition-parameter-set-by-authsome",
        "warning",
        "/oauth/authorization_params/state",
    ),
    (
        r#""flow": "pkce""#,
        r#""flow": "dcr_pkce""#,
        "definition-parameters-not-sent",
        "warning",
        "/oauth/authorization_params/prompt",
    ),
    ("\"deals:read\"", "\"\"", "definition-scope-blank", "warning", "/oauth/scopes/1"),
    ("\"deals:read\"", "\"deals:read deals:write\"", "definition-scopes-joined", "warning", "/oauth/scopes/1"),
    ("\"deals:read\"", "\"deals:read,deals:write\"", "definition-scopes-joined", "warning", "/oauth/scopes/1"),
    ("\"deals:read\"", "\"contacts:read\"", "definition-scope-twice", "warning", "/oauth/scopes/1"),
    (
        "\"authorization_method\"",
        "\"authorisation_method\"",
        "definition-key-misspelt",
        "warning",
        "/oauth/authorisation_method",
    ),
    ("\"schema_version\": 1", "\"pkce\": true", "definition-key-misplaced", "warning", "/pkce"),
    ("\"schema_version\": 1", "\"colour\": 1", "definition-key-unknown", "note", "/colour"),
    ("\"docs_url\"", "\"docs\"", "definition-key-of-an-older-version", "warning", "/docs"),
    ("\"schema_version\": 1", "\"flow\": \"pkce\"", "definition-key-twice", "warning", "/flow"),
    (r#""name": "acme","#, r#""name": "acme-crm","#, "definition-file-called-otherwise", "note", "/name"),
    ("\"basic\"", "\"basic\",", "definition-trailing-comma", "error", ""),
    ("\"basic\"", "'basic'", "definition-not-json", "error", ""),
];

#[test]
fn every_defect_alone_is_found_at_its_place() {
    for (old, new, rule, severity, pointer) in DEFECTS {
        assert_eq!(SOUND.matches(old).count(), 1, "{old}");
        let world = World::with("acme.jsonc", SOUND.replace(old, new));
        let (code, document) = world.json(&["acme.jsonc"]);
        let found = findings(&document);
        assert!(found.contains(&(rule, severity, pointer)), "{new}: {rule} at {pointer}, not {found:?}");
        assert_eq!(code, i32::from(*severity == "error"), "{new}");
    }
}

#[test]
fn a_flow_that_lacks_what_it_needs_is_found() {
    let device = SOUND.replace(r#""flow": "pkce""#, r#""flow": "device_code""#);
    let world = World::with("acme.jsonc", device.replace(r#""https://acme.example/oauth/device""#, "null"));
    assert!(findings(&world.json(&["acme.jsonc"]).1).contains(&(
        "definition-device-flow-without-url",
        "error",
        "/flow"
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
    "#);
    assert_eq!(answer.code, 1);
}

#[test]
fn a_folder_stands_for_the_definitions_in_it_and_errors_come_first() {
    let world = World::new();
    world.file(
        "p/a.json",
        r#"{"name": "a", "display_name": "A", "auth_type": "api_key", "flow": "api_key", "api_key": {}, "x": 1}"#,
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
        "oauth": {"authorization_url": "https://mine.example/a", "token_url": " https://mine.example/t"}}"#;
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
    assert_eq!(answer.code, 0, "{}", answer.stderr);
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
