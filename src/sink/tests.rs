//! Canaries in every place where a secret can stand, through every way out.

use super::*;
use serde_json::json;

/// Numbers that are the same in every run (Knuth's linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// What a code, secret or token of no known make looks like.
    fn canary(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789_-";
        let len = 6 + self.below(40);
        let body: String = (0..len).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect();
        format!("c7{body}Q")
    }
}

/// `@` is where the canary stands.
const PLACES: &[&str] = &[
    "http://127.0.0.1:7998/auth/callback/oauth?code=@&state=x",
    "GET /api/auth/callback/oauth?state=1&code=@ HTTP/1.1",
    "https://joe:@@proxy.example:3128/",
    "https://h.example/cb#access_token=@",
    "https://h.example/a?redirect_uri=http%3A%2F%2Fb%2F%3Fcode%3D@",
    "grant_type=authorization_code&code_verifier=@&client_id=a",
    "client_secret=@",
    "{\"refresh_token\": \"@\", \"n\": 1}",
    "{\\\"id_token\\\":\\\"@\\\"}",
    "{'access_token': '@'}",
    "Authorization: Bearer @",
    "Proxy-Authorization: Basic @",
    "Cookie: a=1; sid=@",
    "set-cookie: @; HttpOnly",
    "DPoP: @",
    "node server.js --client-secret @ --port 1",
    "password: @",
    "state: @",
    "-----BEGIN PRIVATE KEY-----@-----END PRIVATE KEY-----",
    "ghp_0123456789abcdefghij@",
    "eyJhbGciOiJIUzI1NiJ9@.x.y",
];

const AROUND: &[&str] = &["", " ", "said ", "(", "\"", "… ", "a=b&", "\n", "x: ", "é ", "\u{1b}[1m", "\u{200b} "];

fn cases() -> impl Iterator<Item = (String, String)> {
    let mut numbers = Numbers(7);
    (0..1500).map(move |round| {
        let canary = numbers.canary();
        let place = PLACES[round % PLACES.len()].replace("@@", "\u{1}@").replacen('@', &canary, 1).replace('\u{1}', "");
        // `joe:@@proxy`: the canary, then the @ of the URL.
        let place = if PLACES[round % PLACES.len()].contains("@@") {
            PLACES[round % PLACES.len()].replacen('@', &canary, 1)
        } else {
            place
        };
        (format!("{}{place}{}", numbers.pick(AROUND), numbers.pick(&["", " ", "\n", ", and", "\u{7}"])), canary)
    })
}

#[test]
fn no_canary_comes_through_text_url_json_header_or_document() {
    for (text, canary) in cases() {
        let mut doc = Doc::new();
        doc.text(&text).newline().block(Style::Faint, "  ", &text).coloured(&text);
        let screen = Screen { terminal: true, colour: true, unicode: false, width: 80 };
        for (way, shown) in [
            ("redact_text", redact_text(&text)),
            ("redact_url", redact_url(&text)),
            ("redact_form", redact_form(&text)),
            ("redact_json", redact_json(&json!({"a": [{&text: text}]})).to_string()),
            ("json_text", json_text(&json!([text]))),
            ("redact_headers", format!("{:?}", redact_headers(&[("x".into(), text.clone())]))),
            ("Doc", doc.render(&screen)),
            ("Doc line", doc.render_line(&Screen { width: 4000, ..screen })),
        ] {
            assert!(!shown.contains(&canary), "{way} shows {canary:?} of {text:?}: {shown:?}");
        }
    }
}

#[test]
fn redacting_twice_changes_nothing_more() {
    for (text, _) in cases() {
        let once = redact_text(&text);
        assert_eq!(redact_text(&once), once, "of {text:?}");
        let once = redact_url(&text);
        assert_eq!(redact_url(&once), once, "of {text:?}");
        let once = redact_json(&json!({"x": text}));
        assert_eq!(redact_json(&once), once);
    }
}

#[test]
fn a_remembered_literal_comes_through_nowhere() {
    let mut numbers = Numbers(11);
    for _ in 0..40 {
        let literal = format!("{} {}", numbers.canary(), numbers.canary());
        remember(&literal);
        let text = format!("{}{literal}{}", numbers.pick(AROUND), numbers.pick(AROUND));
        let mut doc = Doc::new();
        doc.text(&text);
        for shown in [redact_text(&text), json_text(&json!({&text: text})), doc.render(&Screen::PLAIN)] {
            assert!(!shown.contains(&literal), "{shown:?}");
        }
    }
}

#[test]
fn no_text_whatever_reaches_the_terminal_with_a_control_or_a_hidden_character() {
    const PARTS: &[&str] = &[
        "a",
        " ",
        "\u{1b}",
        "[",
        "31m",
        "]",
        "0;",
        "\u{7}",
        "\u{9b}",
        "\u{9d}",
        "\u{9c}",
        "\\",
        "P",
        "\r",
        "\n",
        "\u{0}",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "::",
        "##[",
        "é",
        "\u{85}",
        "\u{8}",
        "\u{7f}",
        "漢",
        "\u{e0041}",
    ];
    let mut numbers = Numbers(3);
    for _ in 0..5000 {
        let text: String = (0..numbers.below(24)).map(|_| numbers.pick(PARTS)).collect();
        let mut doc = Doc::new();
        doc.text(&text).newline().block(Style::Plain, "", &text).coloured(&text);
        let shown = doc.render(&Screen::PLAIN);
        assert!(
            shown.chars().all(|c| c == '\n' || !c.is_control() && !terminal::is_invisible(c)),
            "{text:?}: {shown:?}"
        );
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{text:?}: {shown:?}");
        assert!(!shown.contains("##["), "{text:?}: {shown:?}");
    }
}

#[test]
fn text_without_secrets_is_left_letter_by_letter() {
    for text in [
        "✖ github cannot log in: the redirect URI is not the one GitHub has registered",
        "http://127.0.0.1:7998/api/auth/callback/oauth, served by authsome 0.7.2 (pid 9852)",
        "{\"error\":\"incorrect_client_credentials\",\"error_description\":\"The client_id and/or client_secret passed are incorrect.\"}",
        "response_type=code  client_id=practice  scope=read write  code_challenge_method=S256",
        "Sign in at https://example.com/device and enter the code WDJB-MJHT",
        "[Errno 98] error while attempting to bind on address ('127.0.0.1', 7998): [errno 98] address already in use",
        "AADSTS50011: The redirect URI 'http://127.0.0.1:7998/x' does not match. Trace ID: 0ab1c2d3-1111-2222-3333-444455556666",
        "authsome login github --scopes \"repo,read:org\" --force",
        "export NO_PROXY=localhost,127.0.0.1",
        "http://[::1]:7998/health 2026-11-22T09:20:46Z sha256:9f86d081884c7d659a2feaa0c55ad015",
    ] {
        assert_eq!(redact_text(text), text);
        assert_eq!(safe_line(text), text);
    }
}

/// The lints forbid `println!`; this forbids the long way round. The practice provider hands its own throw-away client
/// secret to whoever started it, which the sink would hide.
#[test]
fn nothing_but_the_sink_writes_to_the_streams() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let writes = |line: &str| {
                (line.contains("stdout()") || line.contains("stderr()")) && !line.contains("is_terminal()")
            };
            if text.lines().any(writes) {
                found.push(path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    assert_eq!(found, ["cli/practice.rs", "sink/out.rs"]);
}
