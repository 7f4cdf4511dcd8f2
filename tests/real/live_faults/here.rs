//! Faults of this machine: real holders of the callback port, real daemons, a browser that is missing or elsewhere.

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::Row;
use super::person::Login;
use super::provider::{agree, sign_in_and_agree};
use crate::support::browser::Browser;
use crate::support::daemon::Daemon;
use crate::support::port::{CALLBACK_PORT, CallbackPort, free_port, wait_until_held};
use crate::support::process::Running;
use crate::support::program::World;
use crate::support::servers::{CLIENT, DOCUMENTED, SECRET, Server, login_at_terminal};

pub fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "port_in_use",
            "`python3 -m http.server 7998`",
            "callback-port-held-by-other-program",
            "stop it",
            held,
        ),
        Row::new(
            "port_in_use",
            "a healthy authsome 0.7.2 daemon",
            "callback-port-served-by-authsomes-daemon",
            "stop it",
            daemon,
        ),
        Row::new(
            "stale_daemon",
            "an authsome 0.7.2 daemon under SIGSTOP",
            "callback-port-held-by-silent-daemon",
            "stop it",
            hung,
        ),
        Row::new(
            "callback_timeout",
            "nobody opens the page in 25 s",
            "nobody-came-back-no-browser",
            "start over, and open it",
            nobody,
        ),
        Row::new("browser_elsewhere", "the browser of another machine", "", "its address, pasted", elsewhere),
    ]
}

#[track_caller]
fn log_in(mut login: Login, server: &Server) {
    let address = login.address(&server.authorization_url());
    agree(&Browser::open(), &address, DOCUMENTED);
    login.completes();
}

#[track_caller]
fn held(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[DOCUMENTED]), World::new());
    let port = CALLBACK_PORT.to_string();
    let mut holder = Running::start(Command::new("python3").args(["-m", "http.server", "--bind", "127.0.0.1", &port]));
    wait_until_held(CALLBACK_PORT);
    let mut login = Login::start(login_at_terminal(&world, &server, CLIENT, SECRET));
    login.names(row);
    login.takes("Stop python3");
    log_in(login, &server);
    assert!(!holder.is_running());
}

#[track_caller]
fn daemon(row: &Row) {
    let port = CallbackPort::take();
    let world = World::new();
    let _daemon = Daemon::start(&port, &world, "0.7.2");
    stop_and_log_in(row, &world, "Stop the daemon");
}

#[track_caller]
fn hung(row: &Row) {
    let port = CallbackPort::take();
    let world = World::new();
    let daemon = Daemon::start(&port, &world, "0.7.2");
    daemon.signal(Signal::STOP);
    stop_and_log_in(row, &world, "Stop it");
}

#[track_caller]
fn stop_and_log_in(row: &Row, world: &World, choice: &str) {
    let server = Server::oidc_provider(&[DOCUMENTED]);
    let mut login = Login::start(login_at_terminal(world, &server, CLIENT, SECRET));
    login.names(row);
    login.takes(choice);
    log_in(login, &server);
}

#[track_caller]
fn nobody(row: &Row) {
    let _port = CallbackPort::take();
    let (server, world) = (Server::oidc_provider(&[DOCUMENTED]), World::new());
    let mut command = login_at_terminal(&world, &server, CLIENT, SECRET);
    command.args(["--wait", "25"]);
    let mut login = Login::start(command);
    login.0.shows("Nobody came back", Duration::from_secs(40));
    login.names(row);
    login.takes("try again");
    log_in(login, &server);
}

/// The browser is on another machine: it is sent to its own 127.0.0.1, where nobody listens, and shows an address that
/// the person carries over.
#[track_caller]
fn elsewhere(_: &Row) {
    let world = World::new();
    let redirect_uri = format!("http://127.0.0.1:{}/auth/callback/oauth", free_port());
    let server = Server::oidc_provider(&[&redirect_uri]);
    let mut command = login_at_terminal(&world, &server, CLIENT, SECRET);
    command.args(["--redirect-uri", &redirect_uri]);
    let mut login = Login::start(command);
    let address = login.address(&server.authorization_url());
    let browser = Browser::on_another_machine(&redirect_uri);
    sign_in_and_agree(&browser, &address);
    let shown = browser.could_not_open(&redirect_uri);
    login.0.types(&format!("{shown}\r"));
    let screen = login.completes();
    let code = shown.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    assert!(!screen.contains(code), "the code is shown:\n{screen}");
}
