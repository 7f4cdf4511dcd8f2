//! Section `callback`: the redirect URI that will be sent, and whether the provider accepts it.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("callback.redirect_uri", Kind::Url, "the redirect URI that will be sent").always().by_version(),
    spec("callback.known_from", Kind::Text, "how we know it")
        .one_of(&["flag", "running_daemon", "hosted_daemon", "installed_version", "documentation", "practice"])
        .always(),
    spec("callback.sender", Kind::Text, "who sends it, in words: authsome 0.7.2, this program").always(),
    spec("callback.host", Kind::Text, "its host").always(),
    spec("callback.port", Kind::Number, "its port").always(),
    spec("callback.path", Kind::Text, "its path").always().by_version(),
    spec("callback.documented_uri", Kind::Url, "the redirect URI of authsome's documentation").always(),
    spec("callback.base_url", Kind::Url, "the base URL that it is built from"),
    spec("callback.base_agrees", Kind::Truth, "listener, base URL and redirect URI name one host and port"),
    spec("callback.disagreement", Kind::Text, "where they do not agree, in words"),
    spec("callback.disagreement_kind", Kind::Text, "what disagrees").one_of(&[
        "port_alone",
        "port_differs",
        "sticky_base",
    ]),
    spec(
        "callback.localhost_families",
        Kind::Texts,
        "the addresses that localhost means here, where the redirect URI says localhost",
    ),
    spec(
        "callback.family_mismatch",
        Kind::Text,
        "why browser and listener would use different loopback addresses, in words",
    ),
    spec(
        "callback.registered",
        Kind::Record,
        "whether the named provider accepts the redirect URI; absent where nobody was asked",
    ),
    spec("callback.registered.verdict", Kind::Text, "the verdict; unknown with its reason where no request can tell")
        .one_of(&["registered", "not_registered", "client_unknown", "refused", "unchecked"])
        .always(),
    spec("callback.registered.certainty", Kind::Text, "how sure").one_of(&["certain", "likely", "possible"]),
    spec("callback.registered.method", Kind::Text, "how we know").one_of(&[
        "registered_uri_flag",
        "authorize_pair",
        "authorize_pair_prompt_none",
        "authorize_pair_response_type",
        "provider_redirect",
    ]),
    spec("callback.registered.uri", Kind::Url, "the registered redirect URI, where it is known"),
    spec("callback.registered.difference", Kind::Text, "the first part that differs").one_of(&[
        "scheme",
        "host",
        "port",
        "path",
        "trailing_slash",
        "query",
        "fragment",
        "case",
        "white_space",
    ]),
    spec("callback.registered.difference_text", Kind::Text, "the difference in words: no /api"),
    spec("callback.registered.is_other_version", Kind::Text, "the authsome versions that send the registered path"),
    spec("callback.registered.answer", Kind::Text, "what the provider answered to the real request, in short"),
    spec("callback.registered.control_answer", Kind::Text, "what it answered to the control, in short"),
];
