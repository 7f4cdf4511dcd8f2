//! The table of faults: everything that can go wrong at a provider, in the words of the servers that say so.
//!
//! One row is one thing that one kind of server does. The plain row of a cause (no variant) says it clearly; the variants
//! say it in other servers' words, down to those that say almost nothing. Words are quoted, not improved.
//! `{origin}`, `{client_id}` and `{redirect_uri}` in them are replaced by those of the request, `{now}` by the time, `{now+5s}`
//! and the like by a time near it (RFC 9110, 5.6.7).

mod authorize;
mod consent;
mod description;
mod device;
mod registration;
mod shown;
mod token;
mod token_more;
mod way;

use super::fault::Fault;

/// The causes that a provider, or the way to it, can show, in the order of the list of causes.
pub const CAUSES: [&str; 26] = [
    "redirect_uri_mismatch",
    "invalid_client_credentials",
    "client_not_found",
    "invalid_or_expired_code",
    "pkce_failure",
    "state_mismatch",
    "access_denied_by_user",
    "consent_or_admin_approval_required",
    "insufficient_scope",
    "invalid_scope",
    "unverified_email",
    "app_suspended_or_blocked",
    "unsupported_grant_or_response_type",
    "invalid_request_malformed",
    "refresh_token_invalid",
    "device_code_pending",
    "device_code_expired",
    "device_flow_disabled",
    "dcr_not_supported_or_rejected",
    "interaction_or_login_required",
    "user_not_assigned_or_restricted",
    "rate_limited",
    "provider_server_error",
    "non_json_response",
    "tls_failure",
    "clock_skew",
];

/// Where a fault arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `GET /authorize`, before the request is looked at.
    Door,
    /// `GET /authorize`: the redirect URI that was sent first is not registered; another authsome version's is.
    Redirect,
    /// The same, but the login comes first: found out only when Authorize is pressed.
    AfterLogin,
    /// `GET /authorize`, client and redirect URI being right.
    Ask,
    /// The same, if the request was not pushed before (RFC 9126).
    NotPushed,
    /// The same, if the challenge is an S256 one (RFC 7636, 4.3).
    Challenge,
    /// Authorize was pressed.
    Consent,
    /// `POST /token`, before client and code are looked at.
    Token,
    /// `POST /token`, client and code being right; the code is used up.
    Exchange,
    /// `POST /token` with a refresh token; access tokens live 30 s, so that it comes to that.
    Refresh,
    /// `POST /device/code`.
    DeviceStart,
    /// `POST /token` with a device code.
    DevicePoll,
    /// The same, and the interval grows by five seconds (RFC 8628, 3.5).
    DeviceHaste,
    /// The same, after a device code of 3 s life that nobody can approve in time.
    DeviceExpiry,
    /// `POST /register`.
    Registration,
    /// The description (RFC 8414), the only place where the registration endpoint is named; then `POST /register`.
    Discovery,
    /// Every connection: the certificate that is shown.
    Connection,
}

impl Place {
    pub const fn words(self) -> &'static str {
        match self {
            Self::Door | Self::Redirect | Self::Ask | Self::NotPushed | Self::Challenge => "authorization page",
            Self::AfterLogin | Self::Consent => "after Authorize",
            Self::Token | Self::Exchange => "token",
            Self::Refresh => "refresh",
            Self::DeviceStart => "device start",
            Self::DevicePoll | Self::DeviceHaste | Self::DeviceExpiry => "device poll",
            Self::Registration => "registration",
            Self::Discovery => "discovery",
            Self::Connection => "connection",
        }
    }
}

/// What a fault answers.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// A page of ours with these words on it.
    Page { status: u16, title: &'static str, words: &'static [&'static str] },
    /// A body as it goes over the wire; an empty media type sends none.
    Body { status: u16, media: &'static str, headers: &'static [(&'static str, &'static str)], text: &'static str },
    /// The browser is sent back to the redirect URI with these parameters, the state, and `iss`.
    Back(&'static [(&'static str, &'static str)]),
    /// The same, to the redirect URI that *is* registered.
    BackToRegistered(&'static [(&'static str, &'static str)]),
    /// All goes well, but the state that comes back is another one.
    OtherState,
    /// All goes well, but no state comes back.
    NoState,
    /// All goes well, but the issuer that comes back is this one (RFC 9207, 2.4).
    OtherIssuer(&'static str),
    /// All goes well, but no issuer comes back.
    NoIssuer,
    /// All goes well, but only these scopes are granted.
    Granted(&'static str),
    /// The same answer, so many seconds late.
    Late(u64, &'static Answer),
    /// A body that ends before the length that its header names.
    Torn { status: u16, media: &'static str, text: &'static str, length: usize },
    /// No answer: the connection is reset.
    Reset,
    /// No answer: the certificate of the connection is this one.
    Certificate(Certificate),
}

/// The certificate that https connections show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// A right one, by an authority that was made at the start: only who is told of it trusts it.
    OwnAuthority,
    Expired,
    /// Of another host.
    OtherName,
    /// By a company's product that opens connections on the way.
    Interceptor,
}

/// What the provider says of itself while a fault lasts.
#[derive(Clone, Copy, Debug)]
pub enum Described {
    Rightly,
    /// With these changes (JSON Merge Patch, RFC 7396).
    With(&'static str),
    /// 404.
    Nowhere,
}

/// One fault.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub cause: &'static str,
    /// Empty for the plain row.
    pub variant: &'static str,
    pub place: Place,
    pub answer: Answer,
    pub described: Described,
    /// Who says so, and how we know.
    pub source: &'static str,
}

impl Row {
    /// What `--fault` takes: `CAUSE` or `CAUSE:variant`.
    pub fn name(&self) -> String {
        let joint = if self.variant.is_empty() { "" } else { ":" };
        format!("{}{joint}{}", self.cause, self.variant)
    }

    /// The login flow that meets this fault, as authsome names it.
    pub const fn flow(&self) -> &'static str {
        match self.place {
            Place::DeviceStart | Place::DevicePoll | Place::DeviceHaste | Place::DeviceExpiry => "device_code",
            Place::Registration | Place::Discovery => "dcr_pkce",
            _ => "pkce",
        }
    }
}

const PARTS: [&[Row]; 8] = [
    authorize::ROWS,
    consent::ROWS,
    token::ROWS,
    token_more::ROWS,
    device::ROWS,
    registration::ROWS,
    description::ROWS,
    way::ROWS,
];

/// Every row, the plain row of a cause before its variants.
pub fn table() -> impl Iterator<Item = &'static Row> {
    let rows = || PARTS.into_iter().flatten();
    CAUSES.into_iter().flat_map(move |cause| {
        let of_cause = move || rows().filter(move |row| row.cause == cause);
        of_cause().filter(|row| row.variant.is_empty()).chain(of_cause().filter(|row| !row.variant.is_empty()))
    })
}

/// Every fault that can be asked for.
pub fn all() -> impl Iterator<Item = Fault> {
    table().map(Fault::of)
}

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

const fn row(cause: &'static str, variant: &'static str, place: Place, answer: Answer, source: &'static str) -> Row {
    Row { cause, variant, place, answer, described: Described::Rightly, source }
}

impl Row {
    const fn described(self, described: Described) -> Self {
        Self { described, ..self }
    }
}

const fn json(status: u16, text: &'static str) -> Answer {
    Answer::Body { status, media: JSON, headers: &[], text }
}

const fn body(status: u16, media: &'static str, text: &'static str) -> Answer {
    Answer::Body { status, media, headers: &[], text }
}

const fn page(status: u16, title: &'static str, words: &'static [&'static str]) -> Answer {
    Answer::Page { status, title, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_exactly_one_plain_row() {
        for cause in CAUSES {
            assert_eq!(table().filter(|row| row.cause == cause && row.variant.is_empty()).count(), 1, "{cause}");
        }
    }

    #[test]
    fn no_row_is_lost_for_a_misspelt_cause() {
        let rows = PARTS.concat();
        assert_eq!(rows.len(), table().count());
        for row in rows {
            assert!(!row.source.is_empty(), "{} does not say who says so", row.name());
        }
    }

    #[test]
    fn json_words_are_json() {
        for row in table() {
            if let Answer::Body { media: JSON, text, .. } = row.answer {
                serde_json::from_str::<serde_json::Value>(text)
                    .unwrap_or_else(|problem| panic!("{}: {problem}", row.name()));
            }
        }
    }
}
