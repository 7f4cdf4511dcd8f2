//! What an authorization endpoint's answer is: sent back to us, sent elsewhere, refused, a page. Never follows it, and
//! keeps no code, token or state of it.

use super::words;
use crate::host::Answer;
use url::Url;

/// One answer, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Redirected to the redirect URI that was sent, with a code and without a login.
    Code,
    /// Redirected to the redirect URI that was sent, with an error.
    Back {
        error: Option<String>,
        state_is_ours: bool,
    },
    /// Redirected to another redirect URI: the registered one.
    Elsewhere {
        uri: String,
        error: Option<String>,
    },
    /// Redirected to another page of the provider: most often its login page.
    Moved {
        to: String,
    },
    Refused {
        status: u16,
        code: Option<String>,
        about: About,
    },
    /// 5xx.
    Broken {
        status: u16,
    },
    /// 2xx, a page that says nothing we know.
    Page {
        status: u16,
    },
    /// Bot protection or a rate limit answered, not the authorization endpoint.
    Wall {
        status: u16,
    },
    /// No answer at all.
    Nothing {
        why: String,
    },
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    RedirectUri,
    Client,
    /// It names an error that is about something else.
    Other,
    /// It gives no reason.
    Unsaid,
}

/// Reads the answer to a request for `asked` that sent `redirect_uri` and `state`.
pub fn read(answer: &Answer, asked: &Url, redirect_uri: &str, state: &str) -> Reading {
    let status = answer.status;
    if words::is_wall(answer) {
        return Reading::Wall { status };
    }
    match status {
        300..=399 => match answer.header("location").map(|location| asked.join(location)) {
            Some(Ok(to)) => redirected(status, &to, redirect_uri, state),
            _ => Reading::Page { status },
        },
        400..=499 => {
            let said = words::said(answer);
            Reading::Refused { status, about: words::about(said.code.as_deref(), &said.text), code: said.code }
        }
        500..=599 => Reading::Broken { status },
        _ => {
            let said = words::said(answer);
            match words::refusal_in_page(&said) {
                Some(about) => Reading::Refused { status, code: said.code, about },
                None => Reading::Page { status },
            }
        }
    }
}

fn redirected(status: u16, to: &Url, redirect_uri: &str, state: &str) -> Reading {
    let parameters = Parameters::of(to);
    let state_is_ours = parameters.get("state").as_deref() == Some(state);
    let error = parameters.get("error").map(|error| words::short(&error));
    if Url::parse(redirect_uri).is_ok_and(|sent| same_address(&sent, to)) {
        return match parameters.get("code") {
            Some(_) => Reading::Code,
            None => Reading::Back { error, state_is_ours },
        };
    }
    let mismatch = error.as_deref() == Some("redirect_uri_mismatch");
    let ends_there = error.is_some() || parameters.get("code").is_some();
    if mismatch || (state_is_ours && ends_there) {
        return Reading::Elsewhere { uri: address(to), error };
    }
    if let Some((code, text)) = parameters.get("authError").and_then(|blob| words::auth_error(&blob)) {
        let about = words::about(Some(&code), &text);
        return Reading::Refused { status, code: Some(code), about };
    }
    let error_page = to.path_segments().is_some_and(|mut segments| segments.any(|segment| segment == "error"));
    if error.is_some() || error_page {
        let text = parameters.get("error_description").unwrap_or_default();
        return Reading::Refused { status, about: words::about(error.as_deref(), &text), code: error };
    }
    Reading::Moved { to: masked(to) }
}

/// Query and fragment: some servers answer in the one, some in the other.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(url: &Url) -> Self {
        let fragment = url::form_urlencoded::parse(url.fragment().unwrap_or_default().as_bytes());
        Self(url.query_pairs().chain(fragment).map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

fn same_address(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
        && a.path() == b.path()
}

/// Scheme, host, port and path: the rest can hold a code.
fn address(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    bare.to_string()
}

/// Host and path, with what looks like a nonce replaced by a star, so that two answers can be compared.
fn masked(url: &Url) -> String {
    let segment = |segment: &str| {
        let nonce = segment.len() >= 16 && segment.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        if nonce { "*".to_owned() } else { segment.to_owned() }
    };
    let path: Vec<String> = url.path().split('/').map(segment).collect();
    format!("{}{}", url.host_str().unwrap_or_default(), path.join("/"))
}

impl Reading {
    /// In a few words, for evidence: nothing secret is in it.
    pub fn in_short(&self) -> String {
        match self {
            Self::Code => "sent back to the redirect URI with a code, without a login".to_owned(),
            Self::Back { error: Some(error), .. } => format!("sent back to the redirect URI with {error}"),
            Self::Back { error: None, .. } => "sent back to the redirect URI".to_owned(),
            Self::Elsewhere { uri, error: Some(error) } => format!("sent to {uri} with {error}"),
            Self::Elsewhere { uri, error: None } => format!("sent to {uri}"),
            Self::Moved { to } => format!("sent to {to}"),
            Self::Refused { status, code: Some(code), .. } => format!("{status} {code}"),
            Self::Refused { status, code: None, .. } => format!("{status} without an error code"),
            Self::Broken { status } => format!("{status}"),
            Self::Page { status } => format!("{status}, a page"),
            Self::Wall { status } => format!("{status} from a bot protection or rate limit"),
            Self::Nothing { why } => format!("no answer: {why}"),
        }
    }

    /// Do both say the same, nonces aside?
    pub fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused { status: a, code: c, .. }, Self::Refused { status: b, code: d, .. }) => a == b && c == d,
            _ => self == other,
        }
    }
}
