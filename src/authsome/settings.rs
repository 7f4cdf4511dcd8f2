//! What decides where authsome's files are and where its commands look for the daemon.

use super::Release;
use crate::host::{Env, Host};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use url::{Host as UrlHost, Url};

/// `AUTHSOME_HOME` as authsome takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub path: PathBuf,
    pub configured_by: &'static str,
    /// It begins with a `~` that nobody expanded: authsome makes a folder of that name where the command runs.
    pub literal_tilde: bool,
}

impl Home {
    /// The flag, the variable, or `~/.authsome`.
    pub fn find(env: &Env, flag: Option<&Path>) -> Self {
        let (path, configured_by) = match (flag, env.get("AUTHSOME_HOME")) {
            (Some(flag), _) => (flag.to_owned(), "flag"),
            // authsome takes an empty variable for the folder in which the command runs.
            (None, Some("")) => (PathBuf::from("."), "environment"),
            (None, Some(path)) => (PathBuf::from(path), "environment"),
            (None, None) => (user_home(env).unwrap_or_default().join(".authsome"), "default"),
        };
        let literal_tilde = path.to_string_lossy().starts_with('~');
        Self { path, configured_by, literal_tilde }
    }
}

/// The person's own folder.
pub fn user_home(env: &Env) -> Option<PathBuf> {
    env.filled("HOME").or_else(|| env.filled("USERPROFILE")).map(PathBuf::from)
}

/// Where commands look for the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// As configured, without a last slash.
    pub text: String,
    pub from: &'static str,
}

impl BaseUrl {
    pub const DEFAULT: &'static str = "http://127.0.0.1:7998";

    /// As that release's commands decide it.
    pub fn find(env: &Env, config: Option<&Json>, release: &Release) -> Self {
        let found = release.cli_target.iter().find_map(|source| {
            let (text, from) = match source.as_str() {
                "config" => (config?.get("daemon_base_url")?.as_str()?, "config"),
                "AUTHSOME_BASE_URL" => (env.filled("AUTHSOME_BASE_URL")?, "AUTHSOME_BASE_URL"),
                "AUTHSOME_DAEMON_URL" => (env.filled("AUTHSOME_DAEMON_URL")?, "AUTHSOME_DAEMON_URL"),
                // A setting that the file has, be it null, hides the variable of the same setting.
                "AUTHSOME_DAEMON_BASE_URL" if config.and_then(|config| config.get("daemon_base_url")).is_none() => {
                    (env.filled("AUTHSOME_DAEMON_BASE_URL")?, "AUTHSOME_DAEMON_BASE_URL")
                }
                _ => return None,
            };
            let text = text.trim().trim_end_matches('/');
            (!text.is_empty()).then(|| Self { text: text.to_owned(), from })
        });
        found.unwrap_or(Self { text: Self::DEFAULT.to_owned(), from: "default" })
    }

    pub fn url(&self) -> Option<Url> {
        Url::parse(&self.text).ok()
    }

    /// The loopback port that it names; none for another host, or a text that is no http URL.
    pub fn loopback_port(&self) -> Option<u16> {
        let url = self.url().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        is_loopback(&url).then(|| url.port_or_known_default())?
    }

    /// Is the daemon on another machine than this one? Then no command starts it, and the network lies in between.
    pub fn hosted(&self) -> bool {
        let Some(url) = self.url().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
            return false;
        };
        !crate::host::http::is_loopback(&url)
            && !matches!(url.host(), Some(UrlHost::Ipv4(ip)) if ip.is_unspecified())
            && !matches!(url.host(), Some(UrlHost::Ipv6(ip)) if ip.is_unspecified())
    }

    /// Why no command can use it, where none can.
    pub fn defect(&self) -> Option<String> {
        let Some(url) = self.url().filter(Url::has_host) else {
            let scheme = self.text.contains("://");
            let why = if scheme { "it is no URL" } else { "it has no http:// or https:// in front" };
            return Some(why.to_owned());
        };
        let web = matches!(url.scheme(), "http" | "https");
        (!web).then(|| format!("{}:// is nothing that authsome speaks", url.scheme()))
    }

    /// The value of the variable that moves the port which commands take for their own daemon's, where it names another
    /// port than this address: then they start no daemon here.
    pub fn other_port_variable(&self, env: &Env, release: &Release) -> Option<String> {
        let set = env.filled(release.port_variable.as_deref()?)?;
        let own = self.url()?.port()?;
        (set.trim() != own.to_string()).then(|| set.to_owned())
    }

    /// Would commands start a daemon there by themselves? Only for plain http on loopback, without a path, on the port
    /// that they take for their own: 7998, or what `port_variable` says. A URL without a port counts, although it then
    /// names port 80.
    pub fn managed(&self, env: &Env, release: &Release) -> bool {
        let own = own_port(env, release);
        self.url().is_some_and(|url| {
            url.scheme() == "http"
                && is_loopback(&url)
                && matches!(url.path(), "" | "/")
                && url.port().is_none_or(|port| port == own)
        })
    }
}

/// The port that commands take for their own daemon's.
fn own_port(env: &Env, release: &Release) -> u16 {
    let set = release.port_variable.as_deref().and_then(|name| env.filled(name));
    set.and_then(|port| port.trim().parse().ok()).unwrap_or(super::versions::DEFAULT_PORT)
}

/// authsome knows these three spellings of loopback, and no other.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(UrlHost::Ipv4(ip)) => ip == std::net::Ipv4Addr::LOCALHOST,
        Some(UrlHost::Ipv6(ip)) => ip == std::net::Ipv6Addr::LOCALHOST,
        Some(UrlHost::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Which identity the commands of a release act as, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveIdentity {
    /// A name, whose files lie in the home.
    Named { handle: String, from: &'static str },
    /// The key itself, in `AUTHSOME_IDENTITY_PRIVATE_KEY`; without a name the daemon is asked for it.
    Key { handle: Option<String> },
    /// There is none yet: the next command makes one.
    None,
    /// Why the commands end with an error before they do anything.
    Refused(&'static str),
}

impl ActiveIdentity {
    pub fn find(env: &Env, config: Option<&Json>, release: &Release) -> Self {
        let variable = |name: &str| env.get(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        let reads = |name: &str| release.reads(name);
        let handle = variable("AUTHSOME_IDENTITY").filter(|_| reads("AUTHSOME_IDENTITY"));
        let key = variable("AUTHSOME_IDENTITY_PRIVATE_KEY").filter(|_| reads("AUTHSOME_IDENTITY_PRIVATE_KEY"));
        if key.is_some() {
            let alone = release.identity_from.iter().any(|source| source == "AUTHSOME_IDENTITY_PRIVATE_KEY");
            return match handle {
                None if !alone => Self::Refused("AUTHSOME_IDENTITY_PRIVATE_KEY is set and AUTHSOME_IDENTITY is not"),
                handle => Self::Key { handle },
            };
        }
        let found = release.identity_from.iter().find_map(|source| {
            let setting = config.and_then(|config| config.get("active_identity"));
            let (handle, from) = match source.as_str() {
                "AUTHSOME_IDENTITY" => (handle.clone()?, "AUTHSOME_IDENTITY"),
                "config" => (setting?.as_str()?.to_owned(), "config"),
                // A setting that the file has, be it null, hides the variable of the same setting.
                "AUTHSOME_ACTIVE_IDENTITY" if setting.is_none() => {
                    (variable("AUTHSOME_ACTIVE_IDENTITY")?, "AUTHSOME_ACTIVE_IDENTITY")
                }
                _ => return None,
            };
            (!handle.is_empty()).then_some(Self::Named { handle, from })
        });
        found.unwrap_or(Self::None)
    }
}

/// `client/config.json`, where it is there and whole; authsome itself takes a broken one for an absent one.
pub fn client_config(host: &Host, home: &Path, release: &Release) -> Option<Json> {
    const MOST: u64 = 256 * 1024;
    let text = host.files.read_text(&release.file(home, "config")?, MOST).ok()?;
    serde_json::from_str(&text).ok().filter(Json::is_object)
}

#[cfg(test)]
mod tests {
    use super::super::versions::release;
    use super::*;
    use serde_json::json;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs.iter().copied().collect()
    }

    fn base(pairs: &[(&str, &str)], config: Option<&Json>, version: &str) -> BaseUrl {
        BaseUrl::find(&env(pairs), config, release(version).0)
    }

    #[test]
    fn the_home_is_the_flag_then_the_variable_then_the_default() {
        let set = env(&[("HOME", "/home/dev"), ("AUTHSOME_HOME", "/srv/authsome")]);
        assert_eq!(Home::find(&set, Some(Path::new("/tmp/h"))).path, Path::new("/tmp/h"));
        assert_eq!(Home::find(&set, None).path, Path::new("/srv/authsome"));
        let plain = Home::find(&env(&[("HOME", "/home/dev")]), None);
        assert_eq!((plain.path.as_path(), plain.configured_by), (Path::new("/home/dev/.authsome"), "default"));
        assert!(Home::find(&env(&[("AUTHSOME_HOME", "~/.authsome")]), None).literal_tilde);
        assert_eq!(Home::find(&env(&[("AUTHSOME_HOME", "")]), None).path, Path::new("."), "as authsome takes it");
    }

    #[test]
    fn each_version_asks_other_places_for_the_daemons_address() {
        let url = [("AUTHSOME_BASE_URL", "http://localhost:7998/"), ("AUTHSOME_DAEMON_URL", "http://127.0.0.1:9000")];
        assert_eq!(base(&url, None, "0.7.2").text, "http://localhost:7998");
        assert_eq!(base(&url, None, "0.5.0").text, "http://127.0.0.1:9000");
        let config = json!({"daemon_base_url": "http://127.0.0.1:8000"});
        assert_eq!(base(&url, Some(&config), "0.7.2").from, "config");
        assert_eq!(base(&url, Some(&config), "0.6.4").from, "AUTHSOME_BASE_URL");
        assert_eq!(base(&[], Some(&json!({"daemon_base_url": null})), "0.7.2").text, BaseUrl::DEFAULT);
    }

    #[test]
    fn commands_start_a_daemon_only_at_their_own_address() {
        let managed = |text: &str, pairs: &[(&str, &str)], version: &str| {
            BaseUrl { text: text.to_owned(), from: "default" }.managed(&env(pairs), release(version).0)
        };
        for own in ["http://127.0.0.1:7998", "http://localhost:7998", "http://[::1]:7998", "http://localhost"] {
            assert!(managed(own, &[], "0.7.2"), "{own}");
        }
        for other in ["http://127.0.0.1:8123", "https://127.0.0.1:7998", "http://127.0.0.1:7998/x", "127.0.0.1:7998"] {
            assert!(!managed(other, &[], "0.7.2"), "{other}");
        }
        let port = [("AUTHSOME_PORT", "8123")];
        assert!(!managed("http://127.0.0.1:7998", &port, "0.7.2"), "AUTHSOME_PORT alone stops the automatic start");
        assert!(managed("http://127.0.0.1:8123", &port, "0.7.2"));
        assert!(managed("http://127.0.0.1:7998", &port, "0.5.0"), "0.5.0 does not know AUTHSOME_PORT");
    }

    #[test]
    fn an_address_that_no_command_can_use_is_told_with_why() {
        let defect = |text: &str| BaseUrl { text: text.to_owned(), from: "default" }.defect();
        assert_eq!(defect("http://localhost:7998"), None);
        assert!(defect("127.0.0.1:7998").unwrap().contains("http://"));
        assert!(defect("localhost:7998").unwrap().contains("http://"));
        assert!(defect("http://").is_some());
        assert!(defect("unix:///run/authsome.sock").is_some());
    }

    #[test]
    fn a_daemon_on_another_machine_is_told_from_one_here() {
        let hosted = |text: &str| BaseUrl { text: text.to_owned(), from: "default" }.hosted();
        for here in ["http://127.0.0.1:7998", "http://localhost", "http://[::1]:7998", "http://0.0.0.0:7998", "x:7998"]
        {
            assert!(!hosted(here), "{here}");
        }
        assert!(hosted("https://authsome.example") && hosted("http://192.168.1.7:7998/"));
    }

    #[test]
    fn a_setting_of_the_file_hides_the_variable_of_the_same_setting() {
        let set = [("AUTHSOME_DAEMON_BASE_URL", "http://127.0.0.1:8001")];
        assert_eq!(base(&set, None, "0.7.2").from, "AUTHSOME_DAEMON_BASE_URL");
        assert_eq!(base(&set, Some(&json!({})), "0.7.2").text, "http://127.0.0.1:8001");
        assert_eq!(base(&set, Some(&json!({"daemon_base_url": null})), "0.7.2").from, "default");
        assert_eq!(base(&set, None, "0.6.4").from, "default", "0.6 does not know it");
    }

    /// Tried with each of these versions.
    #[test]
    fn each_version_takes_its_identity_from_other_places() {
        let config = json!({"active_identity": "from-config"});
        let who = |pairs: &[(&str, &str)], config: Option<&Json>, version: &str| {
            ActiveIdentity::find(&env(pairs), config, release(version).0)
        };
        let named = |handle: &str, from| ActiveIdentity::Named { handle: handle.to_owned(), from };
        for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
            assert_eq!(who(&[], Some(&config), version), named("from-config", "config"), "{version}");
            assert_eq!(who(&[], None, version), ActiveIdentity::None, "{version}");
            let variable = [("AUTHSOME_IDENTITY", " by-variable ")];
            assert_eq!(who(&variable, Some(&config), version), named("by-variable", "AUTHSOME_IDENTITY"), "{version}");
            let both = [("AUTHSOME_IDENTITY", "a-name"), ("AUTHSOME_IDENTITY_PRIVATE_KEY", "00")];
            let handle = Some("a-name".to_owned());
            assert_eq!(who(&both, Some(&config), version), ActiveIdentity::Key { handle }, "{version}");
        }
        let key = [("AUTHSOME_IDENTITY_PRIVATE_KEY", "00")];
        assert_eq!(who(&key, Some(&config), "0.7.2"), ActiveIdentity::Key { handle: None });
        assert!(matches!(who(&key, Some(&config), "0.6.4"), ActiveIdentity::Refused(_)), "0.6 wants the name too");
        let other = [("AUTHSOME_ACTIVE_IDENTITY", "by-setting")];
        assert_eq!(who(&other, Some(&json!({})), "0.7.2"), named("by-setting", "AUTHSOME_ACTIVE_IDENTITY"));
        assert_eq!(who(&other, Some(&json!({"active_identity": null})), "0.7.2"), ActiveIdentity::None);
        assert_eq!(who(&other, Some(&config), "0.7.2"), named("from-config", "config"));
        assert_eq!(who(&other, None, "0.5.0"), ActiveIdentity::None, "0.5 does not know it");
        assert_eq!(who(&[("AUTHSOME_IDENTITY", "a-name")], None, "0.3.2"), ActiveIdentity::None);
    }

    #[test]
    fn only_a_loopback_address_has_a_callback_port_of_ours() {
        let port = |text: &str| BaseUrl { text: text.to_owned(), from: "default" }.loopback_port();
        assert_eq!(port("http://localhost:8000"), Some(8000));
        assert_eq!(port("http://[::1]:8000"), Some(8000));
        assert_eq!(port("https://authsome.example"), None);
        assert_eq!(port("127.0.0.1:7998"), None);
    }
}
