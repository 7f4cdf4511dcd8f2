//! The robot person: does in a browser's place what somebody does who reads the page and presses a button.
//!
//! It speaks plain HTTP to loopback only, and knows nothing of faults, codes or tokens: it follows redirects, reads the
//! form, presses the button with the right words on it, and tells what it saw last. What it tells holds no query of any
//! address, so no code.

mod html;

use std::time::Duration;

use reqwest::{Client, Response, redirect};
use url::Url;

use html::{Form, visible_text};

/// Which button to press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Authorize,
    Deny,
}

impl Press {
    const fn words(self) -> &'static str {
        match self {
            Self::Authorize => "Authorize",
            Self::Deny => "Deny",
        }
    }
}

/// What a person sees in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Scheme, host, port and path of the last address, without its query.
    pub address: String,
    /// The HTTP status of the last page; none where no page came ("this site can't be reached").
    pub status: Option<u16>,
    /// The visible text of the last page, one line per block.
    pub text: String,
    /// Whether the button was there and was pressed.
    pub pressed: bool,
}

/// Why the robot could not act as asked.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    #[error("not an address that a browser can open: {0}")]
    Address(#[from] url::ParseError),
    #[error("the robot person only visits this machine, not {0}")]
    Elsewhere(String),
    #[error("no browser could be imitated: {0}")]
    Client(reqwest::Error),
    #[error("still being redirected after {MAX_STEPS} pages")]
    Endless,
}

const STEP_TIME: Duration = Duration::from_secs(10);
const MAX_STEPS: usize = 20;
/// Bytes of a page that are read.
const PAGE_LIMIT: usize = 1 << 20;

/// Opens an address (the authorization URL, or `verification_uri_complete`), presses the button, follows to the end.
pub async fn act(address: &str, press: Press) -> Result<Seen, PersonError> {
    let browser = browser()?;
    let mut at = on_this_machine(Url::parse(address)?)?;
    let mut answer = browser.get(at.clone()).send().await;
    let mut pressed = false;
    for _ in 0..MAX_STEPS {
        let page = match answer {
            Ok(page) => page,
            Err(problem) => return Ok(unreachable(&at, &problem, pressed)),
        };
        if let Some(next) = redirection(&page, &at) {
            at = on_this_machine(next)?;
            answer = browser.get(at.clone()).send().await;
            continue;
        }
        let status = page.status().as_u16();
        let source = read(page).await;
        let form = Form::with_button(&source, press.words()).filter(|_| !pressed);
        let Some((form, target)) = form.and_then(|form| at.join(&form.action).ok().map(|target| (form, target))) else {
            return Ok(Seen { address: bare(&at), status: Some(status), text: visible_text(&source), pressed });
        };
        pressed = true;
        at = on_this_machine(target)?;
        answer = browser.post(at.clone()).form(&form.fields).send().await;
    }
    Err(PersonError::Endless)
}

/// No proxy, no automatic redirect: every step is taken here, on this machine. Where nothing leaves the machine no
/// certificate matters: this person presses "go on all the same".
fn browser() -> Result<Client, PersonError> {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .tls_certs_only([])
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(STEP_TIME)
        .user_agent("authsome-practice-person")
        .build()
        .map_err(PersonError::Client)
}

fn on_this_machine(url: Url) -> Result<Url, PersonError> {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if loopback && ["http", "https"].contains(&url.scheme()) {
        Ok(url)
    } else {
        Err(PersonError::Elsewhere(bare(&url)))
    }
}

fn redirection(page: &Response, at: &Url) -> Option<Url> {
    let location = page.headers().get(reqwest::header::LOCATION).filter(|_| page.status().is_redirection())?;
    at.join(location.to_str().ok()?).ok()
}

async fn read(mut page: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = page.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > PAGE_LIMIT {
            bytes.truncate(PAGE_LIMIT);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unreachable(at: &Url, problem: &reqwest::Error, pressed: bool) -> Seen {
    let why = if problem.is_connect() {
        "refused to connect."
    } else if problem.is_timeout() {
        "took too long to respond."
    } else {
        "sent an answer that cannot be read."
    };
    let text = format!("This site can't be reached\n{} {why}", at.host_str().unwrap_or_default());
    Seen { address: bare(at), status: None, text, pressed }
}

/// The address without query, fragment and user.
fn bare(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_robot_never_leaves_this_machine() {
        for address in ["https://example.com/", "http://example.com/", "file:///etc/passwd", "http://10.0.0.1/"] {
            assert!(matches!(act(address, Press::Authorize).await, Err(PersonError::Elsewhere(_))), "{address}");
        }
    }

    #[tokio::test]
    async fn where_nobody_listens_it_sees_what_a_browser_shows_and_tells_no_code() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let seen =
            act(&format!("http://127.0.0.1:{port}/auth/callback/oauth?code=SECRET"), Press::Authorize).await.unwrap();
        assert_eq!(seen.status, None);
        assert!(seen.text.contains("can't be reached"));
        assert!(!format!("{seen:?}").contains("SECRET"));
    }
}
