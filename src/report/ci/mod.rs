//! `check` for machines that read along: what a code host, a pull request and a build server show.

mod github;
mod junit;
mod markdown;
mod sarif;

pub use github::github;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;

use crate::diagnosis::Finding;
use crate::diagnosis::identity::relative;
use crate::facts::Place;
use crate::sink::safe_line;

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
