//! The pages shown in the browser. No external resources; strict headers.
//!
//! Foreign text is escaped by the template engine and redacted by the sink; no page holds a secret or a script.

use crate::sink;
use minijinja::{AutoEscape, Environment, context};

/// With every answer of the callback listener: nothing is loaded, stored, framed or told to others.
pub const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// What went wrong, as the terminal says it.
pub struct Trouble {
    pub title: String,
    pub explanation: String,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// The login is done.
pub fn success(provider: &str) -> String {
    render("good", &format!("Logged in to {provider}"), "This tab can be closed. The terminal has the rest.", &[])
}

/// The login failed: the diagnosis that the terminal shows.
pub fn failure(provider: &str, trouble: &Trouble) -> String {
    let title = format!("The login to {provider} did not finish");
    render("bad", &title, &format!("{}\n\n{}", trouble.title, trouble.explanation), &trouble.steps)
}

/// A callback that is not of the login that is running.
pub fn foreign() -> String {
    let text = "This answer does not belong to the login that is running: it comes from an older tab or from somebody \
                else. Close this tab. The login goes on in the tab that was opened last; the terminal says more.";
    render("warn", "Not this login", text, &[])
}

/// Another path, another method.
pub fn nothing_here() -> String {
    let text = "A login is waiting for its answer at this address; this request is not it.";
    render("warn", "Nothing here", text, &[])
}

/// The login has not ended yet.
pub fn waiting() -> String {
    render("warn", "Still at it", "The terminal shows how the login goes on.", &[])
}

fn render(mood: &str, title: &str, text: &str, steps: &[String]) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let clean = |text: &str| sink::safe_block(&sink::redact_text(text));
    let paragraphs: Vec<String> = clean(text).split("\n\n").map(str::to_owned).collect();
    let steps: Vec<String> = steps.iter().map(|step| clean(step)).collect();
    environment
        .render_str(include_str!("page.html"), context! { mood, title => clean(title), paragraphs, steps })
        .expect("the template is ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_inert() {
        let trouble = Trouble {
            title: "<script>alert(1)</script>".into(),
            explanation: "a & b\u{1b}[31m".into(),
            steps: vec!["\"><img src=x>".into()],
        };
        let html = failure("acme", &trouble);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{1b}'), "{html}");
    }

    #[test]
    fn a_page_loads_nothing_and_runs_nothing() {
        for html in [success("acme"), foreign(), nothing_here(), waiting()] {
            for forbidden in ["http://", "https://", "<script", "src=", "@import", "url("] {
                assert!(!html.contains(forbidden), "{forbidden} in {html}");
            }
        }
    }

    #[test]
    fn a_secret_seen_in_this_run_is_on_no_page() {
        let secret = crate::sink::Secret::new("pages-canary-0123456789");
        let trouble = Trouble { title: format!("said {}", secret.expose()), explanation: String::new(), steps: vec![] };
        assert!(!failure("acme", &trouble).contains(secret.expose()));
    }
}
