//! A client that was registered for another redirect URI: authsome would use it for ever. Another is registered, with exactly
//! the redirect URI that the daemon sends (RFC 7591), and takes its place there.

use super::{Ground, Halt, Step};
use crate::login::failure::Failure;
use crate::login::metadata::{self, WITHOUT_HASTE};
use crate::login::plan::Plan;
use crate::login::steps;
use crate::login::story::Story;
use crate::oauth::discovery::Discovery;
use crate::oauth::{Authentication, registration};
use crate::prompt::Answer;

/// Registers it; the next session is given it.
pub fn renew(ground: &Ground, plan: &mut Plan, story: &mut Story) -> Step<()> {
    let question = format!(
        "A new client is registered at {}, with {}, and takes the place of the one that authsome keeps. Connections that were \
         made with the old one last until their tokens run out. Go on?",
        plan.title, plan.redirect_uri
    );
    if !ground.setup.yes && ground.setup.prompt.confirm(&question, true) != Answer::Given(true) {
        return Err(Halt::Interrupted);
    }
    let mut going = Story::begin(&steps::REGISTER);
    let recorder = &ground.setup.recorder;
    let discovery = Discovery::new(recorder, plan.issuers());
    discovery.begin();
    let found = metadata::ours(plan, discovery.within(WITHOUT_HASTE));
    let named = || found.and_then(|metadata| metadata.registration_endpoint.clone());
    let Some(endpoint) = plan.registration_endpoint().or_else(named) else {
        let words = "neither the definition nor the provider's metadata names a registration endpoint";
        story.end(going, "failed", words);
        let text = format!("registration_endpoint is missing: {words}");
        return Err(Failure::said(plan, &steps::REGISTER, text.as_bytes(), "login").into());
    };
    // As authsome registers its own: with a secret, which goes into the body.
    let (uri, scopes) = (&plan.redirect_uri, &plan.scopes);
    let (registered, exchange) = registration::register(recorder, &endpoint, uri, scopes, Authentication::Body);
    going.wire(&exchange);
    let Some(registered) = registered else {
        story.end(going, "failed", "the provider registers no client for us");
        return Err(Failure::answered(plan, &steps::REGISTER, &exchange).into());
    };
    plan.client = Some(registered.client);
    plan.client_from = "registration";
    story.end(going, "done", "a client with exactly the daemon's redirect URI");
    Ok(())
}
