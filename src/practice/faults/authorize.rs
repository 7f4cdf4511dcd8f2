//! Faults that show on the authorization page, before anybody signs in.

use super::Answer::{self, Back};
use super::Place::{Ask, Door, Redirect};
use super::{HTML, JSON, Row, body, json, page, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "redirect_uri_mismatch",
        "",
        Redirect,
        page(
            400,
            "Be careful!",
            &[
                "error: redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
            ],
        ),
        "GitHub, in authsome's documentation of callback errors",
    ),
    row(
        "redirect_uri_mismatch",
        "google",
        Redirect,
        page(
            400,
            "Access blocked: practice's request is invalid",
            &[
                "You can't sign in because practice sent an invalid request. You can try again later, or contact the developer about this issue.",
                "If you are a developer of practice, see error details: redirect_uri={redirect_uri}",
                "Error 400: redirect_uri_mismatch",
            ],
        ),
        "Google, reported",
    ),
    row(
        "redirect_uri_mismatch",
        "entra",
        Redirect,
        page(
            200,
            "Sorry, but we're having trouble signing you in.",
            &[
                "AADSTS50011: The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'.",
            ],
        ),
        "Microsoft Entra, documented; status 200 believed",
    ),
    row(
        "redirect_uri_mismatch",
        "slack",
        Redirect,
        page(400, "Oh no!", &["redirect_uri did not match any configured URIs. Passed URI: {redirect_uri}"]),
        "Slack, reported: healthchecks/healthchecks#604",
    ),
    row(
        "redirect_uri_mismatch",
        "keycloak",
        Redirect,
        page(400, "We are sorry...", &["Invalid parameter: redirect_uri"]),
        "Keycloak, reported: keycloak/keycloak#10528",
    ),
    row(
        "redirect_uri_mismatch",
        "oidc",
        Redirect,
        page(
            400,
            "oops! something went wrong",
            &[
                "error: invalid_redirect_uri",
                "error_description: redirect_uri did not match any of the client's registered redirect_uris",
            ],
        ),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "redirect_uri_mismatch",
        "authlib",
        Redirect,
        json(
            400,
            r#"{"error": "invalid_request", "error_description": "Redirect URI {redirect_uri} is not supported by client."}"#,
        ),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "redirect_uri_mismatch",
        "express",
        Redirect,
        json(
            400,
            r#"{"error":"invalid_client","error_description":"Invalid client: `redirect_uri` does not match client value"}"#,
        ),
        "express-oauth-server 4.2.0, recorded: a redirect mistake named invalid_client",
    ),
    row("redirect_uri_mismatch", "empty", Redirect, body(403, "", ""), "glewlwyd 2.7.5, recorded: says nothing"),
    row(
        "client_not_found",
        "",
        Door,
        page(
            401,
            "Access blocked: Authorization Error",
            &["The OAuth client was not found.", "Error 401: invalid_client"],
        ),
        "Google, reported",
    ),
    row(
        "client_not_found",
        "github",
        Door,
        page(404, "404", &["This is not the web page you are looking for."]),
        "GitHub, reported: src-d/code-annotation#253",
    ),
    row(
        "client_not_found",
        "entra",
        Door,
        page(
            200,
            "Sorry, but we're having trouble signing you in.",
            &[
                "AADSTS700016: Application with identifier '{client_id}' was not found in the directory 'Practice'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            ],
        ),
        "Microsoft Entra, documented; status 200 believed",
    ),
    row(
        "client_not_found",
        "oidc",
        Door,
        page(400, "oops! something went wrong", &["error: invalid_client", "error_description: client is invalid"]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "client_not_found",
        "authlib",
        Door,
        json(400, r#"{"error": "invalid_client", "error_description": "The client does not exist on this server."}"#),
        "Authlib 1.9.9, recorded",
    ),
    row("client_not_found", "empty", Door, body(403, "", ""), "glewlwyd 2.7.5, recorded: says nothing"),
    row(
        "pkce_failure",
        "required",
        Ask,
        Back(&[
            ("error", "invalid_request"),
            ("error_description", "Authorization Server policy requires PKCE to be used for this request"),
        ]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "pkce_failure",
        "method",
        Ask,
        Back(&[("error", "invalid_request"), ("error_description", "not supported value of code_challenge_method")]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "consent_or_admin_approval_required",
        "bare",
        Ask,
        Back(&[("error", "consent_required")]),
        "OpenID Connect Core, 3.1.2.6",
    ),
    row(
        "invalid_scope",
        "",
        Ask,
        Back(&[
            ("error", "invalid_scope"),
            ("error_description", "The requested scope is invalid, unknown, or malformed."),
        ]),
        "GitLab (Doorkeeper), source",
    ),
    row("invalid_scope", "bare", Ask, Back(&[("error", "invalid_scope")]), "RFC 6749, 4.1.2.1"),
    row(
        "invalid_scope",
        "google",
        Ask,
        page(
            400,
            "Access blocked: Authorization Error",
            &["Some requested scopes were invalid. {valid=[read], invalid=[write]}", "Error 400: invalid_scope"],
        ),
        "Google, reported",
    ),
    row(
        "app_suspended_or_blocked",
        "google",
        Ask,
        page(
            401,
            "Access blocked: Authorization Error",
            &["The OAuth client was disabled.", "Error 401: disabled_client"],
        ),
        "Google, reported",
    ),
    row(
        "unsupported_grant_or_response_type",
        "response_type",
        Ask,
        Back(&[("error", "unsupported_response_type"), ("error_description", "unsupported response_type requested")]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "invalid_request_malformed",
        "authorize",
        Ask,
        Back(&[("error", "invalid_request"), ("error_description", "missing required parameter 'response_type'")]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "interaction_or_login_required",
        "",
        Ask,
        Back(&[("error", "login_required"), ("error_description", "End-User authentication is required")]),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "interaction_or_login_required",
        "bare",
        Ask,
        Back(&[("error", "interaction_required")]),
        "glewlwyd 2.7.5, recorded",
    ),
    row(
        "interaction_or_login_required",
        "entra",
        Ask,
        Back(&[
            ("error", "login_required"),
            ("error_description", "AADSTS50058: A silent sign-in request was sent but no user is signed in."),
        ]),
        "Microsoft Entra, documented",
    ),
    row(
        "rate_limited",
        "authorize",
        Door,
        Answer::Body {
            status: 429,
            media: HTML,
            headers: &[("retry-after", "5")],
            text: "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        },
        "nginx, its built-in page",
    ),
    row(
        "provider_server_error",
        "authorize",
        Door,
        body(
            500,
            HTML,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Server Error (500)</title>\n</head>\n<body>\n  <h1>Server Error (500)</h1><p></p>\n</body>\n</html>\n",
        ),
        "django-oauth-toolkit 3.4.1 (Django), recorded",
    ),
    row(
        "provider_server_error",
        "express",
        Door,
        Answer::Body {
            status: 503,
            media: JSON,
            headers: &[],
            text: r#"{"error":"server_error","error_description":"Server error: `handle()` did not return a `user` object"}"#,
        },
        "express-oauth-server 4.2.0, recorded",
    ),
];
