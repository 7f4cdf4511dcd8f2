//! The table of faults in README.md is what the program itself lists.

use authsome_doctor::practice::faults::table;
use std::path::Path;
use std::process::Command;

const BEGIN: &str = "<!-- faults: begin -->\n";
const END: &str = "<!-- faults: end -->\n";

/// `authsome practice --list-faults --format markdown`
fn all_rows() -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_authsome"));
    let output = program.args(["practice", "--list-faults", "--format", "markdown"]).output().expect("it starts");
    String::from_utf8(output.stdout).expect("our program writes UTF-8")
}

/// Holds the part between the markers against the table; with `UPDATE_DOCS` set, writes it.
#[track_caller]
fn holds(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(&path).expect("it is there");
    let (before, rest) = text.split_once(BEGIN).expect("the table begins with a marker");
    let (found, after) = rest.split_once(END).expect("and ends with one");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).expect("it can be written");
        return;
    }
    let first = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "the table of {file} is not that of the program: UPDATE_DOCS=1 cargo test --test practice_docs writes it. \
         The first line that differs: {first:#?}"
    );
}

#[test]
fn the_readme_has_a_row_for_every_fault() {
    let rows = all_rows();
    assert_eq!(rows.lines().count(), table().count() + 2);
    holds("README.md", &rows);
}
