//! A failed login on the page in the browser: the diagnosis that the terminal shows, with the same words.

use crate::cli::app::App;
use crate::diagnosis::Diagnosis;
use crate::facts::Facts;
use crate::pages::{Step, Trouble};
use crate::report;

/// The first finding.
pub fn trouble(app: &App, diagnosis: &Diagnosis, facts: &Facts) -> Trouble {
    let Some(first) = diagnosis.findings.first() else {
        return Trouble {
            title: "The cause could not be told".to_owned(),
            explanation: "The terminal shows what was seen.".to_owned(),
            evidence: Vec::new(),
            steps: Vec::new(),
        };
    };
    let (evidence, ways) = report::brief(first, facts, &app.view().home);
    let steps = ways.into_iter().map(|way| Step { title: way.title, typed: way.typed, note: way.note });
    Trouble { title: first.title.clone(), explanation: first.explanation.clone(), evidence, steps: steps.collect() }
}
