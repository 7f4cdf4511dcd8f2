//! Every cause that a person can mend, produced for real: named, mended through the guided path at a terminal, and the
//! login completes in the same run. One row each, written to `target/live-faults.md`; `tests/real/live-faults` runs this alone.

mod here;
mod person;
mod practice;
mod provider;
mod way;

use std::any::Any;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

/// One fault, and how it is mended.
pub struct Row {
    /// The label of the cause.
    pub cause: &'static str,
    /// How it is produced.
    pub fault: String,
    /// The rule that must name it first.
    pub rule: &'static str,
    /// What the person does about it.
    pub mended: String,
    /// Plays it to the end; panics where anything is not as it should be.
    pub play: Box<dyn Fn(&Row)>,
}

impl Row {
    pub fn new(
        cause: &'static str,
        fault: &str,
        rule: &'static str,
        mended: &str,
        play: impl Fn(&Row) + 'static,
    ) -> Self {
        Self { cause, fault: fault.to_owned(), rule, mended: mended.to_owned(), play: Box::new(play) }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn every_cause_that_a_person_can_mend_is_mended_in_the_run_that_met_it() {
    let mut table =
        "| cause | produced by | named by | mended by | the same run | time |\n|---|---|---|---|---|---|\n".to_owned();
    let mut failed = Vec::new();
    for row in practice::rows().into_iter().chain(provider::rows()).chain(way::rows()).chain(here::rows()) {
        let began = Instant::now();
        let ended = catch_unwind(AssertUnwindSafe(|| (row.play)(&row)));
        let Row { cause, fault, rule, mended, .. } = &row;
        let word = if ended.is_ok() { "completes" } else { "**failed**" };
        let took = began.elapsed().as_secs_f32();
        writeln!(table, "| {cause} | {fault} | {rule} | {mended} | {word} | {took:.1} s |").expect("a text");
        if let Err(why) = ended {
            failed.push(format!("{cause}, {fault}: {}", words(&*why)));
        }
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/live-faults.md");
    std::fs::write(&path, &table).expect("the table");
    println!("{table}");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
