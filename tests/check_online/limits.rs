//! Few requests: the same question once a run, a limit for each host, and the same answer whoever is first.

use super::endpoints::healthy;
use super::site::{Site, reply};
use super::world::{World, definition, reasons};
use std::time::Duration;

const RUN: [&str; 3] = ["--online", "--allow-private", "."];

fn folder(world: &World, site: &Site, number: usize, change: impl Fn(usize, &mut serde_json::Value)) {
    for at in 0..number {
        let mut definition = definition(&site.origin());
        definition["name"] = format!("acme{at:03}").into();
        change(at, &mut definition);
        world.file(&format!("acme{at:03}.json"), &definition);
    }
}

#[test]
fn what_many_definitions_ask_is_asked_once() {
    let site = Site::start(healthy);
    let world = World::trusting(&site);
    folder(&world, &site, 30, |_, _| ());
    let (code, document) = world.json(&RUN);
    assert_eq!(code, 0, "{document:#}");
    assert_eq!(site.requests().len(), 5, "{:?}", site.asked());
}

#[test]
fn one_host_is_not_asked_without_an_end_and_what_was_not_asked_is_told() {
    let site = Site::start(healthy);
    let world = World::trusting(&site);
    folder(&world, &site, 40, |at, definition| {
        definition["oauth"]["device_authorization_url"] = format!("{{base_url}}/oauth/device?{at}").into();
    });
    let (code, document) = world.json(&RUN);
    assert!(site.requests().len() <= 24, "{}", site.requests().len());
    assert_eq!(code, 3);
    assert!(reasons(&document).join("\n").contains("was asked often enough in this run"), "{document:#}");
}

#[test]
fn the_answer_does_not_depend_on_who_is_first() {
    let site = Site::start(|origin, request| {
        // The later a definition, the sooner its answers.
        let late = request.path.split_once("late=").and_then(|(_, number)| number.parse::<u64>().ok());
        std::thread::sleep(Duration::from_millis(late.map_or(0, |late| 300 - 30 * late)));
        if late.is_some() { reply(404, "") } else { healthy(origin, request) }
    });
    let world = World::trusting(&site);
    folder(&world, &site, 10, |at, definition| {
        definition["docs_url"] = format!("{}/docs?late={at}", site.origin()).into();
    });
    let (_, mut first) = world.json(&RUN);
    let (_, mut second) = world.json(&RUN);
    let all = first["findings"].as_array().expect("findings").iter();
    let online = all.filter(|it| it["rule"].as_str().is_some_and(|rule| rule.starts_with("definition-online-")));
    let files: Vec<_> = online.map(|it| it["location"]["file"].clone()).collect();
    let sorted: Vec<_> = (0..10).map(|at| serde_json::json!(format!("./acme{at:03}.json"))).collect();
    assert_eq!(files, sorted);
    first["timings_ms"].take();
    second["timings_ms"].take();
    assert_eq!(first.to_string(), second.to_string());
}

#[test]
fn a_definition_that_does_not_parse_or_waits_for_its_base_is_not_asked_about() {
    let site = Site::start(healthy);
    let world = World::trusting(&site);
    let mut definition = definition("unused");
    definition["oauth"]["base_url"] = serde_json::Value::Null;
    definition["docs_url"] = serde_json::Value::Null;
    world.file("acme.json", &definition);
    let (code, document) = world.json(&["--online", "--allow-private", "acme.json"]);
    assert_eq!(super::world::online(&document), []);
    assert_ne!(code, 3, "{document:#}");
    std::fs::write(world.file("broken.json", &definition), "{").expect("a file");
    let (code, document) = world.json(&["--online", "--allow-private", "broken.json"]);
    assert_eq!((code, super::world::online(&document)), (1, vec![]));
}
