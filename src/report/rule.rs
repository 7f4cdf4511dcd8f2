//! A rule as a page for people and as JSON: what it says, when it fires, what it offers.

use super::command::ALONE;
use super::wording::paragraphs;
use crate::authsome;
use crate::rules::OUR_VERBS;
use crate::rules::compiled::{
    Action, Argument, Base, Condition, FactRef, Filter, Fix, Literal, Op, Pattern, Piece, Rule, Target, Template, Test,
};
use crate::sink::{Doc, Style};
use serde_json::{Value, json};

const INDENT: usize = 13;

/// `version`: of the installed authsome, in whose words its own commands are said.
pub fn rule_page(rule: &Rule, version: Option<&str>) -> Doc {
    let writer = Written { each: rule.for_each.as_ref().map(|each| each.name.as_str()), version };
    let mut doc = Doc::new();
    doc.push(Style::Strong, &rule.id).newline();
    doc.text("  ").flow(Style::Plain, 2, writer.text(&rule.title)).newline().newline();
    for paragraph in paragraphs(&writer.text(&rule.explanation)) {
        doc.text("  ").flow(Style::Plain, 2, paragraph).newline().newline();
    }
    row(&mut doc, "severity", rule.severity.word());
    row(&mut doc, "cause", &rule.cause);
    row(&mut doc, "certainty", rule.certainty.word());
    row(&mut doc, "or it is", &rule.alternatives.join(", "));
    row(&mut doc, "to settle", &rule.question.as_ref().map(|question| writer.text(question)).unwrap_or_default());
    let each = rule.for_each.as_ref().map(|each| format!("{} as {}", writer.name(&each.list), each.name));
    row(&mut doc, "for each", &each.unwrap_or_default());
    let mut label = "when";
    for line in writer.condition(&rule.when) {
        // Blanks at the beginning show the nesting: the line is not wrapped.
        doc.push(Style::Faint, format!("  {label:<11}")).line(line);
        label = "";
    }
    for (index, fix) in rule.fixes.iter().enumerate() {
        let label = if index == 0 { "fixes" } else { "" };
        let action = writer.action(&fix.action);
        doc.push(Style::Faint, format!("  {label:<11}")).flow(Style::Plain, INDENT, writer.text(&fix.title));
        doc.push(Style::Faint, format!(" ({})", fix.safety.word())).newline();
        if !action.is_empty() {
            doc.text(" ".repeat(INDENT)).flow(Style::Typed, INDENT, action).newline();
        }
    }
    row(&mut doc, "explains", &targets(&rule.explains).join(", "));
    row(&mut doc, "follows", &targets(&rule.explained_by).join(", "));
    for (index, reference) in rule.refs.iter().enumerate() {
        row(&mut doc, if index == 0 { "read" } else { "" }, reference);
    }
    row(&mut doc, "file", &format!("{}:{}, since {}", rule.file, rule.line, rule.since));
    doc
}

/// A label and its text, where there is one.
fn row(doc: &mut Doc, label: &str, text: &str) {
    if !text.is_empty() {
        doc.push(Style::Faint, format!("  {label:<11}")).flow(Style::Plain, INDENT, text).newline();
    }
}

pub fn rule_json(rule: &Rule, version: Option<&str>) -> Value {
    let writer = Written { each: rule.for_each.as_ref().map(|each| each.name.as_str()), version };
    let fix = |fix: &Fix| json!({"id": fix.id, "title": writer.text(&fix.title), "action": writer.action(&fix.action), "safety": fix.safety.word()});
    json!({
        "id": rule.id,
        "cause": rule.cause,
        "severity": rule.severity.word(),
        "certainty": rule.certainty.word(),
        "title": writer.text(&rule.title),
        "explanation": writer.text(&rule.explanation),
        "for_each": rule.for_each.as_ref().map(|each| writer.name(&each.list)),
        "when": writer.condition(&rule.when).join("\n"),
        "evidence": rule.evidence.iter().map(|fact| writer.name(fact)).collect::<Vec<_>>(),
        "question": rule.question.as_ref().map(|question| writer.text(question)),
        "alternatives": rule.alternatives,
        "fixes": rule.fixes.iter().map(fix).collect::<Vec<_>>(),
        "explains": targets(&rule.explains),
        "explained_by": targets(&rule.explained_by),
        "refs": rule.refs,
        "since": rule.since,
        "family": rule.family,
        "file": rule.file,
        "line": rule.line,
    })
}

fn targets(targets: &[Target]) -> Vec<String> {
    let target = |target: &Target| match target {
        Target::Rule(id) => id.clone(),
        Target::Cause(label) => format!("cause:{label}"),
    };
    targets.iter().map(target).collect()
}

/// A compiled rule in the words of its file.
struct Written<'a> {
    /// What `for_each` calls its item.
    each: Option<&'a str>,
    /// Of the installed authsome.
    version: Option<&'a str>,
}

impl Written<'_> {
    fn name(&self, fact: &FactRef) -> String {
        let fields = fact.fields.join(".");
        match (fact.base, self.each) {
            (Base::Each, Some(each)) if fields.is_empty() => each.to_owned(),
            (Base::Each, Some(each)) => format!("{each}.{fields}"),
            _ => fields,
        }
    }

    fn text(&self, template: &Template) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(plain) => plain.clone(),
            Piece::Fact { fact, filters } => {
                let or = filters.iter().find_map(|f| if let Filter::Or(other) = f { Some(other) } else { None });
                let or = or.map_or_else(String::new, |other| format!("|or {other:?}"));
                format!("{{{}{or}}}", self.name(fact))
            }
        };
        template.0.iter().map(piece).collect()
    }

    /// One line a test; what belongs together is indented.
    fn condition(&self, condition: &Condition) -> Vec<String> {
        match condition {
            Condition::Test(test) => vec![self.test(test)],
            Condition::All(all) if all.len() == 1 => self.condition(&all[0]),
            Condition::All(all) => self.group("all of", all),
            Condition::Any(any) => self.group("any of", any),
            Condition::Not(inner) => self.group("not", std::slice::from_ref(inner)),
            Condition::AnyItem { list, inner } => {
                self.group(&format!("some item of {}", self.name(list)), std::slice::from_ref(inner))
            }
            Condition::NoItem { list, inner } => {
                self.group(&format!("no item of {}", self.name(list)), std::slice::from_ref(inner))
            }
        }
    }

    fn group(&self, head: &str, parts: &[impl std::borrow::Borrow<Condition>]) -> Vec<String> {
        let inner = parts.iter().flat_map(|part| self.condition(part.borrow())).map(|line| format!("  {line}"));
        std::iter::once(format!("{head}:")).chain(inner).collect()
    }

    fn test(&self, test: &Test) -> String {
        let argument = match &test.argument {
            Argument::Fact(fact) => self.name(fact),
            Argument::Values(values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
        };
        let operator = if test.op == Op::Is { "is".to_owned() } else { test.op.word().replace('_', " ") };
        format!("{} {operator} {argument}", self.name(&test.fact))
    }

    /// What the fix does, in one line.
    fn action(&self, action: &Action) -> String {
        match action {
            Action::Run(arguments) => arguments.iter().map(|one| self.text(one)).collect::<Vec<_>>().join(" "),
            Action::Verb { verb, arguments } => {
                let words = arguments.iter().map(|(name, value)| {
                    let value = self.text(value);
                    match (name.as_str(), value.as_str()) {
                        (name, _) if ALONE.contains(&name) => value,
                        (name, "true") => format!("--{}", name.replace('_', "-")),
                        (name, _) => format!("--{} {value}", name.replace('_', "-")),
                    }
                });
                std::iter::once(command(verb, self.version)).chain(words).collect::<Vec<_>>().join(" ")
            }
            Action::StopProcess { pid, .. } => format!("kill {{{}}}", self.name(pid)),
            Action::StartDaemon => command("start_daemon", self.version),
            Action::RestartDaemon => command("restart_daemon", self.version),
            Action::OpenUrl(url) => self.text(url),
            Action::SetEnv(variables) => {
                let line = |(name, value): &(String, Option<Template>)| match value {
                    Some(value) => format!("export {name}={}", self.text(value)),
                    None => format!("unset {name}"),
                };
                variables.iter().map(line).collect::<Vec<_>>().join("; ")
            }
            Action::SetEnvFrom(list) => format!("export or unset what {} says", self.name(list)),
            Action::EditFile { at, .. } => format!("edit the file where {} stands", self.name(at)),
            Action::RemoveFile { path, .. } => format!("rm {}", self.text(path)),
            Action::MoveAside { path } => {
                let path = self.text(path);
                format!("mv -n {path} {path}.aside")
            }
            Action::WriteFile { path, .. } => format!("write {} anew, the old one put aside", self.text(path)),
            Action::Chmod { path, mode } => format!("chmod {mode:04o} {}", self.text(path)),
            Action::RetryWith { .. } => "the login again, with this changed".to_owned(),
            Action::Ask(_) | Action::Note(_) => String::new(),
        }
    }
}

/// A command of ours, or one of the installed authsome's own in its words.
pub fn command(verb: &str, version: Option<&str>) -> String {
    let theirs = || authsome::command_of(verb, version).map(|words| words.join(" "));
    let ours = OUR_VERBS.contains(&verb);
    (if ours { None } else { theirs() }).unwrap_or_else(|| format!("authsome {}", verb.replace('_', " ")))
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Pattern(Pattern { text, .. })
            if text.is_empty() || text.contains([' ', ',']) =>
        {
            format!("{text:?}")
        }
        Literal::Text(text) | Literal::Pattern(Pattern { text, .. }) | Literal::Time(text) => text.clone(),
        Literal::Number(number) => number.to_string(),
        Literal::Truth(truth) => truth.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rule::read_file;
    use crate::sink::Screen;

    const RULE: &str = r#"
- id: port-held
  cause: port_in_use
  severity: error
  title: "Port {port.number} is held by {listener.owner.name}"
  for_each: port.listeners as listener
  when:
    listener.covers_callback: true
    listener.owner.kind: {one_of: [other_program, service]}
    any: [{port.free: false}, {not: {machine.ssh: true}}]
  explanation: |
    Another program answers there.

    So the code would reach it.
  fixes:
    - id: stop
      title: "Stop {listener.owner.name}"
      stop_process: {pid: listener.owner.pid, started_at: listener.owner.started_at}
      safety: confirm
    - id: look
      title: Look at it
      run: [lsof, "-iTCP:{port.number}"]
  explains: ["cause:daemon_not_running"]
  refs: [https://authsome.ai/docs/troubleshooting/oauth-callbacks]
  since: 0.1.0
  cases: []
"#;

    fn rule() -> Rule {
        let causes = ["port_in_use".to_owned(), "daemon_not_running".to_owned()];
        read_file(RULE, "machine/port.yaml", "machine", false, &causes).0.remove(0).rule
    }

    #[test]
    fn a_rules_page_says_what_when_and_what_to_do() {
        insta::assert_snapshot!(rule_page(&rule(), None).render(&Screen::PLAIN), @r##"
    port-held
      Port {port.number} is held by {listener.owner.name}

      Another program answers there.

      So the code would reach it.

      severity   error
      cause      port_in_use
      certainty  certain
      for each   port.listeners as listener
      when       all of:
                   listener.covers_callback is true
                   listener.owner.kind one of other_program, service
                   any of:
                     port.free is false
                     not:
                       machine.ssh is true
      fixes      Stop {listener.owner.name} (confirm)
                 kill {listener.owner.pid}
                 Look at it (manual)
                 lsof -iTCP:{port.number}
      explains   cause:daemon_not_running
      read       https://authsome.ai/docs/troubleshooting/oauth-callbacks
      file       machine/port.yaml:2, since 0.1.0
    "##);
    }

    #[test]
    fn a_rule_as_json_holds_the_same() {
        let json = rule_json(&rule(), None);
        assert_eq!(json["for_each"], "port.listeners");
        assert!(json["when"].as_str().unwrap().contains("listener.owner.kind one of other_program, service"), "{json}");
        assert_eq!(json["fixes"][0]["action"], "kill {listener.owner.pid}");
        assert_eq!(json["explains"][0], "cause:daemon_not_running");
    }
}
