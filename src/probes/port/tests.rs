//! Over real sockets of this machine, and with made-up processes for what cannot be made here.

use super::*;
use crate::facts::Looked;
use crate::host::{Host, Process, Processes, Service, Sockets, SystemSockets};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// A machine on which one process has every pid.
struct One(Option<Process>);

const US: u32 = 1000;

impl Processes for One {
    fn get(&self, _: u32) -> Result<Option<Process>, String> {
        Ok(self.0.clone())
    }
    fn environment(&self, _: u32, _: &[&str]) -> Result<BTreeMap<String, String>, String> {
        Ok(BTreeMap::new())
    }
    fn ancestors(&self) -> Vec<u32> {
        vec![77, 66, 1]
    }
    fn own_pid(&self) -> u32 {
        77
    }
    fn own_uid(&self) -> Option<u32> {
        Some(US)
    }
    fn own_user(&self) -> Option<String> {
        Some("dev".to_owned())
    }
    fn terminate(&self, _: u32, _: Timestamp) -> Result<(), String> {
        unreachable!("a probe only reads")
    }
    fn kill(&self, _: u32, _: Timestamp) -> Result<(), String> {
        unreachable!("a probe only reads")
    }
}

/// Listeners as told, and one answer for whoever asks.
struct Table(Vec<Listener>, Result<&'static str, io::ErrorKind>);

impl Sockets for Table {
    fn listeners(&self, _: u16) -> Result<Vec<Listener>, String> {
        Ok(self.0.clone())
    }
    fn connect(&self, _: SocketAddr, _: Duration) -> io::Result<()> {
        self.1.map(|_| ()).map_err(Into::into)
    }
    fn exchange(&self, _: SocketAddr, _: &[u8], _: Duration, _: usize) -> io::Result<Vec<u8>> {
        self.1.map(|text| text.as_bytes().to_vec()).map_err(Into::into)
    }
}

const HEALTHY: &str =
    "HTTP/1.1 200 OK\r\nserver: uvicorn\r\n\r\n{\"status\":\"ok\",\"version\":\"0.7.2\",\"store_backend\":\"sqlite\"}";
const WEB: &str = "HTTP/1.0 404 File not found\r\nServer: SimpleHTTP/0.6\r\n\r\n";
const SILENT: io::ErrorKind = io::ErrorKind::TimedOut;
const REFUSED: io::ErrorKind = io::ErrorKind::ConnectionRefused;

fn listener(address: &str) -> Listener {
    Listener { address: address.parse().unwrap(), port: 7998, dual_stack: false, uid: Some(US), pids: Ok(vec![4242]) }
}

fn process(line: &str) -> Process {
    Process {
        pid: 4242,
        name: line.split(' ').next().unwrap().rsplit('/').next().unwrap().to_owned(),
        command: line.split(' ').map(str::to_owned).collect(),
        uid: Some(US),
        user: Some("dev".to_owned()),
        started_at: Some("2026-11-22T09:00:00Z".parse().unwrap()),
        ..Process::default()
    }
}

fn daemon() -> Process {
    process("/venv/bin/python -m authsome.cli.main daemon serve --host 127.0.0.1 --port 7998")
}

fn probed(table: Table, process: Option<Process>) -> Facts {
    let host = Host {
        sockets: Arc::new(table),
        processes: Arc::new(One(process)),
        env: Arc::default(),
        clock: Arc::new(crate::host::FixedClock("2026-11-22T10:00:00Z".parse().unwrap())),
        ..Host::real()
    };
    run(&Context::of(host), &Facts::new())
}

fn kind(process: Process, answer: Result<&'static str, io::ErrorKind>) -> (String, bool) {
    let facts = probed(Table(vec![listener("127.0.0.1")], answer), Some(process));
    let text = facts.text("port.listeners[0].owner.kind").unwrap().to_owned();
    (text, facts.truth("port.listeners[0].owner.protected").unwrap())
}

fn is((kind, kept): (String, bool), word: &str, protected: bool) {
    assert_eq!((kind.as_str(), kept), (word, protected));
}

#[test]
fn a_daemon_is_proved_by_its_answer_its_command_line_and_its_user() {
    is(kind(daemon(), Ok(HEALTHY)), "authsome_daemon", false);
    is(kind(Process { uid: Some(0), user: Some("root".into()), ..daemon() }, Ok(HEALTHY)), "claimed_daemon", true);
    is(kind(process("python3 fake.py"), Ok(HEALTHY)), "claimed_daemon", false);
    is(kind(daemon(), Ok(WEB)), "claimed_daemon", false);
}

#[test]
fn a_silent_daemon_may_be_exchanging_a_token_unless_it_was_stopped() {
    is(kind(daemon(), Err(SILENT)), "daemon_busy", false);
    is(kind(Process { stopped: true, ..daemon() }, Err(SILENT)), "daemon_hung", false);
}

#[test]
fn other_programs_are_told_by_how_they_answer() {
    is(kind(process("python3 -m http.server 7998"), Ok(WEB)), "other_program", false);
    is(kind(process("nc -l 7998"), Err(SILENT)), "hung", false);
    is(kind(Process { stopped: true, ..process("python3 -m http.server 7998") }, Ok(WEB)), "hung", false);
    is(kind(Process { pid: 77, ..process("authsome") }, Ok(WEB)), "ourselves", true);
}

#[test]
fn forwarders_services_containers_and_our_ancestors_are_never_ours_to_stop() {
    is(kind(process("ssh -N -L 7998:127.0.0.1:7998 box"), Ok(HEALTHY)), "forwarder", true);
    let service = Service { unit: "web.service".into(), stop: vec!["sudo".into(), "systemctl".into(), "stop".into()] };
    is(kind(Process { service: Ok(Some(service)), ..process("/usr/bin/web") }, Ok(WEB)), "service", true);
    is(
        kind(Process { container: Some("docker 3f2a9c0b1d4e".into()), ..process("/usr/bin/web") }, Ok(WEB)),
        "container",
        true,
    );
    is(kind(Process { pid: 66, ..process("bash") }, Ok(WEB)), "other_program", true);
    is(
        kind(Process { service: Err("not built for this system".into()), ..process("web") }, Ok(WEB)),
        "other_program",
        true,
    );
}

#[test]
fn a_hidden_owner_is_unknown_with_the_reason_and_what_it_answers_is_still_told() {
    let hidden =
        || Listener { pids: Err("it belongs to another user (root)".into()), uid: Some(0), ..listener("127.0.0.1") };
    let facts = probed(Table(vec![hidden()], Ok(WEB)), None);
    assert_eq!(facts.get("port.listeners[0].owner"), Looked::Unknown("it belongs to another user (root)"));
    assert_eq!(facts.text("port.listeners[0].answers"), Some("http"));
    let facts = probed(Table(vec![hidden()], Ok(HEALTHY)), None);
    assert_eq!(facts.text("port.listeners[0].owner.kind"), Some("claimed_daemon"));
    assert_eq!(facts.truth("port.listeners[0].owner.ours"), Some(false));
}

fn covering(listeners: Vec<Listener>) -> Vec<bool> {
    let facts = probed(Table(listeners, Ok(WEB)), Some(process("web")));
    let count = facts.list("port.listeners").unwrap().len();
    (0..count).map(|at| facts.truth(&format!("port.listeners[{at}].covers_callback")).unwrap()).collect()
}

#[test]
fn the_callback_reaches_the_most_specific_listener() {
    assert_eq!(covering(vec![listener("127.0.0.1"), listener("0.0.0.0")]), [true, false]);
    assert_eq!(covering(vec![listener("0.0.0.0"), listener("::")]), [true, false]);
    assert_eq!(covering(vec![Listener { dual_stack: true, ..listener("::") }]), [true]);
    assert_eq!(covering(vec![listener("127.0.0.1"), listener("127.0.0.1")]), [true, true], "SO_REUSEPORT");
}

#[test]
fn a_listener_on_the_ipv6_loopback_alone_is_not_in_the_way() {
    let facts = probed(Table(vec![listener("::1"), listener("::")], Err(REFUSED)), Some(process("web")));
    assert_eq!(facts.truth("port.free"), Some(true));
    assert_eq!(facts.truth("port.listeners[0].covers_callback"), Some(false));
    assert_eq!(facts.truth("port.listeners[1].covers_callback"), Some(false), "IPV6_V6ONLY");
}

#[test]
fn something_outside_of_our_tables_that_takes_connections_is_told() {
    let facts = probed(Table(vec![], Ok(WEB)), None);
    assert_eq!(facts.truth("port.free"), Some(false));
    assert!(matches!(facts.get("port.listeners[0].owner"), Looked::Unknown(_)));
    assert_eq!(probed(Table(vec![], Err(REFUSED)), None).truth("port.free"), Some(true));
}

fn port_of(pairs: &[(&str, &str)], redirect_uri: Option<&str>) -> (i64, String) {
    let env = Arc::new(pairs.iter().copied().collect());
    let host = Host { env, sockets: Arc::new(Table(vec![], Err(REFUSED))), ..Host::real() };
    let context = Context { redirect_uri: redirect_uri.map(|uri| uri.parse().unwrap()), ..Context::of(host) };
    let facts = run(&context, &Facts::new());
    (facts.number("port.number").unwrap(), facts.text("port.configured_by").unwrap().to_owned())
}

#[test]
fn the_port_is_that_of_the_redirect_uri_then_of_the_base_url_then_7998() {
    assert_eq!(port_of(&[], None), (7998, "default".into()));
    assert_eq!(port_of(&[("AUTHSOME_PORT", "8123")], None), (7998, "default".into()), "it moves no redirect URI");
    assert_eq!(port_of(&[("AUTHSOME_BASE_URL", "http://localhost:8000")], None), (8000, "AUTHSOME_BASE_URL".into()));
    assert_eq!(port_of(&[("AUTHSOME_BASE_URL", "http://localhost:8000")], Some("http://127.0.0.1:9000/cb")).0, 9000);
}

#[test]
fn with_a_hosted_authsome_nothing_here_is_in_the_way() {
    let env = Arc::new([("AUTHSOME_BASE_URL", "https://authsome.example")].into_iter().collect());
    let table = Table(vec![listener("127.0.0.1")], Ok(WEB));
    let host = Host { env, sockets: Arc::new(table), processes: Arc::new(One(Some(process("web")))), ..Host::real() };
    let facts = run(&Context::of(host), &Facts::new());
    assert_eq!(facts.truth("port.listeners[0].covers_callback"), Some(false));
    assert_eq!(facts.get("port.free"), Looked::NotAsked);
}

/// A child process, ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn real(port: u16) -> Facts {
    let uri = format!("http://127.0.0.1:{port}/auth/callback/oauth").parse().unwrap();
    run(&Context { redirect_uri: Some(uri), ..Context::of(Host::real()) }, &Facts::new())
}

#[test]
fn a_real_web_server_of_another_process_is_named_with_its_pid() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = "import http.server, sys; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')";
    let python = Command::new("python3")
        .args(["-c", script, &free.to_string()])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let Ok(child) = python else { return };
    let server = Server(child);
    let end = Instant::now() + Duration::from_secs(20);
    while SystemSockets.connect((Ipv4Addr::LOCALHOST, free).into(), CONNECT_LIMIT).is_err() {
        assert!(Instant::now() < end, "the server never listened");
        std::thread::sleep(Duration::from_millis(20));
    }
    let facts = real(free);
    assert_eq!(facts.truth("port.free"), Some(false));
    assert_eq!(facts.number("port.listeners[0].owner.pid"), Some(i64::from(server.0.id())));
    assert_eq!(facts.text("port.listeners[0].owner.kind"), Some("other_program"));
    assert_eq!(facts.number("port.listeners[0].http_status"), Some(404));
    assert!(facts.text("port.listeners[0].http_server").unwrap().contains("SimpleHTTP"));
    assert_eq!(facts.truth("port.listeners[0].owner.ours"), Some(true));
    drop(server);
    assert_eq!(real(free).truth("port.free"), Some(true));
}

#[test]
fn a_listener_of_this_very_process_is_not_asked() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let facts = real(socket.local_addr().unwrap().port());
    assert_eq!(facts.text("port.listeners[0].owner.kind"), Some("ourselves"));
    assert_eq!(facts.get("port.listeners[0].answers"), Looked::NotAsked);
}

#[test]
fn an_answer_is_waited_for_no_longer_than_its_limit() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        let _ = stream.read(&mut [0; 64]);
        std::thread::sleep(Duration::from_secs(2));
        let _ = stream.write_all(b"too late");
    });
    let begin = Instant::now();
    assert_eq!(daemon::ask(&SystemSockets, to, &["/health"], HEALTH_LIMIT), Answer::Nothing);
    assert!(begin.elapsed() < Duration::from_secs(1));
}
