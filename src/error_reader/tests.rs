//! The reader on what servers really answered, on what people paste, and on junk.

use super::*;
use crate::facts::{Looked, Value};
use serde_json::Value as Json;

fn code(facts: &Facts) -> &str {
    facts.text("error.code").unwrap_or_default()
}

fn texts(facts: &Facts, name: &str) -> Vec<String> {
    let list = facts.list(name).unwrap_or_default();
    list.iter()
        .filter_map(|entry| match &entry.fact {
            crate::facts::Fact::Known(Value::Text(text)) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// Every recorded error answer: server, case, status, headers, body.
fn recorded() -> Vec<(&'static str, Json)> {
    [
        ("oidc", include_str!("../../fixtures/oauth-servers/oidc.json")),
        ("authlib", include_str!("../../fixtures/oauth-servers/authlib.json")),
        ("eoauth", include_str!("../../fixtures/oauth-servers/eoauth.json")),
        ("mock", include_str!("../../fixtures/oauth-servers/mock.json")),
    ]
    .into_iter()
    .flat_map(|(server, text)| {
        let list: Vec<Json> = serde_json::from_str(text).expect("a fixture");
        list.into_iter().map(move |answer| (server, answer))
    })
    .collect()
}

fn header<'a>(answer: &'a Json, name: &str) -> Option<&'a str> {
    let headers = answer["headers"].as_array()?;
    headers.iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str())
}

#[test]
fn every_recorded_json_answer_is_read_alone_and_in_each_wrapping() {
    let mut read_so_far = 0;
    for (server, answer) in recorded() {
        let body = answer["body"].as_str().unwrap_or_default();
        let Ok(json) = serde_json::from_str::<Json>(body) else { continue };
        let (Some(error), description) = (json["error"].as_str(), json["error_description"].as_str()) else { continue };
        let status = answer["status"].as_i64();
        let python = body.replace('"', "'");
        let escaped = serde_json::to_string(body).expect("a string");
        let wrappings = [
            body.to_owned(),
            format!("HTTP/1.1 {} X\nContent-Type: application/json\n\n{body}", status.unwrap_or_default()),
            format!("2026-03-02 10:00:00,123 ERROR app: token request failed: {body} (attempt 1)"),
            format!("{{\"status\":{},\"data\":{{\"body\":{escaped}}}}}", status.unwrap_or_default()),
            escaped.clone(),
        ];
        for text in wrappings.iter().chain((!body.contains('\'')).then_some(&python)) {
            let facts = read(text, "argument");
            assert_eq!(code(&facts), error, "{server}: {text}");
            if let Some(description) = description {
                assert_eq!(facts.text("error.description"), Some(description), "{server}: {text}");
            }
        }
        assert_eq!(read(&wrappings[1], "argument").number("error.status"), status);
        assert_eq!(read(&wrappings[3], "argument").number("error.status"), status);
        read_so_far += 1;
    }
    assert!(read_so_far > 60, "only {read_so_far}");
}

#[test]
fn every_recorded_redirect_with_an_error_is_read_from_its_address() {
    let mut read_so_far = 0;
    for (server, answer) in recorded() {
        let Some(location) = header(&answer, "location").filter(|to| to.contains("error=")) else { continue };
        let url = url::Url::parse(location).expect("an address");
        let pairs = url::form_urlencoded::parse(url.query().or(url.fragment()).unwrap_or_default().as_bytes());
        let parameters: std::collections::BTreeMap<_, _> = pairs.into_owned().collect();
        let access_log = format!("INFO:     127.0.0.1:35646 - \"GET {} HTTP/1.1\" 303 See Other", &location[21..]);
        for text in [location, &access_log, &format!("< Location: {location}"), &format!("it went to {location}.")] {
            let facts = read(text, "argument");
            assert_eq!(code(&facts), parameters["error"], "{server}: {text}");
            assert_eq!(
                facts.text("error.description"),
                parameters.get("error_description").map(String::as_str),
                "{text}"
            );
            assert!(!format!("{facts:?}").contains("st-probe-123"), "the state is out: {text}");
            assert_eq!(facts.number("error.status"), None, "a redirect is no error status: {text}");
        }
        assert_eq!(read(location, "argument").text("error.step"), Some("callback"), "{location}");
        read_so_far += 1;
    }
    assert!(read_so_far > 8, "only {read_so_far}");
}

#[test]
fn oidc_provider_s_page_is_read_as_a_person_sees_it() {
    let all = recorded();
    let (_, page) =
        all.iter().find(|(server, a)| *server == "oidc" && a["case"] == "redirect_uri wrong path").expect("recorded");
    let facts = read(page["body"].as_str().expect("a page"), "argument");
    assert_eq!(code(&facts), "invalid_redirect_uri");
    assert_eq!(
        facts.text("error.description"),
        Some("redirect_uri did not match any of the client's registered redirect_uris")
    );
    assert_eq!(facts.text("error.shape"), Some("html"));
    assert!(!facts.text("error.text").expect("text").contains("font-weight"));
    assert!(!format!("{facts:?}").contains("st-probe-123"));
}

#[test]
fn a_date_to_retry_after_is_held_against_the_servers_own_clock() {
    let wait = |headers: &str| read(format!("HTTP/1.1 429\n{headers}\n"), "argument").number("error.retry_after");
    let until = "retry-after: Sun, 22 Nov 2026 10:11:30 GMT\n";
    assert_eq!(wait(&format!("date: Sun, 22 Nov 2026 10:10:00 GMT\n{until}")), Some(90_000));
    assert_eq!(wait(&format!("{until}date: Sun, 22 Nov 2026 10:12:00 GMT\n")), Some(0), "it is over already");
    assert_eq!(wait(until), None, "nobody says what time it is there");
    assert_eq!(wait("retry-after: soon\n"), None);
}

#[test]
fn a_challenge_header_is_read_and_kept_without_secrets() {
    let facts = read(
        "HTTP/2 401\ncontent-type: text/plain\nretry-after: 30\nwww-authenticate: Bearer realm=\"x\", error=\"invalid_token\", error_description=\"The access token expired\"",
        "argument",
    );
    assert_eq!(code(&facts), "invalid_token");
    assert_eq!(facts.text("error.description"), Some("The access token expired"));
    assert_eq!(facts.number("error.status"), Some(401));
    assert_eq!(facts.number("error.retry_after"), Some(30_000));
    assert_eq!(facts.text("error.content_type"), Some("text/plain"));
    assert!(facts.text("error.www_authenticate").expect("kept").contains("invalid_token"));
}

#[test]
fn authsome_s_own_strings_give_provider_step_status_and_code() {
    let facts = read(
        "AuthenticationFailedError: [localbad] Authentication failed: Token exchange failed: 401 Client Error: Unauthorized for url: http://127.0.0.1:9100/token",
        "audit",
    );
    assert_eq!(facts.text("error.provider"), Some("localbad"));
    assert_eq!(facts.text("error.step"), Some("token"));
    assert_eq!(facts.number("error.status"), Some(401));
    assert_eq!(facts.text("error.code"), None);
    let facts = read("AuthenticationFailedError: [github] Authentication failed: OAuth error: access_denied", "audit");
    assert_eq!((code(&facts), facts.text("error.step")), ("access_denied", Some("callback")));
    let facts = read(
        r#"{"v":1,"error":"DaemonUnavailableError","message":"Authsome daemon failed to start.\nLog: /x/daemon.log"}"#,
        "argument",
    );
    assert_eq!(code(&facts), "daemonunavailableerror");
    assert!(facts.text("error.text").expect("text").contains("authsome daemon failed to start."));
    assert_eq!(facts.truth("error.about_login"), Some(true));
}

#[test]
fn vendors_that_do_not_speak_the_rfc_are_read_too() {
    let facts = read(r#"{"ok":false,"error":"bad_redirect_uri"}"#, "argument");
    assert_eq!(code(&facts), "bad_redirect_uri");
    let facts = read(
        r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: 6f9619ff-8b86-d011-b42d-00cf4fc964ff","error_codes":[7000215],"suberror":"x_y"}"#,
        "argument",
    );
    assert_eq!(facts.text("error.provider"), Some("microsoft"));
    assert_eq!(texts(&facts, "error.numbers"), ["AADSTS7000215"]);
    assert_eq!(facts.text("error.hint"), Some("x_y"));
    let facts =
        read(r#"{"status":false,"errorCode":4700, "errorMessage":"Invalid redirect url","result":null}"#, "argument");
    assert_eq!(texts(&facts, "error.numbers"), ["4700"]);
    assert_eq!(facts.text("error.description"), Some("Invalid redirect url"));
    let facts = read(
        r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED"}}"#,
        "argument",
    );
    assert_eq!((code(&facts), facts.number("error.status")), ("permission_denied", Some(403)));
    let facts = read(
        "error=incorrect_client_credentials&error_description=The+client_id+and%2For+client_secret+passed+are+incorrect.&error_uri=https%3A%2F%2Fdocs.github.com%2Fx",
        "argument",
    );
    assert_eq!(code(&facts), "incorrect_client_credentials");
    assert_eq!(facts.text("error.uri"), Some("https://docs.github.com/x"));
    assert!(
        facts.text("error.text").expect("text").contains("client_secret passed are incorrect"),
        "decoded words are there to match"
    );
}

#[test]
fn the_most_telling_code_comes_first_and_all_keep_their_lines() {
    let log = "10:00 error=server_error retrying\n10:01 {\"error\":\"invalid_grant\"}\n10:02 wrapped: AuthError(redirect_uri_mismatch)\n";
    let facts = read(log, "argument");
    assert_eq!(texts(&facts, "error.codes"), ["redirect_uri_mismatch", "invalid_grant", "server_error"]);
    let Looked::Known(Value::List(candidates)) = facts.get("error.candidates") else { panic!("candidates") };
    assert_eq!(candidates.len(), 3);
    assert_eq!(facts.number("error.candidates[0].line"), Some(3));
    assert_eq!(facts.number("error.candidates[1].line"), Some(2));
}

#[test]
fn what_is_not_about_a_login_says_so() {
    for text in ["segmentation fault (core dumped)", "hello", "", "{\"a\":1}", "make: *** [all] Error 2"] {
        assert_eq!(read(text, "argument").truth("error.about_login"), Some(false), "{text}");
    }
    assert_eq!(read("Error: OAuth state parameter does not match", "argument").truth("error.about_login"), Some(true));
}

#[test]
fn a_planted_secret_never_comes_out() {
    let secrets =
        ["Zq7secretPlanted9", "gho_16C7e42F292c6912E7710c838347Ae178B4a", "4/0AX4XfWhTbnGkqZ0pPr9lQvL2s1N3m5"];
    let frames = [
        "http://127.0.0.1:7998/cb?code=@&state=@&error=access_denied",
        "INFO: 127.0.0.1:1 - \"GET /api/auth/callback/oauth?code=@&state=@ HTTP/1.1\" 303 See Other",
        "{\"error\":\"invalid_grant\",\"error_description\":\"bad\",\"access_token\":\"@\",\"refresh_token\":\"@\"}",
        "{\"request\":{\"body\":\"grant_type=authorization_code&code=@&client_secret=@&code_verifier=@\"},\"error\":\"invalid_client\"}",
        "{'error': 'invalid_client', 'client_secret': '@', 'code': '@'}",
        "{:error=>\"invalid_client\", :client_secret=>\"@\"}",
        "{\\\"error\\\":\\\"invalid_client\\\",\\\"client_secret\\\":\\\"@\\\"}",
        "curl -u id -H 'Authorization: Bearer @' -d 'code=@' https://x.example/token # error: invalid_grant",
        "POST /token\nAuthorization: Basic @\nCookie: sid=@\n\n{\"error\":\"invalid_client\"}",
        "https://app.example/#access_token=@&token_type=bearer&error=x_y",
        "https://a.example/login?next=https%3A%2F%2Fb.example%2Fcb%3Fcode%3D@%26error%3Dinvalid_scope",
        "<html><body><p>error: invalid_request</p><a href=\"/cb?code=@&amp;error=x_y\">code=@</a><input name=state value=1></body></html>",
        "proxy http://user:@@proxy.example:3128 said error: 407",
    ];
    for secret in secrets {
        for frame in frames {
            let text = frame
                .replace("@@", &format!("{secret}@"))
                .replace("@p", "\u{1}p")
                .replace('@', secret)
                .replace('\u{1}', "@");
            let facts = read(&text, "argument");
            let shown = facts.to_json().to_string();
            let tail = &secret[secret.len() - 12..];
            let hit = shown.to_lowercase().contains(&tail.to_lowercase());
            assert!(!hit, "{text}\n{shown}");
        }
    }
}

#[test]
fn a_long_text_of_anything_is_read_in_linear_time() {
    let units = [
        "{",
        "[",
        "\"",
        "'a ",
        "\\",
        "\\\"",
        "error: ",
        "error=",
        "\"error\":",
        "\"error\":\"",
        "'error':'a",
        "{\"a\":[",
        "<",
        "<a",
        "&",
        "&amp;",
        "%25",
        "://",
        "a@",
        "code=",
        "Bearer ",
        "401 ",
        "error_description: x ",
        "error=a&",
        "?error=%3Ferror%3D",
        "AADSTS1",
        "x",
        "\u{1b}]",
        "\u{1b}[",
        "map[error:a b c ",
        "Authorization: ",
        "] Authentication failed[",
        "é",
        "\n",
        "\n\n",
        "(4,",
    ];
    for unit in units {
        let time = |size: usize| {
            let text = unit.repeat(size / unit.len());
            let begun = std::time::Instant::now();
            read(&text, "argument");
            begun.elapsed().as_secs_f64()
        };
        // The best of several: other programs run on this machine, too.
        let (mut small, mut large) = (f64::MAX, f64::MAX);
        let linear = (0..6).any(|_| {
            small = small.min(time(4_000));
            large = large.min(time(32_000));
            large < 0.1 + 30.0 * small
        });
        assert!(linear, "{unit:?}: {small} s for 4 kB, {large} s for 32 kB");
    }
}
