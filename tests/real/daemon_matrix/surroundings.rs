//! What the person's shell says of proxies, certificates and browsers.

use std::fs;

use super::scene::Scene;
use super::{NEWER, Row, VERSIONS};
use crate::support::port::CallbackPort;

pub const ROWS: &[Row] = &[
    Row {
        cause: "loopback_through_proxy",
        fault: "HTTP_PROXY, and a NO_PROXY of localhost alone",
        rule: "proxy-cli-to-daemon",
        fix: "the NO_PROXY that it names",
        versions: &VERSIONS,
        play: proxy,
    },
    Row {
        cause: "loopback_through_proxy",
        fault: "ALL_PROXY=socks5://, NO_PROXY covers loopback",
        rule: "proxy-setting-breaks-commands",
        fix: "unset it",
        versions: NEWER,
        play: socks,
    },
    Row {
        cause: "loopback_through_proxy",
        fault: "`[::1]` in NO_PROXY",
        rule: "proxy-setting-breaks-commands",
        fix: "`::1` without brackets",
        versions: NEWER,
        play: brackets,
    },
    Row {
        cause: "tls_failure",
        fault: "SSL_CERT_FILE that names nothing",
        rule: "certificate-file-breaks-commands",
        fix: "unset it",
        versions: NEWER,
        play: certificates,
    },
    Row {
        cause: "browser_not_opened",
        fault: "BROWSER that names nothing",
        rule: "browser-cannot-open*",
        fix: "a BROWSER that exists",
        versions: &VERSIONS,
        play: browser,
    },
];

fn proxy(row: &Row, scene: &mut Scene, port: &CallbackPort) {
    let _daemon = scene.daemon(port);
    scene.world.put("HTTP_PROXY", "http://127.0.0.1:9");
    scene.world.put("NO_PROXY", "localhost");
    let answer = row.is_named(scene, &["--offline"]);
    let value = "localhost,127.0.0.1";
    assert!(answer.offers(row.cause, value), "the value that cures it is not offered: {}", answer.gist());
    scene.world.put("NO_PROXY", value);
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn socks(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    scene.world.put("ALL_PROXY", "socks5://127.0.0.1:9");
    scene.world.put("NO_PROXY", "127.0.0.1,localhost");
    row.is_named(scene, &["--offline"]);
    scene.world.forget("ALL_PROXY");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn brackets(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    scene.world.put("NO_PROXY", "127.0.0.1,localhost,[::1]");
    row.is_named(scene, &["--offline"]);
    scene.world.put("NO_PROXY", "127.0.0.1,localhost,::1");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn certificates(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    scene.world.put("SSL_CERT_FILE", "/nonexistent/company.pem");
    row.is_named(scene, &["--offline"]);
    scene.world.forget("SSL_CERT_FILE");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}

fn browser(row: &Row, scene: &mut Scene, _: &CallbackPort) {
    let program = scene.world.folder().join("browser");
    let aside = program.with_extension("aside");
    fs::rename(&program, &aside).expect("our own file");
    row.is_named(scene, &["--offline"]);
    fs::rename(&aside, &program).expect("our own file");
    scene.world.doctor(&["--offline"]).expect_no_problem();
}
