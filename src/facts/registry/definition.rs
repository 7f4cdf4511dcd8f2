//! Section `definition`: a provider definition, with the place of every value.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("definition.source", Kind::Text, "where it came from")
        .one_of(&["bundled", "custom", "file", "practice"])
        .always(),
    spec("definition.file", Kind::Text, "its file").personal(),
    spec("definition.parses", Kind::Truth, "it can be read as JSON or JSONC").always(),
    spec("definition.parse_error", Kind::Text, "why not"),
    spec("definition.name", Kind::Text, "name"),
    spec("definition.display_name", Kind::Text, "display_name"),
    spec("definition.auth_type", Kind::Text, "auth_type"),
    spec("definition.flow", Kind::Text, "flow"),
    spec("definition.oauth", Kind::Record, "the oauth section"),
    spec("definition.oauth.authorization_url", Kind::Text, "authorization_url, as written"),
    spec("definition.oauth.token_url", Kind::Text, "token_url, as written"),
    spec("definition.oauth.scopes", Kind::Texts, "scopes"),
    spec("definition.oauth.pkce", Kind::Truth, "pkce"),
    spec("definition.unknown_keys", Kind::Records, "keys that authsome does not know"),
    spec("definition.unknown_keys[].key", Kind::Text, "the key").always(),
    spec("definition.unknown_keys[].pointer", Kind::Text, "where (RFC 6901)").always(),
    spec("definition.unknown_keys[].nearest", Kind::Text, "the nearest right name"),
];
