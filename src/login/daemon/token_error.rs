//! The provider's own words where authsome kept only the status: the token endpoint is asked once more, in the same way, with
//! a code that cannot be valid. Only with the person's consent, with the client that the person gives, and once.

use super::Ground;
use crate::login::ask;
use crate::login::failure::Failure;
use crate::login::mend::Next;
use crate::login::plan::Plan;
use crate::login::steps;
use crate::login::story::Story;
use crate::oauth::token_probe::{TokenProbe, Verdict};
use crate::prompt::Answer;
use crate::sink::{Doc, Style};

/// Did authsome drop the body of the answer? It does where the status is not 200 (0.5.0 to 0.7.2).
pub fn is_lost(error: &str) -> bool {
    error.contains("Token exchange failed: 4")
}

/// Replaces what the status alone says by what the provider says, where that can be had.
pub fn recover(ground: &Ground, plan: &mut Plan, story: &mut Story, failure: &mut Failure) {
    let Ok(token_url) = plan.token_url() else { return };
    if !agreed(ground, plan, &token_url, story) {
        return;
    }
    let Some(client) = plan.client.clone().filter(|_| given(plan)) else { return };
    let mut going = Story::begin(&steps::TOKEN_AGAIN);
    let probe = match TokenProbe::new(&token_url, &client, &plan.redirect_uri, plan.offline) {
        Ok(probe) => probe,
        Err(why) => {
            story.end(going, "warned", &why.to_string());
            return;
        }
    };
    let told = probe.ask(&ground.setup.recorder);
    going.wire(&told.exchange);
    let words = told.reading.why.clone();
    match told.reading.verdict {
        Verdict::ClientRefused | Verdict::RedirectRefused => {
            // The answer is about what was sent in the login too: it counts as the login's own.
            failure.facts.root.remove("error");
            failure.facts.merge(Failure::answered(plan, &steps::SWAP, &told.exchange).facts);
            failure.facts.set("login.token_probe", word(told.reading.verdict));
        }
        verdict @ (Verdict::ClientAccepted | Verdict::Unclear) => {
            failure.facts.set("login.token_probe", word(verdict));
        }
    }
    failure.facts.set("login.token_probe_because", words.clone());
    story.end(going, "done", &words);
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ClientRefused => "client_refused",
        Verdict::ClientAccepted => "client_accepted",
        Verdict::RedirectRefused => "redirect_refused",
        Verdict::Unclear => "unclear",
    }
}

/// The client is the person's: typed or named in this run, never taken out of the vault.
fn given(plan: &Plan) -> bool {
    matches!(plan.client_from, "flag" | "prompt")
}

fn agreed(ground: &Ground, plan: &mut Plan, token_url: &url::Url, story: &Story) -> bool {
    if plan.offline {
        return false;
    }
    if !ground.setup.prompt.is_interactive() {
        return ground.setup.yes && given(plan);
    }
    let mut doc = Doc::new();
    let why = format!(
        "The provider refused the token request, and authsome kept the status and threw its words away. They can be had: \
         {token_url} is asked once more as authsome asked it, with a code that cannot be valid. Nothing is changed by it."
    );
    doc.push(Style::Warn, "? ").flow(Style::Plain, 2, why).newline();
    story.say(&doc);
    let question = if given(plan) {
        "Ask, with the client id and secret that you gave"
    } else {
        "Ask? Client id and secret are wanted for it, the secret is not shown"
    };
    if ground.setup.prompt.confirm(question, true) != Answer::Given(true) {
        return false;
    }
    given(plan) || ask::client(ground.setup, plan) == Next::Again
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_authsome_dropped_is_asked_for_again() {
        let said = |text: &str| is_lost(&format!("AuthenticationFailedError: [p] Authentication failed: {text}"));
        assert!(said("Token exchange failed: 401 Client Error: Unauthorized for url: https://p.example/token"));
        assert!(said("Token exchange failed: 400 Client Error: Bad Request for url: https://p.example/token"));
        assert!(!said("Token exchange error: bad_verification_code — The code passed is incorrect or expired."));
        assert!(!said("Token exchange failed: HTTPConnectionPool(host='p.example', port=443): Max retries exceeded"));
        assert!(!said("OAuth error: access_denied"));
    }
}
