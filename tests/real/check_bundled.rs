//! `check` over the definitions that released versions of authsome bring along.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::installed;
use crate::support::program::{Answer, World};

fn bundled(version: &str) -> PathBuf {
    let library = installed(&format!("authsome-{version}")).join("lib");
    let python = std::fs::read_dir(&library).expect("the library of the environment").flatten().next();
    let folder = python.expect("one python").path().join("site-packages/authsome/auth/bundled_providers");
    assert!(folder.is_dir(), "{} is no folder", folder.display());
    folder
}

/// Against their own version.
fn check(version: &str) -> Answer {
    let folder = bundled(version);
    let arguments = ["check", "--format", "json", "--offline", "--authsome-version", version];
    World::new().run(arguments.into_iter().chain([&*folder.to_string_lossy()]))
}

/// The files that a finding of this kind is about, by their names without ending.
fn files(answer: &Answer, wanted: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let document = answer.document();
    let findings = document["findings"].as_array().expect("findings").iter().filter(|finding| wanted(finding));
    findings
        .filter_map(|finding| finding["location"]["file"].as_str())
        .filter_map(|file| Some(PathBuf::from(file).file_stem()?.to_string_lossy().into_owned()))
        .collect()
}

#[test]
fn every_definition_of_every_version_passes_without_an_error() {
    for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
        let answer = check(version);
        let with_errors = files(&answer, |finding| finding["severity"] == "error");
        assert!(answer.code == 0 && with_errors.is_empty(), "{version}: {with_errors:?}; {answer}");
    }
}

#[test]
fn the_four_that_say_pkce_false_under_flow_pkce_are_warned_about_and_no_others() {
    let answer = check("0.7.2");
    let warned = files(&answer, |finding| {
        finding["severity"] == "warning"
            && finding["location"]["pointer"].as_str().is_some_and(|pointer| pointer.ends_with("/oauth/pkce"))
    });
    assert_eq!(warned, ["discord", "hubspot", "notion", "slack"].map(str::to_owned).into(), "{answer}");
}

#[test]
fn without_a_path_the_installed_versions_definitions_are_checked() {
    let answer = World::with_authsome("0.7.2").run(["check", "--format", "json"]);
    assert_eq!(answer.code, 0, "{answer}");
    assert!(files(&answer, |_| true).contains("slack"), "{answer}");
}

/// What is known of vendors and wrong in the definitions of 0.7.2: file, rule, place.
const OF_VENDORS: &[(&str, &str, &str)] = &[
    ("reddit", "definition-vendor-scopes-missing", "/oauth/scopes"),
    ("reddit", "definition-base-url-unused", "/oauth/base_url"),
    ("notion", "definition-vendor-parameter-missing", "/oauth/authorization_params"),
    ("atlassian", "definition-vendor-no-refresh-token", "/oauth/scopes"),
    ("atlassian", "definition-vendor-parameter-missing", "/oauth/authorization_params"),
    ("jira", "definition-vendor-parameter-shown", "/oauth/authorization_params"),
    ("confluence", "definition-vendor-parameter-shown", "/oauth/authorization_params"),
    ("google", "definition-vendor-refresh-token-depends", "/oauth/authorization_params"),
    ("google-gmail", "definition-vendor-refresh-token-depends", "/oauth/authorization_params"),
    ("google-gmail", "definition-vendor-device-flow-scopes-claimed", "/oauth/supports_device_code"),
    ("google-photos", "definition-vendor-scope-retired", "/oauth/scopes/2"),
    ("notion-mcp", "definition-endpoints-equal", "/oauth/revocation_url"),
    ("hubspot", "definition-vendor-revocation-another-way", "/oauth/revocation_url"),
    ("hubspot", "definition-vendor-endpoint-legacy", "/oauth/token_url"),
    ("hubspot", "definition-vendor-redirect-refused", "/oauth/authorization_url"),
    ("slack", "definition-vendor-redirect-refused", "/oauth/authorization_url"),
    ("microsoft", "definition-vendor-redirect-not-in-the-form", "/oauth/authorization_url"),
    ("microsoft", "definition-vendor-endpoint-for-some-apps", "/oauth/authorization_url"),
    ("microsoft-word", "definition-vendor-scope-broad", "/oauth/scopes/1"),
    ("microsoft-word", "definition-vendor-scope-broad", "/oauth/scopes/2"),
    ("todoist", "definition-vendor-scopes-separator", "/oauth/scopes"),
    ("todoist", "definition-vendor-scope-contained", "/oauth/scopes/1"),
    ("todoist", "definition-vendor-endpoint-legacy", "/api_url"),
    ("slack", "definition-vendor-scopes-separator", "/oauth/scopes"),
    ("linear", "definition-vendor-scopes-separator", "/oauth/scopes"),
    ("x", "definition-vendor-endpoint-legacy", "/oauth/authorization_url"),
    ("x", "definition-vendor-endpoint-legacy", "/oauth/token_url"),
    ("x", "definition-vendor-endpoint-legacy", "/api_url"),
    ("zoom", "definition-vendor-client-authentication-not-documented", "/oauth/authorization_method"),
    ("klaviyo-oauth", "definition-vendor-client-authentication-not-documented", "/oauth/authorization_method"),
    ("gitlab", "definition-vendor-own-host-alone", "/oauth/authorization_url"),
    ("gitlab", "definition-vendor-scope-broad", "/oauth/scopes/0"),
    ("google-gmail", "definition-vendor-scope-broad", "/oauth/scopes/2"),
    ("google-vertex-ai", "definition-vendor-scope-broad", "/oauth/scopes/2"),
];

#[test]
fn what_is_known_of_vendors_is_told_at_its_place() {
    let answer = check("0.7.2");
    for (file, rule, pointer) in OF_VENDORS {
        let found = files(&answer, |it| it["rule"] == *rule && it["location"]["pointer"] == *pointer);
        assert!(found.contains(*file), "{file}: {rule} at {pointer}, not only {found:?}");
    }
    let without_device_scopes = files(&answer, |it| it["rule"] == "definition-vendor-device-flow-scopes-claimed");
    for fine in ["google", "google-youtube"] {
        assert!(!without_device_scopes.contains(fine), "Google's device flow takes the scopes of {fine}");
    }
    assert_eq!(without_device_scopes.len(), 16, "{without_device_scopes:?}");
}

/// What is wrong or odd in the definitions of 0.7.2 whoever the vendor is: rule, place, and the files it is true of.
const OF_ALL: &[(&str, &str, &[&str])] = &[
    ("definition-pkce-false", "/oauth/pkce", &["discord", "hubspot", "notion", "slack"]),
    ("definition-base-url-unused", "/oauth/base_url", &["reddit"]),
    ("definition-remark-as-key", "/oauth/_comment", &["reddit"]),
    ("definition-pkce-without-redirect", "/oauth/pkce", &["postiz"]),
    ("definition-endpoints-equal", "/oauth/revocation_url", &["notion-mcp"]),
    ("definition-device-json-client", "/oauth/device_token_request", &["postiz"]),
    ("definition-api-url-pattern-takes-strangers", "/api_url", &["google"]),
    ("definition-api-url-pattern-takes-strangers", "/api_url/1", &["github"]),
    ("definition-api-url-claimed-twice", "/api_url", &["klaviyo", "klaviyo-oauth"]),
    (
        "definition-api-host-shared",
        "/api_url",
        &[
            "atlassian",
            "confluence",
            "google-calendar",
            "google-drive",
            "google-youtube",
            "jira",
            "microsoft",
            "microsoft-calendar",
            "microsoft-outlook",
            "microsoft-word",
        ],
    ),
];

#[test]
fn what_is_odd_in_them_is_told_of_these_and_no_others() {
    let answer = check("0.7.2");
    for (rule, pointer, wanted) in OF_ALL {
        let found = files(&answer, |it| it["rule"] == *rule && it["location"]["pointer"] == *pointer);
        assert_eq!(found, wanted.iter().map(|name| (*name).to_owned()).collect(), "{rule} at {pointer}");
    }
    let undocumented = files(&answer, |it| it["rule"] == "definition-docs-url-missing");
    assert_eq!(undocumented.len(), 35, "{undocumented:?}");
    for documented in ["github", "klaviyo-oauth", "postiz", "reddit"] {
        assert!(!undocumented.contains(documented), "{documented} has a docs_url");
    }
}

/// Another version's model is another: 0.7 has `type` and comments, which 0.6.4 does not read.
#[test]
fn a_definition_of_a_newer_version_is_told_to_an_older_one() {
    let folder = bundled("0.7.2");
    let arguments = ["check", "--format", "json", "--authsome-version", "0.6.4"];
    let answer = World::new().run(arguments.into_iter().chain([&*folder.to_string_lossy()]));
    assert_eq!(answer.code, 1, "{answer}");
    let refused = files(&answer, |it| it["rule"] == "definition-comment-refused");
    assert_eq!(refused.len(), 88, "every one begins with a comment");
    let newer =
        files(&answer, |it| it["rule"] == "definition-key-of-a-newer-version" && it["location"]["pointer"] == "/type");
    assert_eq!(newer.len(), 88, "{newer:?}");
}
