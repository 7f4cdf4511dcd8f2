//! Faults of dynamic client registration (RFC 7591): closed, or open with a policy.

use super::Place::Registration;
use super::{Answer, JSON, PLAIN, Row, body, json, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "dcr_not_supported_or_rejected",
        "",
        Registration,
        json(
            403,
            r#"{"error":"insufficient_scope","error_description":"Policy 'Trusted Hosts' rejected request to client-registration service. Details: Host not trusted."}"#,
        ),
        "Keycloak, reported: keycloak/keycloak#22309",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "token-required",
        Registration,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[("www-authenticate", r#"Bearer realm="practice""#)],
            text: r#"{"error":"invalid_token","error_description":"no access token provided"}"#,
        },
        "oidc-provider 9.13.3, recorded (client configuration endpoint)",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "redirect",
        Registration,
        json(400, r#"{"error":"invalid_redirect_uri","error_description":"redirect_uris must only contain web uris"}"#),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "metadata",
        Registration,
        json(400, r#"{"error": "invalid_client_metadata", "error_description": "Invalid claim: 'redirect_uris'"}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "endpoint-gone",
        Registration,
        body(404, PLAIN, "Not Found"),
        "oidc-provider 9.13.3 without registration, recorded for an unknown path",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "token-rejected",
        Registration,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[(
                "www-authenticate",
                r#"Bearer realm="practice", error="invalid_token", error_description="invalid token provided""#,
            )],
            text: r#"{"error":"invalid_token","error_description":"invalid token provided"}"#,
        },
        "oidc-provider 9.13.3, recorded (client configuration endpoint)",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "redirect-host",
        Registration,
        json(
            403,
            r#"{"error":"insufficient_scope","error_description":"Policy 'Trusted Hosts' rejected request to client-registration service. Details: URI doesn't match any trusted host or domain"}"#,
        ),
        "Keycloak, reported",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "https-required",
        Registration,
        json(400, r#"{"code":"BAD_REQUEST","message":"Redirect URI must use HTTPS: http://127.0.0.1:33418"}"#),
        "ContextStream, reported: contextstream/mcp-server#57 (its words; the shape is believed)",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "grant-type",
        Registration,
        json(
            400,
            r#"{"error":"invalid_client_metadata","error_description":"grant_types can only contain 'authorization_code' or 'implicit'"}"#,
        ),
        "oidc-provider 9.13.3, source",
    ),
    row(
        "dcr_not_supported_or_rejected",
        "software-statement",
        Registration,
        json(400, r#"{"error": "unapproved_software_statement"}"#),
        "RFC 7591, 3.2.2, as Authlib 1.9.9 spells it, source",
    ),
    row(
        "provider_server_error",
        "slow-registration",
        Registration,
        Answer::Late(7, &body(504, "", "")),
        "any provider under load: this client waits 5 s for a registration",
    ),
];
