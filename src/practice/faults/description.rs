//! Faults of what a provider says of itself (RFC 8414): nothing, too little, something untrue; and of what it promises there
//! and does not keep.

use super::Answer::{self, Back, NoIssuer, OtherIssuer};
use super::Described::{Nowhere, With};
use super::Place::{Challenge, Consent, Discovery, NotPushed};
use super::{PLAIN, Row, body, row};

const NOT_FOUND: Answer = body(404, PLAIN, "Not Found");

pub(super) const ROWS: &[Row] = &[
    row(
        "dcr_not_supported_or_rejected",
        "absent",
        Discovery,
        NOT_FOUND,
        "oidc-provider 9.13.3 without registration, recorded: a description that names no registration endpoint",
    )
    .described(With(r#"{"registration_endpoint": null}"#)),
    row(
        "dcr_not_supported_or_rejected",
        "no-description",
        Discovery,
        NOT_FOUND,
        "Authlib 1.9.9, recorded: no description at either well-known address",
    )
    .described(Nowhere),
    row(
        "dcr_not_supported_or_rejected",
        "dead-endpoints",
        Discovery,
        NOT_FOUND,
        "a description that was left behind when the server moved",
    )
    .described(With(
        r#"{"registration_endpoint": "{origin}/old/register", "token_endpoint": "{origin}/old/token", "authorization_endpoint": "{origin}/old/authorize"}"#,
    )),
    row(
        "dcr_not_supported_or_rejected",
        "other-issuer",
        Discovery,
        NOT_FOUND,
        "RFC 8414, 3.3: a description of somebody else must not be used; here its endpoint is dead, too",
    )
    .described(With(r#"{"issuer": "https://login.other.example", "registration_endpoint": "{origin}/other/register"}"#)),
    row(
        "pkce_failure",
        "plain-only",
        Challenge,
        Back(&[("error", "invalid_request"), ("error_description", "Transform algorithm not supported.")]),
        "oauthlib, source; RFC 7636, 4.4.1",
    )
    .described(With(r#"{"code_challenge_methods_supported": ["plain"]}"#)),
    row(
        "pkce_failure",
        "promised",
        Challenge,
        Back(&[("error", "invalid_request"), ("error_description", r#"Unsupported PKCE challenge method ("S256")."#)]),
        "Dex, source: dexidp/dex#1784; its description promises S256 all the same",
    ),
    row(
        "invalid_request_malformed",
        "pushed",
        NotPushed,
        Back(&[
            ("error", "invalid_request"),
            ("error_description", "Pushed Authorization Request must be used"),
        ]),
        "oidc-provider 9.13.3, source",
    )
    .described(With(r#"{"require_pushed_authorization_requests": true}"#)),
    row(
        "state_mismatch",
        "issuer",
        Consent,
        OtherIssuer("https://login.other.example"),
        "RFC 9207, 2.4: another server's answer (mix-up)",
    ),
    row(
        "state_mismatch",
        "issuer-missing",
        Consent,
        NoIssuer,
        "RFC 9207, 2.4: promised in the description, and not sent",
    ),
];
