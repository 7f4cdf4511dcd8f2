//! The report as Markdown, to paste into an issue: verdict, findings, what could not be told, and the facts in full.

use super::command::{self, Login, ToDo};
use super::wording::paragraphs;
use super::{evidence, explained, json, prepare};
use crate::diagnosis::{Finding, FixOffer, Report};
use crate::sink::{disarmed, json_text, safe_block, safe_line};
use std::fmt::Write;

pub fn markdown(report: &Report, home: &str) -> String {
    let report = &prepare::report(report, home);
    let mut out = String::new();
    let status = json::status(report.verdict.status);
    line(&mut out, &format!("# authsome {}: {status}\n", report.command));
    if let Some(error) = &report.verdict.error {
        line(&mut out, &inline(&error.message));
    }
    for finding in &report.findings {
        self::finding(&mut out, finding, Login::of(&report.facts), home);
    }
    if !report.inconclusive.is_empty() {
        line(&mut out, "## Could not be told\n");
        for open in &report.inconclusive {
            line(&mut out, &format!("- {} (`{}`)", inline(&evidence::because(&open.because)), open.rule));
        }
        line(&mut out, "");
    }
    line(&mut out, "## Facts\n\n<details><summary>What was found on this machine, redacted</summary>\n");
    line(&mut out, &fenced("json", json_text(&report.facts.to_json()).trim_end()));
    line(&mut out, "\n</details>\n");
    let (version, ms) = (env!("CARGO_PKG_VERSION"), report.took.as_millis());
    line(&mut out, &format!("authsome-doctor {version}, {} checks, {ms} ms", report.checks));
    disarmed(&out).into_owned()
}

fn finding(out: &mut String, finding: &Finding, login: Login, home: &str) {
    line(out, &format!("## {}: {}\n", finding.severity.word(), inline(&finding.title)));
    line(out, &format!("`{}`, cause `{}`, {}\n", finding.rule, finding.cause, finding.certainty.word()));
    if let Some(place) = &finding.place {
        line(out, &format!("at {}\n", code(&place.to_string())));
    }
    for paragraph in paragraphs(&finding.explanation) {
        line(out, &format!("{}\n", inline(&paragraph)));
    }
    if !finding.evidence.is_empty() {
        line(out, "| how we know | |\n|---|---|");
        for one in &finding.evidence {
            line(out, &format!("| {} | {} |", inline(evidence::meaning(one)), code(&evidence::value(one))));
        }
        line(out, "");
    }
    if !finding.caused_by.is_empty() {
        line(out, &format!("Follows from `{}`.\n", finding.caused_by.join("`, `")));
    }
    if !finding.alternatives.is_empty() {
        line(out, &format!("It could also be `{}`.\n", finding.alternatives.join("`, `")));
    }
    for (index, fix) in finding.fixes.iter().enumerate() {
        line(out, &format!("{}. {}{}", index + 1, inline(&fix.title), fate(fix)));
        let what = match command::to_do(&fix.plan, login) {
            ToDo::Type(arguments) => fenced("sh", &command::line(&arguments, home)),
            ToDo::Shell(lines) => fenced("sh", &lines.join("\n")),
            ToDo::Open(text) | ToDo::Edit(text) => code(&prepare::shortened(&text, home)),
            ToDo::Read(text) => inline(&text),
        };
        if !what.is_empty() {
            line(out, &format!("\n{}\n", indented(&what)));
        }
    }
    for reference in &finding.refs {
        line(out, &format!("{}\n", link(reference)));
    }
    if !finding.from_outside {
        line(out, &format!("More of this cause: `{}`\n", explained::page_of(&finding.cause, Some(&finding.rule))));
    }
}

fn fate(fix: &FixOffer) -> &'static str {
    match (fix.applied, fix.verified) {
        (true, true) => " (done, and checked)",
        (true, false) => " (done, but the fault is still there)",
        (false, _) => "",
    }
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")
}

/// Text of one line that Markdown and HTML leave alone. What a code host would make a link or a mention of, whether it is
/// escaped or not (addresses, mail addresses, @names, #numbers), becomes a code span.
pub(super) fn inline(text: &str) -> String {
    let text = safe_line(text);
    let words = text.trim().split(' ').map(|word| {
        let begins = word.len() - word.trim_start_matches(['(', '"', '\'']).len();
        let (before, rest) = word.split_at(begins);
        let inside = rest.trim_end_matches([')', '"', '\'', ',', '.', ';', ':', '?']);
        if is_linked(inside) { format!("{before}{}{}", code(inside), &rest[inside.len()..]) } else { escaped(word) }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_linked(word: &str) -> bool {
    let number_follows = |at: usize| word[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    word.contains("://")
        || word.contains('@')
        || word.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"www."))
        || word.match_indices('#').any(|(at, _)| number_follows(at))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// What a rule refers to is meant to be opened.
fn link(reference: &str) -> String {
    let is_address = reference.starts_with("https://")
        && reference.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\\`".contains(&byte));
    if is_address { format!("<{reference}>") } else { inline(reference) }
}

/// A code span, with more backticks around it than are in it.
pub(super) fn code(text: &str) -> String {
    let text = safe_line(text).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{blank}{text}{blank}{ticks}")
}

/// A code block that nothing in it can close.
fn fenced(language: &str, text: &str) -> String {
    let text = safe_block(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_makes_no_markup() {
        assert_eq!(inline("a <b> *c* [d](e) `f` | # x\nx"), r"a &lt;b&gt; \*c\* \[d\](e) \`f\` \| \# x x");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(fenced("", "```\nx"), "````\n```\nx\n````");
    }

    #[test]
    fn foreign_text_makes_no_link_and_calls_nobody() {
        for (text, shown) in [
            ("see https://evil.example/a_b, now", "see `https://evil.example/a_b`, now"),
            ("(www.evil.example) WWW.evil.example", "(`www.evil.example`) `WWW.evil.example`"),
            ("mail joe@evil.example. @octocat and org/x#12", "mail `joe@evil.example`. `@octocat` and `org/x#12`"),
            ("a`b@c|d", "``a`b@c\\|d``"),
        ] {
            assert_eq!(inline(text), shown);
        }
        assert_eq!(link("https://docs.example/a_b#c"), "<https://docs.example/a_b#c>");
        assert_eq!(link("https://docs.example/><b>"), "`https://docs.example/><b>`");
    }
}
