//! Hosts where anybody gets a name in a minute: no provider has its endpoints there. What the list is for stands beside it, as
//! the rest of a sentence.

use std::collections::HashMap;
use std::sync::OnceLock;

const HOSTS: &[(&str, &[&str])] = &[
    (
        "keeps what is sent to it, for whoever opened the page to read",
        &[
            "webhook.site",
            "pipedream.net",
            "requestbin.com",
            "requestbin.net",
            "requestcatcher.com",
            "requestinspector.com",
            "beeceptor.com",
            "hookbin.com",
            "webhook.cool",
            "typedwebhook.tools",
            "postb.in",
            "ptsv2.com",
            "ptsv3.com",
            "mockbin.org",
            "mockbin.io",
            "httpbin.org",
            "interact.sh",
            "oast.fun",
            "oast.live",
            "oast.me",
            "oast.online",
            "oast.pro",
            "oast.site",
            "oastify.com",
            "burpcollaborator.net",
            "canarytokens.com",
            "dnslog.cn",
        ],
    ),
    (
        "is a tunnel to somebody's own machine",
        &[
            "ngrok.io",
            "ngrok.app",
            "ngrok.dev",
            "ngrok-free.app",
            "ngrok-free.dev",
            "trycloudflare.com",
            "loca.lt",
            "localtunnel.me",
            "localhost.run",
            "lhr.life",
            "serveo.net",
            "serveousercontent.com",
            "pagekite.me",
            "telebit.io",
            "tunnelmole.net",
            "bore.pub",
            "devtunnels.ms",
            "zrok.io",
            "pinggy.io",
            "pinggy.link",
            "localto.net",
        ],
    ),
    (
        "sends on to an address that nobody sees, and that can change",
        &[
            "bit.ly",
            "tinyurl.com",
            "t.co",
            "t.ly",
            "goo.gl",
            "is.gd",
            "v.gd",
            "ow.ly",
            "buff.ly",
            "cutt.ly",
            "rb.gy",
            "tiny.cc",
            "shorturl.at",
            "rebrand.ly",
            "bl.ink",
            "lnkd.in",
            "dub.sh",
            "s.id",
        ],
    ),
    ("shows what anybody pastes there", &["pastebin.com", "paste.ee", "hastebin.com", "dpaste.org", "rentry.co"]),
];

/// What the host is, where it is one of them or below one; it is in lower case.
pub fn what_is(host: &str) -> Option<&'static str> {
    static KNOWN: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let each = HOSTS.iter().flat_map(|(what, names)| names.iter().map(|name| (*name, *what)));
        each.collect()
    });
    let tails = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]).filter(|tail| tail.contains('.'));
    std::iter::once(host).chain(tails).find_map(|tail| known.get(tail).copied())
}
