//! One defect at a time in a sound definition.

use crate::world::{SOUND, World, findings};

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
