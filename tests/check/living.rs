//! `check`, living with findings: comments in the definitions, the config file, the baseline. Nothing disappears in silence.

use super::world::{SOUND, World, findings};
use serde_json::{Value, json};

const RISKY: &str = r#"    "pkce": false,"#;

/// A definition with `pkce: false`, which is a warning in line 20 of it, and that line replaced by `lines`.
fn with_pkce(lines: &str) -> String {
    let text = SOUND.replace(r#"    "pkce": true,"#, lines);
    assert_ne!(text, SOUND);
    text
}

fn rules(document: &Value) -> Vec<&str> {
    findings(document).iter().map(|(rule, ..)| *rule).collect()
}

fn checked(text: &str) -> Value {
    World::with("acme.jsonc", text).json(&["acme.jsonc"]).1
}

#[test]
fn a_comment_allows_a_rule_on_the_next_line_on_its_own_and_in_the_whole_file() {
    const COMMENT: &str = "authsome-check: allow definition-pkce-false their form has it";
    assert_eq!(rules(&checked(&with_pkce(RISKY))), ["definition-pkce-false"]);
    for text in [
        with_pkce(&format!("    // {COMMENT}\n{RISKY}")),
        with_pkce(&format!("    // {COMMENT}\r\n\r\n    // another remark\r\n{RISKY}")),
        with_pkce(&format!("    /* {COMMENT} */\n{RISKY}")),
        with_pkce(&format!("{RISKY} // {COMMENT}")),
        with_pkce(&format!("{RISKY} /* {COMMENT} */")),
        format!("// {COMMENT}\n{}", with_pkce(RISKY)),
    ] {
        let document = checked(&text);
        assert_eq!(rules(&document), [""; 0], "{text}");
        assert_eq!(document["suppressed"], json!({"inline": 1, "config": 0, "baseline": 0, "unchanged": 0}));
        assert_eq!(document["verdict"]["status"], "healthy");
    }
    // Elsewhere it covers nothing, and says so at its place.
    let text = with_pkce(&format!("{RISKY}\n    // {COMMENT}"));
    let document = checked(&text);
    assert_eq!(rules(&document), ["definition-pkce-false", "definition-suppression-unused"]);
    assert_eq!(document["findings"][1]["location"], json!({"file": "acme.jsonc", "line": 21, "column": 5}));
    assert_eq!(document.get("suppressed"), None);
}

#[test]
fn several_rules_are_allowed_by_a_comment_each() {
    let both = r#"    "pkce": false, "colour": 1,"#;
    let comment = |rule: &str| format!("    // authsome-check: allow {rule} asked for\n");
    let text = with_pkce(&format!("{}{}{both}", comment("definition-pkce-false"), comment("definition-key-unknown")));
    let document = checked(&text);
    assert_eq!(rules(&document), [""; 0]);
    assert_eq!(document["suppressed"]["inline"], 2);
    let text = with_pkce(&format!("{}{both}", comment("definition-pkce-false")));
    assert_eq!(rules(&checked(&text)), ["definition-key-unknown"], "the other one stays");
}

#[test]
fn a_suppression_that_is_not_right_does_not_count_and_is_told_where_it_stands() {
    for (comment, rule, words) in [
        ("allow definition-pkce-false", "definition-suppression-without-reason", "without a reason"),
        (
            "allow definition-pkce-fals because",
            "definition-suppression-of-unknown-rule",
            "no rule definition-pkce-fals",
        ),
        ("allow callback-state-missing because", "definition-suppression-of-unknown-rule", "no rule callback"),
        ("ignore definition-pkce-false because", "definition-suppression-without-rule", "allows nothing"),
    ] {
        let document = checked(&with_pkce(&format!("    // authsome-check: {comment}\n{RISKY}")));
        assert_eq!(rules(&document), [rule, "definition-pkce-false"], "{comment}");
        let told = &document["findings"][0];
        assert!(told["title"].as_str().unwrap().contains(words), "{told}");
        assert_eq!((&told["location"]["line"], &told["location"]["column"]), (&json!(20), &json!(5)), "{told}");
    }
    let document = checked(&with_pkce(&format!("    // authsome-check: allow definition-pkce-fals because\n{RISKY}")));
    assert!(document["findings"][0]["fixes"][0]["title"].as_str().unwrap().contains("definition-pkce-false"));
}

#[test]
fn a_mark_in_a_string_is_no_comment_and_a_fault_of_the_text_is_not_allowed_away() {
    let text = with_pkce(RISKY).replace("Contacts and deals", "// authsome-check: allow definition-pkce-false because");
    assert_eq!(rules(&checked(&text)), ["definition-pkce-false"]);

    let comment = "// authsome-check: allow definition-not-json we know\n// authsome-check: allow definition-trailing-comma we know\n";
    for (text, rule) in [("{\"name\" 1}", "definition-not-json"), ("{\"name\": 1,}", "definition-trailing-comma")] {
        let document = checked(&format!("{comment}{text}"));
        assert_eq!(rules(&document), [rule]);
    }
}

#[test]
fn a_suppression_in_a_file_of_another_is_none_of_its() {
    let world = World::with("acme.jsonc", with_pkce(RISKY));
    let other = with_pkce(RISKY).replace("\"name\": \"acme\"", "\"name\": \"b\"").replace("api.acme", "api.b");
    world.file("b.jsonc", format!("// authsome-check: allow definition-pkce-false because\n{other}"));
    let (_, document) = world.json(&["acme.jsonc", "b.jsonc"]);
    let of_it: Vec<_> =
        document["findings"].as_array().unwrap().iter().filter(|it| it["rule"] == "definition-pkce-false").collect();
    assert_eq!((of_it.len(), &of_it[0]["location"]["file"]), (1, &json!("acme.jsonc")));
    assert_eq!(document["suppressed"]["inline"], 1);
}

#[test]
fn a_person_and_a_code_host_see_what_does_not_count() {
    let world = World::with(
        "acme.jsonc",
        with_pkce(&format!("{RISKY} // authsome-check: allow definition-pkce-false their\u{1b}[2J form")),
    );
    let answer = world.run(&["check", "acme.jsonc"]);
    // The escape sequence is a defect of its own, and is not passed on.
    let tail = "1 definition, 1 error\nnot counted: 1 by comments in the definitions\n";
    assert!(answer.stdout.ends_with(tail) && !answer.stdout.contains('\u{1b}'), "{}", answer.stdout);
    world.file("authsome-check.yaml", "rules:\n  definition-key-unknown: {level: off, reason: 'ours: \"x\"'}\n");
    world.file(
        "acme.jsonc",
        with_pkce(r#"    "pkce": false, "colour": 1, // authsome-check: allow definition-pkce-false their form"#),
    );
    let sarif: Value = serde_json::from_str(&world.run(&["check", "--format", "sarif", "acme.jsonc"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressions: Vec<_> =
        results.iter().map(|one| (one["ruleId"].as_str().unwrap(), &one["suppressions"])).collect();
    assert_eq!(
        suppressions,
        [
            (
                "definition-pkce-false",
                &json!([{"kind": "inSource", "status": "accepted", "justification": "their form"}])
            ),
            (
                "definition-key-unknown",
                &json!([{"kind": "external", "status": "accepted", "justification": "ours: \"x\""}])
            ),
        ]
    );
    assert!(results.iter().all(|one| one["ruleIndex"].is_number() && one["partialFingerprints"].is_object()));
}

#[test]
fn a_level_of_the_config_file_counts_where_it_says() {
    let world = World::with("old/acme.jsonc", with_pkce(RISKY));
    world.file("new/acme.jsonc", with_pkce(RISKY));
    let config = |level: &str| {
        format!(
            "rules:\n  definition-pkce-false:\n    level: {level}\n    reason: as the vendor has it\n    paths: [old/**]\n"
        )
    };
    world.file("authsome-check.yaml", config("off"));
    let (code, document) = world.json(&["old/acme.jsonc"]);
    assert_eq!((code, rules(&document), &document["suppressed"]["config"]), (0, vec![], &json!(1)));
    assert_eq!(rules(&world.json(&["new/acme.jsonc"]).1), ["definition-pkce-false"]);

    world.file("authsome-check.yaml", config("error"));
    let (code, document) = world.json(&["old"]);
    assert_eq!((code, findings(&document)), (1, vec![("definition-pkce-false", "error", "/oauth/pkce")]));
    assert_eq!(
        (&document["verdict"]["status"], &document["definitions"][0]["errors"]),
        (&json!("problems"), &json!(1))
    );
    assert_eq!(world.run(&["check", "new/acme.jsonc"]).code, 0);

    world.file("authsome-check.yaml", config("note"));
    assert_eq!(world.run(&["check", "old", "--fail-on", "warning"]).code, 0);
    let human = world.run(&["check", "old"]).stdout;
    assert!(human.ends_with("1 definition, 1 note\n"), "{human}");
}

#[test]
fn what_only_several_definitions_together_show_can_be_allowed_too() {
    let world = World::with("acme.jsonc", SOUND);
    let other = SOUND.replace("\"name\": \"acme\"", "\"name\": \"b\"");
    world.file("b.jsonc", &other);
    let both = rules(&world.json(&["acme.jsonc", "b.jsonc"]).1).len();
    let claimed = "definition-api-url-claimed-twice";
    world.file("b.jsonc", format!("// authsome-check: allow {claimed} the same API\n{other}"));
    let (_, document) = world.json(&["acme.jsonc", "b.jsonc"]);
    let suppressed = document["suppressed"]["inline"].as_u64().unwrap_or_default();
    assert!(suppressed > 0, "{document:#}");
    assert_eq!(rules(&document).len() as u64 + suppressed, both as u64);
    assert!(!rules(&document).contains(&"definition-suppression-unused"));
}

#[test]
fn a_config_file_can_be_named_and_is_seen_from_its_own_folder() {
    let world = World::with("repo/providers/acme.jsonc", with_pkce(RISKY));
    let config = "rules: {definition-pkce-false: {level: off, reason: x, paths: ['providers/*.jsonc']}}\n";
    world.file("repo/ours.yaml", config);
    let (_, document) = world.json(&["--config", "repo/ours.yaml", "repo/providers"]);
    assert_eq!((rules(&document), &document["suppressed"]["config"]), (vec![], &json!(1)));
    let answer = world.run(&["check", "--config", "nowhere.yaml", "repo/providers"]);
    assert_eq!((answer.code, answer.stderr.contains("nowhere.yaml")), (2, true), "{}", answer.stderr);
}

#[test]
fn a_mistake_in_the_config_file_ends_the_run_with_its_place() {
    let world = World::with("acme.jsonc", SOUND);
    world.file("authsome-check.yaml", "fail_on: error\nrules:\n  definition-pkce-fals: {level: off, reason: x}\n");
    let answer = world.run(&["check", "acme.jsonc"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
    let wanted = "authsome-check.yaml:3:3: unknown rule definition-pkce-fals; did you mean definition-pkce-false?";
    assert!(answer.stderr.contains(wanted), "{}", answer.stderr);
    let (code, document) = world.json(&["acme.jsonc"]);
    assert_eq!((code, &document["error"]["kind"]), (2, &json!("invalid_config")));
    assert_eq!(document["error"]["location"], json!({"file": "authsome-check.yaml", "line": 3, "column": 3}));
}

#[test]
fn what_keeps_a_file_from_being_read_stays_an_error() {
    let world = World::with("acme.jsonc", "{");
    for rule in ["definition-not-json", "definition-trailing-comma", "definition-not-utf8", "definition-too-large"] {
        world.file("authsome-check.yaml", format!("rules:\n  {rule}: {{level: off, reason: x}}\n"));
        let answer = world.run(&["check", "acme.jsonc"]);
        assert_eq!(answer.code, 2, "{rule}");
        assert!(answer.stderr.contains(&format!("{rule} stays an error")), "{}", answer.stderr);
    }
}

#[test]
fn the_config_file_has_the_default_of_a_flag_and_the_flag_wins() {
    let world = World::with("acme.jsonc", with_pkce(RISKY));
    world.file("authsome-check.yaml", "fail_on: warning\n");
    assert_eq!(world.run(&["check", "acme.jsonc"]).code, 1);
    assert_eq!(world.run(&["check", "acme.jsonc", "--fail-on", "error"]).code, 0);
    world.file("authsome-check.yaml", "fail_on: never\n");
    world.file("acme.jsonc", "{");
    assert_eq!(world.run(&["check", "acme.jsonc"]).code, 0);
}

#[test]
fn the_version_that_is_aimed_at_can_stand_in_the_config_file() {
    let world = World::with("acme.jsonc", SOUND);
    let flagged = findings_of(&world, &["--authsome-version", "0.4.2"]);
    assert_ne!(flagged, findings_of(&world, &[]));
    world.file("authsome-check.yaml", "authsome_version: \"0.4.2\"\n");
    assert_eq!(findings_of(&world, &[]), flagged);
    assert_eq!(findings_of(&world, &["--authsome-version", "0.7.2"]), [""; 0], "the flag wins");
}

fn findings_of(world: &World, flags: &[&str]) -> Vec<String> {
    let (_, document) = world.json(&[flags, &["acme.jsonc"]].concat());
    rules(&document).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_level_that_changed_nothing_is_told_after_a_run_over_folders_only() {
    let world = World::with("p/acme.jsonc", SOUND);
    world.file("authsome-check.yaml", "rules:\n  definition-pkce-false: {level: off, reason: x}\n");
    let (code, document) = world.json(&["p"]);
    assert_eq!(
        (code, findings(&document)),
        (0, vec![("definition-level-unused", "note", "/rules/definition-pkce-false")])
    );
    let location = &document["findings"][0]["location"];
    assert_eq!((&location["file"], &location["line"]), (&json!("authsome-check.yaml"), &json!(2)));
    assert_eq!(rules(&world.json(&["p/acme.jsonc"]).1), [""; 0]);
    world.file("p/acme.jsonc", with_pkce(RISKY));
    assert_eq!(rules(&world.json(&["p"]).1), [""; 0]);
}

#[test]
fn what_is_said_about_the_run_has_a_level_too_and_is_counted() {
    let world = World::with("p/acme.jsonc", with_pkce(RISKY));
    world.run(&["check", "p", "--write-baseline", "b.json"]);
    world.file("p/acme.jsonc", SOUND);
    let config =
        |level: &str| format!("rules: {{definition-baseline-entry-gone: {{level: {level}, reason: in April}}}}\n");
    world.file("authsome-check.yaml", config("error"));
    let (code, document) = world.json(&["p", "--baseline", "b.json"]);
    assert_eq!((code, rules(&document)), (1, vec!["definition-baseline-entry-gone"]));
    world.file("authsome-check.yaml", config("off"));
    let (code, document) = world.json(&["p", "--baseline", "b.json"]);
    assert_eq!((code, rules(&document), &document["suppressed"]["config"]), (0, vec![], &json!(1)));
}

#[test]
fn a_baseline_holds_what_is_there_and_survives_edits_elsewhere() {
    let world = World::with("p/acme.jsonc", with_pkce(RISKY));
    world.file("p/broken.jsonc", "{\"name\": }");
    let written = world.run(&["check", "p", "--write-baseline", "baseline.json"]);
    assert_eq!(
        (written.code, written.stdout.as_str()),
        (0, "✔ 2 definitions, nothing else wrong\nnot counted: 2 listed in the baseline\n")
    );
    let text = std::fs::read_to_string(world.path("baseline.json")).unwrap();
    insta::assert_snapshot!(text, @r#"
    {
      "version": 1,
      "findings": [
        {"file":"p/acme.jsonc","pointer":"/oauth/pkce","rule":"definition-pkce-false","count":1},
        {"file":"p/broken.jsonc","pointer":"","rule":"definition-not-json","count":1}
      ]
    }
    "#);
    world.run(&["check", "p", "--write-baseline", "again.json"]);
    assert_eq!(std::fs::read_to_string(world.path("again.json")).unwrap(), text, "the same findings, the same bytes");

    let (code, document) = world.json(&["p", "--baseline", "baseline.json"]);
    assert_eq!((code, rules(&document), &document["suppressed"]["baseline"]), (0, vec![], &json!(2)));
    // An edit elsewhere moves the line and adds a fault of its own.
    let moved = with_pkce(RISKY).replace("{\n  \"schema", "{\n\n\n  \"colour\": 1,\n  \"schema");
    world.file("p/acme.jsonc", moved);
    let (_, document) = world.json(&["p", "--baseline", "baseline.json"]);
    assert_eq!((rules(&document), &document["suppressed"]["baseline"]), (vec!["definition-key-unknown"], &json!(2)));
    let sarif = world.run(&["check", "p", "--baseline", "baseline.json", "--format", "sarif"]).stdout;
    assert!(sarif.contains("listed in the baseline"), "{sarif}");
}

#[test]
fn a_baseline_counts_and_what_is_more_is_new() {
    let scopes = |list: &str| SOUND.replace(r#"["contacts:read", "deals:read"]"#, list);
    let world =
        World::with("acme.jsonc", SOUND.replace("\"pkce\": true", "\"colour\": 1, \"colour\": 2, \"pkce\": true"));
    world.run(&["check", "acme.jsonc", "--write-baseline", "b.json"]);
    let text = std::fs::read_to_string(world.path("b.json")).unwrap();
    assert!(text.contains(r#""rule":"definition-key-unknown","count":2"#), "{text}");
    world.file(
        "acme.jsonc",
        SOUND.replace("\"pkce\": true", "\"colour\": 1, \"colour\": 2, \"colour\": 3, \"pkce\": true"),
    );
    let (_, document) = world.json(&["acme.jsonc", "--baseline", "b.json"]);
    assert_eq!(rules(&document), ["definition-key-twice", "definition-key-unknown"], "one of each more than listed");
    world.file("acme.jsonc", scopes(r#"["a", ""]"#));
    assert!(rules(&world.json(&["acme.jsonc", "--baseline", "b.json"]).1).contains(&"definition-scope-blank"));
}

#[test]
fn what_is_gone_from_the_definitions_can_go_from_the_baseline() {
    let world = World::with("p/acme.jsonc", with_pkce(RISKY));
    world.file("p/deleted.jsonc", "{");
    world.file("q/other.jsonc", "{");
    world.run(&["check", "p", "q", "--write-baseline", "b.json"]);
    world.file("p/acme.jsonc", SOUND);
    std::fs::remove_file(world.path("p/deleted.jsonc")).unwrap();
    let (code, document) = world.json(&["p", "--baseline", "b.json"]);
    let gone: Vec<_> = document["findings"].as_array().unwrap().iter().collect();
    assert_eq!(
        (code, rules(&document)),
        (0, vec!["definition-baseline-entry-gone"; 2]),
        "what was not looked at is left alone"
    );
    assert_eq!(gone[0]["location"], json!({"file": "b.json", "line": 4, "column": 5}));
    assert!(gone[0]["title"].as_str().unwrap().contains("p/acme.jsonc"), "{}", gone[0]);
    assert!(gone[1]["title"].as_str().unwrap().contains("p/deleted.jsonc"), "{}", gone[1]);
}

#[test]
fn a_baseline_is_seen_from_its_own_folder() {
    let world = World::with("providers/acme.jsonc", with_pkce(RISKY));
    world.file("ci/.keep", "");
    world.run(&["check", "providers", "--write-baseline", "ci/b.json"]);
    assert!(std::fs::read_to_string(world.path("ci/b.json")).unwrap().contains("\"../providers/acme.jsonc\""));
    let mut command = world.command();
    command.current_dir(world.path("providers")).args([
        "check",
        "--format",
        "json",
        "./acme.jsonc",
        "--baseline",
        "../ci/b.json",
    ]);
    let answer = super::world::answer(&mut command);
    let document: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!((rules(&document), &document["suppressed"]["baseline"]), (vec![], &json!(1)));
}

#[test]
fn a_baseline_that_cannot_be_used_ends_the_run() {
    let world = World::with("acme.jsonc", SOUND);
    let answer = world.run(&["check", "acme.jsonc", "--baseline", "b.json"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (2, ""));
    assert!(answer.stderr.contains("--write-baseline b.json"), "{}", answer.stderr);
    world.file("b.json", "{\"version\": 1,\n \"finding\": []}");
    let answer = world.run(&["check", "acme.jsonc", "--baseline", "b.json"]);
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("b.json:2:"), "{}", answer.stderr);
}

#[test]
fn a_secret_in_a_reason_is_hidden_in_every_format() {
    let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let world = World::with(
        "acme.jsonc",
        with_pkce(&format!("{RISKY} // authsome-check: allow definition-pkce-false {token}")),
    );
    for format in ["human", "json", "sarif", "github", "junit"] {
        let answer = world.run(&["check", "acme.jsonc", "--format", format]);
        // A secret in a comment is an error; an upload of SARIF fails nothing.
        assert_eq!(answer.code, i32::from(format != "sarif"));
        assert!(!answer.stdout.contains(token), "{format}: {}", answer.stdout);
    }
}
