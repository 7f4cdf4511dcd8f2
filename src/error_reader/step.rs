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
    Words,
    Endpoint,
    Code,
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

/// Takes the step from the path of a URL, or of a request line, that the text names.
pub fn from_path(path: &str, came_back: bool, reading: &mut Reading) {
    let lower = path.to_ascii_lowercase();
    let last = lower.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let step = match last {
        _ if came_back && (is_callback(&lower) || is_loopback(&lower)) => "callback",
        "token" | "access_token" | "oauth.access" | "oauth.v2.access" => "token",
        "register" | "reg" | "registration" => "registration",
        _ if lower.contains("/device") => "device",
        "authorize" | "auth" | "authorization" => "authorize",
        _ if lower.contains("/oauth/error") => "authorize",
        _ => return,
    };
    let shown = path.split("://").last().unwrap_or(path);
    let shown = &shown[..shown.floor_char_boundary(80)];
    reading.note_step(step, Strength::Endpoint, format!("it names {shown}"));
}

/// The step in which a code belongs, where nothing else told.
pub fn from_code(code: &str, reading: &mut Reading) {
    if let Some(step) = codes::find(code).and_then(|known| known.step) {
        reading.note_step(step, Strength::Code, format!("{code} belongs there"));
    }
}
