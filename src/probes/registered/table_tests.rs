//! The verdict for every server set-up that was measured: recorded answers of four servers (`fixtures/oauth-servers`),
//! and for the others what they were seen to answer, written down by hand from the same measurement.

use super::answer::{self, Reading};
use super::judge::{Certainty, Judgement, Pair, Verdict, judge, judge_stranger};
use crate::host::Answer;
use std::time::Duration;
use url::Url;

const RU: &str = "http://127.0.0.1:7998/auth/callback/oauth";
const CONTROL: &str = "http://127.0.0.1:7998/zzz";
const STATE: &str = "st-probe-123";

#[derive(serde::Deserialize)]
struct Recorded {
    group: String,
    case: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

fn server(name: &str) -> Vec<Recorded> {
    let file = format!("{}/fixtures/oauth-servers/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn answer(status: u16, location: Option<&str>, body: &str) -> Answer {
    let headers = location.map(|location| vec![("location".to_owned(), location.to_owned())]).unwrap_or_default();
    Answer { status, headers, body: body.into(), cut_off: false, took: Duration::ZERO }
}

fn reading(answer: &Answer, redirect_uri: &str) -> Reading {
    answer::read(answer, &Url::parse("http://127.0.0.1:18100/authorize").unwrap(), redirect_uri, STATE)
}

/// What the recorded server answered to `case`, read as the answer to a request with `redirect_uri`.
fn recorded(server: &[Recorded], case: &str, redirect_uri: &str) -> Reading {
    let found = server.iter().find(|answer| answer.group == "authorize" && answer.case == case);
    let found = found.unwrap_or_else(|| panic!("{case} is recorded"));
    let headers = found.headers.clone();
    let answer =
        Answer { status: found.status, headers, body: found.body.clone().into(), cut_off: false, took: Duration::ZERO };
    reading(&answer, redirect_uri)
}

const REGISTERED: Verdict = Verdict::Registered;
use Certainty::{Certain, Likely, Possible};

fn is(verdict: Verdict, certainty: Certainty) -> Judgement {
    Judgement::Verdict(verdict, certainty)
}

#[test]
fn the_pairs_tell_what_they_told_on_the_recorded_servers() {
    let unchecked = || is(Verdict::Unchecked, Certain);
    for (name, plain, prompt_none, response_type) in [
        ("oidc", is(REGISTERED, Likely), is(REGISTERED, Certain), is(REGISTERED, Certain)),
        ("authlib", is(REGISTERED, Likely), is(REGISTERED, Likely), is(REGISTERED, Certain)),
        ("eoauth", is(REGISTERED, Possible), is(REGISTERED, Possible), is(REGISTERED, Possible)),
        ("mock", unchecked(), unchecked(), unchecked()),
    ] {
        let answers = server(name);
        let real = |case| recorded(&answers, case, RU);
        let control = |case| recorded(&answers, case, CONTROL);
        let wrong_path = control("wrong path, Accept html");
        assert_eq!(judge(&real("right redirect_uri"), &wrong_path, Pair::Plain), plain, "{name}");
        let pair = judge(&real("prompt=none"), &control("prompt=none + wrong redirect"), Pair::PromptNone);
        assert_eq!(pair, prompt_none, "{name}, prompt=none");
        let pair =
            judge(&real("response_type=bogus"), &control("response_type=bogus + wrong redirect"), Pair::ResponseType);
        assert_eq!(pair, response_type, "{name}, response_type");
    }
}

#[test]
fn every_wrong_redirect_uri_is_named_on_the_recorded_servers_that_check_it() {
    for name in ["oidc", "authlib", "eoauth"] {
        let answers = server(name);
        let control = recorded(&answers, "wrong path, Accept html", CONTROL);
        for (case, sent) in [
            ("redirect_uri wrong path", "http://127.0.0.1:7998/auth/callback/other"),
            ("redirect_uri wrong port 7999", "http://127.0.0.1:7999/auth/callback/oauth"),
            ("redirect_uri no port", "http://127.0.0.1/auth/callback/oauth"),
            ("redirect_uri localhost for 127.0.0.1", "http://localhost:7998/auth/callback/oauth"),
            ("redirect_uri [::1]", "http://[::1]:7998/auth/callback/oauth"),
            ("redirect_uri trailing slash", "http://127.0.0.1:7998/auth/callback/oauth/"),
            ("redirect_uri https for http", "https://127.0.0.1:7998/auth/callback/oauth"),
            ("redirect_uri extra query", "http://127.0.0.1:7998/auth/callback/oauth?x=1"),
            ("redirect_uri fragment", "http://127.0.0.1:7998/auth/callback/oauth#f"),
            ("redirect_uri upper-case path", "http://127.0.0.1:7998/Auth/callback/oauth"),
            ("redirect_uri other host", "http://evil.example/cb"),
        ] {
            let real = recorded(&answers, case, sent);
            assert_eq!(judge(&real, &control, Pair::Plain), is(Verdict::NotRegistered, Likely), "{name}: {case}");
        }
        let unknown = recorded(&answers, "unknown client_id", RU);
        let unknown_control = recorded(&answers, "unknown client_id + bad redirect", CONTROL);
        assert_eq!(judge(&unknown, &unknown_control, Pair::Plain), Judgement::AskStranger, "{name}");
        assert_eq!(judge_stranger(&unknown, &unknown), is(Verdict::ClientUnknown, Likely), "{name}");
    }
}

#[test]
fn a_native_client_of_oidc_provider_may_use_any_port_and_no_other_path() {
    let answers = server("oidc");
    let control = recorded(&answers, "native: wrong path", CONTROL);
    for (case, sent, verdict) in [
        ("native: wrong port 50123", "http://127.0.0.1:50123/auth/callback/oauth", is(REGISTERED, Likely)),
        ("native: localhost:50123", "http://localhost:50123/auth/callback/oauth", is(Verdict::NotRegistered, Likely)),
        ("native: wrong path", CONTROL, is(Verdict::NotRegistered, Likely)),
    ] {
        assert_eq!(judge(&recorded(&answers, case, sent), &control, Pair::Plain), verdict, "{case}");
    }
}

#[test]
fn a_demand_for_pkce_proves_the_redirect_uri() {
    let answers = server("oidc");
    let real = recorded(&answers, "no code_challenge (conf)", RU);
    assert_eq!(real, Reading::Back { error: Some("invalid_request".into()), state_is_ours: true });
    let control = recorded(&answers, "wrong path, Accept html", CONTROL);
    assert_eq!(judge(&real, &control, Pair::Plain), is(REGISTERED, Certain));
}

/// glewlwyd: an empty 403 for everything that is wrong.
#[test]
fn glewlwyd_proves_a_right_redirect_uri_and_hides_what_is_wrong() {
    let refused = reading(&answer(403, None, ""), CONTROL);
    let moved = reading(&answer(302, Some("/login.html?callback_url=x"), ""), RU);
    assert_eq!(judge(&moved, &refused, Pair::Plain), is(REGISTERED, Likely));
    let back = format!("{RU}?error=interaction_required&state={STATE}");
    assert_eq!(judge(&reading(&answer(302, Some(&back), ""), RU), &refused, Pair::PromptNone), is(REGISTERED, Certain));
    let back = format!("{RU}#error=unsupported_response_type&state={STATE}");
    assert_eq!(
        judge(&reading(&answer(302, Some(&back), ""), RU), &refused, Pair::ResponseType),
        is(REGISTERED, Certain)
    );
    assert_eq!(judge(&refused, &refused, Pair::Plain), Judgement::AskStranger);
    assert_eq!(judge_stranger(&refused, &refused), is(Verdict::Refused, Possible));
}

/// django-oauth-toolkit: the login first; with prompt=none it answers.
#[test]
fn django_oauth_toolkit_answers_only_to_prompt_none() {
    let login = |redirect| reading(&answer(302, Some("/accounts/login/?next=/o/authorize/"), ""), redirect);
    let mismatch = "<h1>Error: invalid_request</h1><p>Mismatching redirect URI.</p>";
    let control = reading(&answer(400, None, mismatch), CONTROL);
    for pair in [Pair::Plain, Pair::ResponseType] {
        let open = Judgement::Open("the provider asks for the login first".to_owned());
        assert_eq!(judge(&login(RU), &login(CONTROL), pair), open);
    }
    let broken = reading(&answer(500, None, "<h1>Server Error (500)</h1>"), RU);
    assert_eq!(judge(&broken, &control, Pair::PromptNone), is(REGISTERED, Possible));
    let back = format!("{RU}?error=login_required&state={STATE}");
    assert_eq!(judge(&reading(&answer(302, Some(&back), ""), RU), &control, Pair::PromptNone), is(REGISTERED, Certain));
    let wrong = reading(&answer(400, None, mismatch), "http://127.0.0.1:7998/x");
    assert_eq!(judge(&wrong, &control, Pair::PromptNone), is(Verdict::NotRegistered, Likely));
}

/// Authlib and express-oauth-server in an application that asks for the login first, and a page app.
#[test]
fn what_answers_right_and_wrong_alike_is_never_judged() {
    for (status, location, body) in [
        (302, Some("/login"), ""),
        (302, Some("https://id.acme.example/u/login/identifier?state=hKFo2SBhbcdefghij0123456789"), ""),
        (200, None, "<html><body><form>redirect_uri=http://127.0.0.1:7998/x</form></body></html>"),
        (200, None, "<html><script>var m = 'redirect_uri did not match'</script></html>"),
        (401, None, ""),
        (404, None, ""),
        (429, None, ""),
        (503, None, ""),
        (400, None, r#"{"error":"invalid_scope"}"#),
    ] {
        let answer = answer(status, location, body);
        for pair in [Pair::Plain, Pair::PromptNone, Pair::ResponseType] {
            let judgement = judge(&reading(&answer, RU), &reading(&answer, CONTROL), pair);
            assert!(matches!(judgement, Judgement::Open(_)), "{status} {location:?} {body}: {judgement:?}");
        }
    }
}

#[test]
fn a_question_that_is_itself_refused_tells_nothing() {
    let refused = |redirect| reading(&answer(400, None, "<p>Bad request</p>"), redirect);
    for pair in [Pair::PromptNone, Pair::ResponseType] {
        assert!(matches!(judge(&refused(RU), &refused(CONTROL), pair), Judgement::Open(_)));
    }
}

#[test]
fn a_request_that_got_further_than_the_control_was_not_refused_for_its_redirect_uri() {
    let real = reading(&answer(400, None, r#"{"error":"invalid_scope"}"#), RU);
    let control = reading(&answer(400, None, r#"{"error":"redirect_uri_mismatch"}"#), CONTROL);
    assert_eq!(judge(&real, &control, Pair::Plain), is(REGISTERED, Likely));
    assert!(matches!(
        judge(&control, &reading(&answer(302, Some("/login"), ""), CONTROL), Pair::Plain),
        Judgement::Open(_)
    ));
}

#[test]
fn github_gives_the_registered_redirect_uri_away() {
    let location = format!(
        "http://127.0.0.1:7998/auth/callback/oauth?error=redirect_uri_mismatch&error_description=The+redirect_uri+MUST+match&state={STATE}"
    );
    let sent = "http://127.0.0.1:7998/api/auth/callback/oauth";
    let real = reading(&answer(302, Some(&location), ""), sent);
    assert_eq!(real, Reading::Elsewhere { uri: RU.into(), error: Some("redirect_uri_mismatch".into()) });
    let control = reading(&answer(302, Some(&location), ""), CONTROL);
    assert_eq!(judge(&real, &control, Pair::Plain), is(Verdict::NotRegistered, Likely));
}

/// Protobuf: field 1 the code, 2 the text, 3 a link, 4 the status.
fn auth_error(code: &str, text: &str) -> String {
    use base64::Engine as _;
    let mut bytes = Vec::new();
    for (field, value) in [(1u8, code), (2, text), (3, "https://developers.google.com/")] {
        bytes.extend([field << 3 | 2, u8::try_from(value.len()).unwrap()]);
        bytes.extend(value.bytes());
    }
    bytes.extend([4 << 3, 0x90, 0x03]);
    let blob = base64::engine::general_purpose::URL_SAFE.encode(bytes);
    format!("https://accounts.google.com/signin/oauth/error?authError={blob}&flowName=GeneralOAuthFlow")
}

#[test]
fn google_packs_its_error_into_the_address() {
    let mismatch = auth_error("redirect_uri_mismatch", "You can't sign in to this app.");
    let real = reading(&answer(302, Some(&mismatch), ""), RU);
    assert_eq!(judge(&real, &real, Pair::Plain), is(Verdict::NotRegistered, Likely));
    let page = reading(&answer(302, Some("https://accounts.google.com/v3/signin/identifier?x=1"), ""), RU);
    assert_eq!(judge(&page, &real, Pair::Plain), is(REGISTERED, Likely));
    let client = auth_error("invalid_client", "The OAuth client was not found.");
    let client = reading(&answer(302, Some(&client), ""), RU);
    assert_eq!(judge(&client, &client, Pair::Plain), Judgement::AskStranger);
    assert_eq!(judge_stranger(&client, &client), is(Verdict::ClientUnknown, Likely));
    for broken in ["%00", "CgVhYg", "____", ""] {
        let location = format!("https://accounts.google.com/signin/oauth/error?authError={broken}");
        assert!(
            matches!(reading(&answer(302, Some(&location), ""), RU), Reading::Refused { code: None, .. }),
            "{broken}"
        );
    }
}

#[test]
fn a_page_with_a_good_status_can_be_a_refusal() {
    for page in [
        "<p>AADSTS50011: The redirect URI 'x' specified in the request does not match the redirect URIs configured.</p>",
        "<p>redirect_uri did not match any configured URIs. Passed URI: x</p>",
        "<h1>Callback URL mismatch.</h1><p>The provided redirect_uri is not in the list of allowed callback URLs</p>",
        "<p>bad request (reddit.com) you sent an invalid request: invalid redirect_uri parameter.</p>",
        "<p>Invalid OAuth2 redirect_uri</p>",
        "<p>The redirect URI doesn&#39;t match.</p>",
    ] {
        let real = reading(&answer(200, None, page), RU);
        assert_eq!(judge(&real, &real, Pair::Plain), is(Verdict::NotRegistered, Likely), "{page}");
    }
    let unknown =
        reading(&answer(200, None, "<p>AADSTS700016: Application with identifier 'x' was not found.</p>"), RU);
    assert_eq!(judge(&unknown, &unknown, Pair::Plain), Judgement::AskStranger);
}

#[test]
fn atlassian_says_it_in_the_address_of_its_error_page() {
    let location = "https://id.atlassian.com/error?error=unauthorized_client&error_description=redirect_uri%20is%20not%20registered%20for%20client:%20x";
    let real = reading(&answer(302, Some(location), ""), RU);
    assert_eq!(judge(&real, &real, Pair::Plain), is(Verdict::NotRegistered, Likely));
}

#[test]
fn a_bot_wall_is_not_the_provider() {
    let mut challenged = answer(403, None, "<title>Just a moment...</title>");
    challenged.headers.push(("cf-mitigated".into(), "challenge".into()));
    let captcha = answer(403, None, "<p>Please complete the CAPTCHA</p>");
    let fine = reading(&answer(302, Some("/login"), ""), RU);
    for wall in [challenged, captcha] {
        let wall = reading(&wall, CONTROL);
        assert!(matches!(wall, Reading::Wall { status: 403 }));
        assert!(matches!(judge(&fine, &wall, Pair::Plain), Judgement::Open(_)));
    }
}

#[test]
fn nothing_secret_is_kept_of_an_answer() {
    for location in [
        format!("{RU}?code=SECRETCODE&state={STATE}"),
        format!("http://127.0.0.1:7998/other?code=SECRETCODE&state={STATE}"),
        "https://acme.example/login/SECRETCODE0123456789?code=SECRETCODE".to_owned(),
    ] {
        let short = reading(&answer(302, Some(&location), ""), RU).in_short();
        assert!(!short.contains("SECRETCODE"), "{short}");
    }
}
