//! Begins the session, and gives the daemon what it asks for: the client of the provider, where it has none or is given
//! another.

use super::open::failure;
use super::{Ground, Halt, Step, Wish, registration};
use crate::authsome::client::{Field, Session, Start, Trouble};
use crate::login::ask;
use crate::login::failure::Failure;
use crate::login::mend::Next;
use crate::login::plan::{Flow, Plan};
use crate::login::steps;
use crate::login::story::{Going, Story};
use crate::oauth::{Authentication, Client};
use crate::prompt::Answer;
use url::Url;

pub struct Begun {
    pub session: Session,
    /// What the person opens: the provider's page, or the daemon's own form.
    pub url: Option<Url>,
    /// Client id and secret are filled in there, not here.
    pub form_in_browser: bool,
}

pub fn begin(ground: &Ground, plan: &mut Plan, story: &mut Story, wish: &Wish) -> Step<Begun> {
    // A client that was registered for another redirect URI has to go before another is registered.
    if std::mem::take(&mut plan.registration.anew) {
        registration::renew(ground, plan, story)?;
    }
    let mut going = Story::begin(&steps::SESSION);
    let mut session = match start(ground, plan, wish, wish.scopes.as_deref(), wish.base_url.as_deref(), &mut going) {
        Ok(session) => session,
        Err(trouble) => {
            story.end(going, "failed", &trouble.to_string());
            return Err(refused(plan, &trouble).into());
        }
    };
    if session.status == "completed" {
        story.end(going, "done", session.message.as_deref().unwrap_or("already connected"));
        return Ok(Begun { session, url: None, form_in_browser: false });
    }
    let mut fields = if session.wants_input() {
        ground.client.form(&session.id).map_err(|trouble| failure(plan, &steps::SESSION, &trouble))?
    } else {
        Vec::new()
    };
    // Scopes and base URL need no form: said with the request, they are not kept for the provider.
    if !fields.is_empty() && fields.iter().all(|field| !field.name.starts_with("client_")) {
        let base = wish.base_url.clone().or_else(|| default(&fields, "base_url"));
        let scopes = wish.scopes.clone().unwrap_or_else(|| plan.scopes.clone());
        session = start(ground, plan, wish, Some(&scopes), base.as_deref(), &mut going)
            .map_err(|trouble| refused(plan, &trouble))?;
        fields.clear();
    }
    story.end(going, "done", "");
    let given =
        plan.client.as_ref().filter(|_| matches!(plan.client_from, "flag" | "prompt" | "registration")).cloned();
    let begun = match (fields.is_empty(), given) {
        (true, None) => Begun { url: session.url.clone(), session, form_in_browser: false },
        (nothing, given) => fill(ground, plan, story, wish, session, &fields, !nothing, given)?,
    };
    if let Some(url) = begun.url.as_ref().filter(|_| !begun.form_in_browser) {
        take_over(plan, url);
    }
    Ok(begun)
}

fn start(
    ground: &Ground,
    plan: &Plan,
    wish: &Wish,
    scopes: Option<&[String]>,
    base_url: Option<&str>,
    going: &mut Going,
) -> Result<Session, Trouble> {
    let ask = Start {
        provider: &plan.provider,
        connection: &plan.connection,
        flow: wish.flow,
        scopes,
        base_url,
        force: wish.force,
    };
    let session = ground.client.start(&ask)?;
    going.line(format!("POST {}/auth/sessions -> {}, {}", ground.client.daemon.api.prefix, session.id, session.status));
    Ok(session)
}

fn refused(plan: &Plan, trouble: &Trouble) -> Failure {
    match trouble {
        // A registration or a device code that the provider refused comes back as the answer to this request.
        Trouble::Refused { message, .. } => {
            let step = match plan.flow {
                Flow::DcrPkce => &steps::REGISTER,
                Flow::DeviceCode => &steps::DEVICE_START,
                Flow::Pkce => &steps::SESSION,
            };
            Failure::said(plan, step, message.as_bytes(), "login")
        }
        trouble => failure(plan, &steps::SESSION, trouble),
    }
}

fn default(fields: &[Field], name: &str) -> Option<String> {
    fields.iter().find(|field| field.name == name).map(|field| field.default.clone()).filter(|it| !it.is_empty())
}

#[expect(clippy::too_many_arguments, reason = "each is another side of one form")]
/// `wanted`: the daemon has no client yet. `given`: the one that this run was told.
fn fill(
    ground: &Ground,
    plan: &mut Plan,
    story: &mut Story,
    wish: &Wish,
    session: Session,
    fields: &[Field],
    wanted: bool,
    given: Option<Client>,
) -> Step<Begun> {
    let client = match given {
        Some(client) => client,
        None => match typed_or_filled_in(ground, plan)? {
            Some(client) => client,
            None => return Ok(Begun { url: session.url.clone(), session, form_in_browser: true }),
        },
    };
    let mut going = Story::begin(&steps::CLIENT);
    let mut form = vec![("client_id", client.id.as_str())];
    form.extend(client.secret.as_ref().map(|secret| ("client_secret", secret.expose())));
    let scopes = plan.scopes.join(",");
    for field in fields {
        match field.name.as_str() {
            "scopes" => form.push(("scopes", &scopes)),
            "base_url" => form.push(("base_url", wish.base_url.as_deref().unwrap_or(&field.default))),
            "api_url" => form.push(("api_url", &field.default)),
            _ => {}
        }
    }
    let secret = if client.secret.is_some() { "a secret" } else { "no secret" };
    going.line(format!("client id {}, {secret}", client.id));
    let filled = ground.client.fill(&session.id, &form);
    plan.client = Some(client);
    match filled {
        Ok(url) => {
            story.end(
                going,
                "done",
                if wanted { "the daemon keeps it" } else { "it takes the place of what was kept" },
            );
            let session = if url.is_none() || plan.flow == Flow::DeviceCode {
                ground.client.details(&session.id).map_err(|trouble| failure(plan, &steps::CLIENT, &trouble))?
            } else {
                session
            };
            Ok(Begun { url: url.or_else(|| session.url.clone()), session, form_in_browser: false })
        }
        Err(trouble) => {
            story.end(going, "failed", &trouble.to_string());
            Err(refused(plan, &trouble).into())
        }
    }
}

/// `None`: in the daemon's own form, in the browser.
fn typed_or_filled_in(ground: &Ground, plan: &mut Plan) -> Step<Option<Client>> {
    let can_open = ground.facts.truth("browser.can_open") != Some(false);
    if !ground.setup.prompt.is_interactive() {
        // Whoever sits at this machine can fill in the form; where no browser opens, nobody ever would.
        if can_open && plan.browser == crate::login::Browser::Open {
            return Ok(None);
        }
        let words = format!("authsome keeps no client id for {}, and there is nobody here to ask", plan.provider);
        return Err(Failure::seen(plan, &steps::CLIENT, "client_missing", words).into());
    }
    let here = "type client id and secret here (the secret is not shown)".to_owned();
    let there = "fill them in on authsome's page in the browser".to_owned();
    let options = if can_open { vec![here, there, "stop here".to_owned()] } else { vec![here, "stop here".to_owned()] };
    let title = plan.title.clone();
    match ground.setup.prompt.select(&format!("authsome has no client id for {title} yet:"), &options) {
        Answer::Given(0) => match ask::client(ground.setup, plan) {
            Next::Again => Ok(plan.client.clone()),
            Next::Interrupted => Err(Halt::Interrupted),
            Next::Stop => {
                let words = format!("no client id was given for {}", plan.provider);
                Err(Failure::seen(plan, &steps::CLIENT, "client_missing", words).into())
            }
        },
        Answer::Given(1) if can_open => Ok(None),
        _ => Err(Halt::Interrupted),
    }
}

/// What the daemon asks the provider for is read off the address that it made.
fn take_over(plan: &mut Plan, url: &Url) {
    let value = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    if let Some(uri) = value("redirect_uri").and_then(|text| Url::parse(&text).ok()) {
        plan.redirect_uri = uri;
    }
    if let Some(scopes) = value("scope") {
        plan.scopes = crate::oauth::scopes::split(&scopes);
    }
    if let Some(id) = value("client_id") {
        match &mut plan.client {
            Some(client) => client.id = id,
            None => {
                plan.client = Some(Client { id, secret: None, authentication: Authentication::Body });
                plan.client_from = "daemon";
            }
        }
    }
}
