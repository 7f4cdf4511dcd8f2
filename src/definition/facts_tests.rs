use super::*;
use crate::definition::read;
use crate::facts::{Looked, Value};

const SOUND: &str = r#"{
  "name": "acme", "display_name": "Acme", "auth_type": "oauth2", "flow": "pkce", "_comment": "ours",
  "oauth": {"authorization_url": "https://acme.example/a", "token_url": "https://acme.example/t", "scopes": ["read"]},
  "export": {"ACME_TOKEN": "ACCESS_TOKEN"}, "metadata": {"anything": [1]}
}"#;

fn around(source: Source) -> Surroundings<'static> {
    Surroundings {
        source,
        file: "providers/acme.json",
        bundled: None,
        in_package: false,
        target: Target::newest(),
        endpoints: true,
        in_use: None,
    }
}

fn facts_of(text: &str) -> Facts {
    facts(read(text.as_bytes(), "providers/acme.json").as_ref().map_err(|broken| &**broken), around(Source::File))
}

/// The sound definition with `old` replaced by `new`.
fn with(old: &str, new: &str) -> Facts {
    assert!(SOUND.contains(old), "{old} is not in the definition");
    facts_of(&SOUND.replacen(old, new, 1))
}

/// The fields of every record in a list, as text, and the records' pointers.
fn records(facts: &Facts, list: &str, fields: &[&str]) -> Vec<(Vec<String>, String)> {
    let text = |record: &Record, field: &str| match record.get(field).map(|entry| &entry.fact) {
        Some(Fact::Known(Value::Text(text))) => text.clone(),
        Some(Fact::Known(Value::Number(number))) => number.to_string(),
        Some(Fact::Known(Value::Truth(truth))) => truth.to_string(),
        _ => String::new(),
    };
    let items = facts.list(list).expect("the list is always there");
    items
        .iter()
        .map(|entry| {
            let Fact::Known(Value::Record(record)) = &entry.fact else { panic!("a record") };
            let pointer = entry.place.as_ref().expect("every offence has its place").pointer.to_string();
            (fields.iter().map(|field| text(record, field)).collect(), pointer)
        })
        .collect()
}

fn one(facts: &Facts, list: &str, fields: &[&str]) -> (String, String) {
    let found = records(facts, list, fields);
    assert_eq!(found.len(), 1, "{list}: {found:?}");
    (found[0].0.join(" | "), found[0].1.clone())
}

const OFFENCES: [&str; 6] = [
    "definition.missing",
    "definition.wrong_types",
    "definition.invalid_values",
    "definition.unknown_keys",
    "definition.old_keys",
    "definition.duplicate_keys",
];

#[test]
fn a_sound_definition_has_no_offence() {
    let facts = facts_of(SOUND);
    for list in OFFENCES {
        assert_eq!(records(&facts, list, &[]), [], "{list}");
    }
    assert_eq!(facts.truth("definition.flow_fits_auth_type"), Some(true));
    assert_eq!(facts.truth("definition.name_filesystem_safe"), Some(true));
    assert_eq!(facts.truth("definition.file_stem_differs"), Some(false));
}

#[test]
fn a_field_has_its_place() {
    let facts = facts_of(SOUND);
    let entry = facts.find(&crate::facts::Path::parse("definition.oauth.token_url")).unwrap();
    let place = entry.place.as_ref().unwrap();
    assert_eq!((place.line, place.column, &*place.pointer), (3, 73, "/oauth/token_url"));
    assert_eq!(facts.get("definition.oauth.base_url"), Looked::Absent);
}

#[test]
fn what_is_missing_is_named_with_the_key_that_was_probably_meant() {
    let pair = |old, new| one(&with(old, new), "definition.missing", &["field", "misspelt"]);
    let expected = |text: &str, pointer: &str| (text.to_owned(), pointer.to_owned());
    assert_eq!(pair(r#""token_url""#, r#""token_uri""#), expected("oauth.token_url | token_uri", "/oauth/token_url"));
    assert_eq!(pair(r#""display_name""#, r#""heading""#), expected("display_name | ", "/display_name"));
    assert_eq!(pair(r#""oauth": {"#, r#""oauth2": {"#), expected("oauth | oauth2", "/oauth"));
}

#[test]
fn wrong_types_are_named_as_authsome_sees_them() {
    let pair = |old, new| one(&with(old, new), "definition.wrong_types", &["field", "expected", "found"]);
    let expected = |text: &str, pointer: &str| (text.to_owned(), pointer.to_owned());
    assert_eq!(pair(r#"["read"]"#, r#""read""#), expected("oauth.scopes | a list of texts | a text", "/oauth/scopes"));
    assert_eq!(pair(r#"["read"]"#, r#"["a", 7]"#), expected("oauth.scopes[1] | a text | a number", "/oauth/scopes/1"));
    assert_eq!(pair(r#"["read"]"#, "null"), expected("oauth.scopes | a list of texts | null", "/oauth/scopes"));
    assert_eq!(pair(r#""Acme""#, "7"), expected("display_name | a text | a number", "/display_name"));
    let facts = facts_of("[1]");
    assert_eq!(one(&facts, "definition.wrong_types", &["expected", "found"]), expected("an object | a list", ""));
}

#[test]
fn what_authsome_coerces_is_no_wrong_type() {
    let facts = with(r#""scopes""#, r#""pkce": "no", "base_url": null, "scopes""#);
    assert_eq!(records(&facts, "definition.wrong_types", &[]), []);
    assert_eq!(facts.truth("definition.oauth.pkce"), Some(false));
}

#[test]
fn a_word_that_is_not_allowed_is_named_with_the_nearest_that_is() {
    let facts = with(r#""flow": "pkce""#, r#""flow": "device-code""#);
    let found = one(&facts, "definition.invalid_values", &["field", "value", "nearest"]);
    assert_eq!(found, ("flow | device-code | device_code".to_owned(), "/flow".to_owned()));
    assert_eq!(facts.get("definition.flow_fits_auth_type"), Looked::Absent);
}

#[test]
fn unknown_keys_are_named_with_the_nearest_right_name() {
    let near = |key: &str| {
        let facts = with(r#""scopes""#, &format!(r#""{key}": "x", "scopes""#));
        one(&facts, "definition.unknown_keys", &["nearest"])
    };
    for (written, right) in [
        ("scope", "scopes"),
        ("authorisation_method", "authorization_method"),
        ("token-url", "token_url"),
        ("Token_Url", "token_url"),
        ("authorization_endpoint", "authorization_url"),
        ("supports_device", "supports_device_code"),
        ("scope_separator", ""),
        ("client_id", ""),
    ] {
        assert_eq!(near(written), (right.to_owned(), format!("/oauth/{written}")));
    }
    let facts = with(r#""scopes""#, r#""scope": "x", "scopes""#);
    assert_eq!(one(&facts, "definition.unknown_keys", &["nearest", "nearest_is_there"]).0, "scopes | true");
    assert_eq!(near("a/b~c").1, "/oauth/a~1b~0c");
    assert_eq!(near("docs_url").0, "docs_url, at the top level");
    let facts = with(r#""metadata""#, r#""scopes": [], "metadata""#);
    assert_eq!(one(&facts, "definition.unknown_keys", &["nearest", "belongs_elsewhere"]).0, "oauth.scopes | true");
}

#[test]
fn keys_of_older_versions_are_named_with_todays() {
    let facts = with(r#""scopes""#, r#""supports_device_flow": true, "scopes""#);
    let found = one(&facts, "definition.old_keys", &["key", "now", "until"]);
    assert_eq!(found.0, "oauth.supports_device_flow | oauth.supports_device_code | 0.2");
    assert_eq!(records(&facts, "definition.unknown_keys", &[]), []);
}

#[test]
fn a_key_that_stands_twice_is_named_at_its_second_place() {
    let facts = with(r#""scopes""#, "\"token_url\": \"https://b.example/\",\n\"scopes\"");
    let found = one(&facts, "definition.duplicate_keys", &["key", "first_line"]);
    assert_eq!(found, ("oauth.token_url | 3".to_owned(), "/oauth/token_url".to_owned()));
    assert_eq!(facts.text("definition.oauth.token_url"), Some("https://b.example/"));
}

#[test]
fn the_flow_is_held_against_the_auth_type() {
    let facts = with(r#""flow": "pkce""#, r#""flow": "api_key""#);
    assert_eq!(facts.truth("definition.flow_fits_auth_type"), Some(false));
    assert_eq!(facts.text("definition.flows_of_auth_type"), Some("pkce, device_code, dcr_pkce"));
}

#[test]
fn names_that_make_no_file_are_told() {
    for (name, safe) in
        [("acme", true), ("a.b_c-9", true), ("a/b", false), ("..", false), (".a", false), ("a..b", false)]
    {
        let facts = with(r#""name": "acme""#, &format!(r#""name": "{name}""#));
        assert_eq!(facts.truth("definition.name_filesystem_safe"), Some(safe), "{name}");
    }
}

#[test]
fn a_name_that_hides_a_bundled_one_is_told() {
    let document = read(SOUND.as_bytes(), "f").unwrap();
    let (bundled, others) = (BTreeSet::from(["acme".to_owned()]), BTreeSet::new());
    let told = |source, bundled| {
        facts(
            Ok(&document),
            Surroundings {
                source,
                file: "f",
                bundled,
                in_package: false,
                target: Target::newest(),
                endpoints: true,
                in_use: None,
            },
        )
        .truth("definition.shadows_bundled")
    };
    assert_eq!(told(Source::Custom, Some(&bundled)), Some(true));
    assert_eq!(told(Source::File, Some(&others)), Some(false));
    assert_eq!(told(Source::File, None), Some(false));
    assert_eq!(told(Source::Custom, None), None);
    assert_eq!(told(Source::Bundled, Some(&bundled)), Some(false));
}

#[test]
fn urls_are_taken_apart() {
    let fields = ["scheme", "host", "host_is_loopback", "host_is_ip", "has_user_info", "has_query", "has_fragment"];
    for (url, parts) in [
        ("https://Acme.example:8443/t", "https acme.example false false false false false"),
        ("HTTP://127.0.0.1:9/t?x=1", "http 127.0.0.1 true true false true false"),
        ("http://[::1]:9/t#x", "http ::1 true true false false true"),
        ("https://me:pw@localhost/", "https localhost true false true false false"),
        (" https://acme.example/t", "https acme.example false false false false false"),
        ("acme.example/t", "    false false false"),
        ("https:///t", "https    false false false"),
        ("{base_url}/t", "    false false false"),
    ] {
        let facts = with("https://acme.example/t", url);
        let (found, pointer) = records(&facts, "definition.urls", &fields).swap_remove(1);
        assert_eq!((found.join(" ").as_str(), pointer.as_str()), (parts, "/oauth/token_url"), "{url}");
    }
}

#[test]
fn white_space_and_placeholders_in_urls_are_told() {
    let facts = with("https://acme.example/t", " https://{tenant}.acme.example/t\\n");
    let fields = ["has_white_space", "without_white_space", "uses_base_url", "other_placeholder"];
    let found = records(&facts, "definition.urls", &fields).swap_remove(1).0;
    assert_eq!(found, ["true", "https://{tenant}.acme.example/t", "false", "{tenant}"]);
}

#[test]
fn the_endpoints_are_where_requests_will_go() {
    let text = SOUND.replace("https://acme.example/t", "{base_url}/t").replace("https://acme.example/a", "acme/a");
    let document = read(text.as_bytes(), "f").unwrap();
    let used = ProviderDefinition::of(&document).resolved(Some("https://mine.example/"));
    let filled = facts(Ok(&document), Surroundings { in_use: Some(&used), ..around(Source::ProviderFile) });
    assert_eq!(filled.text("definition.endpoints.token_url"), Some("https://mine.example/t"));
    assert_eq!(filled.get("definition.endpoints.authorization_url"), Looked::Absent);
    assert_eq!(records(&filled, "definition.urls", &["base_url_unknown"])[1].0, ["false"]);
    let bare = facts_of(&text);
    assert_eq!(bare.get("definition.endpoints.token_url"), Looked::Absent);
    assert_eq!(records(&bare, "definition.urls", &["base_url_unknown"])[1].0, ["true"]);
}

#[test]
fn scopes_that_look_wrong_are_told_one_by_one() {
    let facts = with(r#"["read"]"#, "[\"read\", \"\", \"a b\", \"c,d\",\n\"read\"]");
    let found = records(&facts, "definition.scopes", &["blank", "has_white_space", "has_comma", "first_line"]);
    let told: Vec<String> = found.iter().map(|(fields, _)| fields.join(" ").trim_end().to_owned()).collect();
    assert_eq!(
        told,
        ["false false false", "true false false", "false true false", "false false true", "false false false 3"]
    );
    assert_eq!(found[4].1, "/oauth/scopes/4");
}

#[test]
fn parameters_that_authsome_sets_itself_are_told() {
    let facts = with(r#""scopes""#, r#""authorization_params": {"prompt": "consent", "state": "x"}, "scopes""#);
    let found = records(&facts, "definition.oauth.authorization_params", &["name", "reserved"]);
    assert_eq!(found[1], (vec!["state".to_owned(), "true".to_owned()], "/oauth/authorization_params/state".to_owned()));
    assert_eq!(found[0].0[1], "false");
}

#[test]
fn what_does_not_parse_has_its_fault_and_nothing_else() {
    let facts = facts_of("{\n  \"name\": \"acme\",\n}");
    assert_eq!(facts.truth("definition.parses"), Some(false));
    assert_eq!(facts.text("definition.parse_error.kind"), Some("trailing_comma"));
    let entry = facts.find(&crate::facts::Path::parse("definition.parse_error.message")).unwrap();
    assert_eq!(entry.place.as_ref().map(|place| (place.line, place.column)), Some((2, 17)));
    assert_eq!(facts.get("definition.name"), Looked::NotAsked);
    assert_eq!(facts.get("definition.missing"), Looked::NotAsked);
}

#[test]
fn of_hundreds_of_unknown_keys_every_one_is_told() {
    let keys: Vec<String> = (0..990).map(|n| format!("\"token_{n}\": {n}")).collect();
    let text = format!("{{{}}}", keys.join(", "));
    assert_eq!(facts_of(&text).list("definition.unknown_keys").unwrap().len(), 990);
}

#[test]
fn a_definition_below_a_key_is_told_once() {
    let facts = facts_of(&format!("{{\"provider\": {SOUND}}}"));
    assert_eq!(facts.text("definition.wrapped_in"), Some("provider"));
    for list in OFFENCES {
        assert!(records(&facts, list, &[]).is_empty(), "{list}");
    }
}

#[test]
fn a_section_that_is_null_is_told_in_authsomes_words_and_is_no_slip_of_the_pen() {
    let facts = facts_of(r#"{"name": "a", "display_name": "A", "auth_type": "oauth2", "flow": "pkce", "oauth": null}"#);
    let (told, pointer) = one(&facts, "definition.missing", &["field", "misspelt", "answer"]);
    assert_eq!(told, "oauth |  | auth_type 'oauth2' requires an 'oauth' configuration section");
    assert_eq!(pointer, "/oauth");
}

#[test]
fn a_key_whose_own_place_is_taken_is_what_is_missing_beside_it() {
    let facts = facts_of(
        r#"{"name": "a", "display_name": "A", "auth_type": "browser", "flow": "browser", "browser": {
            "entry_url": "https://a.example/", "domains": ["a.example"], "auth_cookies": ["s"],
            "extract": [{"name": "csrf", "header": "X-CSRF"}]}}"#,
    );
    let told = one(&facts, "definition.unknown_keys", &["key", "nearest", "nearest_is_certain", "belongs_elsewhere"]);
    assert_eq!(told.0, "name | cookie | false | false");
}

#[test]
fn authsomes_own_files_hide_nothing() {
    let document = read(SOUND.replacen("\"acme\"", "\"github\"", 1).as_bytes(), "f").unwrap();
    let told = |file, in_package| {
        let around = Surroundings { file, in_package, ..around(Source::File) };
        facts(Ok(&document), around).truth("definition.shadows_bundled")
    };
    assert_eq!(told("providers/github.json", false), Some(true));
    assert_eq!(told("src/authsome/auth/bundled_providers/github.jsonc", false), Some(false));
    assert_eq!((told("github.jsonc", true), told("github.jsonc", false)), (Some(false), Some(true)));
}
