//! The error reader on anything: junk, and real wordings that were cut, spliced, escaped, encoded, wrapped, repeated and put
//! into each other. It never fails, its places lie in the text, it is linear, and no secret comes out.
//!
//! A run is the same every time. `READER_FUZZ_MINUTES=10` goes on for so long with new seeds; a failure names its seed, and
//! `READER_FUZZ_SEED=…` repeats it.

mod common;

use authsome_doctor::error_reader::{self, Paste};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::wordings::wordings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::rngs::SmallRng;
use rand::{Rng, RngExt, SeedableRng};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const ROUNDS: u64 = 250;
/// Secrets that are planted, with their names; none is a word, and each has a part that no text holds by chance.
const SECRETS: &[(&str, &str)] = &[
    ("access_token", "ya29.a0AfH6SMBx7Qz9canary"),
    ("refresh_token", "1//0gAbCdEfGhIjK7canary"),
    ("code", "4/0AX4XfWh7canaryGnQ"),
    ("code_verifier", "dBjftJeZ4CVPmB92K7canaryFXAwG"),
    ("client_secret", "GOCSPX-Ab3dEf7canaryGhIj"),
    ("id_token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI3Y2FuYXJ5In0.c2lnN2NhbmFyeQ7canary"),
    ("password", "hunter7canary"),
    ("state", "st7canary9x"),
];
/// What all of them hold.
const CANARY: &str = "7canary";

/// Shapes of which the corpus has few.
const PASTES: &[&str] = &[
    "http://127.0.0.1:7998/auth/callback/oauth?error=access_denied&error_description=no%20way&state=x",
    r#"{\"error\":\"invalid_grant\",\"error_description\":\"Bad \\\"Request\\\"\"}"#,
    "b'{\"error\": \"invalid_client\"}' map[error:invalid_grant error_description:Bad] {:error=>\"x_y\"}",
    "https://accounts.google.com/signin/oauth/error?authError=ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2g%3D&x=1",
];

/// The texts of the corpus, and what servers answered.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = wordings().into_iter().map(|wording| wording.text).collect();
    for recorded in ["oidc", "authlib", "eoauth", "mock"] {
        let file = format!("{}/fixtures/oauth-servers/{recorded}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(file).expect("recorded answers");
        let answers: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
        texts.extend(answers.iter().filter_map(|answer| answer["body"].as_str()).map(str::to_owned));
    }
    texts.extend(PASTES.iter().map(|paste| (*paste).to_owned()));
    assert!(texts.len() > 100);
    texts
}

/// Every round of a run: the given number with fixed seeds, or as long as was asked for with new ones.
fn rounds(count: u64, mut round: impl FnMut(&mut SmallRng)) {
    let minutes = std::env::var("READER_FUZZ_MINUTES").ok().and_then(|minutes| minutes.parse::<f64>().ok());
    let seed = std::env::var("READER_FUZZ_SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let mut run = |seed: u64| {
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| round(&mut SmallRng::seed_from_u64(seed))));
        if let Err(panic) = result {
            let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("READER_FUZZ_SEED={seed}: {why}");
        }
    };
    match (seed, minutes) {
        (Some(seed), _) => run(seed),
        (None, Some(minutes)) => {
            let until = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
            while Instant::now() < until {
                run(rand::random());
            }
        }
        (None, None) => (0..count).for_each(run),
    }
}

/// A piece of text, cut at a character.
fn piece<'t>(text: &'t str, dice: &mut SmallRng) -> &'t str {
    let from = text.floor_char_boundary(dice.random_range(0..=text.len()));
    let to = text.ceil_char_boundary(dice.random_range(from..=text.len()));
    &text[from..to]
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % width == 0 {
            wrapped.push('\n');
        }
        wrapped.push(c);
    }
    wrapped
}

fn prefixed(text: &str, prefix: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{prefix}{line}");
        all
    })
}

/// What the readers look for, and what breaks texts.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"'",
    b"`",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b":",
    b"=",
    b"=>",
    b"&",
    b"?",
    b"#",
    b"%",
    b"%3D",
    b"%253D",
    b"\n",
    b"\n\n",
    b"<",
    b"<!--",
    b"<error>",
    b"</",
    b"&#x",
    b"&quot;",
    b"\xff",
    b"\xef\xbc\x9a",
    b"\xe2\x94\x82",
    b"\x1b[",
    b"\x1b]",
    b"error",
    b"Error",
    b"error_description",
    b"code=",
    b"://",
    b"AADSTS",
    b"(4,",
    b"authError=",
    b" 401 ",
    b"Bearer ",
    b"\\u0022",
    b"\\x22",
    b"Authorization: ",
    b"] Authentication failed",
    b"OAuth error: ",
    b"invalid_grant",
    b"InvalidGrant",
    b": ",
    b" ",
    b"\t",
    b"|",
    b"> ",
    b"eyJlcnJvciI6",
    b"string(3) ",
    b"Some(",
    b"<<",
    b">>",
    b"[error] => ",
    b"redirect_uri",
    b"_",
    b"&#x;",
    "é‹".as_bytes(),
    b"\\u00",
    b"\\x",
];

const WAYS: usize = 22;

/// One of the things that happen to a text on its way into a clipboard.
fn mutate(text: &str, other: &str, way: usize, dice: &mut SmallRng) -> String {
    match way {
        0 => piece(text, dice).to_owned(),
        1 => format!("{}{}", piece(text, dice), piece(other, dice)),
        2 => format!("{text}\n{other}"),
        3 => json(text),
        4 => json(&json(text)),
        5 => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        6 => text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('\'', "&#39;"),
        7 => format!("data={}", STANDARD.encode(text)),
        8 => format!("https://a.example/x?d={}", URL_SAFE_NO_PAD.encode(text)),
        9 => wrap(text, dice.random_range(20..120)),
        10 => prefixed(text, "> "),
        11 => prefixed(text, "web-1  | "),
        12 => prefixed(text, "2026-03-02T12:00:01.123Z stderr F "),
        13 => format!("\u{1b}[31m{text}\u{1b}[0m"),
        14 => format!("{text}\n").repeat(dice.random_range(1..5)),
        15 => format!("{{\"level\":\"error\",\"msg\":{},\"body\":{}}}", json(text), json(other)),
        16 => format!("<html><body><p>{text}</p><script>var x = {};</script></body></html>", json(other)),
        17 => format!("https://a.example/cb?error_description={}", utf8_percent_encode(text, NON_ALPHANUMERIC)),
        18 => text.replace('"', "'"),
        19 => text.replace('"', "\u{201d}"),
        20 => format!("b'{text}'"),
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..dice.random_range(1..6) {
                let at = dice.random_range(0..=bytes.len());
                bytes.insert(at, dice.random());
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

fn reads_well(bytes: &[u8]) {
    let lines = Paste::new(bytes).text.split('\n').count();
    let facts = error_reader::read(bytes, "argument").to_json();
    for candidate in facts["error"]["candidates"].as_array().into_iter().flatten() {
        let line = candidate["line"].as_u64().and_then(|line| usize::try_from(line).ok()).expect("a line");
        assert!((1..=lines).contains(&line), "line {line} of {lines}: {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn real_wordings_are_read_whatever_happened_to_them() {
    let wordings = texts();
    rounds(ROUNDS, |dice| {
        let mut text = wordings[dice.random_range(0..wordings.len())].clone();
        for _ in 0..dice.random_range(0..4) {
            let other = &wordings[dice.random_range(0..wordings.len())];
            text = mutate(&text, other, dice.random_range(0..WAYS), dice);
            text.truncate(text.floor_char_boundary(8000));
        }
        reads_well(text.as_bytes());
    });
}

#[test]
fn junk_is_read() {
    rounds(ROUNDS, |dice| {
        let mut bytes = Vec::new();
        if dice.random_bool(0.2) {
            bytes.resize(dice.random_range(0..2000), 0);
            dice.fill_bytes(&mut bytes);
        }
        for _ in 0..dice.random_range(0..300) {
            bytes.extend_from_slice(PIECES[dice.random_range(0..PIECES.len())]);
        }
        reads_well(&bytes);
    });
}

#[test]
fn a_text_with_junk_in_it_is_read() {
    let texts = texts();
    rounds(10 * ROUNDS, |dice| {
        let mut bytes = texts[dice.random_range(0..texts.len())].clone().into_bytes();
        bytes.truncate(1500);
        for _ in 0..dice.random_range(1..8) {
            let at = dice.random_range(0..=bytes.len());
            match dice.random_range(0..3) {
                0 => drop(bytes.splice(at..at, PIECES[dice.random_range(0..PIECES.len())].iter().copied())),
                1 => bytes.truncate(at),
                _ => bytes.insert(at, dice.random()),
            }
        }
        reads_well(&bytes);
    });
}

/// A text that holds a secret by its name, as programs print it.
fn planted(name: &str, secret: &str, dice: &mut SmallRng) -> String {
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    match dice.random_range(0..14) {
        0 => format!("{{\"error\":\"invalid_grant\",\"{name}\":\"{secret}\"}}"),
        1 => format!("{{'error': 'invalid_client', '{name}': '{secret}', 'x': 1}}"),
        2 => format!("{{\"error\"=>\"invalid_client\", \"{name}\"=>\"{secret}\"}}"),
        3 => format!("http://127.0.0.1:7998/cb?{name}={encoded}&error=access_denied"),
        4 => format!("grant_type=authorization_code&{name}={encoded}&client_id=x"),
        5 => format!("data: '{name}={encoded}&grant_type=refresh_token',"),
        6 => format!("Authorization: Bearer {secret}\nerror: invalid_token"),
        7 => format!("curl -H 'Authorization: Bearer {secret}' https://a.example/me # invalid_token"),
        8 => format!("Authorization: Basic {}\nerror: invalid_client", STANDARD.encode(format!("id:{secret}"))),
        9 => format!("http://user:{encoded}@proxy.example:3128/ said error: access_denied"),
        10 => format!("Array ( [error] => invalid_grant [{name}] => {secret} )"),
        11 => format!("{name}={secret} error=invalid_grant"),
        12 => format!("error: invalid_grant\n{name}: {secret}\n"),
        _ => format!("{{\"error\":\"invalid_grant\",\"error_description\":\"no: {name}={encoded}\"}}"),
    }
}

#[test]
fn no_planted_secret_comes_out() {
    // Those that leave a text a text: cutting takes a secret's name from it, and then nobody can know it.
    let ways = [2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15, 16, 17, 20];
    let wordings = texts();
    rounds(ROUNDS, |dice| {
        let (name, secret) = SECRETS[dice.random_range(0..SECRETS.len())];
        let mut text = planted(name, secret, dice);
        for _ in 0..dice.random_range(0..3) {
            let other = &wordings[dice.random_range(0..wordings.len())];
            text = mutate(&text, other, ways[dice.random_range(0..ways.len())], dice);
        }
        let shown = error_reader::read(&text, "argument").to_json().to_string().to_lowercase();
        let encoded = STANDARD.encode(format!("id:{secret}")).to_lowercase();
        assert!(!shown.contains(CANARY) && !shown.contains(&encoded), "{text}\n{shown}");
    });
}

/// Time is what is measured, so the bound is generous: a quadratic reader takes 64 times as long for 8 times the text.
#[test]
fn eight_times_the_text_takes_about_eight_times_as_long() {
    let wordings = texts();
    let mut dice = SmallRng::seed_from_u64(8);
    for way in 0..WAYS {
        let text = &wordings[dice.random_range(0..wordings.len())];
        let other = &wordings[dice.random_range(0..wordings.len())];
        let unit = format!("{} ", mutate(text, other, way, &mut dice));
        let time = |size: usize| {
            let text = unit.repeat(size.div_ceil(unit.len()));
            let begin = Instant::now();
            error_reader::read(&text, "argument");
            begin.elapsed()
        };
        let (mut small, mut large) = (Duration::MAX, Duration::MAX);
        let linear = (0..6).any(|_| {
            small = small.min(time(16_000));
            large = large.min(time(128_000));
            large < 30 * small + Duration::from_millis(200)
        });
        assert!(linear, "{small:?} and {large:?} for {unit:?}");
    }
}
