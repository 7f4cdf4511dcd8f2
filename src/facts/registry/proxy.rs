//! Section `proxy`: who would send loopback, or the provider's traffic, through a proxy.

use super::{Kind, Spec, spec};

pub const SPECS: &[Spec] = &[
    spec("proxy.variables", Kind::Records, "the proxy variables that are set, user info removed").always(),
    spec("proxy.variables[].name", Kind::Text, "name").always(),
    spec("proxy.variables[].value", Kind::Text, "value, user info removed").always(),
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
    spec("proxy.hops[].proxy", Kind::Url, "the proxy, user info removed"),
    spec("proxy.hops[].variable", Kind::Text, "the variable that decides"),
    spec("proxy.hops[].why", Kind::Text, "why, in words").always(),
    spec("proxy.hops[].error", Kind::Text, "the client's own error, where the value breaks it"),
    spec("proxy.hops[].cure_variable", Kind::Text, "the variable to set or unset"),
    spec("proxy.hops[].cure_value", Kind::Text, "the value that cures it; absent where the variable has to be unset"),
    spec("proxy.case_conflict", Kind::Record, "no_proxy and NO_PROXY are both set and differ"),
    spec("proxy.case_conflict.lower", Kind::Text, "no_proxy").always(),
    spec("proxy.case_conflict.upper", Kind::Text, "NO_PROXY").always(),
    spec("proxy.case_conflict.readers", Kind::Text, "who reads which").always(),
];
