//! For tests: a sound rule, and what becomes of it when one thing in it is changed.

use super::compiled::Condition;
use super::problem::Problem;
use super::rule::{Written, read_file};
use super::set;
use std::collections::BTreeSet;

pub const SOUND: &str = r#"- id: callback-port-held
  cause: port_in_use
  severity: error
  title: "Port {port.number} is held by {listener.owner.name} (pid {listener.owner.pid})"
  for_each: port.listeners as listener
  when:
    listener.covers_callback: true
    listener.owner.kind: {one_of: [other_program, forwarder]}
  evidence: [listener.address, listener.owner.command]
  explanation: |
    Another program answers where {callback.redirect_uri|or "the callback"} leads.
  fixes:
    - id: stop-owner
      title: "Stop {listener.owner.name}"
      stop_process: {pid: listener.owner.pid, started_at: listener.owner.started_at}
      safety: confirm
    - id: see-owner
      title: Look at it first
      run: [lsof, -nP, "-iTCP:{port.number}", "-sTCP:LISTEN"]
      safety: manual
  explains: []
  refs: [https://authsome.ai/docs/troubleshooting/oauth-callbacks]
  since: 0.1.0
  cases:
    - name: a web server sits on the port
      facts: {port: {number: 7998, listeners: [{address: 127.0.0.1, covers_callback: true, owner: {kind: other_program, name: python3, pid: 4242, started_at: "2026-11-22T09:00:00Z"}}]}}
      expect: fires
    - name: authsome's own daemon is healthy
      facts: {port: {number: 7998, listeners: [{address: 127.0.0.1, covers_callback: true, owner: {kind: authsome_daemon}}]}}
      expect: silent
    - name: we may not see the owner
      facts: {port: {number: 7998, listeners: [{address: 127.0.0.1, covers_callback: true, owner: {$unknown: "belongs to another user"}}]}}
      expect: inconclusive
"#;

pub fn labels() -> Vec<String> {
    let causes = include_str!("../../data/causes.yaml");
    super::causes::read(causes).unwrap().into_iter().map(|cause| cause.label).collect()
}

pub fn read(text: &str) -> (Vec<Written>, Vec<Problem>) {
    let (written, mut problems) = read_file(text, "rules/machine/port.yaml", "machine", false, &labels());
    problems.extend(set::check(&written, &BTreeSet::new()));
    (written, problems)
}

/// A condition by itself.
pub fn condition(when: &str) -> Condition {
    let rule = SOUND.replacen("  for_each: port.listeners as listener\n", "", 1);
    let begin = rule.find("  when:").unwrap();
    let rule = format!("{}  when: {when}\n{}", &rule[..begin], &rule[rule.find("  evidence:").unwrap()..]);
    read_file(&rule, "rules/machine/port.yaml", "machine", false, &labels()).0.remove(0).rule.when
}

/// The problems of the sound rule with `from` replaced by `to`.
pub fn spoiled(from: &str, to: &str) -> Vec<Problem> {
    assert!(SOUND.contains(from), "the sound rule has no {from}");
    read(&SOUND.replacen(from, to, 1)).1
}
