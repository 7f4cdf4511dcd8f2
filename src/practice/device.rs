//! Device authorization (RFC 8628): start, the page where the person enters the code, and the polls.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::answer::{self, Request};
use super::authorize::scopes;
use super::clients::Client;
use super::fault::Injected;
use super::faults::Place;
use super::grants::{Approval, DEVICE_MEMORY, Device, Token, random};
use super::params::Params;
use super::token::{from_client, granted, issue};
use super::{Provider, SCOPES, Shared};

const LIFE: Duration = Duration::from_mins(15);
/// The life of a code that must run out (the fault `device_code_expired`).
const DOOMED_LIFE: Duration = Duration::from_secs(3);
/// One second, where the RFC's default is five: practising should not mean waiting.
const INTERVAL: Duration = Duration::from_secs(1);
/// What `slow_down` adds to the interval (RFC 8628, 3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// How much too early a poll may come, for clocks and sockets that are not exact.
const GRACE: Duration = Duration::from_millis(100);
/// No vowels, so that no word comes out; nothing that looks like something else (RFC 8628, 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// `POST /device/code` (RFC 8628, 3.1)
pub async fn start(State(provider): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let (params, client) = match from_client(&provider, &headers, &body) {
        Ok(known) => known,
        Err(response) => return *response,
    };
    let scopes = scopes(&params);
    if scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return answer::error(StatusCode::BAD_REQUEST, "invalid_scope", "the scopes here are read, write and admin");
    }
    if let Some(row) = provider.fault_at(Place::DeviceStart) {
        provider.spend_fault();
        return answer::fault(&provider, row, &Request { client_id: &client.id, ..Request::default() });
    }
    let doomed = provider.fault_at(Place::DeviceExpiry).is_some();
    if doomed {
        provider.spend_fault();
    }
    let life = if doomed { DOOMED_LIFE } else { LIFE };
    let (device_code, user_code) = (random(), user_code());
    let verification_uri = format!("{}/device", provider.origin);
    let body = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": verification_uri,
        "verification_uri_complete": format!("{verification_uri}?user_code={user_code}"),
        "expires_in": life.as_secs(),
        "interval": INTERVAL.as_secs(),
    });
    let begun = Device {
        client_id: client.id.clone(),
        user_code,
        scopes,
        approval: Approval::Pending,
        person: String::new(),
        expires: Instant::now() + life,
        interval: INTERVAL,
        last_poll: None,
        doomed,
    };
    provider.grants.open().devices.put(&device_code, DEVICE_MEMORY, begun);
    answer::json(StatusCode::OK, &body)
}

/// Eight letters, as in `WDJB-MJHT`: 34 bits, for fifteen minutes.
fn user_code() -> String {
    let letters = || (0..4).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect::<String>();
    format!("{}-{}", letters(), letters())
}

/// What a person types, as the code is kept: case and punctuation do not matter (RFC 8628, 6.1).
fn typed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// The device that waits for this code, if it still can be approved.
fn waiting(provider: &Provider, entered: &str) -> Option<Device> {
    let wanted = typed(entered);
    let mut shelves = provider.grants.open();
    let device = shelves.devices.find(|device| typed(&device.user_code) == wanted)?;
    let open = device.approval == Approval::Pending && !device.doomed && device.expires > Instant::now();
    open.then(|| device.clone())
}

const NO_SUCH_CODE: &str = "That code is wrong, has expired, or was used already. Look at your device and try again.";

/// The page that asks for consent.
fn ask(provider: &Provider, device: &Device) -> Response {
    let client = provider.clients.find(&device.client_id);
    let name = client.as_ref().map_or(device.client_id.as_str(), |client| &client.name);
    provider.pages.device(&device.user_code, Some(name), &device.scopes, "")
}

/// `GET /device`: asks for the code; with the code, for consent.
pub async fn show(State(provider): Shared, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let Some(entered) = params.get("user_code") else { return provider.pages.device("", None, &[], "") };
    match waiting(&provider, entered) {
        Some(device) => ask(&provider, &device),
        None => provider.pages.device(entered, None, &[], NO_SUCH_CODE),
    }
}

/// `POST /device`: a button was pressed.
pub async fn decide(State(provider): Shared, body: Bytes) -> Response {
    let params = Params::parse(&body);
    let entered = params.get("user_code").unwrap_or_default();
    let Some(device) = waiting(&provider, entered) else {
        return provider.pages.device(entered, None, &[], NO_SUCH_CODE);
    };
    let (approval, title, words) = match params.get("decision") {
        Some("authorize") => (Approval::Granted, "Connected", "Your device is connected. You can close this page."),
        Some("deny") => (Approval::Denied, "Denied", "Nothing was authorized. You can close this page."),
        _ => return ask(&provider, &device),
    };
    if let Some(held) = provider.grants.open().devices.find(|held| held.user_code == device.user_code) {
        held.approval = approval;
        params.get("person").unwrap_or("pat").clone_into(&mut held.person);
    }
    provider.pages.message(StatusCode::OK, title, &[words.to_owned()])
}

/// `POST /token` with a device code (RFC 8628, 3.4 and 3.5)
pub fn poll(provider: &Provider, client: &Client, params: &Params) -> Response {
    let refuse = |error, words| answer::error(StatusCode::BAD_REQUEST, error, words);
    let Some(code) = params.get("device_code") else {
        return refuse("invalid_request", "missing required parameter 'device_code'");
    };
    let mut shelves = provider.grants.open();
    let Some(device) = shelves.devices.get(code).filter(|device| device.client_id == client.id) else {
        return refuse("invalid_grant", "the device code is wrong or was used already");
    };
    let now = Instant::now();
    if device.expires <= now {
        let said = provider.fault.as_ref().map(Injected::row).filter(|_| device.doomed);
        return said.map_or_else(
            || refuse("expired_token", "device code is expired"),
            |row| answer::fault(provider, row, &Request { client_id: &client.id, ..Request::default() }),
        );
    }
    let too_soon = device.last_poll.replace(now).is_some_and(|last| now.duration_since(last) + GRACE < device.interval);
    if too_soon {
        device.interval += SLOWER;
        return refuse("slow_down", "polled sooner than the interval allows");
    }
    let slower = provider.fault_at(Place::DeviceHaste);
    if slower.is_some() {
        device.interval += SLOWER;
    }
    if let Some(row) = slower.or_else(|| provider.fault_at(Place::DevicePoll)) {
        provider.spend_fault();
        return answer::fault(provider, row, &Request { client_id: &client.id, ..Request::default() });
    }
    match device.approval {
        Approval::Pending => refuse("authorization_pending", "the person has not decided yet"),
        Approval::Denied => refuse("access_denied", "the person denied the request"),
        Approval::Granted => {
            let (scopes, person) = (granted(&device.scopes), device.person.clone());
            shelves.devices.take(code);
            drop(shelves);
            issue(provider, Token { client_id: client.id.clone(), scopes, person, family: random(), used: false })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_code_is_eight_letters_that_spell_nothing() {
        let code = user_code();
        assert_eq!(code.len(), 9);
        assert!(code.bytes().enumerate().all(|(at, letter)| if at == 4 {
            letter == b'-'
        } else {
            LETTERS.contains(&letter)
        }));
    }

    #[test]
    fn a_user_code_may_be_typed_as_people_type() {
        assert_eq!(typed("wdjb mjht"), typed("WDJB-MJHT"));
    }
}
