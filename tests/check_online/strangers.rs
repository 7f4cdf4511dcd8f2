//! Definitions of strangers that try to make this machine ask what only it can reach. Each try stands in every field, and
//! none reaches a listener that waits for it on all addresses of this machine. The same tries with --allow-private prove
//! that the listener can be reached.

use super::internet::{Names, checked, machine, said};
use super::site::Victim;
use super::world::{World, definition};
use authsome_doctor::diagnosis::Diagnosis;
use authsome_doctor::probes::online::Policy;
use serde_json::Value;

/// What the guard alone stands against: ports are no matter.
const ANY_PORT: Policy = Policy { private_addresses: false, other_ports: true };

/// A try; whether a client without a guard would reach the listener; a word of the reason.
struct Try(&'static str, bool, &'static str);

/// Addresses in the URL itself. PORT is the listener's.
const ADDRESSES: &[Try] = &[
    Try("https://127.0.0.1:PORT/", true, "loopback"),
    Try("https://127.1.2.3:PORT/", true, "loopback"),
    Try("https://127.1:PORT/", true, "loopback"),
    Try("https://127.0.1:PORT/", true, "loopback"),
    Try("https://2130706433:PORT/", true, "loopback"),
    Try("https://0x7f000001:PORT/", true, "loopback"),
    Try("https://0x7f.0.0.1:PORT/", true, "loopback"),
    Try("https://0X7F.1:PORT/", true, "loopback"),
    Try("https://017700000001:PORT/", true, "loopback"),
    Try("https://0177.0.0.01:PORT/", true, "loopback"),
    Try("https://0177.0x0.0.1:PORT/", true, "loopback"),
    Try("https://127.0.0.1.:PORT/", true, "loopback"),
    Try("https://127.0.0.1%2e:PORT/", true, "loopback"),
    Try("https://127。0。0。1:PORT/", true, "loopback"),
    Try("https://127．0．0．1:PORT/", true, "loopback"),
    Try("https://１２７.０.０.１:PORT/", true, "loopback"),
    Try("https://①②⑦.⓪.⓪.①:PORT/", true, "loopback"),
    Try("https://%31%32%37.0.0.1:PORT/", true, "loopback"),
    Try("https:127.0.0.1:PORT/", true, "loopback"),
    Try("https:/127.0.0.1:PORT/", true, "loopback"),
    Try("https:////127.0.0.1:PORT/", true, "loopback"),
    Try("https://0.0.0.0:PORT/", true, "this machine"),
    Try("https://0:PORT/", true, "this machine"),
    Try("https://[::1]:PORT/", true, "loopback"),
    Try("https://[0:0:0:0:0:0:0:1]:PORT/", true, "loopback"),
    Try("https://[::]:PORT/", true, "unspecified"),
    Try("https://[::ffff:127.0.0.1]:PORT/", true, "loopback"),
    Try("https://[::ffff:7f00:1]:PORT/", true, "loopback"),
    Try("https://[::127.0.0.1]:PORT/", false, "no longer used"),
    Try("https://[64:ff9b::7f00:1]:PORT/", false, "loopback"),
    Try("https://[64:ff9b:1::7f00:1]:PORT/", false, "NAT64"),
    Try("https://[2002:7f00:1::1]:PORT/", false, "loopback"),
    Try("https://[2001:0:0:1::80ff:fffe]:PORT/", false, "Teredo"),
    Try("https://[fe80::1]:PORT/", false, "link-local"),
    Try("https://[fe80::1%25lo]:PORT/", false, "no URL"),
    Try("https://[fd00:ec2::254]:PORT/", false, "metadata"),
    Try("https://[ff02::1]:PORT/", false, "multicast"),
    Try("https://169.254.169.254:PORT/", false, "metadata"),
    Try("https://2852039166:PORT/", false, "metadata"),
    Try("https://0xA9FEA9FE:PORT/", false, "metadata"),
    Try("https://10.0.0.1:PORT/", false, "private"),
    Try("https://192.168.1.1:PORT/", false, "private"),
    Try("https://172.16.0.1:PORT/", false, "private"),
    Try("https://100.64.0.1:PORT/", false, "carrier"),
    Try("https://255.255.255.255:PORT/", false, "broadcast"),
    Try("https://224.0.0.1:PORT/", false, "multicast"),
    Try("https://198.18.0.1:PORT/", false, "benchmarks"),
    Try("https://192.0.2.1:PORT/", false, "documentation"),
    Try("https://240.0.0.1:PORT/", false, "reserved"),
];

/// User info, schemes and characters that are read in different ways: refused with --allow-private, too.
const TRICKS: &[Try] = &[
    Try("https://good.example@127.0.0.1:PORT/", false, "user name"),
    Try("https://good.example:443@127.0.0.1:PORT/", false, "user name"),
    Try("https://good.example%40@127.0.0.1:PORT/", false, "user name"),
    Try("https://127.0.0.1:PORT\\@good.example/", false, "backslash"),
    Try("https://good.example\\@127.0.0.1:PORT/", false, "backslash"),
    Try("https://127.0.0.1:PORT\t/", false, "white space"),
    Try(" https://127.0.0.1:PORT/", false, "white space"),
    Try("https://good.example\r\n@127.0.0.1:PORT/", false, "white space"),
    Try("http://127.0.0.1:PORT/", false, "only https"),
    Try("HTTP://127.0.0.1:PORT/", false, "only https"),
    Try("file:///etc/passwd", false, "only https"),
    Try("gopher://127.0.0.1:PORT/_x", false, "only https"),
    Try("//127.0.0.1:PORT/", false, "no URL"),
];

/// Names that the name server below knows; those that this machine must not even ask about are told by their kind.
const NAMED: &[Try] = &[
    Try("https://inside.example:PORT/", true, "inside.example leads to 127.0.0.1, a loopback address"),
    Try("https://INSIDE.example:PORT/", true, "loopback"),
    Try("https://inside.example.:PORT/", true, "loopback"),
    Try("https://inside。example:PORT/", true, "loopback"),
    Try("https://ｉｎｓｉｄｅ.example:PORT/", true, "loopback"),
    Try("https://127.0.0.1.nip.example:PORT/", true, "loopback"),
    Try("https://both.example:PORT/", true, "both.example leads to 127.0.0.1"),
    Try("https://behind.example:PORT/", true, "behind.example leads to 127.0.0.1"),
    Try("https://six.example:PORT/", true, "six.example leads to ::1"),
    Try("https://mapped.example:PORT/", true, "loopback"),
    Try("https://zero.example:PORT/", true, "this machine"),
    Try("https://cloud.example:PORT/", false, "metadata"),
    Try("https://localhost:PORT/", true, "(localhost)"),
    Try("https://LOCALHOST.:PORT/", true, "(localhost)"),
    Try("https://any.localhost:PORT/", true, "(localhost)"),
    Try("https://localhost.localdomain:PORT/", true, "(localdomain)"),
    Try("https://metadata.google.internal:PORT/", true, "(internal)"),
    Try("https://printer.local:PORT/", true, "(local)"),
    Try("https://wiki:PORT/", true, "only one network knows"),
];

fn names() -> Names {
    let loopback: &[&[&str]] = &[&["127.0.0.1"]];
    Names::saying(&[
        ("inside.example", loopback),
        ("127.0.0.1.nip.example", loopback),
        ("both.example", &[&["93.184.216.34", "127.0.0.1"]]),
        ("behind.example", &[&["127.0.0.1", "93.184.216.34"]]),
        ("six.example", &[&["::1"]]),
        ("mapped.example", &[&["::ffff:127.0.0.1"]]),
        ("zero.example", &[&["0.0.0.0"]]),
        ("cloud.example", &[&["169.254.169.254"]]),
        ("localhost", loopback),
        ("any.localhost", loopback),
        ("localhost.localdomain", loopback),
        ("metadata.google.internal", loopback),
        ("printer.local", loopback),
        ("wiki", loopback),
    ])
}

/// The try in every field.
fn everywhere(url: &str) -> Value {
    let mut all = definition("https://unused.example");
    all["oauth"]["base_url"] = Value::Null;
    for field in ["authorization_url", "token_url", "revocation_url", "device_authorization_url"] {
        all["oauth"][field] = url.into();
    }
    all["registration"]["registration_endpoint"] = url.into();
    all["docs_url"] = url.into();
    all
}

fn places(diagnosis: &Diagnosis) -> Vec<&str> {
    let told = |rule: &str| ["definition-online-address-inside", "definition-online-not-asked"].contains(&rule);
    let findings = diagnosis.findings.iter().filter(|finding| told(&finding.rule));
    let mut places: Vec<&str> = findings.filter_map(|finding| Some(&*finding.place.as_ref()?.pointer)).collect();
    places.sort_unstable();
    places
}

#[test]
fn no_try_reaches_a_listener_and_each_is_told_with_its_reason_at_its_place() {
    let (victim, names) = (Victim::start(), names());
    let host = machine(names.at, None, &[]);
    let tries = || ADDRESSES.iter().chain(TRICKS).chain(NAMED);
    assert!(tries().count() >= 40);
    for Try(url, _, reason) in tries() {
        let url = url.replace("PORT", &victim.port.to_string());
        for policy in [ANY_PORT, Policy::default()] {
            let (_, diagnosis) = checked(&host, &everywhere(&url), policy);
            let said = said(&diagnosis);
            assert!(said.contains(reason) || (policy != ANY_PORT && said.contains("only port 443")), "{url}: {said}");
            let all = [
                "/docs_url",
                "/oauth/authorization_url",
                "/oauth/device_authorization_url",
                "/oauth/revocation_url",
                "/oauth/token_url",
                "/registration/registration_endpoint",
            ];
            assert_eq!(places(&diagnosis), all, "{url}: {said}");
            assert_eq!(victim.visits(), 0, "{url} reached the listener");
        }
    }
    for never in ["localhost", "any.localhost", "metadata.google.internal", "printer.local", "wiki"] {
        assert_eq!(names.asked(never), 0, "{never} was looked up");
    }
}

#[test]
fn the_same_listener_is_reached_by_those_who_mean_it() {
    let (victim, names) = (Victim::start(), names());
    let host = machine(names.at, None, &[]);
    for Try(url, reaches, _) in ADDRESSES.iter().chain(NAMED).filter(|it| it.1) {
        let before = victim.visits();
        let url = url.replace("PORT", &victim.port.to_string());
        checked(&host, &everywhere(&url), Policy::of(true));
        assert_eq!(victim.visits() > before, *reaches, "{url} did not reach the listener");
    }
    let before = victim.visits();
    for Try(url, ..) in TRICKS {
        checked(&host, &everywhere(&url.replace("PORT", &victim.port.to_string())), Policy::of(true));
        assert_eq!(victim.visits(), before, "{url} reached the listener");
    }
}

#[test]
fn the_program_itself_refuses_and_says_so_in_every_format() {
    let victim = Victim::start();
    let world = World::new();
    for Try(url, _, reason) in ADDRESSES.iter().chain(TRICKS) {
        world.file("acme.json", &everywhere(&url.replace("PORT", &victim.port.to_string())));
        let answer = world.run(&["--online", "acme.json"]);
        assert!(answer.stdout.contains("was not asked"), "{url}: {}{}", answer.stdout, answer.stderr);
        let told = answer.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(reason) || told.contains("only port 443"), "{url}: {told}");
        assert_ne!(answer.code, 0, "{url}: what could not be told is not fine");
        assert_eq!(victim.visits(), 0, "{url} reached the listener");
    }
    for format in ["json", "github", "sarif", "junit"] {
        let answer = world.run(&["--online", "--format", format, "acme.json"]);
        assert!(answer.stdout.contains("definition-online-not-asked"), "{format}: {}", answer.stdout);
    }
    let url = format!("https://127.0.0.1:{}/", victim.port);
    world.file("acme.json", &everywhere(&url));
    world.run(&["--online", "--allow-private", "acme.json"]);
    assert!(victim.visits() > 0, "with --allow-private it is reached");
}
