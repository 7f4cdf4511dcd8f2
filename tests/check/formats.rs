//! What code hosts, pull requests and build servers read: SARIF, annotations, JUnit, several of them in one run. A text out of
//! a definition stays a text in each.

use super::world::{SOUND, World};
use quick_junit::{Report, TestCaseStatus};
use serde_json::{Value, json};

/// Tries to end whatever it stands in, and to say something in our name.
const FORGED: &str =
    "\\u001b[2J]]>\\r\\n::error file=x::forged</testcase><testcase name='forged'/>\\\"},{\\\"ruleId\\\":\\\"forged\\\"";

fn spoiled() -> String {
    SOUND.replace("\"https://acme.example/oauth/token", "\" https://acme.example/oauth/token")
}

fn sarif(world: &World, arguments: &[&str]) -> Value {
    let answer = world.run(&[&["check", "--format", "sarif"], arguments].concat());
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    let mut schema: Value = serde_json::from_str(include_str!("schema/sarif-2.1.0.json")).expect("JSON");
    // A pattern of the published schema has a bracket too many.
    for part in ["run", "toolComponent"] {
        let language = schema["definitions"][part]["properties"]["language"].as_object_mut().expect("a property");
        language.remove("pattern").expect("the schema as it was published");
    }
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> =
        schema.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    document
}

#[test]
fn sarif_is_what_its_published_schema_says() {
    let world = World::with("providers/ä b.json", spoiled());
    world.file("broken.json", "{");
    let document = sarif(&world, &["providers", "broken.json"]);
    let run = &document["runs"][0];
    let results = run["results"].as_array().expect("a list");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    assert!(rules.len() > 30);
    for result in results {
        let at = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    for rule in rules {
        assert!(!rule["help"]["text"].as_str().expect("a text").is_empty(), "{rule}");
        assert!(!rule["help"]["markdown"].as_str().expect("a text").is_empty(), "{rule}");
    }
    let space = results.iter().find(|result| result["ruleId"] == "definition-url-white-space").expect("found");
    assert_eq!(space["level"], "error");
    let location = &space["locations"][0];
    let artifact = json!({"uri": "providers/%C3%A4%20b.json", "uriBaseId": "%SRCROOT%"});
    assert_eq!(location["physicalLocation"]["artifactLocation"], artifact);
    assert_eq!(location["physicalLocation"]["region"], json!({"startLine": 15, "startColumn": 18}));
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "/oauth/token_url");
    let sound = sarif(&World::with("acme.jsonc", SOUND), &["acme.jsonc"]);
    assert_eq!(sound["runs"][0]["results"], json!([]));
}

#[test]
fn a_fingerprint_survives_an_edit_elsewhere_in_the_file() {
    let prints = |text: &str| -> Vec<Value> {
        let document = sarif(&World::with("acme.jsonc", text), &["acme.jsonc"]);
        let results = document["runs"][0]["results"].as_array().cloned().expect("a list");
        results.into_iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let (before, after) = (prints(&spoiled()), prints(&format!("// a line\n\n{}", spoiled())));
    assert_eq!(before, after);
    assert_eq!(before.len(), 1);
    let scopes =
        |more: &str| prints(&SOUND.replace(r#""contacts:read", "#, &format!(r#"{more}"a b", "contacts:read", "#)));
    assert_eq!(scopes(""), scopes(r#""new", "#));
    let moved = spoiled().replace("\" https://acme.example/oauth/token", "\"https://acme.example/oauth/token");
    assert_ne!(
        before,
        prints(&moved.replace("\"https://acme.example/oauth/authorize", "\" https://acme.example/oauth/authorize"))
    );
}

#[test]
fn an_annotation_stands_at_the_line() {
    let answer = World::with("providers/acme.jsonc", spoiled()).run(&["check", "providers", "--format", "github"]);
    assert_eq!(answer.code, 1);
    let begin = "::error file=providers/acme.jsonc,line=15,col=18,title=token_url has white space in it or around it::";
    assert!(answer.stdout.starts_with(begin), "{}", answer.stdout);
    assert_eq!(answer.stdout.lines().count(), 1);
    // A sentence is not broken where its author ended a line: the parts are the reason, the fix, and where to read on.
    let parts: Vec<&str> = answer.stdout.trim_end().split("%0A").collect();
    assert_eq!(parts.len(), 3, "{parts:#?}");
    assert!(parts[1].starts_with("Fix: ") && parts[2].starts_with("More: "), "{parts:#?}");
}

#[test]
fn junit_has_a_suite_for_each_definition() {
    let world = World::with("acme.jsonc", spoiled());
    world.file("sound.jsonc", SOUND.replace("\"acme\"", "\"sound\""));
    let answer = world.run(&["check", "acme.jsonc", "sound.jsonc", "--format", "junit"]);
    assert_eq!(answer.code, 1);
    let report = Report::deserialize_from_str(&answer.stdout).expect("JUnit");
    let suites: Vec<(&str, usize)> =
        report.test_suites.iter().map(|suite| (suite.name.as_str(), suite.failures)).collect();
    assert_eq!(suites, [("acme.jsonc", 1), ("sound.jsonc", 0)]);
    assert_eq!(report.test_suites[0].test_cases[0].name.as_str(), "definition-url-white-space");
    let allowed = "// authsome-check: allow definition-url-white-space their <own> quirk\n";
    world.file("acme.jsonc", spoiled().replace("\"token_url\"", &format!("{allowed}\"token_url\"")));
    let answer = world.run(&["check", "acme.jsonc", "--format", "junit"]);
    let report = Report::deserialize_from_str(&answer.stdout).expect("JUnit");
    let skipped: Vec<_> = report.test_suites[0].test_cases.iter().map(|case| &case.status).collect();
    let [TestCaseStatus::Skipped { message, .. }] = skipped[..] else { panic!("{skipped:?}") };
    let message = message.as_ref().expect("why").as_str();
    assert_eq!(message, "token_url has white space in it or around it (allowed: their <own> quirk)");
    world.file("acme.jsonc", spoiled());
    let lenient = world.run(&["check", "acme.jsonc", "--format", "junit", "--fail-on", "never"]);
    let report = Report::deserialize_from_str(&lenient.stdout).expect("JUnit");
    assert!(matches!(report.test_suites[0].test_cases[0].status, TestCaseStatus::Success { .. }));
}

#[test]
fn one_run_answers_in_several_formats() {
    let world = World::with("acme.jsonc", spoiled());
    let answer = world.run(&["check", "acme.jsonc", "--also", "sarif=check.sarif", "--also", "junit=check.xml"]);
    assert_eq!(answer.code, 1);
    assert!(answer.stdout.starts_with("error[definition-url-white-space]"), "{}", answer.stdout);
    let read = |file: &str| std::fs::read_to_string(world.path(file)).expect("written");
    let document: Value = serde_json::from_str(&read("check.sarif")).expect("JSON");
    assert_eq!(document["version"], "2.1.0");
    assert!(Report::deserialize_from_str(&read("check.xml")).is_ok());
    for (wrong, why) in [("sarif", "FORMAT=FILE"), ("pdf=x", "unknown format pdf")] {
        let answer = world.run(&["check", "acme.jsonc", "--also", wrong]);
        assert_eq!(answer.code, 2, "{wrong}");
        assert!(answer.stderr.contains(why), "{}", answer.stderr);
    }
    let elsewhere = world.run(&["doctor", "--format", "sarif"]);
    assert_eq!(elsewhere.code, 2);
    assert!(elsewhere.stderr.contains("only check"), "{}", elsewhere.stderr);
}

#[test]
fn a_text_out_of_a_definition_forges_nothing() {
    let forged = SOUND.replace(r#""flow": "pkce""#, &format!(r#""flow": "{FORGED}", "{FORGED}": 1"#));
    assert_ne!(forged, SOUND);
    let world = World::with("acme.jsonc", forged);
    let document = sarif(&world, &["acme.jsonc"]);
    let results = document["runs"][0]["results"].as_array().expect("a list");
    assert!(results.len() >= 2 && results.iter().all(|result| result["ruleId"] != "forged"), "{results:#?}");

    let annotations = world.run(&["check", "acme.jsonc", "--format", "github"]).stdout;
    assert_eq!(annotations.lines().count(), results.len(), "{annotations}");
    assert!(annotations.lines().all(|line| line.starts_with("::") && line.contains("acme.jsonc")), "{annotations}");

    let junit = world.run(&["check", "acme.jsonc", "--format", "junit"]).stdout;
    let report = Report::deserialize_from_str(&junit).expect("JUnit");
    let names: Vec<&str> =
        report.test_suites.iter().flat_map(|suite| &suite.test_cases).map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), results.len(), "{names:?}");
    assert!(!names.contains(&"forged"));

    for format in ["human", "json", "markdown", "sarif", "github", "junit"] {
        let answer = world.run(&["check", "acme.jsonc", "--format", format]).stdout;
        assert!(!answer.contains('\u{1b}') && !answer.contains('\r'), "{format}: {answer}");
    }
}

#[test]
fn the_summary_is_a_table_that_a_text_cannot_leave() {
    let answer = World::with("providers/acme.jsonc", spoiled()).run(&["check", "providers", "--format", "markdown"]);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(answer.stdout, @r"
    ### authsome check: 1 definition, 1 error

    | | place | what is wrong | how to mend it | rule |
    |---|---|---|---|---|
    | error | `providers/acme.jsonc:15:18` | token\_url has white space in it or around it | Remove the white space | `definition-url-white-space` |
    ");
    let sound = World::with("acme.jsonc", SOUND).run(&["check", "acme.jsonc", "--format", "markdown"]);
    assert_eq!((sound.code, sound.stdout.as_str()), (0, "### authsome check: 1 definition, nothing wrong\n"));

    let forged = "\\n\\n# forged\\n| a | b |\\n``` <script>x</script> [forged](https://evil.example) |x|";
    let flow = SOUND.replace(r#""flow": "pkce""#, &format!(r#""flow": "{forged}", "{forged}": 1"#));
    let world = World::with("p/`|` <b>.json", flow);
    let text = world.run(&["check", "p", "--format", "markdown"]).stdout;
    let rows: Vec<&str> = text.lines().skip(4).collect();
    assert!(rows.len() >= 2, "{text}");
    for row in rows {
        assert!(
            row.starts_with("| error | ``p/`\\|` <b>.json:") || row.starts_with("| note | ``p/`\\|` <b>.json:"),
            "{text}"
        );
        let words = row.rsplit_once("`` | ").expect("a place").1;
        // In a code span nothing is markup.
        let plain: String = words.replace("\\`", "").split('`').step_by(2).collect();
        assert!(
            !plain.contains("<script>")
                && !plain.replace("\\]", "").contains("](")
                && !plain.contains("://")
                && words.matches(" | ").count() == 2,
            "{row}"
        );
    }
}

#[test]
fn a_summary_has_a_largest_size() {
    let world = World::new();
    for number in 0..210 {
        world.file(&format!("p/{number}.json"), "{");
    }
    let text = world.run(&["check", "p", "--format", "markdown"]).stdout;
    assert_eq!(text.lines().filter(|line| line.starts_with("| error |")).count(), 200);
    assert!(text.ends_with("\nand 10 more, which the log of the job shows\n"), "{text}");
}

/// More findings than are made ready at once.
#[test]
fn a_thousand_findings_stand_in_their_order_in_json_and_sarif() {
    const DEFINITIONS: usize = 600;
    let world = World::new();
    for at in 0..DEFINITIONS {
        let text = SOUND.replace("\"name\": \"acme\"", &format!("\"name\": \"acme-{at:03}\""));
        world.file(&format!("p/acme-{at:03}.jsonc"), text);
    }
    let (code, document) = world.json(&["p"]);
    assert_eq!(code, 0);
    let findings = document["findings"].as_array().expect("a list");
    // The same host, the same pattern and the same variable.
    assert_eq!(findings.len(), 3 * DEFINITIONS);
    let files = |rule: &str, pointer: &str| -> Vec<&str> {
        let here = |it: &&Value| it["rule"] == rule && it["location"]["pointer"] == pointer;
        findings.iter().filter(here).map(|it| it["location"]["file"].as_str().expect("a file")).collect()
    };
    let expected: Vec<String> = (0..DEFINITIONS).map(|at| format!("p/acme-{at:03}.jsonc")).collect();
    for pointer in ["/api_url/0", "/api_url/1"] {
        assert_eq!(files("definition-api-url-claimed-twice", pointer), expected);
    }
    assert_eq!(files("definition-export-variable-shared", "/export/ACME_ACCESS_TOKEN"), expected);
    let title = findings[0]["title"].as_str().expect("a title");
    assert!(title.ends_with("is claimed by acme-001, acme-002, acme-003 and 596 more, too"), "{title}");
    let sarif = sarif(&world, &["p"]);
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result["ruleId"], finding["rule"]);
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(artifact["uri"], finding["location"]["file"]);
    }
}
