//! Section `proxy`: who would send loopback, or the provider's traffic, through a proxy.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("proxy.variables", Kind::Records, "the proxy and certificate variables of this shell").always(),
    spec("proxy.variables[].name", Kind::Text, "name").always(),
    spec("proxy.variables[].value", Kind::Text, "value, user info removed").personal().always(),
    spec("proxy.daemon_variables", Kind::Records, "those of the running daemon, which keeps what it was started with"),
    spec("proxy.daemon_variables[].name", Kind::Text, "name").always(),
    spec("proxy.daemon_variables[].value", Kind::Text, "value, user info removed").personal().always(),
    spec("proxy.hops", Kind::Records, "each hop of a login, judged by its own client's rules").always(),
    spec("proxy.hops[].hop", Kind::Text, "which hop")
        .one_of(&[
            "cli_to_daemon",
            "daemon_to_provider",
            "browser_to_callback",
            "this_program_to_daemon",
            "this_program_to_provider",
        ])
        .always(),
    spec("proxy.hops[].client", Kind::Text, "whose rules")
        .one_of(&["httpx", "requests", "chromium", "reqwest"])
        .always(),
    spec("proxy.hops[].environment", Kind::Text, "whose variables").one_of(&["shell", "running_daemon"]).always(),
    spec("proxy.hops[].url", Kind::Url, "the URL that was judged").always(),
    spec("proxy.hops[].loopback", Kind::Truth, "that URL is on this machine").always(),
    spec("proxy.hops[].route", Kind::Text, "where the request goes").one_of(&["direct", "proxy", "breaks"]).always(),
    spec("proxy.hops[].proxy", Kind::Url, "the proxy, user info removed").personal(),
    spec(
        "proxy.hops[].variable",
        Kind::Text,
        "the variable that names the proxy, or breaks the client, or makes it direct",
    ),
    spec("proxy.hops[].value", Kind::Text, "the part of its value that breaks the client, user info removed")
        .personal(),
    spec("proxy.hops[].why", Kind::Text, "why, as half a sentence").always(),
    spec("proxy.hops[].error", Kind::Text, "the client's own error, where the value breaks it"),
    spec("proxy.hops[].cure", Kind::Records, "the smallest change of this shell's variables that mends it"),
    spec("proxy.hops[].cure[].variable", Kind::Text, "the variable to set or unset").always(),
    spec("proxy.hops[].cure[].value", Kind::Text, "its new value; absent where it has to be unset"),
    spec(
        "proxy.hops[].cure_text",
        Kind::Text,
        "the same in words: Set NO_PROXY=localhost,127.0.0.1, or Unset HTTP_PROXY, ALL_PROXY",
    ),
    spec(
        "proxy.hops[].with_this_shell",
        Kind::Text,
        "where the daemon would send it if it were started from this shell now, where that differs",
    ),
    spec("proxy.case_conflict", Kind::Record, "no_proxy and NO_PROXY are both set and differ"),
    spec("proxy.case_conflict.lower", Kind::Text, "no_proxy").always(),
    spec("proxy.case_conflict.upper", Kind::Text, "NO_PROXY").always(),
    spec("proxy.case_conflict.readers", Kind::Text, "who reads which").always(),
];
