//! Where in a login an error arose: by the words around it, the endpoint that it names, or the code itself.

use super::codes;
use super::reading::Reading;

/// A step of `error.step`, with the reason.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: &'static str,
    pub strength: Strength,
    pub because: String,
}

/// What a step is concluded from; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The request's own name for it.
    Named,
    Words,
    Endpoint,
    Code,
    /// What is most often meant.
    Guess,
    /// The address that a person is to visit, which does not tell how it went.
    Shown,
}

/// Is this the path of an OAuth callback?
pub fn is_callback(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.contains("callback") || path.ends_with("/cb") || path.contains("/redirect")
}

/// Is this URL on this machine, where only a callback comes back with an error?
pub fn is_loopback(url: &str) -> bool {
    ["://127.0.0.1", "://localhost", "://[::1]"].iter().any(|host| url.contains(host))
}

/// What the parameters of a URL tell of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Came {
    /// It holds a code or an error: a browser came back with it.
    pub back: bool,
    pub with_error: bool,
    /// It asks for an authorization.
    pub to_visit: bool,
}

/// Takes the step from the path of a URL, or of a request line, that the text names.
pub fn from_path(path: &str, came: Came, reading: &mut Reading) {
    // The surest reason stands already.
    if reading.step.as_ref().is_some_and(|step| step.strength <= Strength::Endpoint) {
        return;
    }
    let path = &path[..path.floor_char_boundary(500)];
    let lower = path.to_ascii_lowercase();
    let last = lower.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let step = match last {
        _ if came.back && (is_callback(&lower) || is_loopback(&lower)) => "callback",
        "token" | "access_token" | "oauth.access" | "oauth.v2.access" => "token",
        "register" | "reg" | "registration" => "registration",
        _ if lower.contains("/device") => "device",
        "authorize" | "auth" | "authorization" => "authorize",
        _ if lower.contains("/error") => "authorize",
        _ if came.back => "callback",
        _ => return,
    };
    let shown = path.split("://").last().unwrap_or(path);
    let shown = &shown[..shown.floor_char_boundary(80)];
    let strength = match () {
        () if came.with_error && step == "callback" => Strength::Words,
        () if came.to_visit => Strength::Shown,
        () => Strength::Endpoint,
    };
    reading.note_step(step, strength, format!("it names {shown}"));
}

/// The step in which a code belongs, where nothing surer told.
pub fn from_code(code: &str, reading: &mut Reading) {
    if let Some(step) = codes::find(code).and_then(|known| known.step) {
        reading.note_step(step, Strength::Code, format!("{code} belongs there"));
    }
}

/// The step that is most often meant by a code with some words; comes before what other words make likely.
pub fn guess(codes: &[String], text: &str, reading: &mut Reading) {
    let has = |code: &str| codes.iter().any(|known| known == code);
    if has("invalid_grant") && text.contains("redirect") {
        reading.note_step("token", Strength::Guess, "invalid_grant for a redirect URI is said there");
    } else if has("invalid_client") {
        reading.note_step("token", Strength::Guess, "invalid_client is said there most often");
    }
}

/// The step in which Microsoft's numbers belong.
pub fn from_numbers(reading: &mut Reading) {
    let known = |number: &String| NUMBERS.iter().find(|(_, numbers)| numbers.contains(&number.as_str()));
    if let Some((number, (step, _))) = reading.numbers.iter().find_map(|number| Some((number.clone(), known(number)?)))
    {
        reading.note_step(step, Strength::Words, format!("{number} belongs there"));
    }
}

const NUMBERS: &[(&str, &[&str])] = &[
    ("refresh", &["AADSTS700082", "AADSTS70043", "AADSTS50173", "AADSTS700084", "AADSTS700081"]),
    (
        "token",
        &[
            "AADSTS54005",
            "AADSTS7000215",
            "AADSTS7000218",
            "AADSTS7000222",
            "AADSTS7000216",
            "AADSTS700025",
            "AADSTS50012",
            "AADSTS70002",
            "AADSTS501481",
            "AADSTS50148",
            "AADSTS9002313",
            "AADSTS9002325",
            "AADSTS9002326",
            "AADSTS9002327",
            "AADSTS700027",
            "AADSTS7000112",
            "AADSTS28000",
            "AADSTS28002",
            "MSIS9612",
            "MSIS9609",
            "MSIS9607",
            "MSIS9622",
            "AADB2C90080",
            "AADB2C90088",
            "AADB2C90090",
            "AADB2C90085",
            "ID2052",
            "KOE320",
            "KOE310",
            "KOE010",
            "KOE303",
        ],
    ),
    ("device", &["AADSTS70016", "AADSTS70018", "AADSTS70019", "AADSTS70020"]),
    ("callback", &["AADSTS65004", "AADB2C90091", "AADB2C90118"]),
    (
        "authorize",
        &[
            "AADSTS50011",
            "AADSTS500113",
            "AADSTS500117",
            "AADSTS700016",
            "AADSTS65001",
            "AADSTS65005",
            "AADSTS90094",
            "AADSTS90095",
            "AADSTS90093",
            "AADSTS70011",
            "AADSTS700054",
            "AADSTS700051",
            "AADSTS50020",
            "AADSTS50105",
            "AADSTS50058",
            "AADSTS650053",
            "AADSTS650052",
            "AADSTS650056",
            "AADSTS900144",
            "AADSTS900561",
            "AADSTS90002",
            "AADSTS50194",
            "AADSTS53003",
            "AADSTS50034",
            "AADSTS90023",
            "AADSTS9002332",
            "AADSTS700038",
            "MSIS9224",
            "MSIS9223",
            "AADB2C90006",
            "AADB2C90007",
            "AADB2C90205",
            "ID2043",
            "KOE006",
            "KOE101",
            "KOE205",
            "KOE004",
            "KOE033",
        ],
    ),
];
