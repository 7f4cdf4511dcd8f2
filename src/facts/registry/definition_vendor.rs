//! Section `definition`, what is known of the vendor: remarkable things only, each with its place.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("definition.vendor.title", Kind::Text, "the vendor's name for people, where its hosts or its name are known"),
    spec("definition.vendor.endpoints", Kind::Records, "addresses that are not those of the vendor"),
    spec("definition.vendor.endpoints[].field", Kind::Text, "the field, as keys with dots between").always(),
    spec("definition.vendor.endpoints[].key", Kind::Text, "the field's last key").always(),
    spec("definition.vendor.endpoints[].value", Kind::Text, "the address, {base_url} filled in").always(),
    spec("definition.vendor.endpoints[].fault", Kind::Text, "what is the matter with it").always().one_of(&[
        "not_documented",
        "legacy",
        "gone",
        "another_kind",
        "another_vendor",
        "not_rfc7009",
        "conditional",
    ]),
    spec("definition.vendor.endpoints[].expected", Kind::Text, "the address that the vendor documents"),
    spec("definition.vendor.endpoints[].whose", Kind::Text, "what the address is in truth"),
    spec("definition.vendor.endpoints[].note", Kind::Text, "what else is known of it, as a sentence"),
    spec("definition.vendor.endpoints[].breaks", Kind::Truth, "every login with this flow goes there").always(),
    spec("definition.vendor.endpoints[].source", Kind::Text, "the page that says so").always(),
    spec("definition.vendor.offline.wanted", Kind::Text, "what would ask for a refresh token, and is not there"),
    spec("definition.vendor.offline.never_without", Kind::Truth, "without it the vendor gives none"),
    spec("definition.vendor.offline.note", Kind::Text, "what else decides, as a sentence"),
    spec("definition.vendor.offline.source", Kind::Text, "the page that says so"),
    spec("definition.vendor.redirect.rule", Kind::Text, "why http://127.0.0.1 cannot simply be registered there")
        .one_of(&["https_only", "localhost_only", "not_in_the_form"]),
    spec("definition.vendor.redirect.hint", Kind::Text, "what to know before typing there"),
    spec("definition.vendor.redirect.source", Kind::Text, "the page that says so"),
    spec("definition.vendor.device.fault", Kind::Text, "why the device flow is not as the definition says")
        .one_of(&["not_offered", "scopes_refused"]),
    spec(
        "definition.vendor.device.in_use",
        Kind::Truth,
        "it is the definition's flow, not only claimed beside another",
    ),
    spec("definition.vendor.device.refused", Kind::Texts, "scopes that the vendor does not take in the device flow"),
    spec("definition.vendor.device.taken", Kind::Texts, "the scopes that it takes"),
    spec("definition.vendor.device.source", Kind::Text, "the page that says so"),
    spec(
        "definition.vendor.client_authentication.used",
        Kind::Text,
        "authorization_method, where it is not documented",
    )
    .one_of(&["basic", "body"]),
    spec("definition.vendor.client_authentication.takes", Kind::Text, "the one that the vendor documents"),
    spec("definition.vendor.client_authentication.refused", Kind::Truth, "the vendor is known to refuse the used one"),
    spec("definition.vendor.client_authentication.source", Kind::Text, "the page that says so"),
    spec("definition.vendor.params", Kind::Records, "parameters of the authorization request that are not there"),
    spec("definition.vendor.params[].name", Kind::Text, "the parameter").always(),
    spec("definition.vendor.params[].value", Kind::Text, "its value").always(),
    spec("definition.vendor.params[].instead", Kind::Text, "the value that stands there"),
    spec("definition.vendor.params[].required", Kind::Truth, "the vendor calls it required").always(),
    spec("definition.vendor.params[].source", Kind::Text, "the page that says so").always(),
    spec("definition.vendor.separator.wanted", Kind::Text, "what the vendor wants between scopes, instead of a blank"),
    spec("definition.vendor.separator.blanks_refused", Kind::Truth, "it is known to refuse blanks"),
    spec("definition.vendor.separator.source", Kind::Text, "the page that says so"),
    spec("definition.vendor.no_scopes.source", Kind::Text, "the page that requires scopes, where there are none"),
    spec("definition.vendor.scopes", Kind::Records, "scopes of which something is known"),
    spec("definition.vendor.scopes[].value", Kind::Text, "the scope").always(),
    spec("definition.vendor.scopes[].fault", Kind::Text, "what is the matter with it").always().one_of(&[
        "contained",
        "broad",
        "retired",
    ]),
    spec(
        "definition.vendor.scopes[].note",
        Kind::Text,
        "the scope that contains it, a narrower one, or what became of it",
    )
    .always(),
    spec("definition.vendor.scopes[].source", Kind::Text, "the page that says so").always(),
    spec(
        "definition.vendor.own_host_alone",
        Kind::Truth,
        "the product also runs on hosts of its customers, and the definition has no {base_url} for them",
    ),
    spec("definition.vendor.incompatible.because", Kind::Text, "why authsome cannot log in there, as a sentence"),
    spec("definition.vendor.incompatible.source", Kind::Text, "the page that says so"),
];
