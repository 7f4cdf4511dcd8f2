//! Section `network`: the named provider's endpoints, from here.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("network.endpoints", Kind::Records, "each endpoint of the definition").always(),
    spec("network.endpoints[].role", Kind::Text, "which one")
        .one_of(&["authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "registration_endpoint"])
        .always(),
    spec("network.endpoints[].host", Kind::Text, "host").always(),
    spec("network.endpoints[].port", Kind::Number, "port").always(),
    spec("network.endpoints[].first_of_host", Kind::Truth, "no endpoint before it is on the same host").always(),
    spec("network.endpoints[].through_proxy", Kind::Truth, "our request goes through a proxy").always(),
    spec("network.endpoints[].proxy", Kind::Url, "that proxy, user info removed"),
    spec("network.endpoints[].addresses", Kind::Texts, "what the system's resolver answers; unknown with its error"),
    spec("network.endpoints[].dns_addresses", Kind::Texts, "what the name servers answer when asked directly"),
    spec(
        "network.endpoints[].dns_differs",
        Kind::Truth,
        "the two have no address in common, and only one of them is a private address",
    ),
    spec("network.endpoints[].dns_error", Kind::Text, "why the name has no address").one_of(&[
        "no_such_name",
        "no_address",
        "no_answer",
        "refused",
        "other",
    ]),
    spec("network.endpoints[].tcp", Kind::Truth, "a connection can be made"),
    spec("network.endpoints[].tcp_error", Kind::Text, "why not"),
    spec("network.endpoints[].tls", Kind::Truth, "the certificate is trusted; absent for http"),
    spec("network.endpoints[].tls_error", Kind::Text, "why not, in words"),
    spec("network.endpoints[].tls_error_kind", Kind::Text, "why not").one_of(&[
        "untrusted",
        "expired",
        "not_yet_valid",
        "wrong_name",
        "handshake",
        "other",
    ]),
    spec("network.endpoints[].tls_issuer", Kind::Text, "the issuer of the certificate that was shown"),
    spec("network.endpoints[].tls_interceptor", Kind::Text, "the product that such an issuer belongs to"),
    spec("network.endpoints[].http_status", Kind::Number, "the status of one GET or HEAD"),
    spec("network.endpoints[].http_error", Kind::Text, "why there was none"),
    spec("network.endpoints[].http_error_kind", Kind::Text, "why there was none, in one word")
        .one_of(&["dns", "refused", "timeout", "tls", "proxy", "other"]),
    spec("network.endpoints[].proxy_status", Kind::Number, "the proxy's own status, where it refused"),
    spec(
        "network.endpoints[].html",
        Kind::Truth,
        "something on the way answered in place of the provider (captive portal)",
    ),
    spec("network.endpoints[].took", Kind::Duration, "how long it took").unit("ms"),
    spec("network.clock_offset", Kind::Duration, "this clock minus the provider's Date header").unit("ms"),
    spec("network.clock_offset_size", Kind::Duration, "the same without its sign").unit("ms"),
];
