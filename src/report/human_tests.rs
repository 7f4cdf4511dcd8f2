//! What a person reads, letter by letter.

use super::sample::{self, HOME};
use super::*;
use crate::diagnosis::Status;
use crate::sink::Screen;
use insta::assert_snapshot;

fn view() -> View {
    View { quiet: false, verbose: false, home: HOME.to_owned(), installed: None }
}

fn shown(report: &Report) -> String {
    human(report, &view()).render(&Screen::PLAIN)
}

#[test]
fn a_held_port_is_named_with_its_holder_and_two_ways_out() {
    assert_snapshot!(shown(&sample::port_held()), @r##"
    ✖ Port 7998 is held by python3 (pid 4242)

      The provider sends the browser back to
      http://127.0.0.1:7998/auth/callback/oauth. Another program answers there, so
      the authorization code would reach it instead of authsome.

      how we know  the local address it is bound to: 127.0.0.1
                   command line: python3 -m http.server 7998 --directory ~/site
                   when it started: 2026-11-22 09:20:46 UTC

      fix          1  Stop python3
                      kill 4242
                   2  Look at it first
                      lsof -nP -iTCP:7998 -sTCP:LISTEN

      follows      authsome's daemon cannot start
      more         authsome explain callback-port-held-by-other-program

    1 problem, 24 checks, 14 ms
    authsome doctor --fix  applies what can be applied, and asks first
    "##);
}

#[test]
fn two_redirect_uris_stand_one_under_the_other_and_a_warning_stays_short() {
    assert_snapshot!(shown(&sample::wrong_path()), @r##"
    ✖ github cannot log in: the redirect URI is not the one GitHub has registered

      authsome 0.7.2 sends  http://127.0.0.1:7998/api/auth/callback/oauth
      your app has          http://127.0.0.1:7998/auth/callback/oauth
                                                   ^ no /api: the path of authsome
                                                     0.2.4 to 0.5.0

      how we know  provider redirect

      fix          1  Open your app and put the URI that is sent into "Authorization
                      callback URL"
                      https://github.com/settings/developers
                   2  Log in again
                      authsome login github --force

      more         authsome explain redirect-uri-other-version

    ! also: authsome's own requests to its daemon would go through the proxy
      (NO_PROXY=localhost does not cover 127.0.0.1)
                   export NO_PROXY=localhost,127.0.0.1
                   more: authsome explain proxy-cli-to-daemon

    1 problem, 1 warning, 24 checks, 14 ms
    "##);
}

#[test]
fn a_healthy_machine_names_callback_browser_and_proxy() {
    assert_snapshot!(shown(&sample::healthy()), @r##"
    ✔ Ready to log in  (24 checks, 11 ms)
      callback   http://127.0.0.1:7998/api/auth/callback/oauth, served by authsome
                 0.7.2 (pid 9852)
      browser    firefox, on this machine
      proxy      none in the way
    "##);
}

#[test]
fn a_run_without_a_single_check_does_not_say_ready() {
    let nothing = Report { checks: 0, ..sample::healthy() };
    assert!(shown(&nothing).starts_with("? Nothing was checked"), "{}", shown(&nothing));
}

#[test]
fn what_could_not_be_told_is_said_once_with_how_to_tell() {
    assert_snapshot!(shown(&sample::hidden_owner()), @r##"
    ? Probably ready: 2 checks could not be made  (24 checks, 11 ms)
      the process that holds it: belongs to another user; to see it: sudo authsome
      doctor
    "##);
}

#[test]
fn a_machine_with_a_warning_is_ready_all_the_same() {
    let mut report = sample::wrong_path();
    report.findings.remove(0);
    report.verdict.status = Status::Warnings;
    assert_snapshot!(shown(&report), @r##"
    ✔ Ready to log in to GitHub, with 1 warning  (24 checks, 14 ms)
      callback   http://127.0.0.1:7998/api/auth/callback/oauth

    ! authsome's own requests to its daemon would go through the proxy
      (NO_PROXY=localhost does not cover 127.0.0.1)
                   export NO_PROXY=localhost,127.0.0.1
                   more: authsome explain proxy-cli-to-daemon
    "##);
}

#[test]
fn an_input_that_cannot_be_read_is_one_line_with_its_place() {
    assert_snapshot!(shown(&sample::unreadable()), @r##"
    ✖ facts.json:3:7: there is no fact port.numbr; the nearest is port.number
    "##);
}

#[test]
fn verbose_shows_every_fact_by_name_and_what_was_looked_at() {
    let view = View { verbose: true, ..view() };
    assert_snapshot!(human(&sample::port_held(), &view).render(&Screen::PLAIN), @r##"
    ✖ Port 7998 is held by python3 (pid 4242)

      The provider sends the browser back to
      http://127.0.0.1:7998/auth/callback/oauth. Another program answers there, so
      the authorization code would reach it instead of authsome.

      how we know  the local address it is bound to: 127.0.0.1
                   [port.listeners[0].address]
                   command line: python3 -m http.server 7998 --directory ~/site
                   [port.listeners[0].owner.command]
                   process id: 4242 [port.listeners[0].owner.pid]
                   when it started: 2026-11-22 09:20:46 UTC
                   [port.listeners[0].owner.started_at]

      fix          1  Stop python3
                      kill 4242
                   2  Look at it first
                      lsof -nP -iTCP:7998 -sTCP:LISTEN

      follows      authsome's daemon cannot start
      more         authsome explain callback-port-held-by-other-program

    who listens on the callback port
      address    pid   program  kind           answers
      127.0.0.1  4242  python3  other_program  http

    1 problem, 24 checks, 14 ms
    authsome doctor --fix  applies what can be applied, and asks first
    "##);
}

#[test]
fn quiet_keeps_the_problem_and_its_ways_out() {
    let view = View { quiet: true, ..view() };
    let text = human(&sample::wrong_path(), &view).render(&Screen::PLAIN);
    assert!(text.contains("authsome login github --force") && !text.contains("24 checks"), "{text}");
    assert_eq!(human(&sample::healthy(), &view).render(&Screen::PLAIN).lines().count(), 1);
}

#[test]
fn a_terminal_of_ascii_gets_ascii_and_no_line_is_wider_than_the_screen() {
    let screen = Screen { unicode: false, width: 60, ..Screen::PLAIN };
    for report in [sample::port_held(), sample::wrong_path(), sample::healthy(), sample::hidden_owner()] {
        let text = human(&report, &view()).render(&screen);
        assert!(text.is_ascii(), "{text}");
        let is_one_word = |line: &str| line.split_whitespace().any(|word| word.chars().count() > 30);
        assert!(text.lines().all(|line| line.chars().count() <= 60 || is_one_word(line)), "{text}");
    }
}

#[test]
fn a_fix_says_what_became_of_it() {
    let mut report = sample::port_held();
    (report.findings[0].fixes[0].applied, report.findings[0].fixes[0].verified) = (true, true);
    report.findings[0].fixes[1].note = Some("not applied: you said no".to_owned());
    let text = shown(&report);
    assert!(text.contains("Stop python3  (done, and checked)"), "{text}");
    assert!(text.contains("Look at it first  (not applied: you said no)"), "{text}");
    assert!(!text.contains("--fix"), "{text}");
}

#[test]
fn a_failed_login_is_shown_without_the_doctors_summary() {
    let report = Report { command: "login", ..sample::vague_answer() };
    assert!(!shown(&report).contains("checks"));
    let unknown = Report { command: "login", ..sample::report(Status::Healthy, Facts::new(), Vec::new()) };
    assert_eq!(shown(&unknown), "✖ The login failed, and no rule knows this failure\n");
}

#[test]
fn a_vague_answer_says_how_sure_it_is_and_what_would_settle_it() {
    assert_snapshot!(shown(&sample::vague_answer()), @r##"
    ✖ The provider does not accept this client id and secret

      how we know  the error code that says most: invalid_client
                   HTTP status: 401
      how sure     likely; it could also be: client not found
      to settle    Is the client id still listed in the provider's app settings?

      fix          Enter a new client secret

      more         authsome explain token-invalid-client

    1 problem, 24 checks, 14 ms
    "##);
}
