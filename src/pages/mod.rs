//! The pages shown in the browser. No external resources; strict headers.
//!
//! Foreign text is escaped by the template engine and redacted by the sink; no page holds a secret or a script.

use crate::sink;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{AutoEscape, Environment, context};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");

/// With every answer of the callback listener: nothing is loaded, run, stored, framed or told to others. The empty icon
/// keeps browsers from asking for one.
pub fn headers() -> Vec<(&'static str, String)> {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let fixed = [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name, value.to_owned()));
    fixed.chain([("content-security-policy", policy)]).collect()
}

/// What the login gave.
pub struct Connected<'a> {
    /// For people.
    pub provider: &'a str,
    pub connection: &'a str,
    /// The scopes that were granted.
    pub scopes: &'a [String],
}

/// What went wrong, as the terminal says it.
pub struct Trouble {
    pub title: String,
    pub explanation: String,
    /// How we know, a sentence each.
    pub evidence: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

pub struct Step {
    pub title: String,
    /// What to type or open; empty where there is nothing.
    pub typed: String,
    /// What to read; empty where the title says it all.
    pub note: String,
}

const CLOSE: &str = "This tab can be closed. The terminal has the rest.";
const BACK_THERE: &str = "The terminal says the same, and the login goes on from there.";

/// The login is done.
pub fn success(connected: &Connected) -> String {
    let title = format!("Logged in to {}", connected.provider);
    render(&Page { connected: Some(connected), last: CLOSE, ..Page::new("good", "Login complete", &title) })
}

/// A credential, but scopes that were asked for are missing.
pub fn fewer_scopes(connected: &Connected, trouble: &Trouble) -> String {
    let page = Page::new("warn", "Logged in, with less than was asked for", &trouble.title);
    render(&Page { connected: Some(connected), trouble: Some(trouble), last: BACK_THERE, ..page })
}

/// The login failed: the diagnosis that the terminal shows.
pub fn failure(provider: &str, trouble: &Trouble) -> String {
    let mark = format!("The login to {provider} did not finish");
    render(&Page { trouble: Some(trouble), last: BACK_THERE, ..Page::new("bad", &mark, &trouble.title) })
}

/// A callback that is not of the login that is running.
pub fn foreign() -> String {
    let text = "This answer does not belong to the login that is running: it comes from an older tab or from somebody \
                else. Close this tab. The login goes on in the tab that was opened last; the terminal says more.";
    render(&Page { last: text, ..Page::new("warn", "Nothing was done", "Not this login") })
}

/// Another path, another method.
pub fn nothing_here() -> String {
    let text = "A login is waiting for its answer at this address; this request is not it.";
    render(&Page { last: text, ..Page::new("warn", "Nothing was done", "Nothing here") })
}

/// The login has not ended yet.
pub fn waiting() -> String {
    let text = "The terminal shows how the login goes on.";
    render(&Page { last: text, ..Page::new("warn", "Not done yet", "Still at it") })
}

struct Page<'a> {
    mood: &'static str,
    mark: &'a str,
    title: &'a str,
    connected: Option<&'a Connected<'a>>,
    trouble: Option<&'a Trouble>,
    last: &'a str,
}

impl<'a> Page<'a> {
    fn new(mood: &'static str, mark: &'a str, title: &'a str) -> Self {
        Self { mood, mark, title, connected: None, trouble: None, last: "" }
    }
}

fn render(page: &Page) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let connected = page.connected.map(|it| {
        let scopes: Vec<String> = it.scopes.iter().map(|scope| clean(scope)).collect();
        context! { provider => clean(it.provider), connection => clean(it.connection), scopes }
    });
    let (explanation, evidence, steps) =
        page.trouble.map_or(("", &[][..], &[][..]), |it| (it.explanation.as_str(), &it.evidence, &it.steps));
    // A browser breaks lines by itself, and at other places than a terminal.
    let paragraphs = clean(explanation).split("\n\n").map(|text| text.trim().replace('\n', " ")).collect::<Vec<_>>();
    let steps = steps.iter().map(|step| {
        context! { title => clean(&step.title), typed => clean(&step.typed), note => clean(&step.note) }
    });
    environment
        .render_str(
            include_str!("page.html"),
            context! {
                style => STYLE,
                mood => page.mood,
                mark => clean(page.mark),
                title => clean(page.title),
                connected,
                paragraphs => paragraphs.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>(),
                evidence => evidence.iter().map(|one| clean(one)).collect::<Vec<_>>(),
                steps => steps.collect::<Vec<_>>(),
                last => page.last,
            },
        )
        .expect("the template is ours")
}

fn clean(text: &str) -> String {
    sink::safe_block(&sink::redact_text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_inert() {
        let bad = "\"><script>alert(1)</script><img src=x>\u{1b}[31m";
        let trouble = Trouble {
            title: bad.into(),
            explanation: bad.into(),
            evidence: vec![bad.into()],
            steps: vec![Step { title: bad.into(), typed: bad.into(), note: bad.into() }],
        };
        let connected = Connected { provider: bad, connection: bad, scopes: &[bad.to_owned()] };
        for html in [failure(bad, &trouble), success(&connected), fewer_scopes(&connected, &trouble)] {
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{1b}'), "{html}");
        }
    }

    #[test]
    fn a_page_loads_nothing_and_runs_nothing() {
        let connected = Connected { provider: "Acme", connection: "default", scopes: &[] };
        for html in [success(&connected), foreign(), nothing_here(), waiting()] {
            for forbidden in ["http://", "https://", "<script", "src=", "@import", "url("] {
                assert!(!html.contains(forbidden), "{forbidden} in {html}");
            }
        }
    }

    #[test]
    fn a_secret_seen_in_this_run_is_on_no_page() {
        let secret = crate::sink::Secret::new("pages-canary-0123456789");
        let said = format!("said {}", secret.expose());
        let step = Step { title: said.clone(), typed: said.clone(), note: said.clone() };
        let trouble =
            Trouble { title: said.clone(), explanation: said.clone(), evidence: vec![said], steps: vec![step] };
        assert!(!failure("acme", &trouble).contains(secret.expose()));
    }

    #[test]
    fn success_says_what_was_connected_and_that_the_tab_may_be_closed() {
        let scopes = ["read".to_owned(), "write".to_owned()];
        let html = success(&Connected { provider: "GitHub", connection: "work", scopes: &scopes });
        for words in ["Logged in to GitHub", "work", "<code>read</code> <code>write</code>", "can be closed"] {
            assert!(html.contains(words), "{words} is not in {html}");
        }
    }

    #[test]
    fn the_style_is_the_one_that_the_policy_lets_in() {
        let html = waiting();
        let style = html.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
        let hash = STANDARD.encode(Sha256::digest(style));
        let headers = headers();
        let policy = &headers.iter().find(|(name, _)| *name == "content-security-policy").unwrap().1;
        assert!(policy.contains(&hash) && !policy.contains("unsafe"), "{policy}");
    }
}
