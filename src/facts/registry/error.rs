//! Section `error`: what a provider, a library or a terminal said, as read by the error reader.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("error.source", Kind::Text, "where the text came from")
        .one_of(&["argument", "last_login", "login", "session", "audit", "daemon_log", "callback"])
        .always(),
    spec(
        "error.text",
        Kind::Text,
        "what a person reads in it, lower case, white space folded, secrets and identifiers of requests removed, then what \
         was decoded out of it; of more than 64 KiB the first and the last half",
    )
    .always(),
    spec("error.length", Kind::Number, "how long `error.text` is").unit("characters").always(),
    spec("error.skipped", Kind::Number, "how much in the middle of a text over 1 MiB was not read").unit("bytes"),
    spec("error.codes", Kind::Texts, "every error code that was read, in lower case, most telling first").always(),
    spec("error.code", Kind::Text, "the error code that says most"),
    spec("error.description", Kind::Text, "the error's description"),
    spec("error.hint", Kind::Text, "what narrows it (error_hint, suberror, reason, category)"),
    spec("error.uri", Kind::Url, "error_uri"),
    spec("error.numbers", Kind::Texts, "vendor numbers: AADSTS50011, 4709").always(),
    spec("error.status", Kind::Number, "HTTP status"),
    spec("error.provider", Kind::Text, "the vendor, by its words, hosts or shape"),
    spec("error.provider_because", Kind::Text, "how we know"),
    spec("error.step", Kind::Text, "where in the login it arose").one_of(&[
        "authorize",
        "callback",
        "token",
        "refresh",
        "device",
        "registration",
        "api",
        "local",
    ]),
    spec("error.step_because", Kind::Text, "how we know"),
    spec("error.content_type", Kind::Text, "Content-Type of the answer"),
    spec("error.shape", Kind::Text, "what the text looks like")
        .one_of(&["json", "form", "url", "html", "headers", "log", "text"])
        .always(),
    spec("error.retry_after", Kind::Duration, "Retry-After").unit("ms"),
    spec("error.www_authenticate", Kind::Text, "the WWW-Authenticate header, parameters kept, secrets removed"),
    spec("error.redirect_uri", Kind::Url, "a redirect URI that the text names"),
    spec("error.hosts", Kind::Texts, "hosts that the text names").always(),
    spec("error.about_login", Kind::Truth, "the text is about a login or a request of one").always(),
    spec("error.about_other", Kind::Text, "the words that tell that the text is about something else than a login"),
    spec("error.candidates", Kind::Records, "every code with its place").always(),
    spec("error.candidates[].code", Kind::Text, "code, in lower case").always(),
    spec("error.candidates[].description", Kind::Text, "its description"),
    spec("error.candidates[].found_in", Kind::Text, "in what: json, url, callback, form, page, log line, text …")
        .always(),
    spec("error.candidates[].line", Kind::Number, "the line of the text that it stands on, from 1").always(),
];
