use super::*;

const LOG: &str = r#"0.1:35640 - "GET /api/auth/callback/oauth?code=cut HTTP/1.1" 303 See Other
INFO:     Uvicorn running on http://127.0.0.1:7998 (Press CTRL+C to quit)
INFO:     127.0.0.1:35646 - "GET /api/auth/callback/oauth?code=aYnIb2&state=pKBn2&iss=http%3A%2F%2F127.0.0.1%3A9100 HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35646 - "GET /auth/success?session=sess_610db3c357df HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35646 - "GET /auth/success/?session=sess_610db3c357df HTTP/1.1" 200 OK
INFO:     127.0.0.1:35650 - "GET /api/auth/callback/oauth?error=access_denied&error_description=The+user%20denied&state=x HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35650 - "GET /auth/success?error=session_expired HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35651 - "GET /api/auth/callback/oauth HTTP/1.1" 303 See Other
INFO:     127.0.0.1:35651 - "GET /auth/success?error=missing_state HTTP/1.1" 307 Temporary Redirect
INFO:     127.0.0.1:35652 - "GET /auth/callback/oauth?code=c&state=s HTTP/1.1" 404 Not Found
INFO:     127.0.0.1:35652 - "GET /api/health HTTP/1.1" 200 OK
"#;
const STARTED: &str = "INFO:     Uvicorn running on http://127.0.0.1:7998\n";
const BEGUN: &str = "INFO:     127.0.0.1:1 - \"POST /api/auth/sessions HTTP/1.1\" 200 OK\n";
const TAB: &str =
    "INFO:     127.0.0.1:2 - \"GET /api/auth/callback/oauth?code=c0de&state=st4te HTTP/1.1\" 303 See Other\n";
const OF_SESSION: &str = "INFO:     127.0.0.1:2 - \"GET /auth/success?session=s HTTP/1.1\" 307 Temporary Redirect\n";
const EXPIRED: &str =
    "INFO:     127.0.0.1:2 - \"GET /auth/success?error=session_expired HTTP/1.1\" 307 Temporary Redirect\n";

fn last(lines: &[&str]) -> Callback {
    parse(&lines.concat()).last_callback().unwrap().clone()
}

#[test]
fn each_callback_is_told_with_how_it_ended() {
    let outcomes: Vec<_> = parse(LOG).callbacks.iter().map(|callback| callback.outcome).collect();
    assert_eq!(outcomes, ["unknown", "finished", "session_expired", "missing_state", "other_version_path"]);
}

#[test]
fn what_the_provider_said_is_kept_and_no_code_or_state() {
    let log = parse(LOG);
    let denied = &log.callbacks[2];
    assert_eq!(denied.error.as_deref(), Some("access_denied"));
    assert_eq!(denied.error_description.as_deref(), Some("The user denied"));
    assert_eq!((denied.had_code, denied.had_state), (false, true));
    assert_eq!(log.callbacks[1].issuer.as_deref(), Some("http://127.0.0.1:9100"));
    let everything = format!("{log:?}");
    assert!(!everything.contains("aYnIb2") && !everything.contains("pKBn2"));
}

#[test]
fn the_last_callback_is_one_since_the_last_start() {
    assert_eq!(parse(LOG).last_callback().unwrap().outcome, "other_version_path");
    let restarted = parse(&format!("{LOG}{STARTED}"));
    assert_eq!((restarted.callbacks.len(), restarted.last_callback()), (5, None));
}

#[test]
fn the_same_tab_once_again_is_known_by_what_it_brings() {
    assert_eq!(last(&[STARTED, BEGUN, TAB, OF_SESSION]).replay_of, None);
    let again = last(&[STARTED, BEGUN, TAB, OF_SESSION, TAB, OF_SESSION]);
    assert_eq!((again.replay_of, again.outcome, again.login_over), (Some("finished"), "finished", true));
    let later = last(&[STARTED, BEGUN, TAB, OF_SESSION, STARTED, TAB, EXPIRED]);
    assert_eq!((later.replay_of, later.outcome), (Some("finished"), "session_expired"), "over a start of the daemon");
    let other_code = TAB.replace("c0de", "0ther");
    assert_eq!(last(&[STARTED, BEGUN, TAB, OF_SESSION, &other_code]).replay_of, None, "Authorize was pressed twice");
    let nothing = "INFO:     127.0.0.1:2 - \"GET /api/auth/callback/oauth HTTP/1.1\" 303 See Other\n";
    assert_eq!(last(&[STARTED, nothing, nothing]).replay_of, None, "what brings nothing is no replay");
}

#[test]
fn a_state_that_this_daemon_cannot_know_is_told_from_one_that_ran_out() {
    assert_eq!(last(&[STARTED, BEGUN, STARTED, TAB, EXPIRED]).begun_before, 0, "the daemon was started anew meanwhile");
    assert_eq!(last(&[STARTED, BEGUN, TAB, EXPIRED]).begun_before, 1);
    assert!(!last(&[STARTED, BEGUN, TAB, EXPIRED]).login_over, "the login that was begun is still waiting");
    let stale = TAB.replace("st4te", "0ther");
    assert!(last(&[STARTED, BEGUN, TAB, OF_SESSION, &stale, EXPIRED]).login_over);
}

#[test]
fn a_login_that_was_begun_since_makes_a_callback_history() {
    assert_eq!(parse(&[STARTED, BEGUN, TAB, EXPIRED].concat()).begun_since, 0);
    assert_eq!(parse(&[STARTED, BEGUN, TAB, EXPIRED, BEGUN].concat()).begun_since, 1);
    let refused = BEGUN.replace("200 OK", "401 Unauthorized");
    assert_eq!(parse(&[STARTED, TAB, &refused].concat()).begun_since, 0, "that one was not begun");
}

#[test]
fn up_to_0_5_the_answer_itself_is_the_page() {
    let tab = |query: &str, status: &str| {
        format!("INFO:     127.0.0.1:2 - \"GET /auth/callback/oauth?{query} HTTP/1.1\" {status}\n")
    };
    let begun = BEGUN.replace("/api", "");
    let (good, again) = (tab("code=c&state=s", "200 OK"), tab("code=c&state=s", "400 Bad Request"));
    let replayed = last(&[STARTED, &begun, &good, &again]);
    assert_eq!((replayed.replay_of, replayed.outcome), (Some("succeeded"), "failed_or_expired"));
    assert_eq!((replayed.begun_before, replayed.login_over), (1, true));
    assert_eq!(last(&[STARTED, &tab("code=c", "400 Bad Request")]).outcome, "missing_state");
}

#[test]
fn a_bind_error_counts_until_a_daemon_starts() {
    let failed = "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 7998): in use\n";
    assert!(parse(failed).bind_error.unwrap().starts_with("[Errno 98]"));
    assert_eq!(parse(&format!("{failed}{STARTED}")).bind_error, None);
}

#[test]
fn junk_is_no_callback() {
    assert_eq!(parse("\"GET \n\"GET /callback HTTP/\n\u{0}\"GET /x HTTP/1.1\" 99\n - \"GET\n"), DaemonLog::default());
}
