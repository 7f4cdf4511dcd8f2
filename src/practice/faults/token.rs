//! Faults at the token endpoint that concern client, code and verifier.

use super::Place::{Exchange, Refresh, Token};
use super::{Answer, JSON, Row, json, row};

/// oidc-provider's one answer to everything that is wrong with a grant.
const GRANT_REQUEST_IS_INVALID: Answer =
    json(400, r#"{"error":"invalid_grant","error_description":"grant request is invalid"}"#);

pub(super) const ROWS: &[Row] = &[
    row(
        "redirect_uri_mismatch",
        "token",
        Exchange,
        json(
            200,
            r#"{"error":"redirect_uri_mismatch","error_description":"The redirect_uri MUST match the registered callback URL for this application.","error_uri":"/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#redirect-uri-mismatch2"}"#,
        ),
        "GitHub, documented",
    ),
    row(
        "redirect_uri_mismatch",
        "token-express",
        Exchange,
        json(400, r#"{"error":"invalid_request","error_description":"Invalid request: `redirect_uri` is invalid"}"#),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "redirect_uri_mismatch",
        "token-slack",
        Exchange,
        json(200, r#"{"ok":false,"error":"bad_redirect_uri"}"#),
        "Slack, documented",
    ),
    row(
        "invalid_client_credentials",
        "",
        Token,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[(
                "www-authenticate",
                r#"Basic realm="practice", error="invalid_client", error_description="client authentication failed""#,
            )],
            text: r#"{"error":"invalid_client","error_description":"client authentication failed"}"#,
        },
        "oidc-provider 9.13.3, recorded",
    ),
    row(
        "invalid_client_credentials",
        "github",
        Token,
        json(
            200,
            r#"{"error":"incorrect_client_credentials","error_description":"The client_id and/or client_secret passed are incorrect.","error_uri":"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#incorrect-client-credentials"}"#,
        ),
        "GitHub, documented",
    ),
    row(
        "invalid_client_credentials",
        "bare",
        Token,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[("www-authenticate", r#"Bearer error="invalid_client""#)],
            text: r#"{"error": "invalid_client"}"#,
        },
        "django-oauth-toolkit 3.4.1, recorded",
    ),
    row(
        "invalid_client_credentials",
        "entra",
        Token,
        json(
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'.","error_codes":[7000215]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "invalid_client_credentials",
        "entra-missing",
        Token,
        json(
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.","error_codes":[7000218]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "invalid_client_credentials",
        "google",
        Token,
        json(401, r#"{"error":"invalid_client","error_description":"Unauthorized"}"#),
        "Google, reported",
    ),
    row(
        "invalid_client_credentials",
        "slack",
        Token,
        json(200, r#"{"ok":false,"error":"bad_client_secret"}"#),
        "Slack, documented",
    ),
    row(
        "invalid_client_credentials",
        "authlib",
        Token,
        Answer::Body {
            status: 401,
            media: JSON,
            headers: &[(
                "www-authenticate",
                r#"Basic error="invalid_client", error_description="The client cannot authenticate with methods: ['client_secret_basic', 'client_secret_post', 'none']""#,
            )],
            text: r#"{"error": "invalid_client", "error_description": "The client cannot authenticate with methods: ['client_secret_basic', 'client_secret_post', 'none']"}"#,
        },
        "Authlib 1.9.9, recorded",
    ),
    row(
        "invalid_client_credentials",
        "gitlab",
        Token,
        json(
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."}"#,
        ),
        "GitLab (Doorkeeper), source",
    ),
    row(
        "invalid_client_credentials",
        "express",
        Token,
        json(400, r#"{"error":"invalid_client","error_description":"Invalid client: client is invalid"}"#),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "invalid_client_credentials",
        "glewlwyd",
        Token,
        json(403, r#"{"error":"unauthorized_client"}"#),
        "glewlwyd 2.7.5, recorded",
    ),
    row(
        "client_not_found",
        "token",
        Token,
        json(401, r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#),
        "Google, reported",
    ),
    row(
        "client_not_found",
        "token-github",
        Token,
        json(404, r#"{"error":"Not Found"}"#),
        "GitHub, reported: octokit/auth-oauth-user.js#239",
    ),
    row(
        "client_not_found",
        "token-slack",
        Token,
        json(200, r#"{"ok":false,"error":"invalid_client_id"}"#),
        "Slack, documented",
    ),
    row(
        "client_not_found",
        "token-entra",
        Token,
        json(
            400,
            r#"{"error":"unauthorized_client","error_description":"AADSTS700016: Application with identifier '{client_id}' was not found in the directory 'Practice'.","error_codes":[700016]}"#,
        ),
        "Microsoft Entra, reported",
    ),
    row(
        "invalid_or_expired_code",
        "",
        Exchange,
        json(
            200,
            r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired.","error_uri":"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#bad-verification-code"}"#,
        ),
        "GitHub, documented",
    ),
    row("invalid_or_expired_code", "bare", Exchange, GRANT_REQUEST_IS_INVALID, "oidc-provider 9.13.3, recorded"),
    row(
        "invalid_or_expired_code",
        "express",
        Exchange,
        json(400, r#"{"error":"invalid_grant","error_description":"Invalid grant: authorization code is invalid"}"#),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "invalid_or_expired_code",
        "entra",
        Exchange,
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.","error_codes":[54005]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "invalid_or_expired_code",
        "google",
        Exchange,
        json(400, r#"{"error":"invalid_grant","error_description":"Malformed auth code."}"#),
        "Google, reported",
    ),
    row(
        "invalid_or_expired_code",
        "slack",
        Exchange,
        json(200, r#"{"ok":false,"error":"invalid_code"}"#),
        "Slack, documented",
    ),
    row(
        "invalid_or_expired_code",
        "glewlwyd",
        Exchange,
        json(403, r#"{"error":"invalid_code"}"#),
        "glewlwyd 2.7.5, recorded",
    ),
    row(
        "pkce_failure",
        "",
        Exchange,
        json(400, r#"{"error": "invalid_grant", "error_description": "Code challenge failed."}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "pkce_failure",
        "express",
        Exchange,
        json(400, r#"{"error":"invalid_grant","error_description":"Invalid grant: code verifier is invalid"}"#),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "pkce_failure",
        "missing",
        Exchange,
        json(400, r#"{"error": "invalid_request", "error_description": "Missing 'code_verifier'"}"#),
        "Authlib 1.9.9, recorded",
    ),
    row(
        "pkce_failure",
        "entra",
        Exchange,
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the authorization request.","error_codes":[501481]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "pkce_failure",
        "refused",
        Exchange,
        json(400, r#"{"error":"invalid_grant"}"#),
        "IdentityServer4, reported: DuendeArchive/IdentityServer4#1228: a verifier, and PKCE is not enabled for the client",
    ),
    row("pkce_failure", "bare", Exchange, GRANT_REQUEST_IS_INVALID, "oidc-provider 9.13.3, recorded"),
    row(
        "refresh_token_invalid",
        "",
        Refresh,
        json(400, r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#),
        "Google, reported",
    ),
    row(
        "refresh_token_invalid",
        "github",
        Refresh,
        json(
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired.","error_uri":"https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#bad-verification-code"}"#,
        ),
        "GitHub, reported",
    ),
    row(
        "refresh_token_invalid",
        "entra",
        Refresh,
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity.","error_codes":[700082]}"#,
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "refresh_token_invalid",
        "slack",
        Refresh,
        json(200, r#"{"ok":false,"error":"invalid_refresh_token"}"#),
        "Slack, documented",
    ),
    row(
        "refresh_token_invalid",
        "express",
        Refresh,
        json(400, r#"{"error":"invalid_grant","error_description":"Invalid grant: refresh token is invalid"}"#),
        "express-oauth-server 4.2.0, recorded",
    ),
    row(
        "refresh_token_invalid",
        "bare",
        Refresh,
        json(400, r#"{"error": "invalid_grant"}"#),
        "Authlib 1.9.9, recorded",
    ),
];
