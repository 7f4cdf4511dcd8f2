//! Part of section `definition`: what `check --online` saw of the endpoints. Not asked by any other command.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("definition.online.endpoints", Kind::Records, "each URL of the definition that is asked about"),
    spec("definition.online.endpoints[].field", Kind::Text, "the field, as keys with dots between").always(),
    spec("definition.online.endpoints[].key", Kind::Text, "the field's own key").always(),
    spec("definition.online.endpoints[].url", Kind::Url, "the URL, with {base_url} filled in").always(),
    spec("definition.online.endpoints[].host", Kind::Text, "its host, with the port where that is not 443").always(),
    spec(
        "definition.online.endpoints[].first_of_host",
        Kind::Truth,
        "no endpoint before it is on the same host, or it could not be asked; docs_url does not count",
    )
    .always(),
    spec(
        "definition.online.endpoints[].trouble",
        Kind::Text,
        "whether it can be reached; the word says why not, absent where its host answers",
    )
    .one_of(&["no_such_name", "no_address", "connection_refused", "tls", "redirect_loop"]),
    spec("definition.online.endpoints[].tls_error_kind", Kind::Text, "what is wrong with the certificate or with TLS")
        .one_of(&["untrusted", "expired", "not_yet_valid", "wrong_name", "handshake", "other"]),
    spec("definition.online.endpoints[].tls_error", Kind::Text, "the same in words"),
    spec(
        "definition.online.endpoints[].http_status",
        Kind::Number,
        "the status that it answered; absent where only its host was asked",
    ),
    spec(
        "definition.online.endpoints[].gone",
        Kind::Truth,
        "it says that nothing is there (404, 410); of device, registration and docs endpoints only",
    ),
    spec("definition.online.refused", Kind::Records, "URLs that are not asked, for the safety of this machine"),
    spec("definition.online.refused[].field", Kind::Text, "the field, as keys with dots between").always(),
    spec("definition.online.refused[].key", Kind::Text, "the field's own key").always(),
    spec("definition.online.refused[].url", Kind::Url, "the URL").always(),
    spec("definition.online.refused[].leads_to", Kind::Url, "where it leads, where that is what is not asked"),
    spec("definition.online.refused[].kind", Kind::Text, "what is against it")
        .one_of(&["not_a_url", "scheme", "user_info", "port", "name", "address"])
        .always(),
    spec(
        "definition.online.refused[].inside",
        Kind::Truth,
        "it leads to an address or a name inside a machine or a network",
    )
    .always(),
    spec("definition.online.refused[].why", Kind::Text, "the reason, as a sentence without its full stop").always(),
    spec("definition.online.contradictions", Kind::Records, "endpoints that the provider publishes elsewhere"),
    spec("definition.online.contradictions[].field", Kind::Text, "the field, as keys with dots between").always(),
    spec("definition.online.contradictions[].key", Kind::Text, "the field's own key").always(),
    spec("definition.online.contradictions[].name", Kind::Text, "what the provider's metadata calls it").always(),
    spec("definition.online.contradictions[].written", Kind::Url, "the URL in the definition").always(),
    spec("definition.online.contradictions[].published", Kind::Url, "the URL that the provider publishes").always(),
    spec("definition.online.metadata.url", Kind::Url, "where the provider describes the service that is defined"),
    spec("definition.online.metadata.code_challenge_methods", Kind::Texts, "code_challenge_methods_supported"),
    spec("definition.online.metadata.s256_offered", Kind::Truth, "S256 is one of them"),
    spec(
        "definition.online.metadata.authentication_sent",
        Kind::Text,
        "how authsome sends the client's secret, in the words of the metadata",
    )
    .one_of(&["client_secret_basic", "client_secret_post"]),
    spec("definition.online.metadata.authentication_methods", Kind::Texts, "token_endpoint_auth_methods_supported"),
    spec(
        "definition.online.metadata.only_other_authentication",
        Kind::Truth,
        "the way that authsome sends the secret is not among them, the other way is",
    ),
    spec("definition.online.metadata.grant_types", Kind::Texts, "grant_types_supported"),
    spec("definition.online.metadata.device_grant_offered", Kind::Truth, "the device flow's is one of them"),
    spec(
        "definition.online.metadata.scopes_not_listed",
        Kind::Texts,
        "scopes of the definition that scopes_supported does not have",
    ),
    spec(
        "definition.online.other_metadata.url",
        Kind::Url,
        "where the host describes a service with other endpoints, while nothing describes the one that is defined",
    ),
    spec("definition.online.other_metadata.of_oauth", Kind::Truth, "at OAuth's own place (RFC 8414), not OpenID's"),
    spec("definition.online.other_metadata.authorization_endpoint", Kind::Url, "that service's"),
    spec("definition.online.other_metadata.token_endpoint", Kind::Url, "that service's"),
];
