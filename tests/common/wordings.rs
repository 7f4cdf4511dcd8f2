//! The corpus of real wordings, fixtures/errors (its README says what stands in it).

use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
pub struct Wording {
    pub id: String,
    pub text: String,
    pub cause: Option<String>,
    #[serde(default)]
    pub also: Vec<String>,
    pub provider: Option<String>,
    /// The file that it stands in, without its ending.
    #[serde(default)]
    pub file: String,
}

/// All of them, file by file.
pub fn wordings() -> Vec<Wording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/errors");
    let entries = std::fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let file = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        for (number, line) in std::fs::read_to_string(&path).expect("it is UTF-8").lines().enumerate() {
            let read = serde_json::from_str::<Wording>(line);
            let wording = read.unwrap_or_else(|error| panic!("{file}.jsonl:{}: {error}", number + 1));
            all.push(Wording { file: file.clone(), ..wording });
        }
    }
    all
}
