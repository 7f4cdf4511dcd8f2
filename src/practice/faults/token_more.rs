//! Faults at the token endpoint that concern the person, the application, the request or the server itself.

use super::Place::{Exchange, Token};
use super::{Answer, HTML, JSON, PLAIN, Row, body, json, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "consent_or_admin_approval_required",
        "token",
        Exchange,
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented to use the application with ID '{client_id}' named 'practice'. Send an interactive authorization request for this user and resource.","error_codes":[65001],"suberror":"consent_required"}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "insufficient_scope",
        "",
        Exchange,
        Answer::Granted("read"),
        "any provider where the person or a policy grants less",
    ),
    row(
        "insufficient_scope",
        "none",
        Exchange,
        Answer::Granted(""),
        "GitHub, documented: an empty scope is public access only",
    ),
    row(
        "unverified_email",
        "",
        Exchange,
        json(
            200,
            r#"{"error":"unverified_user_email","error_description":"The user must have a verified primary email.","error_uri":"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#unverified_user_email"}"#,
        ),
        "GitHub, documented",
    ),
    row(
        "app_suspended_or_blocked",
        "entra",
        Token,
        json(
            400,
            r#"{"error":"unauthorized_client","error_description":"AADSTS7000112: Application '{client_id}'(practice) is disabled.","error_codes":[7000112]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "unsupported_grant_or_response_type",
        "",
        Token,
        json(400, r#"{"error":"unsupported_grant_type","error_description":"unsupported grant_type requested"}"#),
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "unsupported_grant_or_response_type",
        "bare",
        Token,
        json(400, r#"{"error": "unsupported_grant_type"}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "unsupported_grant_or_response_type",
        "express",
        Token,
        json(
            400,
            r#"{"error":"unauthorized_client","error_description":"Unauthorized client: `grant_type` is invalid"}"#,
        ),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "invalid_request_malformed",
        "",
        Token,
        json(400, r#"{"error":"invalid_request","error_description":"missing required parameter 'grant_type'"}"#),
        "oidc-provider 9.13.3, recorded",
    ),
    row("invalid_request_malformed", "bare", Token, json(400, r#"{"error":"invalid_request"}"#), "RFC 6749, 5.2"),
    row(
        "invalid_request_malformed",
        "express",
        Token,
        json(
            400,
            r#"{"error":"invalid_request","error_description":"Invalid request: content must be application/x-www-form-urlencoded"}"#,
        ),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "invalid_request_malformed",
        "entra",
        Token,
        json(
            400,
            r#"{"error":"invalid_request","error_description":"AADSTS900144: The request body must contain the following parameter: 'grant_type'.","error_codes":[900144]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row("invalid_request_malformed", "empty", Token, body(400, "", ""), "glewlwyd 2.7.5, recorded: says nothing"),
    row(
        "rate_limited",
        "",
        Token,
        Answer::Body {
            status: 429,
            media: JSON,
            headers: &[("retry-after", "5")],
            text: r#"{"ok":false,"error":"ratelimited"}"#,
        },
        "Slack, documented",
    ),
    row(
        "rate_limited",
        "auth0",
        Token,
        Answer::Body {
            status: 429,
            media: JSON,
            headers: &[("retry-after", "5")],
            text: r#"{"error":"too_many_requests","error_description":"Global limit has been reached"}"#,
        },
        "Auth0, reported",
    ),
    row(
        "rate_limited",
        "html",
        Token,
        body(
            429,
            HTML,
            "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        ),
        "nginx, its built-in page",
    ),
    row(
        "provider_server_error",
        "",
        Token,
        json(
            503,
            r#"{"error":"temporarily_unavailable","error_description":"The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server."}"#,
        ),
        "GitLab (Doorkeeper), source",
    ),
    row(
        "provider_server_error",
        "oidc",
        Token,
        json(500, r#"{"error":"server_error","error_description":"oops! something went wrong"}"#),
        "oidc-provider, source",
    ),
    row(
        "provider_server_error",
        "html",
        Token,
        body(
            502,
            HTML,
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        ),
        "nginx, its built-in page",
    ),
    row("provider_server_error", "empty", Token, body(500, "", ""), "any provider whose error handler fails too"),
    row(
        "non_json_response",
        "",
        Token,
        body(
            200,
            HTML,
            "<!DOCTYPE html>\n<html>\n<head><title>Sign in to the network</title></head>\n<body><h1>Welcome to Guest Wi-Fi</h1><form action=\"/login\"><button>Accept and connect</button></form></body>\n</html>\n",
        ),
        "a captive portal",
    ),
    row("non_json_response", "text", Token, body(200, PLAIN, "OK\n"), "a health check in front of the provider"),
    row("non_json_response", "empty", Token, body(200, "", ""), "a gateway that drops the body"),
    row(
        "non_json_response",
        "not-found",
        Token,
        body(
            404,
            HTML,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot POST /token</pre>\n</body>\n</html>\n",
        ),
        "express-oauth-server 4.2.0, recorded: the token URL is wrong",
    ),
];
