use super::*;
use crate::host::RealFiles;
use rusqlite::Connection;

/// A made-up installation: bundled definitions in files, custom ones in a database.
struct Installed {
    folder: tempfile::TempDir,
    shelves: Shelves,
}

impl Installed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bundled = folder.path().join("bundled");
        std::fs::create_dir_all(folder.path().join("server")).unwrap();
        std::fs::create_dir(&bundled).unwrap();
        for (file, name) in [("github.jsonc", "github"), ("gitlab.json", "gitlab"), ("other.jsonc", "klaviyo-oauth")] {
            std::fs::write(bundled.join(file), format!("// bundled\n{{\"name\": \"{name}\"}}")).unwrap();
        }
        std::fs::write(bundled.join("__init__.py"), "").unwrap();
        let custom = Custom::of(folder.path(), None);
        Self { shelves: Shelves { bundled: Some(bundled), custom: Some(custom) }, folder }
    }

    fn register(&self, name: &str, definition: &str) {
        let database = Connection::open(self.folder.path().join("server/authsome.db")).unwrap();
        let columns = "name TEXT PRIMARY KEY, definition_json TEXT NOT NULL, created_at TEXT, updated_at TEXT";
        database.execute_batch(&format!("CREATE TABLE IF NOT EXISTS custom_provider_definitions ({columns})")).unwrap();
        database.execute("INSERT INTO custom_provider_definitions VALUES (?, ?, '', '')", [name, definition]).unwrap();
    }

    fn find(&self, name: &str) -> Result<Found, LookupError> {
        self.shelves.find(&RealFiles, name)
    }
}

#[test]
fn a_bundled_definition_is_found_by_its_name_whatever_its_file_is_called() {
    let installed = Installed::new();
    for name in ["github", "gitlab", "klaviyo-oauth"] {
        let found = installed.find(name).unwrap();
        assert_eq!((found.source, found.name().as_str()), (Source::Bundled, name));
    }
}

#[test]
fn a_custom_definition_hides_the_bundled_one_as_it_does_in_authsome() {
    let installed = Installed::new();
    installed.register("github", r#"{"name": "github", "display_name": "Mine"}"#);
    let found = installed.find("github").unwrap();
    assert_eq!(found.source, Source::Custom);
    assert!(found.file.ends_with("authsome.db#github"), "{}", found.file);
    assert_eq!(found.read().unwrap().root.get("display_name").unwrap().as_text(), Some("Mine"));
}

#[test]
fn a_name_that_nobody_has_is_answered_with_the_nearest() {
    let installed = Installed::new();
    installed.register("acmecrm", "{}");
    let nearest = |name: &str| match installed.find(name) {
        Err(LookupError::NotFound { nearest, .. }) => nearest,
        other => panic!("{other:?}"),
    };
    assert_eq!(nearest("githb").as_deref(), Some("github"));
    assert_eq!(nearest("acme-crm").as_deref(), Some("acmecrm"));
    assert_eq!(nearest("zoom"), None);
    assert_eq!(nearest("x' OR '1'='1"), None);
}

#[test]
fn a_home_without_a_database_and_a_database_without_the_table_have_no_custom_definitions() {
    let installed = Installed::new();
    assert_eq!(installed.shelves.all(&RealFiles).unwrap().len(), 3);
    Connection::open(installed.folder.path().join("server/authsome.db"))
        .unwrap()
        .execute_batch("CREATE TABLE t (n)")
        .unwrap();
    assert_eq!(installed.shelves.all(&RealFiles).unwrap().len(), 3);
}

#[test]
fn a_database_that_is_none_says_so() {
    let installed = Installed::new();
    std::fs::write(
        installed.folder.path().join("server/authsome.db"),
        "no database at all, but long enough".repeat(50),
    )
    .unwrap();
    let Err(LookupError::Unreadable(why)) = installed.find("github") else { panic!("it should not be readable") };
    assert!(why.contains("authsome.db") && why.contains("not a database"), "{why}");
}

#[test]
fn looking_leaves_nothing_behind() {
    let installed = Installed::new();
    installed.register("acme", "{}");
    let server = installed.folder.path().join("server");
    installed.find("acme").unwrap();
    assert_eq!(std::fs::read_dir(server).unwrap().count(), 1);
}

#[test]
fn each_version_keeps_its_custom_definitions_in_its_own_place() {
    let home = Path::new("/home/me/.authsome");
    let of = |version: &str| Custom::of(home, Some(&version.parse().unwrap()));
    assert!(matches!(of("0.2.4"), Custom::Folder(folder) if folder == home.join("providers")));
    assert!(matches!(of("0.4.2"), Custom::Vault));
    assert!(matches!(of("0.5.0"), Custom::Database(path) if path == home.join("server/authsome.db")));
    assert!(matches!(of("0.7.2"), Custom::Database(_)));
}

#[test]
fn in_the_folder_of_authsome_0_2_a_custom_definition_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("providers")).unwrap();
    std::fs::write(folder.path().join("providers/acme.json"), r#"{"name": "acme"}"#).unwrap();
    let shelves = Shelves::of(folder.path(), None, Some("0.2.4"));
    assert_eq!(shelves.find(&RealFiles, "acme").unwrap().source, Source::Custom);
}

#[test]
fn what_the_vault_may_hold_is_not_called_missing() {
    let shelves = Shelves { bundled: None, custom: Some(Custom::Vault) };
    assert!(matches!(shelves.find(&RealFiles, "acme"), Err(LookupError::Unreadable(_))));
}

#[test]
fn a_file_of_a_hundred_megabytes_is_found_and_refused_without_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.json");
    std::fs::File::create(&path).unwrap().set_len(100 << 20).unwrap();
    let found = read_file(&RealFiles, &path, Source::File).unwrap();
    assert_eq!(found.read().unwrap_err().kind, crate::definition::Kind::TooLarge);
    assert_eq!(found.name(), "");
}
