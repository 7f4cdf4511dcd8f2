//! Two redirect URIs, one under the other, with a mark where they part.

use crate::diagnosis::Finding;
use crate::facts::Facts;

/// Facts that the comparison shows, so the evidence need not.
const SHOWN: &[&str] = &["callback.redirect_uri", "callback.registered.uri", "callback.registered.difference_text"];

pub struct Comparison {
    /// A label and a URI: what is sent, what is registered.
    pub rows: [(String, String); 2],
    /// In characters, where they part.
    pub differs_at: usize,
    /// What the difference is.
    pub says: String,
}

/// The comparison of a finding that rests on both URIs.
pub fn of(finding: &Finding, facts: &Facts) -> Option<Comparison> {
    let rests_on = |name: &str| finding.evidence.iter().any(|evidence| evidence.fact == name);
    if !rests_on("callback.registered.uri") {
        return None;
    }
    let sent = facts.text("callback.redirect_uri")?;
    let registered = facts.text("callback.registered.uri")?;
    let differs_at = sent.chars().zip(registered.chars()).take_while(|(a, b)| a == b).count();
    let mut says = facts.text("callback.registered.difference_text").unwrap_or_default().to_owned();
    if let Some(versions) = facts.text("callback.registered.is_other_version") {
        says = [says, format!("the path of authsome {versions}")]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(": ");
    }
    let sender = facts.text("callback.sender").unwrap_or("authsome");
    let rows = [(format!("{sender} sends"), sent.to_owned()), ("your app has".to_owned(), registered.to_owned())];
    (sent != registered).then_some(Comparison { rows, differs_at, says })
}

pub fn shows(fact: &str) -> bool {
    SHOWN.contains(&fact)
}
