//! Who holds the callback port, and what `doctor --fix` does to it: real programs, really ended or left alone.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::Duration;

use serde_json::json;

use crate::support::port::{CALLBACK_PORT, CallbackPort, wait_until_held};
use crate::support::process::{Running, lives};
use crate::support::program::World;
use crate::support::service::Unit;
use crate::support::ssh::Ssh;

fn web_server(world: &World) -> Running {
    let server = Running::start(world.command("python3").args(["-m", "http.server", "7998", "--bind", "127.0.0.1"]));
    wait_until_held(CALLBACK_PORT);
    server
}

/// The pid is a piece of evidence, not only a part of some text.
fn names_pid(finding: &serde_json::Value, pid: u32) -> bool {
    finding["evidence"].as_array().is_some_and(|evidence| evidence.iter().any(|piece| piece["value"] == json!(pid)))
}

#[test]
fn a_web_server_on_the_port_is_named_with_its_pid() {
    let _port = CallbackPort::take();
    let world = World::new();
    let server = web_server(&world);
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "port_in_use");
    let finding = &answer.findings("port_in_use")[0];
    assert!(names_pid(finding, server.pid()), "{answer}");
    assert!(finding["title"].as_str().is_some_and(|title| title.contains("python")), "{answer}");
}

#[test]
fn looking_alone_does_not_end_the_web_server() {
    let _port = CallbackPort::take();
    let world = World::new();
    let mut server = web_server(&world);
    world.doctor(&["--offline"]).expect(1, "port_in_use");
    world.doctor(&["--offline", "--fix", "--dry-run", "--yes"]).expect(1, "port_in_use");
    world.doctor(&["--offline", "--fix"]).expect(1, "port_in_use");
    assert!(server.is_running());
}

#[test]
fn fix_with_yes_stops_the_web_server_and_ends_well() {
    let _port = CallbackPort::take();
    let world = World::new();
    let mut server = web_server(&world);
    let answer = world.doctor(&["--offline", "--fix", "--yes"]);
    assert!(server.wait(Duration::from_secs(1)).is_some(), "the web server still runs: {answer}");
    answer.expect_no_problem();
    world.doctor(&["--offline"]).expect_no_problem();
}

#[test]
fn a_server_on_all_ipv6_addresses_holds_the_port_and_one_on_ipv6_loopback_alone_does_not() {
    let _port = CallbackPort::take();
    let world = World::new();
    let all = Running::start(world.command("python3").args(["-m", "http.server", "7998", "--bind", "::"]));
    wait_until_held(CALLBACK_PORT);
    let answer = world.doctor(&["--offline"]);
    answer.expect(1, "port_in_use");
    assert!(names_pid(&answer.findings("port_in_use")[0], all.pid()), "{answer}");
    drop(all);

    let loopback = TcpListener::bind((Ipv6Addr::LOCALHOST, CALLBACK_PORT)).expect("::1 is free");
    world.doctor(&["--offline"]).expect_no_problem();
    drop(loopback);
}

/// The holder here is this test itself: a listener that accepts and never answers, and an ancestor of the doctor.
#[test]
fn a_holder_that_never_answers_is_named_and_an_ancestor_is_never_ended() {
    let _port = CallbackPort::take();
    let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, CALLBACK_PORT)).expect("the port is free");
    let answer = World::new().doctor(&["--offline", "--fix", "--yes"]);
    answer.expect(1, "port_in_use");
    assert!(names_pid(&answer.findings("port_in_use")[0], std::process::id()), "{answer}");
}

#[test]
fn a_remote_forward_of_a_real_sshd_is_not_touched() {
    let _port = CallbackPort::take();
    let ssh = Ssh::start();
    let mut client = ssh.forward(&["-R", "127.0.0.1:7998:127.0.0.1:9"]);
    wait_until_held(CALLBACK_PORT);
    let answer = World::new().doctor(&["--offline", "--fix", "--yes"]);
    answer.expect(1, "port_in_use");
    assert!(client.is_running(), "{answer}");
    wait_until_held(CALLBACK_PORT);
}

#[test]
fn a_local_forward_of_a_real_ssh_is_not_touched() {
    let _port = CallbackPort::take();
    let ssh = Ssh::start();
    let mut client = ssh.forward(&["-L", "127.0.0.1:7998:127.0.0.1:9"]);
    wait_until_held(CALLBACK_PORT);
    let answer = World::new().doctor(&["--offline", "--fix", "--yes"]);
    answer.expect(1, "port_in_use");
    assert!(names_pid(&answer.findings("port_in_use")[0], client.pid()), "{answer}");
    assert!(client.is_running() && lives(client.pid()), "{answer}");
}

#[test]
fn a_unit_of_a_service_manager_is_not_touched() {
    let _port = CallbackPort::take();
    let world = World::new();
    let mut unit = Unit::of(web_server(&world), "acme-holder.service");
    let answer = world.doctor(&["--offline", "--fix", "--yes"]);
    answer.expect(1, "port_in_use");
    assert!(unit.process().is_running(), "{answer}");
    assert!(answer.offers("port_in_use", "acme-holder"), "the unit's own stop command is not shown: {answer}");
}
