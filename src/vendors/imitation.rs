//! Hosts that are none of a vendor's and look like one.

use super::shelf;
use std::sync::OnceLock;

/// How a host looks like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imitation {
    /// The same to the eye: `s1ack`, `rnicrosoft`, `githubb`.
    Spelt,
    /// A vendor's host stands in front: `github.com.login.example`.
    Begins,
    /// One letter is another, or the name stands beside a dash.
    Near,
}

impl Imitation {
    /// The value of the fact `definition.look_alikes[].how`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spelt => "spelt",
            Self::Begins => "begins",
            Self::Near => "near",
        }
    }
}

/// Shorter names are alike by chance.
const SPELT: usize = 4;
const BESIDE_A_DASH: usize = 6;
const ONE_LETTER: usize = 7;

/// Words of the language, and products that others run: a name made of them says nothing.
const COMMON: &[&str] = &[
    "accounts",
    "buffer",
    "dynamics",
    "gitlab",
    "linear",
    "mattermost",
    "monday",
    "nextcloud",
    "notion",
    "sentry",
    "stripe",
    "threads",
    "windows",
    "wordpress",
    "workday",
    "zitadel",
];

/// What somebody registered: `google` and `com`, of one of a vendor's hosts.
struct Registered {
    name: &'static str,
    suffix: &'static str,
    skeleton: String,
}

/// The host that this one looks like, which is nobody's of whom we know; `None` for a vendor's own.
pub fn imitated(host: &str) -> Option<(Imitation, String)> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let index = &shelf().0;
    if !host.is_ascii() || index.known_host(&host).is_some() {
        return None;
    }
    if let Some(own) = begins(&host) {
        return Some((Imitation::Begins, own.to_owned()));
    }
    let (name, suffix) = registered(&host)?;
    let skeleton = skeleton(name);
    let told = |how, known: &Registered| Some((how, format!("{}.{}", known.name, known.suffix)));
    let alike = with_skeleton(&skeleton);
    if alike.iter().any(|known| known.name == name) {
        return None;
    }
    if let Some(known) = alike.first().filter(|known| known.name.len() >= SPELT) {
        return told(Imitation::Spelt, known);
    }
    let counts = |known: &&Registered| known.suffix == suffix && !COMMON.contains(&known.name);
    if let Some(known) = beside_a_dash(name).and_then(|part| part.iter().find(counts)) {
        return told(Imitation::Near, known);
    }
    let slip = |known: &&Registered| {
        let longer = known.name.len().max(ONE_LETTER);
        longer.abs_diff(name.len()) <= 1
            && longer == known.name.len()
            && one_slip(known.name.as_bytes(), name.as_bytes())
    };
    let begins_alike = if name.len() + 1 >= ONE_LETTER { with_beginning(&skeleton) } else { &[] };
    let known = begins_alike.iter().find(|known| slip(known) && counts(known))?;
    told(Imitation::Near, known)
}

/// By skeleton.
fn names() -> &'static [Registered] {
    static NAMES: OnceLock<Vec<Registered>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let hosts = shelf().0.hosts.iter().filter_map(|(host, _)| registered(host));
        let mut names: Vec<_> =
            hosts.map(|(name, suffix)| Registered { name, suffix, skeleton: skeleton(name) }).collect();
        names.sort_by(|one, other| one.skeleton.cmp(&other.skeleton));
        names
    })
}

fn with_skeleton(skeleton: &str) -> &'static [Registered] {
    let from = names().partition_point(|known| known.skeleton.as_str() < skeleton);
    let alike = names()[from..].iter().take_while(|known| known.skeleton == skeleton).count();
    &names()[from..from + alike]
}

/// Those that begin with the same letter.
fn with_beginning(skeleton: &str) -> &'static [Registered] {
    static FROM: OnceLock<[usize; 257]> = OnceLock::new();
    let from = FROM.get_or_init(|| {
        std::array::from_fn(|byte| {
            names()
                .partition_point(|known| known.skeleton.bytes().next().is_some_and(|first| usize::from(first) < byte))
        })
    });
    skeleton.bytes().next().map_or(&[], |first| &names()[from[usize::from(first)]..from[usize::from(first) + 1]])
}

/// `accounts-google`, `github-login`. Vendors have `salesforce-sites` and the like themselves.
fn beside_a_dash(name: &str) -> Option<&'static [Registered]> {
    const DOORS: &[&str] =
        &["account", "accounts", "api", "auth", "id", "login", "oauth", "oauth2", "secure", "signin", "sso"];
    let (front, last) = name.rsplit_once('-')?;
    let part = if DOORS.contains(&last) { front } else { last };
    let known = with_skeleton(&skeleton(part));
    (part.len() >= BESIDE_A_DASH && known.iter().any(|known| known.name == part)).then_some(known)
}

/// A vendor's host in front of somebody's. `amazon.com.br` is no such thing: com.br is where names are registered.
fn begins(host: &str) -> Option<&'static str> {
    host.match_indices('.').find_map(|(at, _)| {
        let (front, behind) = (&host[..at], &host[at + 1..]);
        let (known, _) = (front.contains('.') && behind.len() > 2).then(|| shelf().0.known_host(front))??;
        Some(known.as_str())
    })
}

/// The name that somebody registered, and what it was registered under.
fn registered(host: &str) -> Option<(&str, &str)> {
    const SECOND: &[&str] = &["co", "com", "net", "org", "gov", "ac", "or", "ne", "go"];
    let (mut front, last) = host.rsplit_once('.')?;
    let mut suffix = last;
    if let Some((before, second)) = front.rsplit_once('.')
        && last.len() == 2
        && SECOND.contains(&second)
    {
        (front, suffix) = (before, &host[before.len() + 1..]);
    }
    Some((front.rsplit('.').next().unwrap_or(front), suffix))
}

/// What is left when letters that look alike are one; in a longer name, letters that stand twice, too.
fn skeleton(name: &str) -> String {
    let mut left = String::with_capacity(name.len());
    let mut rest = name.bytes().peekable();
    while let Some(byte) = rest.next() {
        let letter = match byte {
            b'i' | b'1' => 'l',
            b'0' => 'o',
            b'r' if rest.next_if_eq(&b'n').is_some() => 'm',
            b'v' if rest.next_if_eq(&b'v').is_some() => 'w',
            other => char::from(other),
        };
        if name.len() < 6 || !left.ends_with(letter) {
            left.push(letter);
        }
    }
    left
}

/// One letter more, less or another, or two that changed places; never the first.
fn one_slip(one: &[u8], other: &[u8]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    let less = |longer: &[u8], shorter: &[u8]| longer.split_first().is_some_and(|(_, rest)| rest == shorter);
    let turned =
        || one.len() > 1 && other.len() > 1 && (one[0], one[1]) == (other[1], other[0]) && one[2..] == other[2..];
    same > 0
        && match one.len().cmp(&other.len()) {
            std::cmp::Ordering::Equal => one.get(1..) == other.get(1..) || turned(),
            std::cmp::Ordering::Less => less(other, one),
            std::cmp::Ordering::Greater => less(one, other),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_looks_like_a_vendors_is_told_with_it() {
        use Imitation::{Begins, Near, Spelt};
        for (host, how, like) in [
            ("accounts.googIe.com", Spelt, "google.com"),
            ("oauth2.goooogleapis.com", Spelt, "googleapis.com"),
            ("login.rnicrosoftonline.com", Spelt, "microsoftonline.com"),
            ("login.micros0ftonline.com", Spelt, "microsoftonline.com"),
            ("s1ack.com", Spelt, "slack.com"),
            ("githubb.com", Spelt, "github.com"),
            ("gitIab.com", Spelt, "gitlab.com"),
            ("www.paypa1.com", Spelt, "paypal.com"),
            ("api.dr0pboxapi.com", Spelt, "dropboxapi.com"),
            ("github.com.login.dev", Begins, "github.com"),
            ("accounts.google.com.evil.io", Begins, "accounts.google.com"),
            ("accounts-google.com", Near, "google.com"),
            ("github-login.com", Near, "github.com"),
            ("shopfiy.com", Near, "shopify.com"),
            ("dropbx.com", Near, "dropbox.com"),
        ] {
            assert_eq!(imitated(host), Some((how, like.to_owned())), "{host}");
        }
    }

    #[test]
    fn a_host_of_a_vendor_or_of_another_name_is_silent() {
        for host in [
            "github.com",
            "api.gitlab.com",
            "github.acme.com",
            "gitlab-ee.com",
            "amazon.com.br",
            "mercadolibre.com.pe",
            "motion.com",
            "stripo.email",
            "linear-b.io",
            "tide--line.my.salesforce-sites.com",
            "acme.example",
            "auth.tideline.io",
            "127.0.0.1",
            "localhost",
        ] {
            assert_eq!(imitated(host), None, "{host}");
        }
    }
}
