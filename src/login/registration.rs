//! The client of `dcr_pkce`: the one that is kept, where the provider still has it with our redirect URI; else a new one,
//! registered with exactly that (RFC 7591, 7592).

use super::attempt::{Ground, Stop};
use super::failure::Failure;
use super::metadata::{self, WITHOUT_HASTE};
use super::plan::Plan;
use super::steps;
use super::story::{Going, Story};
use crate::oauth::registration::{self, Management, ReadBack, Registered};
use crate::oauth::{Authentication, Client};
use crate::sink;
use crate::store::Registration;
use url::Url;

/// Gives the plan its client.
pub fn client(ground: &Ground, plan: &mut Plan, story: &mut Story) -> Result<(), Stop> {
    if let Some(kept) = kept(ground, plan) {
        let mut going = Story::begin(&steps::KEPT);
        match still_good(ground, plan, &mut going, &kept) {
            Ok((client, decision)) => {
                story.end(going, "done", decision);
                take(plan, client, "store");
                return Ok(());
            }
            Err(why) => story.end(going, "done", &format!("{why}: register anew")),
        }
    }
    let registered = register(ground, plan, story)?;
    take(plan, registered.client, "registration");
    Ok(())
}

fn take(plan: &mut Plan, client: Client, from: &'static str) {
    plan.client = Some(client);
    plan.client_from = from;
    plan.registration.redirect_uri = Some(plan.redirect_uri.clone());
}

/// The client that was kept, unless it is of another provider or was of no use.
fn kept(ground: &Ground, plan: &Plan) -> Option<Registration> {
    let kept = ground.setup.registrations.as_ref()?.read(&plan.provider, &plan.connection)?;
    let same = plan.authorization_url().is_ok_and(|url| url.as_str() == kept.authorization_endpoint);
    (same && !plan.registration.anew).then_some(kept)
}

/// The client, and why it is used; or why not.
fn still_good(
    ground: &Ground,
    plan: &Plan,
    going: &mut Going,
    kept: &Registration,
) -> Result<(Client, &'static str), String> {
    let here = plan.redirect_uri.as_str();
    going.line(format!("client {}, registered on {}", kept.client_id, kept.registered_at.strftime("%Y-%m-%d")));
    if kept.client_secret_expires_at.is_some_and(|end| end <= ground.setup.host.clock.now()) {
        return Err("its secret has run out".to_owned());
    }
    if !kept.redirect_uris.iter().any(|uri| uri == here) {
        return Err(format!(
            "it was registered for {}, and this login listens on {here}",
            kept.redirect_uris.join(", ")
        ));
    }
    let as_kept = of_kept(kept);
    let read = match &as_kept.management {
        Some(management) if !plan.offline => registration::read_back(ground.recorder, &as_kept, management),
        _ => None,
    };
    let Some((told, exchange)) = read else {
        return Ok((as_kept.client, "used again; the provider offers no way to look at it"));
    };
    going.wire(&exchange);
    match told {
        ReadBack::Gone => Err("the provider does not know it any more".to_owned()),
        ReadBack::Untold => {
            Ok((as_kept.client, "used again, though the provider did not say whether it still knows it"))
        }
        ReadBack::Known(now) => match &now.redirect_uris {
            Some(uris) if !uris.iter().any(|uri| uri == here) => {
                Err(format!("the provider has it with {}, and this login listens on {here}", uris.join(", ")))
            }
            _ => {
                // The provider may change secret and token at every reading (RFC 7592, 3), and the old ones end.
                if changed(&as_kept, &now) {
                    keep(ground, plan, going, &now, kept.registered_at);
                }
                Ok((now.client, "used again: the provider has it with exactly our redirect URI"))
            }
        },
    }
}

fn changed(before: &Registered, now: &Registered) -> bool {
    let token = |it: &Registered| it.management.as_ref().map(|it| it.registration_access_token.expose().to_owned());
    let secret = |it: &Registered| it.client.secret.as_ref().map(|secret| secret.expose().to_owned());
    token(before) != token(now) || secret(before) != secret(now)
}

fn of_kept(kept: &Registration) -> Registered {
    let authentication =
        Authentication::from_registered(&kept.token_endpoint_auth_method).unwrap_or(Authentication::None);
    let uri = kept.registration_client_uri.as_ref().and_then(|uri| Url::parse(uri).ok());
    Registered {
        client: Client { id: kept.client_id.clone(), secret: kept.client_secret.clone(), authentication },
        redirect_uris: Some(kept.redirect_uris.clone()),
        secret_expires_at: kept.client_secret_expires_at,
        management: uri.zip(kept.registration_access_token.clone()).map(
            |(registration_client_uri, registration_access_token)| Management {
                registration_client_uri,
                registration_access_token,
            },
        ),
    }
}

fn register(ground: &Ground, plan: &Plan, story: &mut Story) -> Result<Registered, Stop> {
    let mut going = Story::begin(&steps::REGISTER);
    let found = ground.discovery.within(WITHOUT_HASTE);
    if let Some(foreign) = found.and_then(|found| found.foreign.as_ref()) {
        let at = sink::redact_url(foreign.at.as_str());
        going.line(format!("{at} names the issuer {}, which was not asked: not used (RFC 8414, 3.3)", foreign.issuer));
    }
    let metadata = metadata::ours(plan, found);
    if let Some(metadata) = metadata {
        going.line(format!("metadata: {}", sink::redact_url(metadata.at.as_str())));
    }
    // What the person wrote down wins over what was found.
    let endpoint = plan.registration_endpoint().or_else(|| metadata?.registration_endpoint.clone());
    let Some(endpoint) = endpoint else {
        let words = "neither the definition nor the provider's metadata names a registration endpoint";
        story.end(going, "failed", words);
        let text = format!("registration_endpoint is missing: {words}");
        return Err(Failure::said(plan, &steps::REGISTER, text.as_bytes(), "login").into());
    };
    let supported = metadata.and_then(|metadata| metadata.token_endpoint_auth_methods_supported.as_deref());
    let authentication = registration::choose(supported);
    let (registered, exchange) =
        registration::register(ground.recorder, &endpoint, &plan.redirect_uri, &plan.scopes, authentication);
    going.wire(&exchange);
    let Some(registered) = registered else {
        story.end(going, "failed", "the provider registers no client for us");
        return Err(Failure::answered(plan, &steps::REGISTER, &exchange).into());
    };
    if plan.store {
        keep(ground, plan, &mut going, &registered, ground.setup.host.clock.now());
    }
    story.end(going, "done", "a client of our own, with exactly our redirect URI");
    Ok(registered)
}

/// Keeps the client. A login does not fail for want of it.
fn keep(ground: &Ground, plan: &Plan, going: &mut Going, it: &Registered, registered_at: jiff::Timestamp) {
    let (Some(registrations), Ok(endpoint)) = (&ground.setup.registrations, plan.authorization_url()) else { return };
    let management = it.management.as_ref();
    let registration = Registration {
        authorization_endpoint: endpoint.into(),
        client_id: it.client.id.clone(),
        client_secret: it.client.secret.clone(),
        client_secret_expires_at: it.secret_expires_at,
        token_endpoint_auth_method: it.client.authentication.registered().to_owned(),
        redirect_uris: it.redirect_uris.clone().unwrap_or_else(|| vec![plan.redirect_uri.to_string()]),
        registration_client_uri: management.map(|it| it.registration_client_uri.to_string()),
        registration_access_token: management.map(|it| it.registration_access_token.clone()),
        registered_at,
    };
    match registrations.write(&plan.provider, &plan.connection, &registration) {
        Ok(_) => going.line("kept for the next login, readable by you alone"),
        Err(error) => going.line(format!("it could not be kept: {error}")),
    }
}
