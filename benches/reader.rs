//! How long the error reader takes for what people paste, and for a megabyte of anything. Fails where it takes longer than is
//! promised.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use authsome_doctor::error_reader;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const MEGABYTE: usize = 1 << 20;
const PROMISED_FOR_A_MEGABYTE: Duration = Duration::from_millis(30);
const PROMISED_FOR_A_PASTE: Duration = Duration::from_micros(300);

const TRACEBACK: &str = r#"Traceback (most recent call last):
  File "/srv/app/sync.py", line 41, in refresh
    response.raise_for_status()
  File "/usr/lib/python3.12/site-packages/requests/models.py", line 1024, in raise_for_status
    raise HTTPError(http_error_msg, response=self)
requests.exceptions.HTTPError: 400 Client Error: Bad Request for url: https://oauth2.googleapis.com/token

During handling of the above exception, another exception occurred:

google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {'error': 'invalid_grant', 'error_description': 'Token has been expired or revoked.'})
"#;

/// What is repeated to a megabyte.
const UNITS: &[(&str, &str)] = &[
    ("a real paste", TRACEBACK),
    ("one line", "x"),
    ("one line of words", "lorem ipsum dolor "),
    ("lines", "2026-03-02 12:00:00,123 INFO app: nothing happened here\n"),
    ("braces", "{"),
    ("brackets", "["),
    ("backslashes", "\\"),
    ("quotes", "\""),
    ("escaped quotes", "\\\""),
    ("apostrophes", "'a "),
    ("percent signs", "%25"),
    ("encoded percent signs", "%2525"),
    ("error=", "error="),
    ("error=a&", "error=a&"),
    ("?error=", "?error=%3Ferror%3D"),
    ("error:", "error: "),
    ("JSON codes", "{\"error\":\"invalid_grant\"}"),
    ("JSON codes without end", "{\"error\":\""),
    ("JSON in JSON", "{\"error\":\"{\\\"error\\\":\\\"x_y\\\"}\"},"),
    ("code=", "code=a1&"),
    ("statuses", "401 Unauthorized "),
    ("tags", "<p>error "),
    ("entities", "&amp;"),
    ("AADSTS", "AADSTS50011 "),
    ("hosts", "https://a.example/ "),
    ("callbacks", "http://127.0.0.1:7998/cb?error=access_denied&error_description=a+b&state=x "),
    ("quoted mail", "> > error: invalid_grant\n"),
    ("base64", "eyJlcnJvciI6ImludmFsaWRfZ3JhbnQifQ== "),
    ("logfmt", "time=2026-03-02T12:00:00Z level=error msg=\"token refresh failed\" error=invalid_grant\n"),
    ("print_r", "[error] => invalid_grant\n"),
    ("authsome", "AuthenticationFailedError: [github] Authentication failed: OAuth error: access_denied\n"),
    ("Chinese", "授权失败，请重新登录。"),
    ("blank lines", "\n\n"),
    ("escape sequences", "\u{1b}[31m"),
];

fn main() -> ExitCode {
    let mut kept = true;
    for paste in PASTES {
        kept &= measure(&paste[..paste.floor_char_boundary(30)], paste.as_bytes(), 300, PROMISED_FOR_A_PASTE);
    }
    kept &= measure("a traceback", TRACEBACK.as_bytes(), 300, PROMISED_FOR_A_PASTE);
    for (name, unit) in UNITS {
        kept &= measure(name, unit.repeat(MEGABYTE / unit.len()).as_bytes(), 7, PROMISED_FOR_A_MEGABYTE);
    }
    let html = format!("<!DOCTYPE html><html><body>{}", "<p>error=invalid_grant&amp;".repeat(MEGABYTE / 27));
    kept &= measure("a page", html.as_bytes(), 7, PROMISED_FOR_A_MEGABYTE);
    let mut random = vec![0; MEGABYTE];
    SmallRng::seed_from_u64(5).fill_bytes(&mut random);
    kept &= measure("random bytes", &random, 7, PROMISED_FOR_A_MEGABYTE);
    let printable: Vec<u8> = random.iter().map(|byte| b' ' + byte % 95).collect();
    kept &= measure("random letters and signs", &printable, 7, PROMISED_FOR_A_MEGABYTE);
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

const PASTES: &[&str] = &[
    "invalid_grant",
    r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
    "http://127.0.0.1:7998/auth/callback/oauth?error=access_denied&error_description=The+user+has+denied&state=x",
    "AADSTS50011: The redirect URI 'http://localhost:8080/cb' specified in the request does not match the redirect URIs configured for the application.",
];

/// The best of several runs: other programs run on this machine, too.
fn measure(name: &str, text: &[u8], runs: usize, promised: Duration) -> bool {
    let time = |_| {
        let begin = Instant::now();
        black_box(error_reader::read(black_box(text), "argument"));
        begin.elapsed()
    };
    let best = (0..runs).map(time).min().unwrap_or_default();
    let late = if best > promised { "  LATE" } else { "" };
    println!("{:>9.3} ms  {name}{late}", best.as_secs_f64() * 1e3);
    best <= promised
}
