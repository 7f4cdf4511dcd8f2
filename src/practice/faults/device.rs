//! Faults of the device flow (RFC 8628).

use super::Place::{DeviceExpiry, DeviceHaste, DevicePoll, DeviceStart};
use super::{Answer, Row, body, json, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "access_denied_by_user",
        "device",
        DevicePoll,
        json(400, r#"{"error":"access_denied","error_description":"End-User aborted interaction"}"#),
        "oidc-provider, source",
    ),
    row(
        "access_denied_by_user",
        "device-github",
        DevicePoll,
        json(
            200,
            r#"{"error":"access_denied","error_description":"The authorization request was denied.","error_uri":"https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow"}"#,
        ),
        "GitHub, reported",
    ),
    row(
        "invalid_scope",
        "device",
        DeviceStart,
        json(400, r#"{"error":"invalid_scope","error_description":"Invalid device flow scope: write"}"#),
        "Google, reported",
    ),
    row(
        "device_code_pending",
        "",
        DevicePoll,
        json(
            400,
            r#"{"error":"authorization_pending","error_description":"authorization request is still pending as the end-user hasn't yet completed the user interaction steps"}"#,
        ),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "device_code_pending",
        "bare",
        DevicePoll,
        json(400, r#"{"error": "authorization_pending"}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "device_code_pending",
        "github",
        DevicePoll,
        json(
            200,
            r#"{"error":"authorization_pending","error_description":"The authorization request is still pending.","error_uri":"https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow"}"#,
        ),
        "GitHub, reported",
    ),
    row(
        "device_code_expired",
        "",
        DeviceExpiry,
        json(400, r#"{"error":"expired_token","error_description":"device code is expired"}"#),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "device_code_expired",
        "bare",
        DeviceExpiry,
        json(400, r#"{"error": "expired_token"}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "device_code_expired",
        "github",
        DeviceExpiry,
        json(
            200,
            r#"{"error":"expired_token","error_description":"The `device_code` has expired.","error_uri":"https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow"}"#,
        ),
        "GitHub, reported",
    ),
    row(
        "device_flow_disabled",
        "",
        DeviceStart,
        json(
            400,
            r#"{"error":"device_flow_disabled","error_description":"Device Flow must be explicitly enabled for this App","error_uri":"https://docs.github.com"}"#,
        ),
        "GitHub, reported: octokit/create-octokit-project.js#208",
    ),
    row(
        "device_flow_disabled",
        "oidc",
        DeviceStart,
        json(
            400,
            r#"{"error":"invalid_request","error_description":"urn:ietf:params:oauth:grant-type:device_code is not allowed for this client"}"#,
        ),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "device_flow_disabled",
        "dot",
        DeviceStart,
        json(400, r#"{"error": "invalid_request", "error_description": "Invalid client_id parameter value."}"#),
        "django-oauth-toolkit 3.4.1, recorded: the same words as for an unknown client",
    ),
    row(
        "device_flow_disabled",
        "github-enterprise",
        DeviceStart,
        json(400, r#"{"error":"unauthorized_client"}"#),
        "GitHub Enterprise Server, reported: cli/cli#1583",
    ),
    row(
        "device_flow_disabled",
        "glewlwyd",
        DeviceStart,
        json(400, r#"{"error":"invalid_scope"}"#),
        "glewlwyd 2.7.5, recorded",
    ),
    row(
        "rate_limited",
        "device",
        DeviceHaste,
        json(
            200,
            r#"{"error":"slow_down","error_description":"Too many requests have been made in the same timeframe.","error_uri":"https://docs.github.com","interval":10}"#,
        ),
        "GitHub, reported",
    ),
    row("rate_limited", "device-bare", DeviceHaste, json(400, r#"{"error": "slow_down"}"#), "Authlib 1.9.9, recorded"),
    row(
        "rate_limited",
        "device-oidc",
        DeviceHaste,
        json(
            400,
            r#"{"error":"slow_down","error_description":"you are polling too quickly and should back off at a reasonable rate"}"#,
        ),
        "oidc-provider 9.13.3, source: known there, never sent",
    ),
    row(
        "access_denied_by_user",
        "device-entra",
        DevicePoll,
        json(400, r#"{"error":"authorization_declined"}"#),
        "Microsoft Entra, documented",
    ),
    row(
        "device_code_pending",
        "entra",
        DevicePoll,
        json(
            400,
            r#"{"error":"authorization_pending","error_description":"AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.","error_codes":[70016]}"#,
        ),
        "Microsoft Entra, reported: MSAL's test answers",
    ),
    row(
        "device_code_expired",
        "entra",
        DeviceExpiry,
        json(
            400,
            r#"{"error":"expired_token","error_description":"AADSTS70020: The provided value for the input parameter 'device_code' is not valid. This device code has expired.","error_codes":[70020]}"#,
        ),
        "Microsoft Entra, documented number, words reported",
    ),
    row(
        "provider_server_error",
        "slow-device",
        DeviceStart,
        Answer::Late(7, &GATEWAY_TIMEOUT),
        "any provider under load: this client waits 5 s for a device code",
    ),
];

const GATEWAY_TIMEOUT: Answer = body(504, "", "");
