//! `authsome rules`, and the rights of rules that are not built in.

mod common;

use common::rules::{TAKEN, rule};
use common::{Answer, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A built-in rule, to be referred to.
const BUILT_IN: &str = "home-not-writable";

/// A rule of one's own that has something of everything.
const OWN: &str = r#"- id: own-rule
  cause: port_in_use
  severity: error
  title: "Port {port.number} is held by {listener.owner.name}"
  for_each: port.listeners as listener
  when:
    listener.covers_callback: true
    listener.owner.kind: {one_of: [other_program, forwarder]}
  evidence: [listener.address]
  explanation: |
    Another program answers where {callback.redirect_uri|or "the callback"} leads.
  fixes:
    - id: look
      title: "Look at {listener.owner.name}"
      run: [lsof, "-iTCP:{port.number}"]
    - id: read
      title: Read about it
      open_url: https://example.com/ports
  since: 0.1.0
  cases:
    - name: held
      facts: {port: {number: 7998, listeners: [{address: 127.0.0.1, covers_callback: true, owner: {kind: forwarder, name: ssh}}]}}
      expect: fires
    - name: not held
      facts: {port: {number: 7998, listeners: []}}
      expect: silent
"#;

fn rules_of_the_repository() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for family in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).expect("rules").flatten() {
        files.extend(std::fs::read_dir(family.path()).expect("a folder").flatten().map(|file| file.path()));
    }
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    files
}

fn rows(answer: &Answer, key: &str) -> Vec<Value> {
    answer.document()[key].as_array().unwrap_or_else(|| panic!("no {key}: {answer}")).clone()
}

#[test]
fn list_names_every_rule_with_its_severity_and_cause() {
    let world = World::new();
    let rules = rows(&world.run(["rules", "list", "--format", "json"]).ends_with(0), "rules");
    assert!(rules.len() > 50, "{}", rules.len());
    let table = world.run(["rules", "list"]).ends_with(0).stdout;
    assert_eq!(table.lines().count(), rules.len() + 1, "one line a rule below the heads");
    for rule in &rules {
        let [id, severity, cause] = ["id", "severity", "cause"].map(|key| rule[key].as_str().expect("a text"));
        let line =
            table.lines().find(|line| line.split_whitespace().next() == Some(id)).unwrap_or_else(|| panic!("{id}"));
        assert!(line.contains(severity) && line.contains(cause), "{line}");
    }
}

#[test]
fn show_prints_a_rules_page_and_knows_the_nearest_name() {
    let world = World::new();
    let page = world.run(["rules", "show", BUILT_IN]).ends_with(0);
    assert!(page.stdout.contains(BUILT_IN) && page.stdout.contains("home_not_usable"), "{page}");
    let rule = world.run(["rules", "show", BUILT_IN, "--format", "json"]).ends_with(0).document()["rule"].clone();
    assert_eq!((&rule["id"], &rule["severity"]), (&json!(BUILT_IN), &json!("error")));
    let wrong = world.run(["rules", "show", "home-not-writeable"]).ends_with(2);
    assert!(wrong.stderr.contains("did you mean home-not-writable?"), "{wrong}");
}

#[test]
fn facts_prints_the_registry() {
    let world = World::new();
    let facts = rows(&world.run(["rules", "facts", "--format", "json"]).ends_with(0), "facts");
    assert!(facts.len() > 100, "{}", facts.len());
    for fact in &facts {
        for key in ["name", "type", "probe", "sensitivity", "meaning"] {
            assert!(fact[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {fact}");
        }
    }
    let number = facts.iter().find(|fact| fact["name"] == "port.number").expect("it is a fact");
    assert_eq!(number["type"], "number");
    let table = world.run(["rules", "facts"]).ends_with(0).stdout;
    assert_eq!(table.lines().count(), facts.len() + 1);
}

#[test]
fn lint_tells_every_mistake_of_an_author_with_its_place() {
    let base = OWN;
    for (from, to, line, column, words) in [
        ("severity: error", "severty: error", 3, 3, &["unknown key severty", "severity?"][..]),
        ("severity: error", "severity: eror", 3, 13, &["eror", "error?"]),
        ("cause: port_in_use", "cause: port_in_used", 2, 10, &["port_in_used", "port_in_use?"]),
        ("id: own-rule", "id: Own Rule", 1, 7, &["Own Rule"]),
        ("id: own-rule", "id: home-not-writable", 1, 7, &["home-not-writable"]),
        ("{port.number} is", "{port.nummer} is", 4, 10, &["port.nummer", "port.number?"]),
        ("title: \"Port {port.number}", "title: \"Port {port.number|joyn}", 4, 10, &["joyn", "join?"]),
        ("title: \"Port {port.number}", "title: \"Port {port.free}", 4, 10, &["port.free", "may be absent"]),
        ("listener.covers_callback: true", "listener.covers_calback: true", 7, 5, &["listener.covers_callback"]),
        ("covers_callback: true\n    l", "covers_callback: yes please\n    l", 7, 31, &["true or false"]),
        ("{one_of: [", "{one_off: [", 8, 27, &["one_off", "one_of?"]),
        ("[other_program, f", "[other_programme, f", 8, 36, &["other_programme", "other_program?"]),
        ("{one_of: [other_program, forwarder]}", "{lt: 3}", 8, 27, &["lt", "does not fit"]),
        ("{one_of: [other_program, forwarder]}", "{matches: \"(\"}", 8, 36, &["regular expression"]),
        ("evidence: [listener.address]", "evidence: [listener.adress]", 9, 14, &["listener.address"]),
        ("for_each: port.listeners", "for_each: port.number", 5, 13, &["port.number"]),
        ("run: [lsof, \"-iTCP:{port.number}\"]", "run: lsof -i", 15, 12, &["shell string"]),
        ("open_url: https://", "open_url: http://", 18, 17, &["https:// only"]),
        ("      run: [lsof", "      safety: safe\n      run: [lsof", 15, 15, &["manual"]),
        ("since: 0.1.0", "explains: [no-such-rule]\n  since: 0.1.0", 19, 14, &["no rule no-such-rule"]),
        ("since: 0.1.0", "explains: [home-not-writable]\n  since: 0.1.0", 19, 14, &["built in"]),
        ("expect: fires", "expect: silent", 21, 5, &["no firing case"]),
        ("expect: silent", "expect: fires", 21, 5, &["no silent case"]),
        ("number: 7998, listeners: []", "number: 7998, listenrs: []", 25, 36, &["listenrs", "listeners"]),
        ("title: Read about it", "title: {port.number}", 17, 14, &["quote texts that hold braces"]),
    ] {
        assert!(base.contains(from), "the rule has no {from}");
        let world = World::new();
        world.file("own.yaml", base.replacen(from, to, 1));
        let answer = world.run(["rules", "lint", "own.yaml"]).ends_with(1);
        let place = format!("own.yaml:{line}:{column}: ");
        let told = answer.stdout.lines().any(|told| told.starts_with(&place) && words.iter().all(|w| told.contains(w)));
        assert!(told, "{to:?}: wanted {place}{words:?} in {answer}");
        let json = world.run(["rules", "lint", "own.yaml", "--format", "json"]).ends_with(1);
        let told = rows(&json, "problems");
        assert!(told.iter().any(|p| p["line"] == line && p["column"] == column && p["file"] == "own.yaml"), "{json}");
    }
}

#[test]
fn lint_and_test_find_nothing_wrong_in_a_sound_rule() {
    let world = World::new();
    world.file("own.yaml", OWN);
    for command in ["lint", "test"] {
        let answer = world.run(["rules", command, "own.yaml"]).ends_with(0);
        assert!(answer.stdout.contains("1 rules") || answer.stdout.contains("1 rule"), "{answer}");
    }
}

#[test]
fn test_tells_which_case_does_not_hold_and_where() {
    let world = World::new();
    world.file("own.yaml", OWN.replace("kind: forwarder, name", "kind: authsome_daemon, name"));
    let answer = world.run(["rules", "test", "own.yaml"]).ends_with(1);
    assert!(answer.stdout.contains("own.yaml:21:"), "{answer}");
    assert!(answer.stdout.contains("case \"held\"") && answer.stdout.contains("silent"), "{answer}");
}

#[test]
fn the_sources_of_the_built_in_rules_pass_their_own_cases() {
    let world = World::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = root.join("rules");
    let fixtures = root.join("fixtures");
    let arguments = [Path::new("rules"), Path::new("test"), &rules, Path::new("--fixtures"), &fixtures];
    let answer = world.run(arguments).ends_with(0);
    assert!(answer.stdout.contains("no mistake"), "{answer}");
}

mod schema {
    use super::{OWN, World, rules_of_the_repository};
    use serde_json::{Value, json};

    /// Why a value is not as the schema says; of the JSON Schema vocabulary what ours uses.
    fn mistakes(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(name) = schema["$ref"].as_str() {
            let pointer = name.strip_prefix('#').expect("it refers to itself");
            mistakes(root, root.pointer(pointer).expect("it is defined"), value, at, found);
        }
        if let Some(one_of) = schema["enum"].as_array()
            && !one_of.contains(value)
        {
            found.push(format!("{at}: {value} is none of {one_of:?}"));
        }
        for (word, key) in [("anyOf", "any"), ("oneOf", "one")] {
            if let Some(several) = schema[word].as_array() {
                let fits = several.iter().filter(|one| {
                    let mut wrong = Vec::new();
                    mistakes(root, one, value, at, &mut wrong);
                    wrong.is_empty()
                });
                if fits.count() == 0 {
                    found.push(format!("{at}: {value} is not {key} of what it may be"));
                }
            }
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|name| is(name, value)) {
            found.push(format!("{at}: {value} is no {types:?}"));
        }
        if let Some(items) = value.as_array() {
            let least = schema["minItems"].as_u64().unwrap_or(0);
            if (items.len() as u64) < least {
                found.push(format!("{at}: fewer than {least} items"));
            }
            for (index, item) in items.iter().enumerate().filter(|_| schema.get("items").is_some()) {
                mistakes(root, &schema["items"], item, &format!("{at}/{index}"), found);
            }
        }
        if let Some(fields) = value.as_object() {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    found.push(format!("{at}: no {name}"));
                }
            }
            for (name, field) in fields {
                match schema["properties"].get(name) {
                    Some(one) => mistakes(root, one, field, &format!("{at}/{name}"), found),
                    None if schema["additionalProperties"] == json!(false) => {
                        found.push(format!("{at}: unknown {name}"));
                    }
                    None => {}
                }
            }
        }
    }

    fn is(name: &str, value: &Value) -> bool {
        match name {
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            "null" => value.is_null(),
            other => panic!("the schema has a type {other}"),
        }
    }

    fn of(schema: &Value, yaml: &str) -> Vec<String> {
        let value: Value = serde_yaml::from_str(yaml).expect("it is YAML");
        let mut found = Vec::new();
        mistakes(schema, schema, &value, "", &mut found);
        found
    }

    fn schema() -> Value {
        World::new().run(["rules", "schema"]).ends_with(0).document()
    }

    #[test]
    fn the_built_in_rules_are_as_the_schema_says() {
        let schema = schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for file in rules_of_the_repository() {
            let found = of(&schema, &std::fs::read_to_string(&file).expect("a rule file"));
            assert!(found.is_empty(), "{}:\n{}", file.display(), found.join("\n"));
        }
        assert_eq!(of(&schema, OWN), Vec::<String>::new());
    }

    #[test]
    fn an_editor_sees_an_authors_mistakes_by_the_schema() {
        let schema = schema();
        for (from, to) in [
            ("severity: error", "severty: error"),
            ("severity: error", "severity: eror"),
            ("cause: port_in_use", "cause: port_in_used"),
            (
                "  explanation: |\n    Another program answers where {callback.redirect_uri|or \"the callback\"} leads.\n",
                "",
            ),
            ("run: [lsof", "runs: [lsof"),
            ("run: [lsof, \"-iTCP:{port.number}\"]", "run: lsof -i"),
            ("expect: fires", "expect: fire"),
        ] {
            assert!(OWN.contains(from));
            assert!(!of(&schema, &OWN.replacen(from, to, 1)).is_empty(), "{to}");
        }
    }
}

/// `doctor` over facts on which the rule of that name fires.
fn doctor(world: &World, more: &[&str]) -> Answer {
    world.file("facts.json", TAKEN);
    world.run(["doctor", "--facts", "facts.json"].iter().chain(more))
}

#[test]
fn a_users_own_rules_judge_beside_the_built_in_ones() {
    let fires = |answer: &Answer| rows(answer, "findings").iter().any(|finding| finding["rule"] == "own-port-taken");
    let world = World::new();
    assert!(!fires(&doctor(&world, &[])));
    world.file("elsewhere/deep/own.yml", rule("own-port-taken", "error"));
    assert!(fires(&doctor(&world, &["--rules", "elsewhere"])), "from --rules, folders in folders too");
    assert!(!fires(&doctor(&world, &[])));
    world.file(".authsome/doctor/rules/own.yaml", rule("own-port-taken", "error"));
    assert!(fires(&doctor(&world, &[])), "from AUTHSOME_HOME/doctor/rules");
    let listed = rows(&world.run(["rules", "list", "--format", "json"]), "rules");
    assert!(listed.iter().any(|rule| rule["id"] == "own-port-taken"));
    assert!(world.run(["rules", "show", "own-port-taken"]).ends_with(0).stdout.contains("The port is taken"));
    let twice = doctor(&world, &["--rules", "elsewhere"]).ends_with(2);
    assert!(twice.message().contains("own-port-taken is taken"), "{twice}");
}

#[test]
fn a_rule_from_outside_has_fewer_rights() {
    for (more, words) in [
        ("  fixes: [{id: x, title: Do it, run: [rm, x], safety: safe}]\n", "must be manual"),
        ("  fixes: [{id: x, title: Do it, run: [rm, x], safety: confirm}]\n", "must be manual"),
        ("  fixes: [{id: x, title: See, open_url: \"http://example.com\"}]\n", "https:// only"),
        ("  fixes: [{id: x, title: See, open_url: \"file:///etc/passwd\"}]\n", "https:// only"),
        ("  explains: [home-not-writable]\n", "built in"),
    ] {
        let world = World::new();
        world.file(
            "rules/own.yaml",
            rule("own-port-taken", "error").replacen("  since:", &format!("{more}  since:"), 1),
        );
        let answer = doctor(&world, &["--rules", "rules"]).ends_with(2);
        assert!(answer.message().contains(words), "{more}: {answer}");
    }
    let world = World::new();
    world.file("rules/own.yaml", rule(BUILT_IN, "error"));
    let answer = doctor(&world, &["--rules", "rules"]).ends_with(2);
    assert!(answer.message().contains("home-not-writable is a built-in rule's"), "{answer}");
}

#[test]
fn a_fix_of_a_rule_from_outside_is_shown_and_never_applied() {
    let world = World::new();
    world.file(
        ".authsome/doctor/rules/own.yaml",
        OWN.replacen("  fixes:\n", "  fixes:\n    - {id: mark, title: Make a mark, run: [/usr/bin/touch, mark]}\n", 1),
    );
    let stranger = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let redirect_uri = common::callback_on(stranger.local_addr().expect("it is bound").port());
    let look = ["doctor", "--offline", "--redirect-uri", &redirect_uri, "--only", "own-rule", "--fix", "--yes"];
    let answer = world.run(look);
    assert!(!world.path("mark").exists(), "{answer}");
}

#[test]
fn a_broken_rule_of_ones_own_refuses_the_run_with_its_place() {
    let world = World::new();
    world.file(
        ".authsome/doctor/rules/own.yaml",
        rule("own-port-taken", "error").replace("port.free: false", "port.fre: false"),
    );
    for arguments in [
        &["doctor", "--offline"][..],
        &["rules", "list", "--format", "json"],
        &["login", "practice", "--auto-approve"],
        &["explain", "access_denied", "--format", "json"],
    ] {
        let answer = world.run(arguments).ends_with(2);
        let error = answer.document()["error"].clone();
        assert_eq!(
            (&error["kind"], &error["location"]["line"], &error["location"]["column"]),
            (&json!("invalid_rules"), &json!(6), &json!(5)),
            "{answer}"
        );
        assert!(
            error["message"].as_str().is_some_and(|m| m.contains("port.fre") && m.contains("port.free?")),
            "{answer}"
        );
    }
}
