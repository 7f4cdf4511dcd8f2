use super::*;
use crate::definition::read;
use crate::facts::Looked;

fn of(definition: &str, asker: Asker) -> Facts {
    let document = read(definition.as_bytes(), "acme.json").unwrap();
    of_definition(&document, None, asker)
}

const SLACK: &str = r#"{"name": "mine", "auth_type": "oauth2", "flow": "pkce", "oauth": {
    "authorization_url": "https://slack.com/oauth/v2/authorize",
    "token_url": "https://slack.com/api/oauth.v2.access",
    "scopes": ["channels:read", "chat:write"]}}"#;

#[test]
fn what_nobody_knows_has_no_facts_at_all() {
    let stranger = SLACK.replace("slack.com", "slack.acme.example");
    assert_eq!(of(&stranger, Asker::Check), Facts::new());
    let key = SLACK.replace("\"oauth2\"", "\"api_key\"");
    assert_eq!(of(&key, Asker::Check), Facts::new());
    assert_eq!(of("{}", Asker::Check), Facts::new());
    assert_eq!(of(r#"{"name": "github", "oauth": 7}"#, Asker::Check), Facts::new());
}

#[test]
fn a_host_that_only_looks_like_a_vendors_is_told_at_its_place() {
    let facts = of(&SLACK.replace("https://slack.com/api", "https://s1ack.com/api"), Asker::Check);
    let alike = facts.list("definition.look_alikes").unwrap();
    assert_eq!(alike.len(), 1);
    assert_eq!(&*alike[0].place.as_ref().unwrap().pointer, "/oauth/token_url");
    assert!(of(SLACK, Asker::Check).list("definition.look_alikes").is_none());
}

#[test]
fn check_and_doctor_say_the_same_but_for_the_redirect_uri() {
    let (check, doctor) = (of(SLACK, Asker::Check), of(SLACK, Asker::Doctor));
    assert_eq!(check.text("definition.vendor.redirect.rule"), Some("https_only"));
    assert_eq!(doctor.get("definition.vendor.redirect.rule"), Looked::NotAsked);
    for fact in ["definition.vendor.title", "definition.vendor.separator.wanted"] {
        assert!(check.text(fact).is_some(), "{fact}");
        assert_eq!(check.text(fact), doctor.text(fact), "{fact}");
    }
}

#[test]
fn a_field_that_is_not_there_has_the_place_where_it_should_be() {
    let reddit = r#"{"name": "r", "flow": "pkce", "oauth": {
        "authorization_url": "https://www.reddit.com/api/v1/authorize",
        "token_url": "https://www.reddit.com/api/v1/access_token"}}"#;
    let facts = of(reddit, Asker::Check);
    let entry = facts.find(&crate::facts::Path::parse("definition.vendor.offline.wanted")).unwrap();
    let place = entry.place.as_ref().unwrap();
    assert_eq!((&*place.pointer, place.line), ("/oauth/authorization_params", 1));
    assert_eq!(facts.text("definition.vendor.client_authentication.used"), Some("body"));
    assert_eq!(facts.truth("definition.vendor.client_authentication.refused"), Some(true));
}

#[test]
fn what_a_caller_filled_in_counts() {
    let text = SLACK.replace("https://slack.com", "{base_url}");
    let document = read(text.as_bytes(), "acme.json").unwrap();
    assert_eq!(of_definition(&document, None, Asker::Doctor), Facts::new(), "nothing says where it is");
    let used = ProviderDefinition::of(&document).resolved(Some("https://slack.com/"));
    let facts = of_definition(&document, Some(&used), Asker::Doctor);
    assert_eq!(facts.text("definition.vendor.title"), Some("Slack"));
}

#[test]
fn a_host_is_read_without_building_a_url() {
    assert_eq!(host_of("https://me:pw@slack.com:443/x?y#z"), Some("slack.com"));
    assert_eq!(host_of(" https://slack.com"), Some("slack.com"));
    assert_eq!(host_of("{base_url}/x"), None);
    assert_eq!(host_of("https://"), None);
}

const GITEA: &str = r#"{"name": "gitea", "auth_type": "oauth2", "flow": "pkce", "oauth": {
    "base_url": "https://git.acme.example", "authorization_url": "{base_url}/login/oauth/authorize",
    "token_url": "{base_url}/login/oauth/access_token"}}"#;

#[test]
fn what_only_a_faulty_base_url_says_is_no_documented_address() {
    for (right, wrong) in [
        ("https://git.acme.example", "http://git.acme.example"),
        ("https://git.acme.example", "https://git.acme.example?x=1"),
        ("{base_url}/login/oauth/authorize", "{base_url}login/oauth/authorize"),
        ("{base_url}/login/oauth/authorize", "{base_url}@acme.example/login/oauth/authorize"),
    ] {
        let facts = of(&GITEA.replace(right, wrong), Asker::Check);
        assert_eq!(facts.list("definition.vendor.endpoints").map_or(0, <[_]>::len), 0, "{wrong}");
    }
}

#[test]
fn a_template_stays_one_in_what_is_to_be_written() {
    let facts = of(&GITEA.replace("access_token", "acces_token"), Asker::Check);
    assert_eq!(facts.text("definition.vendor.endpoints[0].expected"), Some("{base_url}/login/oauth/access_token"));
}
