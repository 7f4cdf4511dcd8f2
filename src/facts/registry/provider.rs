//! Section `provider`: the provider that was named, and what we know of it.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("provider.name", Kind::Text, "the name that was given").always(),
    spec("provider.title", Kind::Text, "its name for people").always(),
    spec("provider.found", Kind::Truth, "a definition of that name was found").always(),
    spec("provider.nearest", Kind::Text, "the nearest known name, where none was found"),
    spec("provider.vendor", Kind::Text, "the vendor record that fits it"),
    spec("provider.settings_url", Kind::Url, "the page where its OAuth apps are managed"),
    spec("provider.settings_hint", Kind::Text, "what else to know before typing there"),
    spec("provider.redirect_field", Kind::Text, "what that page calls the redirect URI"),
    spec("provider.loopback_rule", Kind::Text, "how it matches loopback redirect URIs").one_of(&[
        "exact",
        "any_port",
        "any_port_path_prefix",
        "https_only",
        "localhost_only",
        "unchecked",
    ]),
    spec("provider.omitted_redirect_uri_works", Kind::Truth, "without the parameter it uses the registered URI"),
    spec("provider.login_first", Kind::Truth, "it asks for the login before it looks at the request"),
    spec("provider.authorization_endpoint", Kind::Url, "its authorization endpoint, base_url filled in"),
    spec("provider.token_endpoint", Kind::Url, "its token endpoint, base_url filled in"),
    spec("provider.device_authorization_endpoint", Kind::Url, "its device authorization endpoint, base_url filled in"),
    spec("provider.registration_endpoint", Kind::Url, "its registration endpoint, base_url filled in"),
    spec("provider.issuer", Kind::Text, "its issuer, by its metadata"),
    spec(
        "provider.token_endpoint_auth_methods_supported",
        Kind::Texts,
        "how a client may authenticate, by its metadata (RFC 8414, 2); what is missing in it proves nothing",
    ),
    spec("provider.foreign_metadata_at", Kind::Url, "a metadata document that was not used: it is another issuer's"),
    spec("provider.foreign_metadata_issuer", Kind::Text, "the issuer that this document names"),
    spec("provider.scope_separator", Kind::Text, "what it wants between scopes"),
    spec("provider.supports_device_code", Kind::Truth, "its definition has a device_authorization_url"),
    spec("provider.supports_dcr", Kind::Truth, "its definition has a registration endpoint"),
    spec("provider.has_client", Kind::Truth, "a client id is known here"),
    spec("provider.client_from", Kind::Text, "where it came from").one_of(&[
        "flag",
        "store",
        "prompt",
        "practice",
        "registration",
        "daemon",
    ]),
    spec("provider.client_entered_at", Kind::Time, "when it was entered"),
    spec("provider.client_confidential", Kind::Truth, "a client secret is used"),
    spec("provider.client_authentication", Kind::Text, "how the client authenticates")
        .one_of(&["body", "basic", "none"]),
];
