//! Checks the built-in rules and compiles them into the binary: a mistake in a rule file does not build.
#![allow(dead_code, unused_imports, clippy::all, clippy::pedantic, clippy::print_stdout)]

#[path = "build/error_words.rs"]
mod made_words;
#[path = "build/vendors.rs"]
mod vendors;

#[path = "src/error_reader/groups.rs"]
mod groups;

#[path = "src/facts/mod.rs"]
mod facts;

#[path = "src/phrases.rs"]
mod phrases;

#[path = "src/vendors/index.rs"]
mod vendor_index;

mod rules {
    #[path = "../src/rules/causes.rs"]
    pub mod causes;
    #[path = "../src/rules/compiled.rs"]
    pub mod compiled;
    #[path = "../src/rules/condition.rs"]
    pub mod condition;
    #[path = "../src/rules/evaluate.rs"]
    pub mod evaluate;
    #[path = "../src/rules/fix.rs"]
    pub mod fix;
    #[path = "../src/rules/index.rs"]
    pub mod index;
    #[path = "../src/rules/names.rs"]
    pub mod names;
    #[path = "../src/rules/operators.rs"]
    pub mod operators;
    #[path = "../src/rules/packed.rs"]
    pub mod packed;
    #[path = "../src/rules/patterns.rs"]
    mod patterns;
    #[path = "../src/rules/problem.rs"]
    pub mod problem;
    #[path = "../src/rules/rule.rs"]
    pub mod rule;
    #[path = "../src/rules/set.rs"]
    pub mod set;
    #[path = "../src/rules/template.rs"]
    pub mod template;
    #[path = "../src/rules/triggers.rs"]
    pub mod triggers;
    #[path = "../src/rules/words.rs"]
    mod words;
    #[path = "../src/rules/yaml.rs"]
    pub mod yaml;
    pub use words::{Certainty, Safety, Severity};
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn main() {
    for watched in [
        "build",
        "build.rs",
        "rules",
        "data/causes.yaml",
        "data/error_words",
        "data/versions.yaml",
        "data/vendors",
        "src/error_reader/groups.rs",
        "src/facts",
        "src/phrases.rs",
        "src/rules",
        "src/vendors/index.rs",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let causes = std::fs::read_to_string("data/causes.yaml").expect("data/causes.yaml");
    let causes = rules::causes::read(&causes).unwrap_or_else(|problem| {
        println!("cargo::error={problem}");
        std::process::exit(1)
    });
    let labels: Vec<String> = causes.iter().map(|cause| cause.label.clone()).collect();
    let mut problems = Vec::new();
    let mut written = Vec::new();
    for (file, family) in rule_files() {
        let text = std::fs::read_to_string(&file).expect("a rule file that was just listed");
        let name = file.to_string_lossy().into_owned();
        let (rules, wrong) = rules::rule::read_file(&text, &name, &family, false, &labels);
        written.extend(rules);
        problems.extend(wrong);
    }
    problems.extend(rules::set::check(&written, &BTreeSet::new()));
    if !problems.is_empty() {
        for problem in problems {
            println!("cargo::error={problem}");
        }
        std::process::exit(1);
    }
    let mut compiled: Vec<_> = written.into_iter().map(|one| one.rule).collect();
    let vendors = vendors::index(&vendor_files()).unwrap_or_else(|problem| {
        println!("cargo::error=data/vendors/{problem}");
        std::process::exit(1)
    });
    for rule in &mut compiled {
        if vendors.of_rule(&rule.id).is_some() {
            rule.specificity += vendors::OWN_WORDS;
        }
    }
    let file = |name: &str| std::fs::read_to_string(Path::new("data/error_words").join(name)).expect("a file of words");
    let words = made_words::read(&file("steps.yaml"), &file("subjects.yaml")).unwrap_or_else(|problem| {
        println!("cargo::error=data/error_words/{problem}");
        std::process::exit(1)
    });
    let bytes = rules::packed::pack(causes, &compiled);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    // JSON is read many times faster.
    let versions = std::fs::read_to_string("data/versions.yaml").expect("data/versions.yaml");
    let versions: serde_json::Value = serde_yaml::from_str(&versions).unwrap_or_else(|problem| {
        println!("cargo::error=data/versions.yaml: {problem}");
        std::process::exit(1)
    });
    std::fs::write(out.join("versions.json"), versions.to_string()).expect("writable");
    std::fs::write(out.join("rules.bin"), bytes).expect("OUT_DIR is writable");
    std::fs::write(out.join("words.bin"), postcard::to_stdvec(&words).expect("plain data")).expect("writable");
    std::fs::write(out.join("vendors.bin"), postcard::to_stdvec(&vendors).expect("plain data")).expect("writable");
}

/// The records of the vendors: name of the file, and its text.
fn vendor_files() -> Vec<(String, String)> {
    let files = yaml_files(Path::new("data/vendors")).into_iter();
    let read = |file: PathBuf| {
        let id = file.file_stem().expect("it ends in .yaml").to_string_lossy().into_owned();
        (id, std::fs::read_to_string(&file).expect("a file that was just listed"))
    };
    files.map(read).collect()
}

/// In a stable order.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// `rules/<family>/<subject>.yaml`, in a stable order.
fn rule_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for family in ["machine", "callback", "daemon", "provider", "definition"] {
        let found = yaml_files(&Path::new("rules").join(family)).into_iter();
        files.extend(found.map(|path| (path, family.to_owned())));
    }
    files
}
