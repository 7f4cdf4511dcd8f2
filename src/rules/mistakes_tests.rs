//! Every author's mistake of RULES.md is refused with file, line, column and the nearest right name.

use super::examples::{SOUND, read, spoiled};
use super::problem::Problem;

fn refused(problems: &[Problem], line: u32, column: u32, words: &[&str]) {
    let found = problems.iter().any(|problem| {
        problem.file == "rules/machine/port.yaml"
            && (problem.spot.line, problem.spot.column) == (line, column)
            && words.iter().all(|word| problem.message.contains(word))
    });
    assert!(found, "wanted {line}:{column} {words:?} among {problems:#?}");
}

#[test]
fn the_sound_rule_has_no_mistake() {
    assert_eq!(read(SOUND).1, []);
}

#[test]
fn an_unknown_key_is_refused() {
    refused(&spoiled("  severity: error", "  severty: error"), 3, 3, &["unknown key severty", "severity?"]);
}

#[test]
fn an_unknown_fact_in_a_condition_is_refused() {
    refused(
        &spoiled("listener.covers_callback: true", "listener.covers_calback: true"),
        7,
        5,
        &["listener.covers_callback"],
    );
}

#[test]
fn an_unknown_fact_in_a_text_is_refused() {
    refused(&spoiled("{port.number} is held", "{port.nummer} is held"), 4, 10, &["port.nummer", "port.number?"]);
}

#[test]
fn an_unknown_fact_in_a_case_is_refused() {
    refused(
        &spoiled("{address: 127.0.0.1, covers_callback: true, owner: {kind: authsome_daemon}}", "{adress: 127.0.0.1}"),
        29,
        49,
        &["no fact port.listeners[].adress"],
    );
}

#[test]
fn an_unknown_operator_is_refused() {
    refused(&spoiled("{one_of: [", "{one_off: ["), 8, 27, &["unknown operator one_off", "one_of?"]);
}

#[test]
fn an_operator_that_does_not_fit_the_type_is_refused() {
    refused(
        &spoiled("covers_callback: true\n    listener.owner.kind", "covers_callback: {lt: 3}\n    listener.owner.kind"),
        7,
        32,
        &["lt", "does not fit", "true or false"],
    );
}

#[test]
fn a_value_of_the_wrong_type_is_refused() {
    refused(
        &spoiled("covers_callback: true\n    listener.owner.kind", "covers_callback: 7998\n    listener.owner.kind"),
        7,
        31,
        &["must be true or false"],
    );
}

#[test]
fn a_value_outside_the_closed_set_is_refused() {
    refused(
        &spoiled("[other_program, forwarder]", "[other_programme, forwarder]"),
        8,
        36,
        &["other_programme", "other_program?"],
    );
}

#[test]
fn a_filter_that_does_not_exist_or_fit_is_refused() {
    refused(
        &spoiled("{listener.owner.name} (pid", "{listener.owner.name|joyn} (pid"),
        4,
        10,
        &["unknown filter joyn", "join?"],
    );
    refused(
        &spoiled("{listener.owner.name} (pid", "{listener.owner.name|count} (pid"),
        4,
        10,
        &["count", "does not fit"],
    );
}

#[test]
fn a_bare_number_among_words_is_refused_for_it_stands_in_longer_numbers_too() {
    for number in ["500", ":3306", " 429"] {
        let problems = spoiled(
            "    listener.covers_callback: true\n",
            &format!("    error.text: {{contains: [proxy, '{number}']}}\n"),
        );
        refused(&problems, 7, 36, &["longer numbers", "matches: "]);
    }
    let problems = spoiled("    listener.covers_callback: true\n", "    error.text: {contains: [error 500, '80']}\n");
    assert!(!problems.iter().any(|problem| problem.message.contains("longer numbers")), "{problems:#?}");
}

#[test]
fn an_unknown_cause_is_refused() {
    refused(&spoiled("cause: port_in_use", "cause: port_in_used"), 2, 10, &["port_in_used", "port_in_use?"]);
}

#[test]
fn a_duplicate_id_is_refused() {
    let twice = format!("{SOUND}{SOUND}");
    refused(&read(&twice).1, 34, 7, &["callback-port-held is taken", "port.yaml:1"]);
}

#[test]
fn an_explains_that_names_nothing_is_refused() {
    refused(
        &spoiled("explains: []", "explains: [callback-port-helt]"),
        21,
        14,
        &["no rule callback-port-helt", "callback-port-held?"],
    );
    refused(&spoiled("explains: []", "explains: [\"cause:port_in_us\"]"), 21, 14, &["port_in_use?"]);
}

#[test]
fn an_explained_by_that_names_nothing_is_refused() {
    refused(&spoiled("explains: []", "explained_by: [nothing-like-it]"), 21, 18, &["no rule nothing-like-it"]);
}

#[test]
fn a_circle_of_explanations_is_refused() {
    let other =
        SOUND.replace("callback-port-held", "other-rule").replace("explains: []", "explains: [callback-port-held]");
    let text = format!("{}{other}", SOUND.replace("explains: []", "explains: [other-rule]"));
    refused(&read(&text).1, 1, 7, &["circle", "callback-port-held -> other-rule -> callback-port-held"]);
}

#[test]
fn a_rule_without_a_firing_case_is_refused() {
    refused(&spoiled("expect: fires", "expect: silent"), 25, 5, &["no firing case"]);
}

#[test]
fn a_rule_without_a_silent_case_is_refused() {
    refused(&spoiled("expect: silent", "expect: fires"), 25, 5, &["no silent case"]);
}

#[test]
fn a_placeholder_that_may_be_absent_needs_or() {
    refused(
        &spoiled("{callback.redirect_uri|or \"the callback\"}", "{callback.redirect_uri}"),
        11,
        5,
        &["may be absent", "callback.redirect_uri"],
    );
}

#[test]
fn a_bare_brace_in_yaml_gets_a_hint() {
    refused(
        &spoiled("title: \"Stop {listener.owner.name}\"", "title: {listener.owner.name}"),
        14,
        14,
        &["quote texts that hold braces"],
    );
}

#[test]
fn a_shell_string_is_refused() {
    refused(
        &spoiled("run: [lsof, -nP, \"-iTCP:{port.number}\", \"-sTCP:LISTEN\"]", "run: lsof -nP"),
        19,
        12,
        &["never a shell string"],
    );
}

#[test]
fn a_fix_with_two_actions_is_refused() {
    refused(
        &spoiled("      safety: manual", "      note: or this\n      safety: manual"),
        17,
        7,
        &["exactly one action"],
    );
}

#[test]
fn a_pid_without_a_start_time_is_refused() {
    refused(&spoiled(", started_at: listener.owner.started_at}", "}"), 15, 21, &["needs pid and started_at"]);
}

#[test]
fn broken_yaml_is_refused_with_its_place() {
    let problems = spoiled("  when:\n", "  when: [\n");
    assert!(problems.iter().any(|p| p.spot.line >= 6), "{problems:?}");
}

#[test]
fn a_regular_expression_that_does_not_compile_is_refused() {
    refused(&spoiled("{one_of: [other_program, forwarder]}", "{matches: \"(\"}"), 8, 36, &["not a regular expression"]);
}

#[test]
fn an_empty_condition_is_refused() {
    let text = SOUND.replace(
        "    listener.covers_callback: true\n    listener.owner.kind: {one_of: [other_program, forwarder]}\n",
        "    {}\n",
    );
    assert!(read(&text).1.iter().any(|p| p.message.contains("holds always")), "{:?}", read(&text).1);
}

#[test]
fn variables_are_not_set_from_a_fact_that_does_not_name_them() {
    let fix = "stop_process: {pid: listener.owner.pid, started_at: listener.owner.started_at}";
    let wrong = spoiled(fix, "set_env: listener.owner.name");
    refused(&wrong, 15, 16, &["listener.owner.name does not say what to set"]);
    assert_eq!(spoiled(fix, "set_env: {NO_PROXY: 127.0.0.1}"), []);
}

#[test]
fn a_fix_that_puts_a_file_aside_or_writes_it_needs_to_know_which_and_what() {
    let fixes = "  fixes:\n    - {id: a, title: a, move_aside: {}}\n    - {id: b, title: b, write_file: {path: /x}}\n    \
                 - {id: c, title: c, verb: {restart_deamon: {}}}\n";
    let problems = spoiled("  fixes:\n", fixes);
    for says in ["move_aside needs path", "write_file needs path and content", "restart_daemon?"] {
        assert!(problems.iter().any(|problem| problem.message.contains(says)), "{says}: {problems:#?}");
    }
}
