use super::*;
use crate::host::http::FailureKind;
use crate::host::{Answer, Http, HttpFailure};
use crate::oauth::Authentication;
use std::sync::Arc;

struct Says(Result<(u16, &'static str), &'static str>);

impl Http for Says {
    fn send(&self, _: &Request) -> Result<Answer, HttpFailure> {
        match self.0 {
            Ok((status, body)) => {
                let body = body.as_bytes().to_vec();
                Ok(Answer { status, headers: vec![], body, cut_off: false, took: Duration::ZERO })
            }
            Err(text) => Err(HttpFailure { kind: FailureKind::Timeout, text: text.to_owned(), proxy_status: None }),
        }
    }
}

fn client() -> Client {
    Client { id: "app".into(), secret: None, authentication: Authentication::None }
}

fn introspected(says: Result<(u16, &'static str), &'static str>) -> Granted {
    let recorder = Recorder::new(Arc::new(Says(says)));
    let endpoint = Url::parse("https://acme.example/introspect").unwrap();
    let granted = introspect(&recorder, &endpoint, &client(), &Secret::new("a-token-of-acme"));
    assert_eq!(recorder.all().len(), 1, "asked once, whatever comes back");
    granted
}

fn asked(token: Token, says: Result<(u16, &'static str), &'static str>) -> Granted {
    let recorder = Recorder::new(Arc::new(Says(says)));
    let url = Url::parse("https://acme.example/tokeninfo").unwrap();
    let question = Question { method: "POST", url: &url, token, scopes: Place::Member("/scope") };
    ask(&recorder, &question, Some(&client()), &Secret::new("a-token-of-acme"))
}

#[test]
fn an_active_token_has_the_scopes_that_are_named() {
    let granted = introspected(Ok((200, r#"{"active":true,"scope":"openid repo"}"#)));
    assert_eq!(granted, Granted::Scopes(vec!["openid".into(), "repo".into()]));
    assert_eq!(introspected(Ok((200, r#"{"active":true,"scope":""}"#))), Granted::Scopes(vec![]));
}

#[test]
fn what_cannot_be_told_is_said_with_its_reason() {
    let untold = |says| match introspected(says) {
        Granted::Untold(why) => why,
        Granted::Scopes(scopes) => panic!("{scopes:?}"),
    };
    assert_eq!(untold(Ok((200, r#"{"active":false}"#))), Untold::Inactive);
    assert_eq!(untold(Ok((200, r#"{"active":true}"#))), Untold::NamesNone);
    assert_eq!(untold(Ok((200, "<html>log in</html>"))), Untold::NamesNone);
    // RFC 7662, 2.3: the client's own proof was refused.
    assert_eq!(untold(Ok((401, r#"{"error":"invalid_client"}"#))), Untold::Refused(401));
    assert_eq!(untold(Ok((404, ""))), Untold::Refused(404));
    assert_eq!(untold(Err("timed out")), Untold::NoAnswer("timed out".into()));
}

#[test]
fn a_401_is_about_the_token_where_only_the_token_was_shown() {
    assert_eq!(asked(Token::Header, Ok((401, "{}"))), Granted::Untold(Untold::Inactive));
    assert_eq!(asked(Token::FormOfClient("token"), Ok((401, "{}"))), Granted::Untold(Untold::Refused(401)));
    let google = r#"{"error":"invalid_token","error_description":"Invalid Value"}"#;
    assert_eq!(asked(Token::Form("access_token"), Ok((400, google))), Granted::Untold(Untold::Inactive));
}

#[test]
fn slack_says_no_with_status_200() {
    let said = |body| asked(Token::Header, Ok((200, body)));
    assert_eq!(said(r#"{"ok":false,"error":"token_revoked"}"#), Granted::Untold(Untold::Inactive));
    assert_eq!(said(r#"{"ok":false,"error":"ratelimited"}"#), Granted::Untold(Untold::NamesNone));
}

#[test]
fn a_token_is_not_sent_in_the_clear_but_on_this_machine_it_is() {
    let recorder = Recorder::new(Arc::new(Says(Ok((200, r#"{"active":true,"scope":"a"}"#)))));
    let at = |url: &str| introspect(&recorder, &Url::parse(url).unwrap(), &client(), &Secret::new("a-token-of-acme"));
    assert_eq!(at("http://acme.example/introspect"), Granted::Untold(Untold::InTheClear));
    assert_eq!(recorder.all().len(), 0);
    assert_eq!(at("http://127.0.0.1:9/introspect"), Granted::Scopes(vec!["a".into()]));
}

#[test]
fn scopes_in_every_item_of_a_list_are_gathered() {
    let json = serde_json::json!([{"scopes": ["a", "b"]}, {"scopes": ["b", "c"]}, {"id": 7}]);
    assert_eq!(member(&json, "/*/scopes").unwrap(), ["a", "b", "c"]);
    assert_eq!(member(&serde_json::json!([]), "/*/scopes"), None, "no site, so nothing is said of the scopes");
    assert_eq!(member(&serde_json::json!({"scope": 7}), "/scope"), None);
}
