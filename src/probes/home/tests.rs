use super::*;
use crate::authsome::versions::release;
use crate::facts::Looked;
use crate::host::Host;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

const HANDLE: &str = "calm-very-gladly-1234";

struct House(tempfile::TempDir);

impl House {
    /// As authsome 0.7.2 leaves it after a first command.
    fn lived_in() -> Self {
        let house = Self(tempfile::tempdir().unwrap());
        house.file("client/config.json", &format!(r#"{{"env":"dev","active_identity":"{HANDLE}","daemon_base_url":null,"proxy_ca_installed":false,"proxy_mode":"connected_allow"}}"#), 0o644);
        house.file(&format!("client/identities/{HANDLE}.key"), &format!("{}\n", "0f".repeat(32)), 0o600);
        let metadata =
            format!(r#"{{"handle":"{HANDLE}","did":"did:key:z6MkExample","created_at":"2026-11-22T09:00:00Z"}}"#);
        house.file(&format!("client/identities/{HANDLE}.json"), &metadata, 0o644);
        house.file("server/master.key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", 0o600);
        house.file("server/authsome.db", "SQLite format 3\0 and more", 0o644);
        house.file("server/daemon/daemon.log", "INFO:     Uvicorn running on http://127.0.0.1:7998\n", 0o644);
        house
    }

    fn file(&self, path: &str, content: &str, mode: u32) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn probed(&self, version: &str, pairs: &[(&str, &str)]) -> Facts {
        let path = self.0.path().to_str().unwrap();
        let env = pairs.iter().copied().chain([("AUTHSOME_HOME", path)]).collect();
        let mut known = Facts::new();
        known.set("authsome.version", version);
        run(&Context::of(Host { env: Arc::new(env), ..Host::real() }), &known)
    }

    /// The defect of the file with that role.
    fn defect(&self, role: &str) -> Option<String> {
        let facts = self.probed("0.7.2", &[]);
        let count = facts.list("home.files").unwrap().len();
        let at = (0..count).find(|at| facts.text(&format!("home.files[{at}].role")) == Some(role))?;
        facts.text(&format!("home.files[{at}].defect")).map(str::to_owned)
    }
}

fn flaws(facts: &Facts) -> usize {
    let count = facts.list("home.files").unwrap().len();
    let flaw = |at: &usize, name: &str, bad: bool| facts.truth(&format!("home.files[{at}].{name}")) == Some(bad);
    (0..count)
        .filter(|at| flaw(at, "intact", false) || flaw(at, "too_open", true) || flaw(at, "readable", false))
        .count()
}

#[test]
fn what_authsome_itself_leaves_is_whole() {
    let facts = House::lived_in().probed("0.7.2", &[]);
    assert_eq!(flaws(&facts), 0);
    assert_eq!(facts.list("home.files").unwrap().len(), 6);
    assert_eq!(facts.text("home.active_identity"), Some(HANDLE));
    assert_eq!(facts.truth("home.identity_key_present"), Some(true));
    assert_eq!(facts.truth("home.writable"), Some(true));
    assert_eq!(facts.text("home.layout"), Some("0.5.0"));
}

#[test]
fn a_home_that_is_not_there_yet_is_fine_where_it_can_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let context = Context { home_flag: Some(folder.path().join("a/b")), ..Context::of(Host::real()) };
    let facts = run(&context, &Facts::new());
    assert_eq!((facts.truth("home.exists"), facts.truth("home.writable")), (Some(false), Some(true)));
    assert_eq!(facts.get("home.files"), Looked::NotAsked);
}

#[test]
fn a_config_that_authsome_would_silently_replace_is_told_with_what_is_wrong() {
    let house = House::lived_in();
    for (content, says) in [
        ("{\"active_identity\": ", "not JSON"),
        ("[]", "no object"),
        ("{\"active_identity\": 5}", "active_identity"),
        ("{\"proxy_mode\": \"sometimes\"}", "proxy_mode"),
        ("{\"active_identify\": \"x\"}", "active_identify"),
    ] {
        house.file("client/config.json", content, 0o644);
        assert!(house.defect("config").unwrap().contains(says), "{content}");
    }
}

#[test]
fn a_newer_versions_config_is_broken_for_0_6_and_whole_for_0_5() {
    let house = House::lived_in();
    assert_eq!(flaws(&house.probed("0.6.4", &[])), 1);
    assert_eq!(flaws(&house.probed("0.5.0", &[])), 0);
    assert_eq!(release("0.7.2").0.config_keys.as_ref().unwrap().len(), 8);
}

#[test]
fn broken_keys_are_told_and_nothing_of_them_is_kept() {
    let house = House::lived_in();
    house.file(&format!("client/identities/{HANDLE}.key"), "not a key", 0o600);
    assert!(house.defect("identity_key").unwrap().contains("hexadecimal"));
    house.file(&format!("client/identities/{HANDLE}.key"), "abcdef", 0o600);
    assert!(house.defect("identity_key").unwrap().contains("6 figures"));
    house.file("server/master.key", r#"{"version":1,"key":"c2hvcnQ="}"#, 0o600);
    assert!(house.defect("master_key").unwrap().contains("5 bytes"));
    house.file("server/master.key", "\n", 0o600);
    assert!(house.defect("master_key").unwrap().contains("empty"));
    house.file("server/authsome.db", "not a database", 0o644);
    assert!(house.defect("database").is_some());
    let other = r#"{"handle":"another-one","did":"did:key:z6Mk"}"#;
    house.file(&format!("client/identities/{HANDLE}.json"), other, 0o644);
    assert!(house.defect("identity_metadata").unwrap().contains("another-one"));
    let everything = house.probed("0.7.2", &[]).to_json().to_string();
    assert!(!everything.contains("abcdef") && !everything.contains("c2hvcnQ"));
}

#[test]
fn the_master_secret_of_every_version_is_whole() {
    let house = House::lived_in();
    for secret in
        [r#"{"version":1,"key":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}"#, "any words of a person's own"]
    {
        house.file("server/master.key", secret, 0o600);
        assert_eq!(house.defect("master_key"), None, "{secret}");
    }
}

#[test]
fn a_key_that_others_may_read_is_too_open_and_a_log_is_not() {
    let house = House::lived_in();
    house.file("server/master.key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", 0o644);
    let facts = house.probed("0.7.2", &[]);
    assert_eq!(flaws(&facts), 1);
    assert!(facts.to_json().to_string().contains(r#""too_open":true"#));
}

#[test]
fn a_missing_key_is_told_unless_the_environment_holds_one() {
    let house = House::lived_in();
    fs::remove_file(house.0.path().join(format!("client/identities/{HANDLE}.key"))).unwrap();
    assert_eq!(house.probed("0.7.2", &[]).truth("home.identity_key_present"), Some(false));
    let own = house.probed("0.7.2", &[("AUTHSOME_IDENTITY_PRIVATE_KEY", "00")]);
    assert_eq!(own.get("home.identity_key_present"), Looked::NotAsked);
    let other = house.probed("0.7.2", &[("AUTHSOME_IDENTITY", "../../etc/passwd")]);
    assert_eq!(other.get("home.identity_key_present"), Looked::NotAsked, "a handle is no path");
}

#[test]
fn a_file_in_the_place_of_the_home_is_no_home() {
    let house = House::lived_in();
    let context = Context { home_flag: Some(house.0.path().join("server/master.key")), ..Context::of(Host::real()) };
    assert_eq!(run(&context, &Facts::new()).truth("home.is_directory"), Some(false));
}

#[test]
fn a_tilde_that_nobody_expanded_and_a_relative_home_are_told() {
    let of = |path: &str| {
        let env = [("AUTHSOME_HOME", path), ("HOME", "/home/dev")].into_iter().collect();
        let facts = run(&Context::of(Host { env: Arc::new(env), ..Host::real() }), &Facts::new());
        (facts.truth("home.literal_tilde").unwrap(), facts.truth("home.relative").unwrap())
    };
    assert_eq!(of("~/.authsome"), (true, false));
    assert_eq!(of(""), (false, true));
    assert_eq!(of("/nowhere/.authsome"), (false, false));
}

impl House {
    /// As `{"active_identity": …}` and the like: what the configuration is to hold, and whom it then names.
    fn mended(&self, version: &str) -> (Option<serde_json::Value>, Option<String>) {
        let facts = self.probed(version, &[]);
        let config = facts.text("home.mended_config").map(|text| serde_json::from_str(text).unwrap());
        (config, facts.text("home.mended_identity").map(str::to_owned))
    }

    fn key(&self, handle: &str) {
        self.file(&format!("client/identities/{handle}.key"), &"0f".repeat(32), 0o600);
    }

    fn metadata(&self, handle: &str) {
        let text = format!(r#"{{"handle":"{handle}","did":"did:key:z6MkExample"}}"#);
        self.file(&format!("client/identities/{handle}.json"), &text, 0o644);
    }
}

#[test]
fn a_config_that_was_lost_gets_the_one_identity_that_is_whole_and_keeps_the_settings_that_are_fit() {
    let house = House::lived_in();
    house.file("client/config.json", "{\"active_ident", 0o644);
    let only = Some(serde_json::json!({"active_identity": HANDLE}));
    assert_eq!(house.mended("0.7.2"), (only.clone(), Some(HANDLE.to_owned())));
    house.file(
        "client/config.json",
        r#"{"proxy_mode": "sometimes", "daemon_base_url": "https://a.example", "x": 1}"#,
        0o644,
    );
    let kept = serde_json::json!({"daemon_base_url": "https://a.example", "active_identity": HANDLE});
    assert_eq!(house.mended("0.7.2").0, Some(kept));
    assert_eq!(house.mended("0.6.4").0, only, "0.6 takes no daemon_base_url");
}

#[test]
fn among_several_whole_identities_only_the_person_can_choose() {
    let house = House::lived_in();
    house.key("another-one");
    house.metadata("another-one");
    house.file("client/config.json", "half", 0o644);
    assert_eq!(house.mended("0.7.2"), (Some(serde_json::json!({})), None));
    let facts = house.probed("0.7.2", &[]);
    assert_eq!(facts.list("home.whole_identities").unwrap().len(), 2);
    house.file("client/config.json", &format!(r#"{{"active_identity": "{HANDLE}", "x": 1}}"#), 0o644);
    assert_eq!(house.mended("0.7.2").1.as_deref(), Some(HANDLE), "the one that the file names");
}

#[test]
fn an_identity_whose_key_is_lost_is_left_for_a_new_one() {
    let house = House::lived_in();
    for key in [None, Some("not a key")] {
        match key {
            None => fs::remove_file(house.0.path().join(format!("client/identities/{HANDLE}.key"))).unwrap(),
            Some(broken) => house.file(&format!("client/identities/{HANDLE}.key"), broken, 0o600),
        }
        for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
            house.file("client/config.json", &format!(r#"{{"active_identity": "{HANDLE}"}}"#), 0o644);
            assert_eq!(house.mended(version), (Some(serde_json::json!({})), None), "{version}");
            assert_eq!(house.probed(version, &[]).get("home.mended_metadata"), Looked::NotAsked);
        }
    }
    // Another one is not what the person had, be it whole.
    house.key("another-one");
    house.metadata("another-one");
    assert_eq!(house.mended("0.7.2").1, None);
}

#[test]
fn metadata_are_made_again_from_a_whole_key() {
    let house = House::lived_in();
    house.key(HANDLE);
    for broken in [None, Some("{")] {
        match broken {
            None => fs::remove_file(house.0.path().join(format!("client/identities/{HANDLE}.json"))).unwrap(),
            Some(broken) => house.file(&format!("client/identities/{HANDLE}.json"), broken, 0o644),
        }
        let facts = house.probed("0.7.2", &[]);
        let text = facts.text("home.mended_metadata").unwrap();
        let mended: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(mended["handle"], HANDLE);
        assert!(mended["did"].as_str().unwrap().starts_with("did:key:z6Mk"));
        assert!(!text.contains("0f0f"), "nothing of the key");
        assert!(facts.text("home.metadata_path").unwrap().ends_with(&format!("{HANDLE}.json")));
    }
}

#[test]
fn what_names_the_identity_is_told_by_version() {
    let house = House::lived_in();
    let from = |version: &str, pairs: &[(&str, &str)]| {
        let facts = house.probed(version, pairs);
        (
            facts.text("home.active_identity").map(str::to_owned),
            facts.text("home.active_identity_from").map(str::to_owned),
        )
    };
    let is = |handle: &str, from: &str| (Some(handle.to_owned()), Some(from.to_owned()));
    for version in ["0.4.2", "0.5.0", "0.6.4", "0.7.2"] {
        assert_eq!(from(version, &[]), is(HANDLE, "config"), "{version}");
        assert_eq!(from(version, &[("AUTHSOME_IDENTITY", "a-b")]), is("a-b", "AUTHSOME_IDENTITY"), "{version}");
    }
    let key = [("AUTHSOME_IDENTITY_PRIVATE_KEY", "00")];
    assert_eq!(from("0.7.2", &key), (None, Some("AUTHSOME_IDENTITY_PRIVATE_KEY".to_owned())));
    assert!(house.probed("0.6.4", &key).text("home.identity_refused").is_some());
    assert_eq!(house.probed("0.6.4", &[]).get("home.identity_refused"), Looked::Absent);
}
