//! The tables of faults in README.md and docs/ are what the program itself lists.

use authsome_doctor::practice::faults::{CAUSES, table};
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

/// A row for each cause: the plain fault, and how many variants it has.
fn a_row_for_each_cause() -> String {
    let plain = |cause: &str| table().find(|row| row.cause == cause).expect("every cause has rows");
    let row = |cause: &'static str| {
        let variants = table().filter(|row| row.cause == cause).count() - 1;
        let row = plain(cause);
        format!("| `{cause}` | {variants} | {} | {} |\n", row.place.words(), row.shows().replace('|', "\\|"))
    };
    let head = "| Fault | Variants | Where the plain one arises | What it shows |\n|---|---|---|---|\n";
    CAUSES.into_iter().map(row).fold(head.to_owned(), |rows, row| rows + &row)
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
fn the_document_has_a_row_for_every_fault() {
    let rows = all_rows();
    assert_eq!(rows.lines().count(), table().count() + 2);
    holds("docs/practice-faults.md", &rows);
}

#[test]
fn the_readme_has_a_row_for_every_cause() {
    holds("README.md", &a_row_for_each_cause());
}
