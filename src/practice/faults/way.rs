//! Faults of the way to a provider and of the machines at both ends: late, torn and missing answers, clocks, certificates.

use super::Answer::{self, Late, Reset, Torn};
use super::Place::{Connection, Exchange, Registration, Token};
use super::{Certificate, HTML, JSON, Row, body, row};

/// nginx's built-in page for a server behind it that does not answer in time.
const GATEWAY_TIMEOUT: Answer = body(
    504,
    HTML,
    "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
);

pub(super) const ROWS: &[Row] = &[
    row("provider_server_error", "slow", Token, Late(3, &GATEWAY_TIMEOUT), "nginx, its built-in page, after a wait"),
    row(
        "provider_server_error",
        "unavailable",
        Token,
        Answer::Body {
            status: 503,
            media: HTML,
            headers: &[("retry-after", "120")],
            text: "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        },
        "nginx, its built-in page",
    ),
    row(
        "provider_server_error",
        "torn",
        Token,
        Torn { status: 200, media: JSON, text: r#"{"access_tok"#, length: 512 },
        "a server or proxy that dies in the middle of an answer",
    ),
    row("provider_server_error", "reset", Token, Reset, "a firewall, or a server that dies: connection reset by peer"),
    row(
        "provider_server_error",
        "reset-registration",
        Registration,
        Reset,
        "a firewall, or a server that dies: connection reset by peer",
    ),
    row(
        "non_json_response",
        "half",
        Token,
        body(200, "application/json;charset=UTF-8", r#"{"token_type":"Bearer","expires_in":36"#),
        "a proxy that cuts a body and mends its length",
    ),
    row(
        "rate_limited",
        "date",
        Token,
        Answer::Body {
            status: 429,
            media: JSON,
            headers: &[("date", "{now}"), ("retry-after", "{now+90s}")],
            text: r#"{"error":"too_many_requests"}"#,
        },
        "RFC 9110, 10.2.3: Retry-After as a date",
    ),
    row(
        "clock_skew",
        "",
        Exchange,
        Answer::Body {
            status: 400,
            media: JSON,
            headers: &[("date", "{now+3h}")],
            text: r#"{"error":"invalid_grant","error_description":"Token used before issued"}"#,
        },
        "jwt-go, reported: greenpau/caddy-security#13; the Date is three hours ahead",
    ),
    row(
        "clock_skew",
        "google",
        Exchange,
        Answer::Body {
            status: 400,
            media: JSON,
            headers: &[("date", "{now-3h}")],
            text: r#"{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."}"#,
        },
        "Google, reported",
    ),
    row(
        "clock_skew",
        "entra",
        Token,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[("date", "{now+3h}")],
            text: r#"{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range.","error_codes":[700024]}"#,
        },
        "Microsoft Entra, documented",
    ),
    row(
        "clock_skew",
        "keycloak",
        Token,
        Answer::Body {
            status: 400,
            media: JSON,
            headers: &[("date", "{now+3h}")],
            text: r#"{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: Token is not active"}"#,
        },
        "Keycloak, source; reported by users of Axway Amplify",
    ),
    row(
        "tls_failure",
        "",
        Connection,
        Answer::Certificate(Certificate::OwnAuthority),
        "a company's own authority: SSL_CERT_FILE names it",
    ),
    row("tls_failure", "expired", Connection, Answer::Certificate(Certificate::Expired), "any provider, once"),
    row(
        "tls_failure",
        "other-name",
        Connection,
        Answer::Certificate(Certificate::OtherName),
        "a captive portal, or a hosts file; seen as such once the authority is trusted",
    ),
    row(
        "tls_failure",
        "interceptor",
        Connection,
        Answer::Certificate(Certificate::Interceptor),
        "Zscaler, reported: the name of its authority",
    ),
];
