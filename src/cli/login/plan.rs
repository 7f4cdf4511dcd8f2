//! What a login goes by: the definition, the flow, the client and the addresses, from the command line and what is known.

use super::{FlowWord, LoginArgs};
use crate::authsome;
use crate::cli::app::App;
use crate::cli::definitions;
use crate::cli::input::{self, unreadable, usage};
use crate::definition::{self, AuthorizationMethod, ProviderDefinition};
use crate::diagnosis::RunError;
use crate::login::{Browser, CodeChallenge, Flow, Plan, Registration, Via, practice, stored};
use crate::oauth::{Authentication, Client, listener};
use crate::practice::parse_fault;
use crate::prompt::{Answer, Prompt};
use crate::sink::Secret;
use crate::store::Connection;
use crate::vendors;
use std::time::Duration;
use url::Url;

/// The redirect URI of authsome's documentation.
const DOCUMENTED: &str = "http://127.0.0.1:7998/auth/callback/oauth";

pub fn find_definition(
    app: &App,
    args: &LoginArgs,
    provider: Option<&practice::Practice>,
    prompt: &dyn Prompt,
) -> Result<ProviderDefinition, RunError> {
    let found = match provider {
        Some(practice) => definition::read(practice.definition.to_string().as_bytes(), "practice")
            .map(|document| ProviderDefinition::of(&document))
            .map_err(|broken| unreadable(broken.message))?,
        None => definitions::find(app, &args.provider, args.provider_file.as_deref())?.1,
    };
    let given = args.base_url.as_deref().map(base_url).transpose()?;
    let resolved = found.resolved(given.as_deref());
    if resolved.is_resolved() {
        return Ok(resolved);
    }
    let title = resolved.display_name.as_deref().unwrap_or(&args.provider);
    match prompt.text(&format!("base URL of your {title} (like https://{}.example)", args.provider), "") {
        Answer::Given(text) if !text.trim().is_empty() => Ok(resolved.resolved(Some(&base_url(text.trim())?))),
        _ => Err(usage(format!(
            "the definition of {} is for any server of its kind and does not say which is yours: authsome login {} --base-url https://YOUR-SERVER",
            args.provider, args.provider
        ))),
    }
}

/// What can stand for `{base_url}`: the beginning of an address, to which paths are added.
fn base_url(text: &str) -> Result<String, RunError> {
    let url = input::url(text)?;
    let why = match &url {
        url if !matches!(url.scheme(), "https" | "http") || !url.has_host() => "it is no http or https address",
        url if url.query().is_some() || url.fragment().is_some() => "paths are added to it, so it has no ? and no #",
        _ => return Ok(text.to_owned()),
    };
    Err(usage(format!("{text} cannot be a base URL: {why}; give one like https://git.example")))
}

pub fn plan(
    app: &App,
    args: &LoginArgs,
    definition: ProviderDefinition,
    practice: Option<&practice::Practice>,
    kept: Option<&Connection>,
    prompt: &dyn Prompt,
) -> Result<Plan, RunError> {
    if definition.oauth.is_none() {
        let file = args.provider_file.as_ref().map_or_else(String::new, |file| format!(" {}", file.display()));
        return Err(usage(format!(
            "the definition{file} of {} has no oauth section to log in by: authsome check{file}",
            args.provider
        )));
    }
    let flow = choose_flow(args, &definition)?;
    let (client, client_from) = match practice {
        _ if flow == Flow::DcrPkce && args.client_id.is_none() => (None, "registration"),
        Some(practice) => {
            let secret = Some(practice.client_secret.clone());
            (Some(Client { id: practice.client_id.clone(), secret, authentication: Authentication::Body }), "practice")
        }
        None => client(args, &definition, kept, prompt)?,
    };
    let redirect_uri = match &args.redirect_uri {
        Some(text) => input::url(text)?,
        None if practice.is_some() => Url::parse(DOCUMENTED).expect("is a URL"),
        None => authsome::redirect_uri(&app.host)
            .and_then(|text| Url::parse(&text).ok())
            .unwrap_or_else(|| Url::parse(DOCUMENTED).expect("is a URL")),
    };
    if flow != Flow::DeviceCode {
        can_be_listened_on(&redirect_uri, args.redirect_uri.is_some())?;
    }
    let scopes = match &args.scopes {
        Some(text) => crate::oauth::scopes::split(text),
        None => definition.oauth.as_ref().map(|oauth| oauth.scopes.clone()).unwrap_or_default(),
    };
    let browser = match (args.auto_approve, args.no_browser) {
        (true, _) => Browser::Robot,
        (false, true) => Browser::PrintOnly,
        (false, false) => Browser::Open,
    };
    // A robot that has reported has nothing more to do: nobody else will come.
    let wait = args.wait.unwrap_or(if args.auto_approve { 10 } else { 300 });
    Ok(Plan {
        provider: args.provider.clone(),
        title: definition.display_name.clone().unwrap_or_else(|| args.provider.clone()),
        definition,
        connection: args.connection.clone(),
        via: Via::Standalone,
        flow,
        client,
        client_from,
        registration: Registration::default(),
        store: args.store,
        redirect_uri,
        omit_redirect_uri: false,
        code_challenge: CodeChallenge::default(),
        scopes,
        browser,
        wait: Duration::from_secs(wait),
        offline: app.global.offline,
    })
}

/// What is known before the daemon is asked, which knows the rest: its definition, its client and its redirect URI count.
pub fn for_daemon(app: &App, args: &LoginArgs) -> Result<Plan, RunError> {
    let found = definitions::find(app, &args.provider, None).map(|(_, definition)| definition);
    let definition = found.unwrap_or_else(|_| ProviderDefinition::unknown(&args.provider));
    let definition = definition.resolved(args.base_url.as_deref().map(base_url).transpose()?.as_deref());
    let flow = match args.flow {
        Some(_) => choose_flow(args, &definition)?,
        None => definition.flow.and_then(|flow| Flow::from_word(flow.word())).unwrap_or(Flow::Pkce),
    };
    let secret = args.client_secret_file.as_deref().map(read_secret).transpose()?;
    if secret.is_some() && args.client_id.is_none() {
        return Err(usage("--client-secret-file needs --client-id"));
    }
    let authentication = authentication(&definition);
    let given = args.client_id.clone().map(|id| Client { id, secret, authentication });
    let uri = authsome::redirect_uri(&app.host).and_then(|text| Url::parse(&text).ok());
    Ok(Plan {
        provider: args.provider.clone(),
        title: definition.display_name.clone().unwrap_or_else(|| args.provider.clone()),
        connection: args.connection.clone(),
        via: Via::Daemon,
        flow,
        client_from: if given.is_some() { "flag" } else { "daemon" },
        client: given,
        registration: Registration::default(),
        store: false,
        redirect_uri: uri.unwrap_or_else(|| Url::parse(DOCUMENTED).expect("is a URL")),
        omit_redirect_uri: false,
        code_challenge: CodeChallenge::default(),
        scopes: args.scopes.as_deref().map(crate::oauth::scopes::split).unwrap_or_default(),
        browser: if args.no_browser { Browser::PrintOnly } else { Browser::Open },
        wait: Duration::from_secs(args.wait.unwrap_or(300)),
        offline: app.global.offline,
        definition,
    })
}

/// The browser must come back to this machine, to this program (RFC 8252, 7.3; no fragment: RFC 6749, 3.1.2).
fn can_be_listened_on(redirect_uri: &Url, given: bool) -> Result<(), RunError> {
    let why = match redirect_uri {
        uri if uri.scheme() != "http" => "this program listens in plain http, on loopback only",
        uri if listener::addresses(uri).is_empty() => "its host is not this machine's loopback",
        uri if uri.port() == Some(0) => "port 0 is no address that a browser can come back to",
        uri if uri.fragment().is_some() => "a redirect URI has no fragment (RFC 6749, 3.1.2)",
        _ => return Ok(()),
    };
    let (from, instead) = if given {
        ("--redirect-uri", "give one like http://127.0.0.1:7998/auth/callback/oauth")
    } else {
        (
            "the base URL that authsome is set to (AUTHSOME_BASE_URL)",
            "log in through that daemon (--via daemon), or give --redirect-uri http://127.0.0.1:7998/auth/callback/oauth",
        )
    };
    Err(usage(format!("nobody can be waited for at {redirect_uri}, which comes from {from}: {why}; {instead}")))
}

/// `--flow`, else the definition's; a fault of the device flow or of registration is met only there.
fn choose_flow(args: &LoginArgs, definition: &ProviderDefinition) -> Result<Flow, RunError> {
    match args.flow {
        Some(FlowWord::Pkce) => return Ok(Flow::Pkce),
        Some(FlowWord::DcrPkce) => return Ok(Flow::DcrPkce),
        Some(FlowWord::DeviceCode) => return Ok(Flow::DeviceCode),
        Some(FlowWord::ApiKey | FlowWord::Browser) => {
            return Err(usage("this flow is authsome's own: --via daemon, with an authsome installed"));
        }
        None => {}
    }
    if let Some(fault) = args.fault.as_deref().and_then(|fault| parse_fault(fault).ok())
        && let Some(flow) = Flow::from_word(fault.row().flow())
    {
        return Ok(flow);
    }
    let word = definition.flow.map_or("pkce", definition::Flow::word);
    Flow::from_word(word).ok_or_else(|| usage(format!("{} logs in by {word}, not by OAuth", args.provider)))
}

/// The client id and secret: from the flags, else of the connection that is kept, else asked for.
fn client(
    args: &LoginArgs,
    definition: &ProviderDefinition,
    kept: Option<&Connection>,
    prompt: &dyn Prompt,
) -> Result<(Option<Client>, &'static str), RunError> {
    let authentication = authentication(definition);
    let secret = match &args.client_secret_file {
        Some(file) => Some(read_secret(file)?),
        None => None,
    };
    if let Some(id) = &args.client_id {
        return Ok((Some(Client { id: id.clone(), secret, authentication }), "flag"));
    }
    if let Some(kept) = kept {
        let known = Client { authentication, ..stored::client_of(kept) };
        return Ok((Some(Client { secret: secret.or(known.secret), ..known }), "store"));
    }
    let asked = match prompt.text("client id (from the provider's app settings)", "") {
        Answer::Given(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => {
            let settings = vendors::find(&args.provider).and_then(|v| v.settings_url.clone());
            let page = settings.unwrap_or_else(|| "the provider's app settings".to_owned());
            return Err(usage(format!(
                "no client id is known for {}: create an OAuth app at {page}, then authsome login {} --client-id ID --client-secret-file FILE",
                args.provider, args.provider
            )));
        }
    };
    let secret = match secret {
        Some(secret) => Some(secret),
        None => match prompt.hidden("client secret (empty: none)") {
            Answer::Given(secret) => Some(secret).filter(|s| !s.is_empty()),
            _ => None,
        },
    };
    Ok((Some(Client { id: asked, secret, authentication }), "prompt"))
}

fn authentication(definition: &ProviderDefinition) -> Authentication {
    match definition.oauth.as_ref().map(|oauth| oauth.authorization_method) {
        Some(AuthorizationMethod::Basic) => Authentication::Basic,
        _ => Authentication::Body,
    }
}

fn read_secret(file: &str) -> Result<Secret, RunError> {
    let argument = if file == "-" { "-".to_owned() } else { format!("@{file}") };
    let bytes = input::text_argument(&argument)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(format!("{file}: not UTF-8")))?;
    let secret = text.trim();
    if secret.is_empty() || secret.lines().count() > 1 || secret.len() > 4096 {
        return Err(unreadable(format!("{file} does not hold one client secret on one line")));
    }
    Ok(Secret::new(secret))
}
