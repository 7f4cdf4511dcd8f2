//! Faults on the way to the provider: names, proxies and certificates of the test's own, npm's oidc-provider behind them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Row;
use super::person::Login;
use super::provider::agree;
use crate::support::browser::Browser;
use crate::support::port::{CallbackPort, free_port};
use crate::support::program::World;
use crate::support::proxy::{Certificates, HOST, Tinyproxy};
use crate::support::servers::{CLIENT, DOCUMENTED, SECRET, Server, login_at_terminal};

const PASSWORD: &str = "hunter2-of-ada";

pub fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "dns_failure",
            "a name that is in no hosts file",
            "provider-name-has-no-address",
            "the hosts file, then try again",
            dns,
        ),
        Row::new(
            "tls_failure",
            "a private authority",
            "tls-certificate-untrusted",
            "its certificate file, typed",
            authority,
        ),
        Row::new(
            "tls_failure",
            "an interceptor's authority",
            "tls-opened-on-the-way",
            "its certificate file, typed",
            interceptor,
        ),
        Row::new(
            "proxy_failure",
            "tinyproxy, 407",
            "proxy-wants-password",
            "address with password, typed hidden",
            password,
        ),
        Row::new(
            "proxy_failure",
            "tinyproxy, 403 by its filter",
            "proxy-refuses-provider",
            "around it, in this run",
            filter,
        ),
        Row::new("proxy_failure", "a proxy that is not there", "proxy-not-reached", "around it, in this run", no_proxy),
    ]
}

/// The hosted provider, its authority, and the world of a person who knows its name, or not.
struct Scene {
    certificates: Certificates,
    server: Server,
    hosts: PathBuf,
    _port: CallbackPort,
}

impl Scene {
    fn new(certificates: Certificates, knows_the_name: bool) -> Self {
        let port = CallbackPort::take();
        let server = Server::hosted_oidc_provider(&certificates, &[DOCUMENTED]);
        let hosts = certificates.path("person.hosts");
        let line =
            if knows_the_name { format!("127.0.0.1 localhost {HOST}\n") } else { "127.0.0.1 localhost\n".to_owned() };
        fs::write(&hosts, line).expect("a file in our own folder");
        Self { certificates, server, hosts, _port: port }
    }

    /// The login, with that hosts file over the machine's.
    fn login(&self, world: &World) -> Login {
        let inner = login_at_terminal(world, &self.server, CLIENT, SECRET);
        Login::start(with_hosts(world, &self.hosts, &inner))
    }

    fn trusting(&self) -> World {
        World::new().set("SSL_CERT_FILE", self.certificates.path("ca.pem"))
    }

    #[track_caller]
    fn finish(&self, mut login: Login) -> String {
        let address = login.address(&self.server.authorization_url());
        agree(&Browser::knowing(HOST), &address, DOCUMENTED);
        login.completes()
    }
}

fn with_hosts(world: &World, hosts: &Path, inner: &Command) -> Command {
    let mut command = world.command("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", r#"mount --bind "$0" /etc/hosts && exec "$@""#]);
    command.arg(hosts).arg(inner.get_program()).args(inner.get_args());
    command
}

#[track_caller]
fn dns(row: &Row) {
    let scene = Scene::new(Certificates::new(), false);
    let world = scene.trusting();
    let mut login = scene.login(&world);
    login.names(row);
    fs::write(&scene.hosts, format!("127.0.0.1 localhost {HOST}\n")).expect("a file in our own folder");
    login.takes("try again");
    scene.finish(login);
}

#[track_caller]
fn authority(row: &Row) {
    let scene = Scene::new(Certificates::new(), true);
    trusts(row, &scene);
}

#[track_caller]
fn interceptor(row: &Row) {
    let scene = Scene::new(Certificates::issued_by("Zscaler Intermediate Root CA"), true);
    trusts(row, &scene);
}

#[track_caller]
fn trusts(row: &Row, scene: &Scene) {
    let world = World::new();
    let mut login = scene.login(&world);
    login.names(row);
    login.takes("Name the file");
    login.answers("SSL_CERT_FILE", &scene.certificates.path("ca.pem").to_string_lossy());
    scene.finish(login);
}

#[track_caller]
fn password(row: &Row) {
    let scene = Scene::new(Certificates::new(), false);
    let proxy = Tinyproxy::start(scene.certificates.folder.path(), HOST, &format!("BasicAuth ada {PASSWORD}"));
    let world = scene.trusting().set("HTTPS_PROXY", proxy.url());
    let mut login = scene.login(&world);
    login.names(row);
    login.takes("with user and password");
    login.answers("HTTPS_PROXY", &format!("http://ada:{PASSWORD}@127.0.0.1:{}", proxy.port));
    let screen = scene.finish(login);
    assert!(!screen.contains(PASSWORD), "the password is shown:\n{screen}");
}

#[track_caller]
fn filter(row: &Row) {
    let scene = Scene::new(Certificates::new(), true);
    let proxy = Tinyproxy::start(scene.certificates.folder.path(), "intranet.example", "");
    around(row, &scene, &proxy.url());
}

#[track_caller]
fn no_proxy(row: &Row) {
    let scene = Scene::new(Certificates::new(), true);
    around(row, &scene, &format!("http://127.0.0.1:{}", free_port()));
}

#[track_caller]
fn around(row: &Row, scene: &Scene, proxy: &str) {
    let world = scene.trusting().set("HTTPS_PROXY", proxy);
    let mut login = scene.login(&world);
    login.names(row);
    login.takes("Go around the proxy");
    scene.finish(login);
}
