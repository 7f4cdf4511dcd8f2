//! The words of `data/error_words/`.

use crate::groups::{ErrorWords, Groups};
use serde::Deserialize;

#[derive(Deserialize)]
struct Step {
    step: String,
    strength: String,
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Subject {
    kind: String,
    words: Vec<String>,
}

/// In the order in which the reader takes them.
const KINDS: &[&str] = &["strong", "weak", "build", "tool"];

/// Out of the two files. A mistake comes with the name of its file.
pub fn read(steps: &str, subjects: &str) -> Result<ErrorWords, String> {
    let steps: Vec<Step> = serde_yaml::from_str(steps).map_err(|error| format!("steps.yaml: {error}"))?;
    let subjects: Vec<Subject> = serde_yaml::from_str(subjects).map_err(|error| format!("subjects.yaml: {error}"))?;
    if subjects.iter().map(|subject| subject.kind.as_str()).ne(KINDS.iter().copied()) {
        return Err(format!("subjects.yaml: its kinds must be {}", KINDS.join(", ")));
    }
    let (named, words): (Vec<_>, Vec<_>) = steps.into_iter().map(|one| ((one.step, one.strength), one.words)).unzip();
    let subjects: Vec<_> = subjects.into_iter().map(|subject| subject.words).collect();
    for word in words.iter().chain(&subjects).flatten() {
        if word.to_lowercase() != *word {
            return Err(format!("{word:?} must be in lower case"));
        }
    }
    Ok(ErrorWords { named, steps: Groups::new(&words), subjects: Groups::new(&subjects) })
}
