//! Tables: lists of facts and rules, and with `-v` what the probes looked at.

use crate::facts::{Facts, Looked, Path};
use crate::sink::{self, Doc, Stream, Style, redact_text, safe_line};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// JSON objects as rows. On a terminal as wide as it is; in a pipe one line a row, so that it can be searched.
pub fn table(rows: &[Value], columns: &[&str]) -> String {
    let cells = rows.iter().map(|row| columns.iter().map(|column| cell(&row[*column])).collect());
    let screen = sink::screen(Stream::Out);
    laid_out(columns, cells.collect(), screen.terminal.then_some(screen.width))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe_line(&redact_text(text)),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => safe_line(&redact_text(&other.to_string())),
    }
}

fn laid_out(columns: &[&str], rows: Vec<Vec<String>>, width: Option<usize>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(columns.iter().map(|name| name.replace('_', " "))).add_rows(rows);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

/// Who listens and which way each hop goes.
pub fn looked_at(facts: &Facts) -> Doc {
    let mut doc = Doc::new();
    let listeners = rows(facts, "port.listeners", &["address", "owner.pid", "owner.name", "owner.kind", "answers"]);
    let hops = rows(facts, "proxy.hops", &["hop", "client", "route", "proxy", "variable"]);
    let tables = [
        ("who listens on the callback port", &["address", "pid", "program", "kind", "answers"][..], listeners),
        ("which way each request goes", &["hop", "client", "route", "proxy", "because of"][..], hops),
    ];
    for (title, columns, rows) in tables {
        if !rows.is_empty() {
            doc.newline().push(Style::Strong, title).newline();
            doc.block(Style::Plain, "  ", laid_out(columns, rows, None));
        }
    }
    doc
}

fn rows(facts: &Facts, list: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let path = Path::parse(list);
    let number = facts.list(list).map_or(0, <[_]>::len);
    let field = |index: usize, name: &&str| match facts.look(&path.item(index).field(name)) {
        Looked::Known(value) => safe_line(&super::evidence::in_words(value)),
        Looked::Unknown(_) => "unknown".to_owned(),
        Looked::Absent | Looked::NotAsked => "-".to_owned(),
    };
    (0..number).map(|index| fields.iter().map(|name| field(index, name)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_in_a_pipe_has_one_line_a_row_and_no_frame() {
        let rows = [json!({"id": "a-rule", "what": ["x", "y"]}), json!({"id": "b", "what": "long ".repeat(40)})];
        let text = table(&rows, &["id", "what"]);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.starts_with("id"), "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with("a-rule  x, y"), "{text}");
    }

    #[test]
    fn a_table_on_a_terminal_keeps_to_its_width() {
        let text = laid_out(&["id", "meaning"], vec![vec!["a".into(), "word ".repeat(60)]], Some(60));
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn foreign_text_in_a_table_is_made_safe() {
        let text = table(&[json!({"id": "\u{1b}[31mx\ny", "t": "code=Ab12Cd"})], &["id", "t"]);
        assert!(text.contains("x y") && text.contains("code=‹hidden›") && !text.contains('\u{1b}'), "{text}");
    }
}
