//! The variables that decide, and nothing else of an environment. Values may hold passwords: `Debug` never shows userinfo.

use std::collections::BTreeMap;
use std::fmt;

/// Every variable that a client here reads.
pub const VARIABLES: [&str; 13] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
];

/// What the path in a certificate variable names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// A file that holds certificates, or one that we could not look into.
    Here,
    Folder,
    /// A file without a certificate in it.
    NotThese,
    Nowhere,
}

/// Which Python client has the package with which it speaks SOCKS; authsome brings neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Socks {
    /// socksio.
    pub httpx: bool,
    /// `PySocks`.
    pub requests: bool,
}

/// The proxy and certificate variables of one process.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyEnv {
    pub(super) socks: Socks,
    values: BTreeMap<&'static str, String>,
    certificates: BTreeMap<&'static str, Certificates>,
}

impl ProxyEnv {
    /// Keeps the relevant ones of `pairs` (of a name that stands twice the first, as `getenv` does); `look` says what a
    /// path of a certificate variable names, seen from where that process runs. Of a list of folders one will do.
    pub fn read<N: AsRef<str>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
        look: impl Fn(&str) -> Certificates,
    ) -> Self {
        let mut env = Self::default();
        for (name, value) in pairs {
            if let Some(&name) = VARIABLES.iter().find(|known| **known == name.as_ref()) {
                env.values.entry(name).or_insert_with(|| value.into());
            }
        }
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
            if let Some(path) = env.values.get(name) {
                env.certificates.insert(name, look(path));
            }
        }
        if let Some(folders) = env.values.get("SSL_CERT_DIR") {
            let found =
                std::env::split_paths(folders).any(|path| look(&path.to_string_lossy()) == Certificates::Folder);
            let found = if found { Certificates::Folder } else { Certificates::Nowhere };
            env.certificates.insert("SSL_CERT_DIR", found);
        }
        env
    }

    #[must_use]
    pub fn with_socks(mut self, socks: Socks) -> Self {
        self.socks = socks;
        self
    }

    /// The value as it is set, empty included. It may hold a password.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value where it says anything.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The first of `names` that says anything, as curl chooses.
    pub(super) fn first_filled(&self, names: &[&'static str]) -> Option<(&'static str, &str)> {
        names.iter().find_map(|&name| Some((name, self.filled(name)?)))
    }

    /// What a certificate variable names; one that is not set names nothing wrong.
    pub(super) fn certificates(&self, name: &str) -> Certificates {
        self.certificates.get(name).copied().unwrap_or(Certificates::Here)
    }

    /// What is set, userinfo removed, in the order of [`VARIABLES`].
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        VARIABLES.iter().filter_map(|&name| Some((name, without_userinfo(self.get(name)?))))
    }

    /// The same without any list of exceptions.
    pub(super) fn without_exceptions(&self) -> Self {
        let mut env = self.clone();
        env.unset("NO_PROXY");
        env.unset("no_proxy");
        env
    }

    pub(super) fn set(&mut self, name: &'static str, value: String) {
        self.values.insert(name, value);
    }

    pub(super) fn unset(&mut self, name: &'static str) {
        self.values.remove(name);
        self.certificates.remove(name);
    }
}

impl fmt::Debug for ProxyEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.shown()).finish()
    }
}

/// A value without what stands before its last `@`, its scheme excepted: also where a password holds a slash or an `@`, so that
/// a URL parser would end the userinfo too early. Rather hides too much than too little.
pub fn without_userinfo(value: &str) -> String {
    let Some((before, after)) = value.rsplit_once('@') else { return value.to_owned() };
    let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
    let plausible = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    if plausible { format!("{scheme}://{after}") } else { after.to_owned() }
}

/// A proxy value as it is asked, where one without a scheme is taken for http; without userinfo.
pub(super) fn with_scheme(value: &str) -> String {
    let shown = without_userinfo(value);
    if shown.contains("://") { shown } else { format!("http://{}", shown.trim_start_matches('/')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn userinfo_is_removed_however_odd_the_password() {
        let cases = [
            ("http://user:pw@proxy:8080", "http://proxy:8080"),
            ("user:pw@proxy:8080", "proxy:8080"),
            ("http://user:p@ss@proxy", "http://proxy"),
            ("http://user:p/ss@proxy", "http://proxy"),
            ("user:p://ss@proxy", "proxy"),
            ("http://proxy:8080", "http://proxy:8080"),
            ("a,me:pw@b,c", "b,c"),
        ];
        for (value, shown) in cases {
            assert_eq!(without_userinfo(value), shown, "{value}");
        }
    }

    #[test]
    fn only_the_relevant_variables_are_kept_and_of_two_the_first() {
        let pairs = [("HTTP_PROXY", "http://a"), ("AUTHSOME_MASTER_KEY", "secret"), ("HTTP_PROXY", "http://b")];
        let env = ProxyEnv::read(pairs, |_| Certificates::Here);
        assert_eq!(env.shown().collect::<Vec<_>>(), [("HTTP_PROXY", "http://a".to_owned())]);
    }
}
