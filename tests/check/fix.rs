//! `check --fix`: what is certain is mended in the file, and everything else in it stays byte for byte.

use super::world::{SOUND, World, findings};
use serde_json::{Value, json};
use std::fs;

fn read(world: &World, file: &str) -> String {
    String::from_utf8(fs::read(world.path(file)).unwrap()).unwrap()
}

/// Mends the text twice: the second time nothing more changes.
fn mended(text: &str) -> String {
    let world = World::with("acme.jsonc", text);
    world.run(&["check", "--fix", "acme.jsonc"]);
    let once = read(&world, "acme.jsonc");
    let again = world.run(&["check", "--fix", "acme.jsonc"]);
    assert_eq!(read(&world, "acme.jsonc"), once, "the second time");
    assert!(!again.stderr.contains("fixed: ") || again.stderr.contains("not fixed: "), "{}", again.stderr);
    once
}

const HEAD: &str = r#""name": "acme", "display_name": "A", "auth_type": "oauth2", "flow": "pkce""#;
const URLS: &str = r#""authorization_url": "https://a.example/a", "token_url": "https://a.example/t""#;

#[test]
fn a_file_keeps_its_layout_comments_and_line_endings() {
    let before = "// Größe: ünïcödé\r\n{\r\n\t\"name\":\"acme\" , /* 日本 */ \"display_nme\" :\t\"A\\u00e9\",\r\n\r\n\
        \t\"auth_type\": \"OAuth2\", // loud\r\n\t\"flow\": \"pkce\",\r\n\t\"oauth\": {\r\n\t\t\"authorization_url\": \
        \" https:\\/\\/a.example\\/a\\u00e9\\t\",   \"tokn_url\": \"https://a.example/t\",\r\n\t\t\"scopes\": [ \"a\", /* first */\r\n\
        \t\t\t\"\", // nothing\r\n\t\t\t\"b\",\r\n\t\t\t\"a\"\r\n\t\t]\r\n\t} // end\r\n}\r\n\r\n// last, without a line break";
    let after = "// Größe: ünïcödé\r\n{\r\n\t\"name\":\"acme\" , /* 日本 */ \"display_name\" :\t\"A\\u00e9\",\r\n\r\n\
        \t\"auth_type\": \"oauth2\", // loud\r\n\t\"flow\": \"pkce\",\r\n\t\"oauth\": {\r\n\t\t\"authorization_url\": \
        \"https:\\/\\/a.example\\/a\\u00e9\",   \"token_url\": \"https://a.example/t\",\r\n\t\t\"scopes\": [ \"a\", /* first */\r\n\
        \t\t\t// nothing\r\n\t\t\t\"b\"\r\n\t\t]\r\n\t} // end\r\n}\r\n\r\n// last, without a line break";
    assert_eq!(mended(before), after);
}

#[test]
fn a_list_loses_the_item_and_one_comma_and_no_comment() {
    for (before, after) in [
        (r#"["a", "a"]"#, r#"["a"]"#),
        (r#"["", "a"]"#, r#"["a"]"#),
        (r#"["a", "", "b"]"#, r#"["a", "b"]"#),
        (r#"["a", "", "", "", "b"]"#, r#"["a", "b"]"#),
        (r#"["a", "", "", ""]"#, r#"["a"]"#),
        (r#"[""]"#, "[]"),
        (r#"["a", /* x */ "", /* y */ "b"]"#, r#"["a", /* x */ /* y */ "b"]"#),
        (r#"["a" /* , */, "" /* , */]"#, r#"["a" /* , */ /* , */]"#),
        ("[\n  \"a\",\n  \"\"\n]", "[\n  \"a\"\n]"),
        ("[\n  \"\",\n  \"a\"\n]", "[\n  \"a\"\n]"),
        ("[\n  \"a\", // one\n  \"\", // two\n  \"b\"\n]", "[\n  \"a\", // one\n  // two\n  \"b\"\n]"),
        ("[\n  \"a\", // one\n  \"\" // two\n]", "[\n  \"a\" // one\n   // two\n]"),
        ("[\n  \"a\"\n  , \"\"\n  , \"b\"]", "[\n  \"a\"\n  , \"b\"]"),
    ] {
        let text = |list: &str| format!("{{{HEAD}, \"oauth\": {{{URLS}, \"scopes\": {list}}}}}");
        assert_eq!(mended(&text(before)), text(after), "{before}");
    }
}

#[test]
fn a_comma_too_many_and_a_byte_order_mark_go() {
    let text = format!("\u{feff}{{{HEAD}, \"oauth\": {{{URLS}, \"scopes\": [\"a\", /* x */ ], }},\r\n}}\r\n");
    let wanted = format!("{{{HEAD}, \"oauth\": {{{URLS}, \"scopes\": [\"a\" /* x */ ] }}\r\n}}\r\n");
    assert_eq!(mended(&text), wanted);
}

#[test]
fn the_exit_code_and_the_report_are_those_of_the_state_after_it() {
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/oauth/token\"");
    let world = World::with("acme.jsonc", &spoiled);
    let (code, document) = world.json(&["--fix", "acme.jsonc"]);
    assert_eq!((code, findings(&document), &document["verdict"]["status"]), (0, vec![], &json!("healthy")));
    let fixed = document["fixed"].as_array().unwrap();
    assert_eq!(fixed.len(), 1);
    for (key, value) in [
        ("rule", json!("definition-url-white-space")),
        ("kind", json!("edit_file")),
        ("applied", json!(true)),
        ("verified", json!(true)),
        ("location", json!({"file": "acme.jsonc", "line": 15, "pointer": "/oauth/token_url"})),
    ] {
        assert_eq!(fixed[0][key], value, "{key}");
    }
    assert_eq!(read(&world, "acme.jsonc"), SOUND);

    world.file("acme.jsonc", spoiled.replace(r#""pkce": true"#, r#""pkce": false"#));
    let answer = world.run(&["check", "--fix", "acme.jsonc", "--fail-on", "warning"]);
    assert_eq!(answer.code, 1, "what a person has to decide is left");
    assert_eq!(answer.stderr, "fixed: acme.jsonc:15: Remove the white space (definition-url-white-space)\n");
    assert!(
        answer.stdout.contains("definition-pkce-false") && !answer.stdout.contains("white-space"),
        "{}",
        answer.stdout
    );
}

#[test]
fn a_dry_run_shows_the_change_and_makes_none() {
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/oauth/token\"");
    let world = World::with("acme.jsonc", &spoiled);
    let answer = world.run(&["check", "--fix", "--dry-run", "acme.jsonc"]);
    assert_eq!((answer.code, read(&world, "acme.jsonc")), (1, spoiled));
    let (patch, report) = answer.stdout.split_once("\n\n").unwrap();
    insta::assert_snapshot!(patch, @r#"
    --- a/acme.jsonc
    +++ b/acme.jsonc
    @@ -12,7 +12,7 @@
       "oauth": {
         "base_url": "https://acme.example",
         "authorization_url": "{base_url}/oauth/authorize",
    -    "token_url": " https://acme.example/oauth/token",
    +    "token_url": "https://acme.example/oauth/token",
         "revocation_url": null,
         "device_authorization_url": "https://acme.example/oauth/device",
         "scopes": ["contacts:read", "deals:read"],
    "#);
    assert!(report.contains("error[definition-url-white-space]"), "{report}");
    let (code, document) = world.json(&["--fix", "--dry-run", "acme.jsonc"]);
    assert_eq!((code, document.get("fixed")), (1, None));
    assert!(document["patches"][0]["diff"].as_str().unwrap().contains("+    \"token_url\": \"https://"));
    let fix = &document["findings"][0]["fixes"][0];
    assert_eq!((&fix["applied"], &fix["note"]), (&json!(false), &json!("would be done by --fix")));
    let coloured = world.run(&["check", "--fix", "--dry-run", "--color", "always", "acme.jsonc"]).stdout;
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    assert_eq!(world.run(&["check", "--dry-run", "acme.jsonc"]).code, 2, "without --fix there is nothing to try");
}

#[test]
fn the_shown_change_forges_nothing_and_hides_secrets() {
    let text = SOUND
        .replace("\"https://acme.example/oauth/token\"", "\" https://me:hunter2secret@acme.example/t\"")
        .replace("\"revocation_url\": null,", "\"revocation_url\": null, // \u{1b}[2J\u{202e}\n::error::forged");
    let text = text.replace("\n::error", " ::error");
    let world = World::with("acme.jsonc", text);
    for format in ["human", "json"] {
        let answer = world.run(&["check", "--fix", "--dry-run", "--format", format, "acme.jsonc"]);
        assert!(answer.stdout.contains("+    "), "{}", answer.stdout);
        assert!(!answer.stdout.contains("hunter2") && !answer.stdout.contains('\u{1b}'), "{format}: {}", answer.stdout);
        assert!(answer.stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{}", answer.stdout);
    }
}

#[test]
fn what_is_not_certain_is_left() {
    for text in [
        // A name that is like it, and perhaps something else.
        SOUND.replace("\"display_name\"", "\"title\""),
        // The right name is there already.
        SOUND.replace("\"token_url\"", "\"tokn_url\": \"https://x.example\", \"token_url\""),
        // Two URLs in one.
        SOUND.replace("\"https://acme.example/oauth/token\"", "\"https://a.example/t https://b.example/t\""),
        // Nothing but a blank.
        SOUND.replace("\"revocation_url\": null", "\"revocation_url\": \" \""),
        // Decided by a person.
        SOUND.replace(r#""pkce": true"#, r#""pkce": false"#),
    ] {
        assert_ne!(text, SOUND);
        assert_eq!(mended(&text), text);
    }
    // Two wrong names of one right one.
    let two = SOUND.replace("\"display_name\": \"Acme CRM\"", "\"display_nam\": \"A\", \"displayname\": \"B\"");
    assert_eq!(mended(&two), two);
}

#[test]
fn a_mend_that_would_make_it_worse_is_not_written_and_said() {
    // A text where a list must stand is ignored under a wrong name and refused under the right one.
    let worse = SOUND.replace("\"scopes\": [\"contacts:read\", \"deals:read\"]", "\"scope\": \"contacts:read\"");
    let text = worse.replace("\"https://acme.example/oauth/token\"", "\"https://acme.example/oauth/token \"");
    let world = World::with("acme.jsonc", &text);
    let answer = world.run(&["check", "--fix", "acme.jsonc"]);
    assert_eq!(read(&world, "acme.jsonc"), worse, "the other mend is made");
    assert!(answer.stderr.contains("fixed: acme.jsonc:15: Remove the white space"), "{}", answer.stderr);
    let why =
        "not fixed: acme.jsonc:18: Rename it to scopes (definition-key-misspelt): the file would have more errors";
    assert!(answer.stderr.contains(why), "{}", answer.stderr);
    let (_, document) = world.json(&["--fix", "acme.jsonc"]);
    let fix = &document["findings"][0]["fixes"][0];
    assert_eq!((&fix["applied"], &fix["verified"]), (&json!(false), &json!(false)));
    assert!(fix["note"].as_str().unwrap().contains("more errors"), "{fix}");
}

#[test]
fn what_does_not_count_is_not_mended() {
    let spoiled = SOUND.replace(
        "\"token_url\": \"https://acme.example/oauth/token\",",
        "\"token_url\": \" https://acme.example/t\", // authsome-check: allow definition-url-white-space a test",
    );
    assert_eq!(mended(&spoiled), spoiled);
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/t\"");
    let world = World::with("acme.jsonc", &spoiled);
    world.run(&["check", "acme.jsonc", "--write-baseline", "b.json"]);
    world.run(&["check", "acme.jsonc", "--baseline", "b.json", "--fix"]);
    assert_eq!(read(&world, "acme.jsonc"), spoiled);
}

#[test]
#[cfg(unix)]
fn permissions_and_links_stay_and_what_is_read_only_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/oauth/token\"");
    let world = World::with("real/acme.jsonc", &spoiled);
    let mode = |mode| fs::set_permissions(world.path("real/acme.jsonc"), fs::Permissions::from_mode(mode)).unwrap();
    symlink("real/acme.jsonc", world.path("acme.jsonc")).unwrap();

    mode(0o444);
    let answer = world.run(&["check", "--fix", "acme.jsonc"]);
    assert_eq!((answer.code, read(&world, "acme.jsonc")), (1, spoiled));
    assert!(answer.stderr.contains("acme.jsonc is left as it is: it is read-only"), "{}", answer.stderr);

    mode(0o754);
    assert_eq!(world.run(&["check", "--fix", "acme.jsonc"]).code, 0);
    assert_eq!(read(&world, "real/acme.jsonc"), SOUND);
    assert!(fs::symlink_metadata(world.path("acme.jsonc")).unwrap().is_symlink());
    let now = fs::metadata(world.path("real/acme.jsonc")).unwrap().permissions().mode() & 0o777;
    assert_eq!(now, 0o754);
    assert_eq!(fs::read_dir(world.path("real")).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_file_that_is_named_twice_is_mended_once() {
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/oauth/token\"");
    let world = World::with("p/acme.jsonc", &spoiled);
    let answer = world.run(&["check", "--fix", "p", "p/acme.jsonc"]);
    assert_eq!(answer.stderr.matches("fixed: ").count(), 1, "{}", answer.stderr);
    assert_eq!(read(&world, "p/acme.jsonc"), SOUND);
}

#[test]
#[cfg(unix)]
fn the_installed_authsomes_own_definitions_are_never_edited() {
    let world = World::new();
    let spoiled = SOUND.replace("\"https://acme.example/oauth/token\"", "\" https://acme.example/oauth/token\"");
    let path = super::install(&world, &spoiled);
    let database = world.file("home/.authsome/server/authsome.db", "");
    let rows = rusqlite::Connection::open(&database).unwrap();
    rows.execute_batch(
        "CREATE TABLE custom_provider_definitions (name TEXT PRIMARY KEY, definition_json TEXT NOT NULL)",
    )
    .unwrap();
    rows.execute("INSERT INTO custom_provider_definitions VALUES ('mine', ?)", [&spoiled]).unwrap();
    drop(rows);
    let before = fs::read(&database).unwrap();
    let answer = super::answer(world.command().env("PATH", &path).args(["check", "--fix"]));
    assert_eq!(answer.code, 1);
    assert_eq!(answer.stderr.matches("the installed authsome's own").count(), 2, "{}", answer.stderr);
    assert_eq!(fs::read(&database).unwrap(), before);
    let bundled = "venv/lib/python3.13/site-packages/authsome/auth/bundled_providers/acme.jsonc";
    assert_eq!(read(&world, bundled), spoiled);
}

#[test]
fn every_certain_edit_of_a_rule_is_carried_out() {
    // The rules that offer an edit, which is not for a person alone, as the program itself says.
    let listed = World::new().run(&["rules", "list", "--format", "json"]);
    let document: Value = serde_json::from_str(&listed.stdout).unwrap();
    let texts: &[(&str, String)] = &[
        (
            "definition-url-white-space",
            SOUND.replace("\"https://acme.example/oauth/token\"", "\"https://acme.example/ t\""),
        ),
        ("definition-value-not-allowed", SOUND.replace("\"pkce\",", "\"PKCE\",")),
        ("definition-key-misspelt", SOUND.replace("\"token_url\"", "\"token_endpoint\"")),
        ("definition-key-of-an-older-version", SOUND.replace("\"docs_url\"", "\"docs\"")),
        ("definition-scope-blank", SOUND.replace("\"deals:read\"", "\"\"")),
        ("definition-scope-twice", SOUND.replace("\"deals:read\"", "\"contacts:read\"")),
        ("definition-parameter-set-by-authsome", SOUND.replace("\"prompt\"", "\"state\"")),
        ("definition-trailing-comma", SOUND.replace("\"deals:read\"", "\"deals:read\",")),
        ("definition-byte-order-mark", format!("\u{feff}{SOUND}")),
    ];
    for (rule, text) in texts {
        assert!(document.to_string().contains(&format!("\"{rule}\"")), "{rule}");
        let world = World::with("acme.jsonc", text);
        assert!(findings(&world.json(&["acme.jsonc"]).1).iter().any(|(found, ..)| found == rule), "{rule}");
        world.run(&["check", "--fix", "acme.jsonc"]);
        let left = world.json(&["acme.jsonc"]).1;
        assert_eq!(findings(&left), [], "{rule}: {}", read(&world, "acme.jsonc"));
    }
}
