//! Every fault of the practice provider, in the words in which a login hears it, is named: its cause comes first, or, where the
//! real answer is vague, stands among the alternatives of the first.

use authsome_doctor::diagnosis::{Finding, diagnose};
use authsome_doctor::error_reader;
use authsome_doctor::facts::Facts;
use authsome_doctor::practice::faults::{Answer, Place, Row, table};
use authsome_doctor::rules::Rules;

const CALLBACK: &str = "http://127.0.0.1:7998/auth/callback/oauth";

/// What a login has in hand when it meets this fault: the text, and the step at which it came. None where the login sees
/// the trouble itself, without a word from the provider.
fn heard(row: &Row) -> Option<(String, &'static str)> {
    let filled = |text: &str| {
        text.replace("{origin}", "http://127.0.0.1:43817")
            .replace("{client_id}", "practice")
            .replace("{redirect_uri}", CALLBACK)
    };
    let step = match row.place {
        Place::Door
        | Place::Redirect
        | Place::AfterLogin
        | Place::Ask
        | Place::NotPushed
        | Place::Challenge
        | Place::Consent => "authorize",
        Place::Token | Place::Exchange => "token",
        Place::Refresh => "refresh",
        Place::DeviceStart | Place::DevicePoll | Place::DeviceHaste | Place::DeviceExpiry => "device",
        Place::Registration | Place::Discovery => "registration",
        // No request gets as far.
        Place::Connection => return None,
    };
    // A client that waits long enough hears the rest.
    let answer = if let Answer::Late(_, later) = row.answer { *later } else { row.answer };
    Some(match answer {
        Answer::Page { status, title, words } => {
            (filled(&format!("HTTP/1.1 {status}\n\n{title}\n{}", words.join("\n"))), step)
        }
        Answer::Body { status, media, headers, text } => {
            let media = if media.is_empty() { String::new() } else { format!("content-type: {media}\n") };
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            (filled(&format!("HTTP/1.1 {status}\n{media}{headers}\n{text}")), step)
        }
        Answer::Back(parameters) | Answer::BackToRegistered(parameters) => {
            let pairs = parameters.iter().map(|(name, value)| (*name, filled(value)));
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            (format!("{CALLBACK}?{query}&state=abcdefgh"), "callback")
        }
        Answer::OtherState
        | Answer::NoState
        | Answer::OtherIssuer(_)
        | Answer::NoIssuer
        | Answer::Granted(_)
        | Answer::Late(..)
        | Answer::Torn { .. }
        | Answer::Reset
        | Answer::Certificate(_) => return None,
    })
}

fn findings(text: &str, step: Option<&str>) -> Vec<Finding> {
    let mut facts: Facts = error_reader::read(text, "login");
    if let Some(step) = step {
        facts.set("error.step", step);
    }
    diagnose(Rules::built_in().over(&facts), &facts).findings
}

fn names(findings: &[Finding], cause: &str) -> bool {
    findings.first().is_some_and(|first| first.cause == cause || first.alternatives.iter().any(|other| other == cause))
}

fn shown(findings: &[Finding]) -> String {
    findings.first().map_or("nothing".to_owned(), |first| format!("{} {:?}", first.rule, first.alternatives))
}

#[test]
fn every_fault_of_the_practice_provider_is_named_in_a_login() {
    let mut wrong = Vec::new();
    let mut heard_so_far = 0;
    for row in table() {
        let Some((text, step)) = heard(row) else { continue };
        heard_so_far += 1;
        let findings = findings(&text, Some(step));
        if !names(&findings, row.cause) {
            wrong.push(format!("{}: {} for {text:?}", row.name(), shown(&findings)));
        }
    }
    assert!(heard_so_far > 100, "only {heard_so_far}");
    assert!(wrong.is_empty(), "{} of {heard_so_far} are not named:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn most_of_them_are_named_by_their_words_alone() {
    let mut wrong = Vec::new();
    let mut heard_so_far = 0;
    for row in table() {
        let Some((text, _)) = heard(row) else { continue };
        let findings = findings(&text, None);
        heard_so_far += 1;
        if !names(&findings, row.cause) {
            wrong.push(format!("{}: {}", row.name(), shown(&findings)));
        }
    }
    assert!(wrong.len() * 8 <= heard_so_far, "{} of {heard_so_far} are not named:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_plain_words_of_a_cause_are_never_the_second_guess() {
    for row in table().filter(|row| row.variant.is_empty()) {
        let Some((text, step)) = heard(row) else { continue };
        let findings = findings(&text, Some(step));
        assert_eq!(
            findings.first().map(|first| first.cause.as_str()),
            Some(row.cause),
            "{}: {}",
            row.name(),
            shown(&findings)
        );
    }
}
