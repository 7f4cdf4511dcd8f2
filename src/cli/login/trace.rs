//! `--trace FILE`: what the login sent and saw, as a HAR file.

use crate::cli::app::App;
use crate::diagnosis::RunError;
use crate::login::{Sighting, Story};
use crate::oauth::record::{Exchange, Recorder};
use crate::report::har::{Answer, Entry, Page, Trace, har};
use crate::sink::{self, Doc, Stream, Style};
use std::path::Path;
use std::time::Duration;

const COMMENT: &str = "Every HTTP request of this program in this login, and what it saw of the browser's. Secrets are hidden. Not in \
it: name look-ups, the look at who holds the port, and at certificates.";

/// A file that cannot be written is told before the browser opens; one that is cut short is a trace all the same.
pub fn begin(app: &App, path: &Path, story: &Story) -> Result<(), RunError> {
    write(app, path, story, &[])
}

/// The whole trace, however the login ended. The login's own end matters more than a disk that filled up meanwhile.
pub fn end(app: &App, path: &Path, story: &Story, recorder: &Recorder) {
    if let Err(error) = write(app, path, story, &recorder.all()) {
        let mut doc = Doc::new();
        doc.push(Style::Warn, "! ").line(error.message);
        let _ = sink::print(Stream::Err, &doc);
    }
}

fn write(app: &App, path: &Path, story: &Story, exchanges: &[std::sync::Arc<Exchange>]) -> Result<(), RunError> {
    let pages = story
        .attempts()
        .enumerate()
        .map(|(index, began)| Page { began: story.time_of(began), title: format!("Attempt {}", index + 1) });
    let sent = exchanges.iter().map(|exchange| of_exchange(story, exchange));
    let seen = story.sightings().iter().map(|sighting| of_sighting(story, sighting));
    let trace = Trace { comment: COMMENT.to_owned(), pages: pages.collect(), entries: sent.chain(seen).collect() };
    app.write_file(path, &sink::json_text(&har(&trace)))
}

fn of_exchange(story: &Story, exchange: &Exchange) -> Entry {
    let request = &exchange.request;
    let (answer, comment) = match &exchange.outcome {
        Ok(answer) => {
            let cut = if answer.cut_off { "; the rest of the answer was not read" } else { "" };
            let (status, headers, body) = (answer.status, answer.headers.clone(), answer.body.clone());
            (Some(Answer { status, headers, body }), format!("step {}{cut}", exchange.step))
        }
        Err(failure) => (None, format!("step {}: no answer: {failure}", exchange.step)),
    };
    Entry {
        began: story.time_of(exchange.began),
        took: exchange.took,
        method: request.method.to_owned(),
        url: request.url.to_string(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        answer,
        comment,
    }
}

fn of_sighting(story: &Story, sighting: &Sighting) -> Entry {
    Entry {
        began: story.time_of(sighting.began),
        took: Duration::ZERO,
        method: "GET".to_owned(),
        url: sighting.url.to_string(),
        headers: Vec::new(),
        body: None,
        answer: sighting.status.map(|status| Answer { status, headers: Vec::new(), body: Vec::new() }),
        comment: format!("step {}: {}", sighting.step, sighting.comment),
    }
}
