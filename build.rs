//! Checks the built-in rules and compiles them into the binary: a mistake in a rule file does not build.
#![allow(dead_code, unused_imports, clippy::all, clippy::pedantic, clippy::print_stdout)]

#[path = "src/facts/mod.rs"]
mod facts;

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
    #[path = "../src/rules/names.rs"]
    pub mod names;
    #[path = "../src/rules/problem.rs"]
    pub mod problem;
    #[path = "../src/rules/rule.rs"]
    pub mod rule;
    #[path = "../src/rules/set.rs"]
    pub mod set;
    #[path = "../src/rules/template.rs"]
    pub mod template;
    #[path = "../src/rules/words.rs"]
    mod words;
    #[path = "../src/rules/yaml.rs"]
    pub mod yaml;
    pub use words::{Certainty, Safety, Severity};
}

use std::path::{Path, PathBuf};

fn main() {
    for watched in ["build.rs", "rules", "data/causes.yaml", "src/facts", "src/rules"] {
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
    problems.extend(rules::set::check(&written, &[]));
    if !problems.is_empty() {
        for problem in problems {
            println!("cargo::error={problem}");
        }
        std::process::exit(1);
    }
    let compiled: Vec<_> = written.into_iter().map(|one| one.rule).collect();
    let bytes = postcard::to_stdvec(&(causes, compiled)).expect("rules are plain data");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    std::fs::write(out.join("rules.bin"), bytes).expect("OUT_DIR is writable");
}

/// `rules/<family>/<subject>.yaml`, in a stable order.
fn rule_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for family in ["machine", "callback", "daemon", "provider", "definition"] {
        let folder = Path::new("rules").join(family);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut found: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        found.retain(|path| path.extension().is_some_and(|e| e == "yaml"));
        found.sort();
        files.extend(found.into_iter().map(|path| (path, family.to_owned())));
    }
    files
}
