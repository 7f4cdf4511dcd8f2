//! A trace as a HAR 1.2 file (http://www.softwareishard.com/blog/har-12-spec/), for a browser's network view. A pure function;
//! everything is redacted by its structure here, and once more where it leaves.

use crate::sink;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// What a run sent and saw.
pub struct Trace {
    pub comment: String,
    /// One page an attempt, in order of time, the first at the beginning.
    pub pages: Vec<Page>,
    pub entries: Vec<Entry>,
}

pub struct Page {
    pub began: Timestamp,
    pub title: String,
}

/// One request and what came of it.
pub struct Entry {
    pub began: Timestamp,
    pub took: Duration,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    /// `None`: there was none, or it is not ours to see; the comment says which.
    pub answer: Option<Answer>,
    pub comment: String,
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// HAR has no word for what is not known: the version of HTTP, and sizes on the wire.
const UNKNOWN_VERSION: &str = "unknown";
const UNKNOWN_SIZE: i64 = -1;

pub fn har(trace: &Trace) -> Value {
    let mut entries: Vec<&Entry> = trace.entries.iter().collect();
    entries.sort_by_key(|entry| entry.began);
    let pages = trace.pages.iter().enumerate().map(|(index, page)| {
        json!({
            "startedDateTime": moment(page.began),
            "id": page_id(index),
            "title": page.title,
            "pageTimings": {},
        })
    });
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
            "pages": pages.collect::<Vec<_>>(),
            "entries": entries.into_iter().map(|entry| of_entry(entry, &trace.pages)).collect::<Vec<_>>(),
            "comment": trace.comment,
        },
    })
}

/// To the millisecond, as viewers read it.
fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn page_id(index: usize) -> String {
    format!("attempt_{}", index + 1)
}

fn of_entry(entry: &Entry, pages: &[Page]) -> Value {
    let time = entry.took.as_secs_f64() * 1000.0;
    let mut one = json!({
        "startedDateTime": moment(entry.began),
        "time": time,
        "request": request(entry),
        "response": response(entry.answer.as_ref()),
        "cache": {},
        // Only the whole is measured.
        "timings": {"send": 0, "wait": time, "receive": 0},
        "comment": entry.comment,
    });
    if let Some(page) = pages.iter().rposition(|page| page.began <= entry.began) {
        one["pageref"] = page_id(page).into();
    }
    one
}

fn request(entry: &Entry) -> Value {
    let url = sink::redact_url(&entry.url);
    let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let mut request = json!({
        "method": entry.method,
        "url": url,
        "httpVersion": UNKNOWN_VERSION,
        "cookies": [],
        "headers": pairs(&sink::redact_headers(&entry.headers)),
        "queryString": pairs(&fields(query)),
        "headersSize": UNKNOWN_SIZE,
        "bodySize": entry.body.as_ref().map_or(0, Vec::len),
    });
    if let Some(body) = &entry.body {
        request["postData"] = post_data(body, header(&entry.headers, "content-type"));
    }
    request
}

fn post_data(body: &[u8], kind: Option<&str>) -> Value {
    let kind = kind.unwrap_or("application/octet-stream");
    let text = String::from_utf8_lossy(body);
    if kind.starts_with("application/x-www-form-urlencoded") {
        return json!({"mimeType": kind, "params": pairs(&fields(&sink::redact_form(&text)))});
    }
    json!({"mimeType": kind, "text": shown(&text)})
}

fn response(answer: Option<&Answer>) -> Value {
    // A browser's own recordings have status 0 where there was no answer.
    let nothing = Answer { status: 0, headers: Vec::new(), body: Vec::new() };
    let answer = answer.unwrap_or(&nothing);
    let kind = header(&answer.headers, "content-type").unwrap_or("application/octet-stream");
    let location = header(&answer.headers, "location").map(sink::redact_url).unwrap_or_default();
    let mut content = json!({"size": answer.body.len(), "mimeType": kind});
    if !answer.body.is_empty() {
        content["text"] = shown(&String::from_utf8_lossy(&answer.body)).into();
        content["comment"] = "secrets are hidden".into();
    }
    json!({
        "status": answer.status,
        "statusText": "",
        "httpVersion": UNKNOWN_VERSION,
        "cookies": [],
        "headers": pairs(&sink::redact_headers(&answer.headers)),
        "content": content,
        "redirectURL": location,
        "headersSize": UNKNOWN_SIZE,
        "bodySize": answer.body.len(),
    })
}

/// A body by its structure: JSON by its keys, anything else as a form and as text.
fn shown(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(json) => sink::redact_json(&json).to_string(),
        Err(_) => sink::redact_text(&sink::redact_form(text)),
    }
}

/// Name and value of a query or a form that is redacted already.
fn fields(form: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

fn pairs(list: &[(String, String)]) -> Vec<Value> {
    list.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(began: &str, answer: Option<Answer>) -> Entry {
        Entry {
            began: began.parse().unwrap(),
            took: Duration::from_millis(12),
            method: "POST".into(),
            url: "https://acme.example/token?tenant=7&code=x7Gq9".into(),
            headers: vec![
                ("content-type".into(), "application/x-www-form-urlencoded".into()),
                ("authorization".into(), "Basic YWJjOmRlZg==".into()),
            ],
            body: Some(b"grant_type=authorization_code&code=x7Gq9&code_verifier=Vfy-12345678".to_vec()),
            answer,
            comment: "token".into(),
        }
    }

    fn traced() -> Value {
        let page = |began: &str| Page { began: began.parse().unwrap(), title: "Attempt".into() };
        let answer = Answer {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: br#"{"access_token":"at-12345678","token_type":"Bearer"}"#.to_vec(),
        };
        har(&Trace {
            comment: String::new(),
            pages: vec![page("2026-03-02T10:00:00Z"), page("2026-03-02T10:01:00Z")],
            entries: vec![entry("2026-03-02T10:01:02Z", None), entry("2026-03-02T10:00:05Z", Some(answer))],
        })
    }

    #[test]
    fn entries_are_in_order_of_time_and_belong_to_their_attempts() {
        let traced = traced();
        let entries = traced["log"]["entries"].as_array().unwrap();
        let refs: Vec<&Value> = entries.iter().map(|entry| &entry["pageref"]).collect();
        assert_eq!(refs, ["attempt_1", "attempt_2"]);
        assert_eq!(entries[1]["response"]["status"], 0, "no answer");
    }

    #[test]
    fn a_trace_names_what_was_sent_and_hides_what_is_secret() {
        let text = traced().to_string();
        for secret in ["x7Gq9", "Vfy-12345678", "at-12345678", "YWJjOmRlZg"] {
            assert!(!text.contains(secret), "{secret} is seen in {text}");
        }
        let request = &traced()["log"]["entries"][0]["request"];
        assert_eq!(request["queryString"][0], json!({"name": "tenant", "value": "7"}));
        assert_eq!(request["postData"]["params"][1], json!({"name": "code", "value": sink::HIDDEN}));
    }
}
