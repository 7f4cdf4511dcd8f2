//! A stranger's secret can stand where nobody looks for one: in a key, in the name of a file, in a line that is cut.

use crate::world::{SOUND, World};

const TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
const FRAGMENT: &str = "S3cr3tVal9xQzKp7LmN2bV5cR8tY1uI4o";
const FORMATS: &[&str] = &["human", "json", "sarif", "github", "junit", "markdown"];

/// Of each secret enough that nobody could have written it by chance.
fn holds_no_secret(what: &str, text: &str) {
    for secret in [&TOKEN[4..16], &FRAGMENT[..12], &FRAGMENT[20..]] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

fn spoiled() -> World {
    let key = format!("\"https://a.example/t#{FRAGMENT}\": 1, \"https://a\u{200b}.example/t#{FRAGMENT}\": 1");
    let text = SOUND.replace("\"flow\":", &format!("{key}, \"{TOKEN}\": 1, \"flow\":"));
    World::with(&format!("p/{TOKEN}.json"), text)
}

#[test]
fn no_format_shows_a_secret_in_a_key_or_in_the_name_of_a_file() {
    let world = spoiled();
    for format in FORMATS {
        let answer = world.run(&["check", "p", "-v", "--format", format]);
        assert!(answer.code < 2, "{format}: {}", answer.stderr);
        assert!(answer.stdout.contains("hidden"), "{format}: {}", answer.stdout);
        holds_no_secret(format, &answer.stdout);
    }
}

#[test]
fn a_baseline_holds_no_secret_and_knows_the_findings_again() {
    let world = spoiled();
    world.run(&["check", "p", "--write-baseline", "baseline.json"]);
    let text = std::fs::read_to_string(world.path("baseline.json")).expect("a baseline");
    assert!(text.contains("p/‹hidden›") && text.contains("definition-key-unknown"), "{text}");
    holds_no_secret("the baseline", &text);
    let (_, report) = world.json(&["p", "--baseline", "baseline.json"]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
}

#[test]
fn a_line_that_is_cut_shows_no_end_of_a_secret() {
    let long = FRAGMENT.repeat(4);
    let head = r#"{"schema_version":1,"name":"acme","display_name":"Acme","auth_type":"oauth2","flow":"pkce","#;
    let oauth =
        r#""oauth":{"authorization_url":" https://a.example/a","token_url":" https://a.example/t","pkce":false}}"#;
    for (key, value) in [("client_secret", format!("\"{long}\"")), ("client_secret", format!("[\"{long}\"]"))] {
        let world = World::with("acme.json", format!("{head}\"{key}\":{value},{oauth}"));
        for arguments in [&["check", "acme.json"][..], &["check", "--fix", "--dry-run", "acme.json"]] {
            let shown = world.run(arguments).stdout;
            assert!(shown.contains("‹hidden›"), "{shown}");
            holds_no_secret("the excerpt", &shown);
        }
    }
}

#[test]
fn a_fix_without_white_space_shows_no_private_key() {
    let key = format!("-----BEGIN PRIVATE KEY-----\\n{FRAGMENT}\\n-----END PRIVATE KEY-----");
    let text = SOUND.replace("\"token_url\": \"", &format!("\"token_url\": \" https://a.example/{key}"));
    assert_ne!(text, SOUND);
    let world = World::with("acme.json", text);
    for format in FORMATS {
        for more in [&[][..], &["--fix", "--dry-run"]] {
            let arguments = [&["check", "acme.json", "--format", format], more].concat();
            holds_no_secret(format, &world.run(&arguments).stdout);
        }
    }
}

#[test]
fn junit_and_markdown_hold_no_command_and_junit_is_xml_whatever_stands_in_a_name() {
    let text = SOUND.replace("\"flow\": \"", "\"flow\": \"\\n::error::x ##[error]y ##vso[z]\\ufffe\\uffff");
    let world = World::with("acme.json", text);
    for format in ["junit", "markdown"] {
        let shown = world.run(&["check", "acme.json", "--format", format]).stdout;
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown}");
        assert!(!shown.contains("##[") && !shown.contains("##vso["), "{shown}");
        assert!(!shown.contains(['\u{fffe}', '\u{ffff}']) && shown.contains("U+FFFE"), "{shown}");
    }
}
