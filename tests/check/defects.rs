//! One defect at a time in a sound definition: `tests/check/defects/`, a file for each subject.

use crate::world::{World, findings};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(serde::Deserialize)]
struct Defect(String, String, String, String, String, String);

fn defects() -> Vec<Defect> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/defects");
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read = |file: PathBuf| -> Vec<Defect> {
        let text = std::fs::read_to_string(&file).expect("a text");
        serde_yaml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
    };
    files.flat_map(read).collect()
}

fn sound(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/definitions/{name}.jsonc"));
    std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

/// What is not as the table says, in words; every text is asked of the program by itself.
fn wrong(defect: &Defect) -> Option<String> {
    let Defect(base, old, new, rule, severity, pointer) = defect;
    let sound = sound(base);
    assert_eq!(sound.matches(old).count(), 1, "{base}: {old}");
    let file = format!("{base}.jsonc");
    let world = World::with(&file, sound.replace(old, new));
    let (code, document) = world.json(&[&file]);
    let found = findings(&document);
    if !found.contains(&(rule, severity, pointer)) {
        return Some(format!("{base}: {new}: {rule} ({severity}) at {pointer}, not {found:?}"));
    }
    let errors = found.iter().any(|(_, severity, _)| *severity == "error");
    (code != i32::from(errors)).then(|| format!("{base}: {new}: exit code {code}"))
}

#[test]
fn every_defect_alone_is_found_at_its_place() {
    let defects = defects();
    assert!(defects.len() >= 150, "{}", defects.len());
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    let take = || {
        while let Some(defect) = defects.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(wrong) = wrong(defect) {
                missed.lock().expect("no panic").push(wrong);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(take);
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "{} of {} missed:\n{}", missed.len(), defects.len(), missed.join("\n"));
}

#[test]
fn the_sound_originals_are_silent() {
    for name in ["acme", "acme-key", "acme-device", "acme-registered", "acme-browser"] {
        let file = format!("{name}.jsonc");
        let (code, document) = World::with(&file, sound(name)).json(&[&file]);
        assert_eq!((code, findings(&document)), (0, Vec::new()), "{name}");
    }
}
