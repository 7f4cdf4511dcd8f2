//! The faults that people meet with authsome's daemon, in every version that they have: each is produced for real, named
//! first by `doctor`, mended as it says, and the next login completes. One row each, written to
//! `target/daemon-matrix.md`. A run takes a third of the rows with each version, so that every fault and every version
//! is seen; `tests/real/daemon-matrix` runs each fault with each version.

mod daemons;
mod files;
mod holders;
mod logins;
pub mod next_login;
pub mod scene;
mod surroundings;

use std::any::Any;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::support::browser::Browser;
use crate::support::port::CallbackPort;
use crate::support::process::Running;
use crate::support::program::{Answer, end_of};
use crate::support::snapshot::Snapshot;
use scene::{Scene, Stage};

const VERSIONS: [&str; 3] = ["0.5.0", "0.6.4", "0.7.2"];
/// The versions whose commands use httpx and read `AUTHSOME_BASE_URL`.
const NEWER: &[&str] = &["0.6.4", "0.7.2"];

/// The rule of the one row that takes as long as a session lives.
const FIVE_MINUTES: &str = "session-ran-out";

/// One fault, and how it is mended.
struct Row {
    /// The label of the cause.
    cause: &'static str,
    /// How it is produced.
    fault: &'static str,
    /// The rule that must name it first; with a `*` at its end, any whose id begins so.
    rule: &'static str,
    /// What mends it.
    fix: &'static str,
    /// The versions that have this fault at all.
    versions: &'static [&'static str],
    /// Plays it up to the next login, which the table makes; panics where anything is not as it should be.
    play: for<'a> fn(&Row, &mut Scene<'a>, &'a CallbackPort),
}

impl Row {
    /// `doctor` names this row's cause first, and leaves everything under the home as it was.
    #[track_caller]
    fn is_named(&self, scene: &Scene, arguments: &[&str]) -> Answer {
        let mut command = scene.world.process();
        self.is_what_is_said_first(scene, command.args(["doctor", "--format", "json"]).args(arguments))
    }

    /// The same of a doctor that is started in a way of the row's own.
    #[track_caller]
    fn is_what_is_said_first(&self, scene: &Scene, command: &mut Command) -> Answer {
        let before = Snapshot::of(&scene.world.authsome_home());
        let answer = end_of(Running::start(command));
        before.is_unchanged("doctor");
        self.is_first_in(answer)
    }

    /// This row's cause is the first of the report.
    #[track_caller]
    fn is_first_in(&self, answer: Answer) -> Answer {
        let document = answer.document();
        let (cause, rule) = (&document["verdict"]["cause"], &document["verdict"]["rule"]);
        let rule_fits = rule.as_str().is_some_and(|rule| match self.rule.strip_suffix('*') {
            Some(beginning) => rule.starts_with(beginning),
            None => rule == self.rule,
        });
        assert!(
            cause == self.cause && rule_fits,
            "wanted {} by {} first; what was said: {}",
            self.cause,
            self.rule,
            answer.gist()
        );
        answer
    }

    /// The same, and `--fix --yes` mends it.
    #[track_caller]
    fn is_named_and_mended(&self, scene: &Scene, arguments: &[&str]) {
        self.is_named(scene, arguments);
        let fixed = scene.world.doctor(&[&["--fix", "--yes"], arguments].concat());
        assert!(fixed.findings(self.cause).is_empty(), "--fix --yes did not mend it: {}", fixed.gist());
    }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    [holders::ROWS, daemons::ROWS, surroundings::ROWS, files::ROWS, logins::ROWS].into_iter().flatten()
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn every_fault_is_named_first_and_mended_and_the_next_login_completes() {
    let whole = std::env::var_os("AUTHSOME_MATRIX").is_some_and(|value| value == "whole");
    let only = std::env::var("AUTHSOME_MATRIX_ONLY").unwrap_or_default();
    let stage = Stage::new();
    let mut table = "| version | cause | produced by | named by | mended by | next login | time |\n\
                     |---|---|---|---|---|---|---|\n"
        .to_owned();
    // Row by row: a run that is cut off has shown what it got to.
    println!("{}", table.trim_end());
    let (mut failed, mut played) = (Vec::new(), 0);
    for (number, row) in rows().enumerate() {
        let one = row.versions[number % row.versions.len()];
        for version in
            row.versions.iter().copied().filter(|version| whole || (*version == one && row.rule != FIVE_MINUTES))
        {
            let name = format!("{version} {} {}", row.cause, row.fault);
            if !name.contains(&only) {
                continue;
            }
            let began = Instant::now();
            played += 1;
            let ended = catch_unwind(AssertUnwindSafe(|| {
                let port = CallbackPort::take();
                let mut scene = Scene::new(&stage, &port, version);
                (row.play)(row, &mut scene, &port);
                next_login::completes(&scene);
            }));
            let word = if ended.is_ok() { "completes" } else { "**failed**" };
            let took = began.elapsed().as_secs_f32();
            let Row { cause, fault, rule, fix, .. } = row;
            let line = format!("| {version} | {cause} | {fault} | {rule} | {fix} | {word} | {took:.1} s |");
            println!("{line}");
            writeln!(table, "{line}").expect("a text");
            if let Err(why) = ended {
                failed.push(format!("{name}: {}", words(&*why)));
            }
        }
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/daemon-matrix.md");
    std::fs::write(&path, &table).expect("the table");
    assert!(played > 0, "no row has {only:?} in it");
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Without any fault: `doctor` has nothing to say before and after, and a whole login ends in the vault of every version,
/// by our command and by authsome's own.
#[test]
fn a_whole_login_through_the_daemon_ends_in_the_vault_of_every_version() {
    let stage = Stage::new();
    for version in VERSIONS {
        let port = CallbackPort::take();
        let scene = Scene::new(&stage, &port, version);
        let _daemon = scene.daemon(&port);
        scene.world.doctor(&["--offline"]).expect_no_problem();
        next_login::completes(&scene);
        scene.world.doctor(&["--offline"]).expect_no_problem();

        let url = next_login::begin_with_authsomes_own(&scene, "acme");
        let page = next_login::Person::with_the_right_secret().finishes(&Browser::open(), &url);
        let well = page.contains("Login complete") || page.contains("Authentication successful");
        assert!(well, "{version}: authsome's own login did not end well:\n{page}");
        scene.world.doctor(&["--offline"]).expect_no_problem();
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
