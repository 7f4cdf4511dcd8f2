//! `check` for machines that read along: what a code host, a pull request and a build server show.

mod github;
mod junit;
mod sarif;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;

use crate::diagnosis::Finding;
use crate::facts::Place;
use crate::sink::safe_line;
use std::path::Path;

/// A file's name as these machines want it: relative to where the run began, with slashes; `None`: it lies elsewhere.
fn relative(file: &str, base: &Path) -> Option<String> {
    let path = Path::new(file);
    let inside = if path.is_absolute() { path.strip_prefix(base).ok()? } else { path };
    let mut parts: Vec<String> = Vec::new();
    for part in inside.components() {
        match part {
            std::path::Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            std::path::Component::ParentDir => {
                parts.pop()?;
            }
            _ => {}
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Why it is wrong, and each way to mend it on a line of its own.
fn words(finding: &Finding) -> String {
    let mut words = finding.explanation.trim().to_owned();
    for fix in &finding.fixes {
        words.push_str("\nFix: ");
        words.push_str(&safe_line(&fix.title));
    }
    words
}

/// Line and column, where a place has them.
fn spot(place: &Place) -> Option<(u32, u32)> {
    (place.line > 0).then_some((place.line, place.column.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_where_the_run_began() {
        let base = Path::new("/repo");
        for (file, name) in [
            ("providers/a.json", Some("providers/a.json")),
            ("./a.json", Some("a.json")),
            ("x/../a.json", Some("a.json")),
            ("/repo/providers/a.json", Some("providers/a.json")),
            ("/elsewhere/a.json", None),
            ("../a.json", None),
        ] {
            assert_eq!(relative(file, base).as_deref(), name, "{file}");
        }
    }
}
