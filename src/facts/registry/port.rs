//! Section `port`: who listens on the callback port.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("port.number", Kind::Number, "the callback port: 7998 unless configured otherwise").always(),
    spec("port.configured_by", Kind::Text, "what decided the number")
        .one_of(&["default", "AUTHSOME_BASE_URL", "AUTHSOME_DAEMON_URL", "config", "redirect_uri"])
        .always(),
    spec("port.free", Kind::Truth, "nothing listens where the callback would arrive"),
    spec("port.listeners", Kind::Records, "every listener on that port").always(),
    spec("port.listeners[].address", Kind::Text, "the local address it is bound to (127.0.0.1, 0.0.0.0, ::1, ::, …)")
        .always(),
    spec(
        "port.listeners[].covers_callback",
        Kind::Truth,
        "a connection to the redirect URI's host would reach this listener",
    )
    .always(),
    spec("port.listeners[].answers", Kind::Text, "what it said to one GET of the health path").one_of(&[
        "authsome_health",
        "http",
        "not_http",
        "nothing",
        "refused",
    ]),
    spec("port.listeners[].version", Kind::Text, "the version in its health answer, where it answers as authsome does"),
    spec("port.listeners[].health_path", Kind::Text, "the path on which it answered so"),
    spec("port.listeners[].health_status", Kind::Text, "status in that answer"),
    spec("port.listeners[].http_status", Kind::Number, "the status of that answer"),
    spec("port.listeners[].http_server", Kind::Text, "the Server header of that answer"),
    spec("port.listeners[].waited", Kind::Duration, "how long we waited for that answer").unit("ms"),
    spec("port.listeners[].owner_hidden", Kind::Truth, "the system hides from this user which process holds it")
        .always(),
    spec(
        "port.listeners[].owner",
        Kind::Record,
        "the process that holds it; unknown where the system hides it from this user",
    ),
    spec("port.listeners[].owner.kind", Kind::Text, "what kind of program it is")
        .one_of(&[
            "authsome_daemon",
            "claimed_daemon",
            "daemon_busy",
            "daemon_hung",
            "other_program",
            "forwarder",
            "service",
            "container",
            "hung",
            "ourselves",
        ])
        .always(),
    spec("port.listeners[].owner.kind_because", Kind::Text, "how we know").always(),
    spec("port.listeners[].owner.pid", Kind::Number, "process id").always(),
    spec("port.listeners[].owner.name", Kind::Text, "program name").always(),
    spec("port.listeners[].owner.command", Kind::Text, "command line").personal(),
    spec("port.listeners[].owner.executable", Kind::Text, "the file that runs").personal(),
    spec("port.listeners[].owner.user", Kind::Text, "the user it runs as").personal(),
    spec("port.listeners[].owner.ours", Kind::Truth, "it runs as the user who runs this program"),
    spec("port.listeners[].owner.started_at", Kind::Time, "when it started"),
    spec("port.listeners[].owner.unit", Kind::Text, "the service unit that it belongs to"),
    spec("port.listeners[].owner.container", Kind::Text, "the container that it runs in, seen from outside"),
    spec("port.listeners[].owner.stop_hint", Kind::Text, "the command of its own manager that stops it"),
    spec(
        "port.listeners[].owner.protected",
        Kind::Truth,
        "we would never stop it: an ancestor, another user's, a forwarder, a service",
    )
    .always(),
];
