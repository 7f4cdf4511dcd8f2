//! `check --diff BASE`: only what a change brought, in real repositories.

use super::world::{Answer, SOUND, World, answer, findings};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const GIT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A repository whose first commit is the tag `base`.
struct Repo(World);

fn risky() -> String {
    SOUND.replace(r#""pkce": true"#, r#""pkce": false"#)
}

impl Repo {
    fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self(World::new());
        repo.git(&["init", "-q", "-b", "main"]);
        for (file, text) in files {
            repo.0.file(file, text);
        }
        repo.commit("first");
        repo.git(&["tag", "base"]);
        repo
    }

    fn git(&self, arguments: &[&str]) {
        git(self.0.0.path(), arguments);
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn run_in(&self, folder: &str, arguments: &[&str]) -> Answer {
        let mut command = self.0.command();
        answer(command.current_dir(self.0.path(folder)).env("PATH", GIT_PATH).arg("check").args(arguments))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.json_in("", arguments)
    }

    fn json_in(&self, folder: &str, arguments: &[&str]) -> Value {
        let answer = self.run_in(folder, &[&["--format", "json"], arguments].concat());
        serde_json::from_str(&answer.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", answer.stdout, answer.stderr))
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", GIT_PATH).env("HOME", folder).args([
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "protocol.file.allow=always",
    ]);
    let output = command.args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn rules(document: &Value) -> Vec<(&str, &str)> {
    let file = |at: usize| document["findings"][at]["location"]["file"].as_str().unwrap_or_default();
    findings(document).iter().enumerate().map(|(at, (rule, ..))| (*rule, file(at))).collect()
}

#[test]
fn what_stood_there_before_does_not_count() {
    let repo = Repo::with(&[("p/acme.jsonc", &risky()), ("p/other.jsonc", "{")]);
    let document = repo.json(&["p", "--diff", "base"]);
    assert_eq!(rules(&document), []);
    assert_eq!(document["suppressed"], json!({"inline": 0, "config": 0, "baseline": 0, "unchanged": 2}));
    let human = repo.run_in("", &["p", "--diff", "base"]);
    assert_eq!(
        (human.code, human.stdout.as_str()),
        (0, "✔ 2 definitions, nothing else wrong\nnot counted: 2 there before this change\n")
    );

    // A changed file: the old fault, moved by two lines, does not count; the new one does.
    repo.0.file("p/acme.jsonc", risky().replace("{\n  \"schema", "{\n\n\n  \"colour\": 1,\n  \"schema"));
    assert_eq!(
        rules(&repo.json(&["p", "--diff", "base"])),
        [("definition-key-unknown", "p/acme.jsonc")],
        "not committed"
    );
    repo.commit("second");
    assert_eq!(rules(&repo.json(&["p", "--diff", "base"])), [("definition-key-unknown", "p/acme.jsonc")], "committed");
    let sarif: Value =
        serde_json::from_str(&repo.run_in("", &["p", "--diff", "base", "--format", "sarif"]).stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1), "what is unchanged is left out");
}

#[test]
fn a_new_file_counts_as_a_whole_tracked_or_not() {
    let repo = Repo::with(&[("p/old.jsonc", "{")]);
    repo.0.file("p/acme.jsonc", risky());
    let wanted = [("definition-pkce-false", "p/acme.jsonc")];
    assert_eq!(rules(&repo.json(&["p", "--diff", "base"])), wanted, "untracked");
    repo.git(&["add", "p/acme.jsonc"]);
    assert_eq!(rules(&repo.json(&["p", "--diff", "base"])), wanted, "staged");
    repo.commit("second");
    assert_eq!(rules(&repo.json(&["p", "--diff", "HEAD~1"])), wanted, "committed");
    assert_eq!(rules(&repo.json(&["p", "--diff", "HEAD"])), []);
}

#[test]
fn a_file_that_was_renamed_brings_nothing_new() {
    let repo = Repo::with(&[("p/acme.jsonc", &risky())]);
    repo.git(&["mv", "p/acme.jsonc", "p/ac me.jsonc"]);
    let text = risky().replace("Contacts and deals of Acme.", "Contacts.");
    repo.0.file("p/ac me.jsonc", &text);
    repo.git(&["add", "-A"]);
    // Its name is new, so that it differs from the provider's: that alone counts.
    assert_eq!(rules(&repo.json(&["p", "--diff", "base"])), [("definition-file-called-otherwise", "p/ac me.jsonc")]);
}

#[test]
fn names_of_all_kinds_are_found_from_a_folder_below_too() {
    let names = ["a b.jsonc", "it's \"quoted\".jsonc", "größe-日本.jsonc", "-dash.jsonc", "$(x).jsonc"];
    let repo = Repo::with(&[("keep", "")]);
    for name in names {
        repo.0.file(&format!("deep/er/{name}"), "{");
    }
    repo.commit("second");
    assert_eq!(rules(&repo.json(&["deep/er", "--diff", "HEAD"])), []);
    let document = repo.json_in("deep", &["er", "--diff", "HEAD"]);
    assert_eq!((rules(&document), &document["suppressed"]["unchanged"]), (vec![], &json!(names.len())));
    assert_eq!(rules(&repo.json_in("deep", &["er", "--diff", "base"])).len(), names.len());
    for name in names {
        repo.0.file(&format!("deep/er/{name}"), " {");
    }
    assert_eq!(repo.json_in("deep/er", &[".", "--diff", "HEAD"])["suppressed"]["unchanged"], json!(names.len()));
}

#[test]
fn what_others_did_on_the_base_since_is_not_this_change() {
    let repo = Repo::with(&[("p/acme.jsonc", SOUND)]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.0.file("p/mine.jsonc", "{");
    repo.commit("mine");
    repo.git(&["checkout", "-q", "main"]);
    repo.0.file("p/mine.jsonc", "{");
    repo.commit("theirs");
    repo.git(&["checkout", "-q", "topic"]);
    assert_eq!(rules(&repo.json(&["p", "--diff", "main"])), [("definition-not-json", "p/mine.jsonc")]);
    // Without a common beginning BASE itself is compared with.
    repo.git(&["checkout", "-q", "--orphan", "alone"]);
    repo.commit("alone");
    assert_eq!(rules(&repo.json(&["p", "--diff", "main"])), []);
}

#[test]
fn a_fault_that_is_no_longer_allowed_is_new() {
    let comment = "// authsome-check: allow definition-pkce-false because\n";
    let repo = Repo::with(&[("acme.jsonc", &format!("{comment}{}", risky()))]);
    repo.0.file("acme.jsonc", risky());
    assert_eq!(rules(&repo.json(&["acme.jsonc", "--diff", "base"])), [("definition-pkce-false", "acme.jsonc")]);
    // And one that is allowed for nothing is the change's, too.
    repo.0.file("acme.jsonc", format!("{comment}{SOUND}"));
    assert_eq!(rules(&repo.json(&["acme.jsonc", "--diff", "base"])), [("definition-suppression-unused", "acme.jsonc")]);
}

#[test]
fn other_line_endings_in_the_working_tree_change_nothing() {
    let repo = Repo::with(&[("acme.jsonc", &risky())]);
    repo.0.file("acme.jsonc", risky().replace('\n', "\r\n"));
    assert_eq!(rules(&repo.json(&["acme.jsonc", "--diff", "base"])), []);
}

#[test]
#[cfg(unix)]
fn a_link_is_what_it_leads_to() {
    let repo = Repo::with(&[("real/acme.jsonc", &risky())]);
    std::os::unix::fs::symlink("real", repo.0.path("linked")).unwrap();
    std::os::unix::fs::symlink("real/acme.jsonc", repo.0.path("acme.jsonc")).unwrap();
    for path in ["linked", "acme.jsonc"] {
        assert_eq!(repo.json(&[path, "--diff", "base"])["suppressed"]["unchanged"], json!(1), "{path}");
    }
}

#[test]
fn what_git_cannot_tell_ends_the_run_with_what_to_type() {
    let repo = Repo::with(&[("acme.jsonc", SOUND)]);
    for (base, words) in
        [("nowhere", "knows no revision \"nowhere\""), ("HEAD:acme.jsonc", "knows no revision"), ("", "is no revision")]
    {
        let answer = repo.run_in("", &["acme.jsonc", "--diff", base]);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{base}");
        assert!(answer.stderr.contains(words), "{base}: {}", answer.stderr);
    }
    let answer = repo.run_in("", &["acme.jsonc", "--diff=--output=forged"]);
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("is no revision") && !repo.0.path("forged").exists(), "{}", answer.stderr);

    let none = World::with("acme.jsonc", SOUND);
    let alone = super::world::answer(none.command().env("PATH", GIT_PATH).env("GIT_CEILING_DIRECTORIES", "/").args([
        "check",
        "acme.jsonc",
        "--diff",
        "main",
    ]));
    assert_eq!(alone.code, 2);
    assert!(alone.stderr.contains("needs a git repository"), "{}", alone.stderr);
    let without = none.run(&["check", "acme.jsonc", "--diff", "main"]);
    assert_eq!(without.code, 2);
    assert!(without.stderr.contains("git is not installed"), "{}", without.stderr);
    assert_eq!(none.run(&["check", "--diff", "main"]).code, 2);
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let repo = Repo::with(&[("acme.jsonc", SOUND)]);
    repo.commit("second");
    let from = format!("file://{}", repo.0.0.path().display());
    let clones = World::new();
    git(clones.0.path(), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let mut command = clones.command();
    command.current_dir(clones.path("shallow")).env("PATH", GIT_PATH).args(["check", "acme.jsonc", "--diff", "base"]);
    let answer = answer(&mut command);
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("fetch-depth: 0") && answer.stderr.contains("--unshallow"), "{}", answer.stderr);
}

/// The base is there, but not where the change began from.
#[test]
fn what_a_change_brought_is_not_guessed_where_the_histories_do_not_meet() {
    let repo = Repo::with(&[("acme.jsonc", &risky())]);
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.commit("on the branch");
    repo.git(&["checkout", "-q", "main"]);
    repo.0.file("acme.jsonc", SOUND);
    repo.commit("mended meanwhile");
    let from = format!("file://{}", repo.0.0.path().display());
    let clones = World::new();
    let clone = ["clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "feature", &from, "shallow"];
    git(clones.0.path(), &clone);
    let run = |folder: &str, base: &str| {
        let mut command = clones.command();
        answer(command.current_dir(folder).env("PATH", GIT_PATH).args(["check", "acme.jsonc", "--diff", base]))
    };
    let shallow = run(clones.path("shallow").to_str().expect("a path"), "origin/main");
    assert_eq!(shallow.code, 2, "{}", shallow.stdout);
    assert!(
        shallow.stderr.contains("does not reach back") && shallow.stderr.contains("--unshallow"),
        "{}",
        shallow.stderr
    );
}

#[test]
fn an_item_of_a_list_is_the_same_wherever_it_stands() {
    let joined = SOUND.replace(r#""contacts:read", "#, r#""a b", "contacts:read", "#);
    let repo = Repo::with(&[("acme.jsonc", &joined)]);
    repo.0.file("acme.jsonc", joined.replace(r#""a b", "#, r#""new", "a b", "#));
    let document = repo.json(&["acme.jsonc", "--diff", "base"]);
    assert_eq!(findings(&document), [], "{document}");
    assert_eq!(document["suppressed"]["unchanged"], 1, "{document}");
    repo.0.file("acme.jsonc", joined.replace(r#""a b", "#, r#""c d", "a b", "#));
    let document = repo.json(&["acme.jsonc", "--diff", "base"]);
    assert_eq!(findings(&document), [("definition-scopes-joined", "warning", "/oauth/scopes/0")], "{document}");
}
