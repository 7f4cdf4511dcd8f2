//! Section `daemon`: authsome's daemon, as it answers and as its files say.

use super::{Kind, Spec, spec};

/// How a callback ended, as far as the log shows. Up to 0.5 the answer itself tells success (`succeeded`) from the rest; since
/// 0.6 it only tells that there was a session for it (`finished`), which may have failed.
const OUTCOMES: &[&str] = &[
    "finished",
    "succeeded",
    "failed_or_expired",
    "session_expired",
    "missing_state",
    "other_version_path",
    "unknown",
];

pub const SPECS: &[Spec] = &[
    spec("daemon.base_url", Kind::Url, "the address where commands look for it").always(),
    spec("daemon.base_url_from", Kind::Text, "what decided that address")
        .one_of(&["default", "AUTHSOME_BASE_URL", "AUTHSOME_DAEMON_URL", "config"])
        .always(),
    spec(
        "daemon.managed",
        Kind::Truth,
        "commands would start a daemon there by themselves (http, loopback, port 7998 or AUTHSOME_PORT, no path)",
    )
    .always(),
    spec("daemon.base_url_defect", Kind::Text, "why no command can use that address, where none can"),
    spec(
        "daemon.port_variable",
        Kind::Text,
        "AUTHSOME_PORT, where this version reads it and it is not the port of that address",
    ),
    spec("daemon.state", Kind::Text, "what was found there").one_of(&[
        "running",
        "busy",
        "hung",
        "not_running",
        "not_a_daemon",
        "unproved",
    ]),
    spec("daemon.health_path", Kind::Text, "the path that answered (/api/health or /health)"),
    spec("daemon.status", Kind::Text, "status in its health answer"),
    spec("daemon.version", Kind::Text, "version in its health answer"),
    spec(
        "daemon.version_matches",
        Kind::Truth,
        "it equals the installed authsome's version exactly, which authsome demands",
    ),
    spec("daemon.pid", Kind::Number, "its process id"),
    spec("daemon.started_at", Kind::Time, "when it started"),
    spec("daemon.user", Kind::Text, "the user it runs as").personal(),
    spec("daemon.home", Kind::Text, "the AUTHSOME_HOME that it serves").personal(),
    spec("daemon.home_matches", Kind::Truth, "that is this user's AUTHSOME_HOME"),
    spec("daemon.effective_base_url", Kind::Url, "the base URL that the running daemon builds redirect URIs from"),
    spec("daemon.pid_file", Kind::Record, "the daemon.pid under AUTHSOME_HOME"),
    spec("daemon.pid_file.path", Kind::Text, "its path").personal().always(),
    spec("daemon.pid_file.pid", Kind::Number, "the number in it"),
    spec("daemon.pid_file.content", Kind::Text, "what stands in it"),
    spec("daemon.pid_file.state", Kind::Text, "who that is")
        .one_of(&["daemon", "dead", "stranger", "zombie", "unreadable"])
        .always(),
    spec("daemon.pid_file.stranger", Kind::Text, "the stranger's command line").personal(),
    spec("daemon.last_failure", Kind::Record, "the last provider.login_failed of the audit table"),
    spec("daemon.last_failure.at", Kind::Time, "when").always(),
    spec("daemon.last_failure.provider", Kind::Text, "provider").always(),
    spec("daemon.last_failure.connection", Kind::Text, "connection"),
    spec("daemon.last_failure.error", Kind::Text, "what authsome recorded").always(),
    spec("daemon.last_failure.mended", Kind::Truth, "a login to the same provider and connection has worked since")
        .always(),
    spec(
        "daemon.last_failure.after_success_at",
        Kind::Time,
        "when a login to them had worked, if that was the last thing before and its session (300 s) still lived",
    ),
    spec("daemon.last_login_at", Kind::Time, "the last provider.login of the audit table"),
    spec("daemon.last_login_begun", Kind::Record, "the last login that authsome's command line began, by its log"),
    spec("daemon.last_login_begun.at", Kind::Time, "when").always(),
    spec("daemon.last_login_begun.provider", Kind::Text, "provider").always(),
    spec("daemon.last_login_begun.connection", Kind::Text, "connection"),
    spec("daemon.log_changed_at", Kind::Time, "when daemon.log was last written to: every callback in it came before"),
    spec(
        "daemon.callbacks",
        Kind::Records,
        "the callbacks in the last MiB of daemon.log, oldest first (the log has no times)",
    ),
    spec("daemon.callbacks[].path", Kind::Text, "path that the browser came back on").always(),
    spec("daemon.callbacks[].status", Kind::Number, "HTTP status that the daemon answered").always(),
    spec("daemon.callbacks[].error", Kind::Text, "the provider's error parameter"),
    spec("daemon.callbacks[].error_description", Kind::Text, "the provider's error_description, which authsome drops"),
    spec("daemon.callbacks[].had_code", Kind::Truth, "a code parameter was there").always(),
    spec("daemon.callbacks[].had_state", Kind::Truth, "a state parameter was there").always(),
    spec("daemon.callbacks[].outcome", Kind::Text, "how the next lines say that it ended").one_of(OUTCOMES).always(),
    spec("daemon.callbacks[].issuer", Kind::Text, "the provider's iss parameter (RFC 9207), which authsome ignores"),
    spec(
        "daemon.callbacks[].replay_of",
        Kind::Text,
        "how the very same callback had ended before, if it had come before",
    )
    .one_of(OUTCOMES),
    spec("daemon.last_callback", Kind::Record, "the last callback that arrived since the daemon last started"),
    spec("daemon.last_callback.path", Kind::Text, "path that the browser came back on").always(),
    spec("daemon.last_callback.status", Kind::Number, "HTTP status that the daemon answered").always(),
    spec("daemon.last_callback.error", Kind::Text, "the provider's error parameter"),
    spec(
        "daemon.last_callback.error_description",
        Kind::Text,
        "the provider's error_description, which authsome drops",
    ),
    spec("daemon.last_callback.had_code", Kind::Truth, "a code parameter was there").always(),
    spec("daemon.last_callback.had_state", Kind::Truth, "a state parameter was there").always(),
    spec("daemon.last_callback.outcome", Kind::Text, "how the next lines say that it ended").one_of(OUTCOMES).always(),
    spec("daemon.last_callback.issuer", Kind::Text, "the provider's iss parameter (RFC 9207), which authsome ignores"),
    spec("daemon.last_callback.replayed", Kind::Truth, "the very same callback (state and code) had come before")
        .always(),
    spec("daemon.last_callback.replay_of", Kind::Text, "how it had ended then").one_of(OUTCOMES),
    spec(
        "daemon.last_callback.logins_before",
        Kind::Number,
        "logins that this daemon had begun by then; with none, no state that comes can be one of its own",
    )
    .always(),
    spec("daemon.last_callback.logins_since", Kind::Number, "logins that were begun since").always(),
    spec(
        "daemon.last_callback.login_over",
        Kind::Truth,
        "the login that was begun last had come to its end before this callback came",
    )
    .always(),
    spec(
        "daemon.last_callback.not_before",
        Kind::Time,
        "a time that it came after: the last login was begun then, or the daemon started",
    ),
    spec("daemon.last_callback.versions", Kind::Texts, "the versions of authsome that send that path"),
    spec("daemon.bind_error", Kind::Text, "the bind error that ended the last start, if no start has worked since"),
];
