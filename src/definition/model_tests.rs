use super::*;
use crate::definition::read;

fn definition(text: &str) -> ProviderDefinition {
    ProviderDefinition::of(&read(text.as_bytes(), "providers/acme.jsonc").unwrap())
}

#[test]
fn a_definition_of_today_is_read_with_authsomes_defaults() {
    let acme = definition(
        r#"{"name": "acme", "display_name": "Acme", "auth_type": "oauth2", "flow": "dcr_pkce", "api_url": "api.acme.example",
            "oauth": {"authorization_url": "https://acme.example/a", "token_url": "https://acme.example/t",
                      "revocation_url": null, "scopes": ["read", "write"], "authorization_params": {"prompt": "consent"}},
            "registration": {"registration_endpoint": "https://acme.example/r"}, "docs_url": "https://acme.example/docs"}"#,
    );
    assert_eq!((acme.name.as_str(), acme.auth_type, acme.flow), ("acme", Some(AuthType::OAuth2), Some(Flow::DcrPkce)));
    assert_eq!(acme.registration_endpoint.as_deref(), Some("https://acme.example/r"));
    assert_eq!(acme.api_urls, ["api.acme.example"]);
    let oauth = acme.oauth.unwrap();
    assert_eq!(oauth.scopes, ["read", "write"]);
    assert_eq!(oauth.authorization_params, [("prompt".to_owned(), "consent".to_owned())]);
    assert_eq!(oauth.revocation_url, None);
    assert_eq!(oauth.authorization_method, AuthorizationMethod::Body);
    assert_eq!(oauth.device_token_request, DeviceTokenRequest::OAuth2Form);
    assert!(oauth.pkce && !oauth.supports_device_code && !oauth.supports_dcr);
}

#[test]
fn the_layout_of_authsome_0_2_is_read_too() {
    let acme = definition(
        r#"{"name": "acme", "host_url": "api.acme.example", "docs": "https://acme.example/docs",
            "oauth": {"supports_device_flow": true, "registration_endpoint": "https://acme.example/r"}}"#,
    );
    assert_eq!(acme.api_urls, ["api.acme.example"]);
    assert_eq!(acme.docs_url.as_deref(), Some("https://acme.example/docs"));
    assert_eq!(acme.registration_endpoint.as_deref(), Some("https://acme.example/r"));
    assert!(acme.oauth.unwrap().supports_device_code);
}

#[test]
fn templates_are_filled_from_the_flag_first_and_from_the_definition_second() {
    let text = r#"{"oauth": {"base_url": "https://git.example//", "authorization_url": "{base_url}/a",
                             "token_url": "https://fixed.example/t", "device_authorization_url": "{base_url}/d"},
                   "registration": {"registration_endpoint": "{base_url}/r"}}"#;
    let own = definition(text).resolved(None);
    assert_eq!(own.registration_endpoint.as_deref(), Some("https://git.example/r"));
    let oauth = own.oauth.unwrap();
    assert_eq!(oauth.authorization_url.as_deref(), Some("https://git.example/a"));
    assert_eq!(oauth.token_url.as_deref(), Some("https://fixed.example/t"));
    let flag = definition(text).resolved(Some("https://mine.example/")).oauth.unwrap();
    assert_eq!(flag.device_authorization_url.as_deref(), Some("https://mine.example/d"));
}

#[test]
fn without_a_base_the_template_stays_to_be_seen() {
    let oauth = definition(r#"{"oauth": {"token_url": "{base_url}/t"}}"#).resolved(None).oauth.unwrap();
    assert_eq!(oauth.token_url.as_deref(), Some("{base_url}/t"));
}

#[test]
fn wrong_types_and_unknown_words_are_left_out_and_never_guessed() {
    let acme = definition(r#"{"name": 7, "flow": "implicit", "oauth": {"scopes": "read", "token_url": ["x"]}}"#);
    assert_eq!((acme.name.as_str(), acme.flow), ("acme", None));
    assert_eq!(acme.oauth.unwrap().token_url, None);
    assert_eq!(definition(r#"{"oauth": "none"}"#).oauth, None);
}

#[test]
fn what_is_written_as_json_reads_back_the_same() {
    let acme = definition(
        r#"{"name": "acme", "auth_type": "oauth2", "flow": "device_code", "api_url": ["a.example", "regex:b"],
            "oauth": {"token_url": "https://acme.example/t", "pkce": false, "device_token_request": "json",
                      "authorization_method": "basic", "authorization_params": {"a": "b"}, "supports_dcr": true},
            "registration": {"registration_endpoint": "https://acme.example/r"}}"#,
    );
    assert_eq!(definition(&acme.to_json().to_string()), acme);
}
