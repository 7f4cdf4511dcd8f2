//! Annotations of GitHub Actions: a line each, `::error file=…,line=…::…`, which the runner shows beside the line of the file.

use super::super::many::Each;
use super::super::prepare;
use super::{Names, file_name, spot, words};
use crate::diagnosis::{Finding, Report};
use crate::rules::Severity;
use crate::sink::{safe_block, safe_line};

/// What the runner acts on is escaped wherever it stands, so that a text out of a definition stays a text.
pub fn github(report: &Report, names: &Names, home: &str, each: impl Each) -> String {
    let findings: Vec<&Finding> = report.findings.iter().collect();
    let mut lines = each(&findings, &|_, one| annotation(&prepare::finding(one, home), names));
    for open in report.inconclusive.iter().map(|open| prepare::inconclusive(open, home)) {
        let message = format!("{}: {}", open.title, open.because);
        lines.push(command("warning", &[("title", &open.rule)], &message));
    }
    lines.concat()
}

fn annotation(finding: &Finding, names: &Names) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = finding.place.as_ref();
    let file = place.map(|place| file_name(&place.file, names));
    let (line, column) =
        place.and_then(spot).map_or_else(Default::default, |(line, column)| (line.to_string(), column.to_string()));
    let properties =
        [("file", file.as_deref().unwrap_or_default()), ("line", &line), ("col", &column), ("title", &finding.title)];
    let message = format!("{}\nMore: authsome explain {}", words(finding), finding.rule);
    command(level, &properties, &message)
}

fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let filled = properties.iter().filter(|(_, value)| !value.is_empty());
    let properties: Vec<String> = filled.map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&safe_block(message)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&safe_line(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_annotation_or_begin_another() {
        let forged = "x\n::error::forged\r\n::set-output name=a::b 100%\u{1b}[2J,line=1:";
        let line = command("error", &[("file", "a,b:c.json"), ("line", ""), ("title", forged)], forged);
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("::error file=a%2Cb%3Ac.json,title=x %3A%3Aerror"), "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains('\r'), "{line}");
        assert!(line.contains("100%25"), "{line}");
        // The one that ends the properties is the only one that is not escaped.
        let properties = line.trim_start_matches("::error ").split_once("::").expect("a message").0;
        assert!(!properties.contains(':'), "{properties}");
    }
}
