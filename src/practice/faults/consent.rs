//! Faults that arise when the person has pressed Authorize.

use super::Answer::{Back, BackToRegistered, NoState, OtherState};
use super::Place::{AfterLogin, Consent};
use super::{Row, page, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "redirect_uri_mismatch",
        "github",
        AfterLogin,
        BackToRegistered(&[
            ("error", "redirect_uri_mismatch"),
            ("error_description", "The redirect_uri MUST match the registered callback URL for this application."),
            (
                "error_uri",
                "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#redirect-uri-mismatch",
            ),
        ]),
        "GitHub, documented",
    ),
    row(
        "redirect_uri_mismatch",
        "gitlab",
        AfterLogin,
        page(400, "An error has occurred", &["The redirect URI included is not valid."]),
        "GitLab (Doorkeeper), source",
    ),
    row("state_mismatch", "", Consent, OtherState, "any provider behind a stale tab or a rewriting proxy"),
    row("state_mismatch", "missing", Consent, NoState, "a provider that drops what it does not know"),
    row(
        "access_denied_by_user",
        "",
        Consent,
        Back(&[
            ("error", "access_denied"),
            ("error_description", "The user has denied your application access."),
            (
                "error_uri",
                "/apps/building-integrations/setting-up-and-registering-oauth-apps/troubleshooting-authorization-request-errors/#access-denied",
            ),
        ]),
        "GitHub, documented",
    ),
    row("access_denied_by_user", "bare", Consent, Back(&[("error", "access_denied")]), "Google, documented"),
    row(
        "access_denied_by_user",
        "doorkeeper",
        Consent,
        Back(&[
            ("error", "access_denied"),
            ("error_description", "The resource owner or authorization server denied the request."),
        ]),
        "GitLab (Doorkeeper), source",
    ),
    row(
        "access_denied_by_user",
        "entra",
        Consent,
        Back(&[
            ("error", "access_denied"),
            ("error_description", "AADSTS65004: User declined to consent to access the app."),
        ]),
        "Microsoft Entra, documented",
    ),
    row(
        "consent_or_admin_approval_required",
        "",
        Consent,
        Back(&[
            ("error", "consent_required"),
            (
                "error_description",
                "AADSTS65001: The user or administrator has not consented to use the application with ID '{client_id}' named 'practice'. Send an interactive authorization request for this user and resource.",
            ),
        ]),
        "Microsoft Entra, documented",
    ),
    row(
        "consent_or_admin_approval_required",
        "admin",
        Consent,
        page(
            200,
            "Need admin approval",
            &[
                "AADSTS90094: practice needs permission to access resources in your organization that only an admin can grant. Ask an admin to grant permission to this app before you can use it.",
            ],
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "consent_or_admin_approval_required",
        "admin-back",
        Consent,
        Back(&[("error", "access_denied"), ("error_description", "AADSTS90094: The grant requires admin permission.")]),
        "Microsoft Entra, documented",
    ),
    row(
        "consent_or_admin_approval_required",
        "google",
        Consent,
        page(
            400,
            "Access blocked: your institution's admin needs to review practice",
            &[
                "Your institution's admin needs to review practice before you can continue.",
                "Error 400: admin_policy_enforced",
            ],
        ),
        "Google, documented code",
    ),
    row(
        "invalid_scope",
        "entra",
        Consent,
        Back(&[
            ("error", "invalid_client"),
            (
                "error_description",
                "AADSTS650053: The application 'practice' asked for scope 'write' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'. Contact the app vendor.",
            ),
        ]),
        "Microsoft Entra, documented: a scope mistake named invalid_client",
    ),
    row(
        "unverified_email",
        "auth0",
        Consent,
        Back(&[("error", "access_denied"), ("error_description", "Please verify your email before logging in.")]),
        "Auth0, the documented rule",
    ),
    row(
        "unverified_email",
        "devise",
        Consent,
        page(200, "Sign in", &["You have to confirm your email address before continuing."]),
        "GitLab (Devise), source",
    ),
    row(
        "app_suspended_or_blocked",
        "",
        Consent,
        Back(&[
            ("error", "application_suspended"),
            ("error_description", "Your application has been suspended. Contact support@github.com."),
            (
                "error_uri",
                "/apps/building-integrations/setting-up-and-registering-oauth-apps/troubleshooting-authorization-request-errors/#application-suspended",
            ),
        ]),
        "GitHub, documented",
    ),
    row(
        "app_suspended_or_blocked",
        "unverified",
        Consent,
        page(
            200,
            "This app is blocked",
            &[
                "This app tried to access sensitive info in your Google Account. To keep your account safe, Google blocked this access.",
            ],
        ),
        "Google, reported",
    ),
    row(
        "interaction_or_login_required",
        "lost-session",
        Consent,
        page(
            400,
            "oops! something went wrong",
            &["error: invalid_request", "error_description: interaction session id cookie not found"],
        ),
        "oidc-provider, source",
    ),
    row(
        "user_not_assigned_or_restricted",
        "",
        Consent,
        Back(&[("error", "access_denied"), ("error_description", "User is not assigned to the client application.")]),
        "Okta, reported: okta/okta-aspnet#120",
    ),
    row(
        "user_not_assigned_or_restricted",
        "entra",
        Consent,
        page(
            200,
            "Sorry, but we're having trouble signing you in.",
            &[
                "AADSTS50105: Your administrator has configured the application practice ('{client_id}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user 'pat@practice.example' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.",
            ],
        ),
        "Microsoft Entra, documented",
    ),
    row(
        "user_not_assigned_or_restricted",
        "google",
        Consent,
        page(
            403,
            "Access blocked: practice has not completed the Google verification process",
            &[
                "practice has not completed the Google verification process. The app is currently being tested, and can only be accessed by developer-approved testers.",
                "Error 403: access_denied",
            ],
        ),
        "Google, reported",
    ),
    row(
        "user_not_assigned_or_restricted",
        "google-org",
        Consent,
        page(
            403,
            "Access blocked: practice can only be used within its organization",
            &["This client is restricted to users within its organization.", "Error 403: org_internal"],
        ),
        "Google, reported",
    ),
    row(
        "provider_server_error",
        "back",
        Consent,
        Back(&[
            ("error", "server_error"),
            (
                "error_description",
                "The authorization server encountered an unexpected condition which prevented it from fulfilling the request.",
            ),
        ]),
        "GitLab (Doorkeeper), source",
    ),
];
