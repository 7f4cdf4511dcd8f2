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
        .one_of(&["default", "AUTHSOME_BASE_URL", "AUTHSOME_DAEMON_URL", "AUTHSOME_DAEMON_BASE_URL", "config"])
        .always(),
    spec(
        "daemon.managed",
        Kind::Truth,
        "commands would start a daemon there by themselves (http, loopback, port 7998 or AUTHSOME_PORT, no path)",
    )
    .always()
    .by_version(),
    spec("daemon.base_url_defect", Kind::Text, "why no command can use that address, where none can"),
    spec(
        "daemon.port_variable",
        Kind::Text,
        "AUTHSOME_PORT, where this version reads it and it is not the port of that address",
    )
    .by_version(),
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
    spec("daemon.known_version", Kind::Truth, "this program's version table covers the version that runs"),
    spec("daemon.python", Kind::Text, "the Python that runs it").personal(),
    spec("daemon.same_installation", Kind::Truth, "that Python has the authsome that commands are handed to"),
    spec(
        "daemon.installed_version",
        Kind::Text,
        "the version that this Python has now: a later one was installed under the running daemon",
    ),
    spec(
        "daemon.restart_changes",
        Kind::Records,
        "the variables that a daemon started from this shell would have otherwise",
    ),
    spec("daemon.restart_changes[].variable", Kind::Text, "its name").always(),
    spec(
        "daemon.restart_changes[].now",
        Kind::Text,
        "its value in the running daemon, user info removed; absent where not set",
    )
    .personal(),
    spec(
        "daemon.restart_changes[].then",
        Kind::Text,
        "its value in this shell, user info removed; absent where not set",
    )
    .personal(),
    spec("daemon.effective_base_url", Kind::Url, "the base URL that the running daemon builds redirect URIs from"),
    spec("daemon.hosted", Kind::Record, "the daemon on another machine, where the address names one"),
    spec("daemon.hosted.url", Kind::Url, "the health address that was asked").always(),
    spec("daemon.hosted.host", Kind::Text, "its host").always(),
    spec("daemon.hosted.port", Kind::Number, "its port").always(),
    spec("daemon.hosted.plain_http", Kind::Truth, "it is asked without TLS").always(),
    spec("daemon.hosted.through_proxy", Kind::Truth, "authsome's commands go through a proxy to it"),
    spec("daemon.hosted.proxy", Kind::Url, "that proxy, user info removed"),
    spec("daemon.hosted.addresses", Kind::Texts, "what the system's resolver answers; unknown with its error"),
    spec("daemon.hosted.dns_addresses", Kind::Texts, "what the name servers answer when asked directly"),
    spec(
        "daemon.hosted.dns_differs",
        Kind::Truth,
        "the two have no address in common, and only one of them is a private address",
    ),
    spec("daemon.hosted.dns_error", Kind::Text, "why the name has no address").one_of(&[
        "no_such_name",
        "no_address",
        "no_answer",
        "refused",
        "other",
    ]),
    spec("daemon.hosted.tcp", Kind::Truth, "a connection can be made"),
    spec("daemon.hosted.tcp_error", Kind::Text, "why not"),
    spec("daemon.hosted.tls", Kind::Truth, "the certificate is trusted; absent for http"),
    spec("daemon.hosted.tls_error", Kind::Text, "why not, in words"),
    spec("daemon.hosted.tls_error_kind", Kind::Text, "why not").one_of(&[
        "untrusted",
        "expired",
        "not_yet_valid",
        "wrong_name",
        "handshake",
        "other",
    ]),
    spec("daemon.hosted.tls_issuer", Kind::Text, "the issuer of the certificate that was shown"),
    spec("daemon.hosted.tls_interceptor", Kind::Text, "the product that such an issuer belongs to"),
    spec("daemon.hosted.http_status", Kind::Number, "the status of the health address"),
    spec("daemon.hosted.http_error", Kind::Text, "why there was none"),
    spec("daemon.hosted.http_error_kind", Kind::Text, "why there was none, in one word")
        .one_of(&["dns", "refused", "timeout", "tls", "proxy", "other"]),
    spec("daemon.hosted.proxy_status", Kind::Number, "the proxy's own status, where it refused"),
    spec("daemon.hosted.html", Kind::Truth, "something on the way answered in its place (captive portal)"),
    spec("daemon.hosted.took", Kind::Duration, "how long it took").unit("ms"),
    spec(
        "daemon.hosted.answers",
        Kind::Text,
        "what answers there: authsome, authsome at another address of that host, a redirection, anything else, nobody",
    )
    .one_of(&["authsome", "authsome_elsewhere", "redirect", "other", "nobody"]),
    spec("daemon.hosted.found_at", Kind::Url, "the base URL under which authsome answers, where it is another"),
    spec("daemon.hosted.redirected_to", Kind::Url, "where it sends who asks, query removed"),
    spec("daemon.hosted.status", Kind::Text, "status in its health answer"),
    spec("daemon.hosted.version", Kind::Text, "version in its health answer"),
    spec("daemon.hosted.same_paths", Kind::Truth, "that version serves what the installed version's commands ask for")
        .by_version(),
    spec(
        "daemon.hosted.redirect_uri",
        Kind::Url,
        "the redirect URI that a daemon of that version at that address sends",
    )
    .by_version(),
    spec("daemon.hosted.clock_offset", Kind::Duration, "this clock minus its Date header").unit("ms"),
    spec("daemon.hosted.clock_offset_size", Kind::Duration, "the same without its sign").unit("ms"),
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
