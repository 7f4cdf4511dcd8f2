//! Whatever is handed in: a clear answer within 2 s and 200 MB, no escape sequence in it, and nothing written.

#![cfg(target_os = "linux")]

mod common;

use common::{Answer, World};
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

const MOST_KIB: u64 = 200 * 1024;
/// Of a processor's time, so that a busy machine does not count. The promise is the optimised program's.
const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 12 } else { 2 });

/// Runs to the end, within the limits.
#[track_caller]
fn run(world: &World, arguments: &[&str]) -> Answer {
    let mut process = world.process();
    process.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = process.spawn().expect("our program starts");
    let pid = child.id();
    let watch = std::thread::spawn(move || highest(pid));
    let answer = Answer::of(child.wait_with_output().expect("it ends"));
    let (took, kib) = watch.join().expect("it does not panic");
    assert!(took <= MOST_TIME, "{arguments:?} took {took:?}");
    assert!(kib <= MOST_KIB, "{arguments:?} took {kib} KiB");
    let all = answer.to_string();
    assert!(!all.contains(['\u{1b}', '\u{9b}', '\u{7}']), "an escape sequence came through: {all:?}");
    assert_ne!(answer.code, 101, "{arguments:?}: {answer}");
    answer
}

/// The processor's time and the most memory, in KiB, that a process took, read until it is gone.
fn highest(pid: u32) -> (Duration, u64) {
    let (mut took, mut kib) = (Duration::ZERO, 0);
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}"));
    while let (Ok(stat), Ok(status)) = (read("stat"), read("status")) {
        // The name may hold blanks; after it the 12th and 13th field are the time, in hundredths of a second (proc(5)).
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
        took = Duration::from_millis(fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10);
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A process that has ended and is not yet waited for has none.
        let Some(now) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()) else { break };
        kib = now;
        std::thread::sleep(Duration::from_millis(2));
    }
    (took, kib)
}

/// Inputs that are no definition, no rules, no facts.
fn spoiled() -> Vec<(&'static str, Vec<u8>)> {
    let deep = 1_000_000;
    vec![
        ("empty", Vec::new()),
        ("cut off", b"{\"name\": \"acme\", \"oauth\": {".to_vec()),
        ("not UTF-8", b"{\"name\": \"\xff\xfe\x00\xd8\"}".to_vec()),
        ("UTF-16", "{\"name\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("deep lists", "[".repeat(deep).into_bytes()),
        ("deep mappings", "{\"a\":".repeat(deep).into_bytes()),
        ("deep and closed", ("[".repeat(deep) + &"]".repeat(deep)).into_bytes()),
        ("escape sequences", b"{\"\x1b]0;title\x07\x1b[2J\x1b[31mname\": \"\x1b[8m\x9b31m\"}".to_vec()),
        ("escaped escape sequences", br#"{"\u001b]0;title\u0007\u001b[2Jname": "\u001b[8m", }]"#.to_vec()),
        ("another format", b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec()),
        ("many small things", ("[".to_owned() + &"{},".repeat(1_000_000) + "1]").into_bytes()),
        ("one long line", format!("{{\"name\": \"{}\"", "a".repeat(10_000_000)).into_bytes()),
    ]
}

/// A file of 100 MB that begins well.
fn huge(world: &World, name: &str, start: &str) {
    let path = world.file(name, start);
    File::options().append(true).open(path).and_then(|file| file.set_len(100_000_000)).expect("a sparse file");
}

/// Runs, and looks that nothing was written; the answer of a failed run that names the file.
#[track_caller]
fn refuses(world: &World, arguments: &[&str], name: &str) -> Answer {
    let before = files(world);
    let answer = run(world, arguments);
    assert_eq!(answer.code, 2, "{arguments:?}: {answer}");
    assert_eq!(answer.status(), "error", "{answer}");
    assert!(answer.message().contains(name), "{arguments:?}: {answer}");
    assert!(answer.stdout.len() < 20_000, "{arguments:?}: {} bytes", answer.stdout.len());
    assert_eq!(files(world), before, "{arguments:?} wrote something");
    answer
}

fn files(world: &World) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(world.path("")).expect("our folder").flatten().collect::<Vec<_>>();
    names.sort_by_key(std::fs::DirEntry::file_name);
    names.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).chain(world.kept()).collect()
}

#[test]
fn a_facts_file_that_is_none_is_refused() {
    let world = World::new();
    for (what, bytes) in spoiled() {
        world.file("facts.json", &bytes);
        let answer = refuses(&world, &["doctor", "--facts", "facts.json"], "facts.json");
        let says_where = ["line ", "byte", "larger", "mapping", "/"].iter().any(|word| answer.message().contains(word));
        assert!(says_where, "{what}: {answer}");
    }
    huge(&world, "facts.json", "{\"port\": {");
    refuses(&world, &["doctor", "--facts", "facts.json"], "facts.json");
    refuses(&world, &["doctor", "--facts", "/dev/zero"], "/dev/zero");
    refuses(&world, &["doctor", "--facts", "/"], "/");
}

#[test]
fn a_rule_file_that_is_none_is_refused_by_everybody_who_reads_it() {
    let world = World::new();
    for (what, bytes) in spoiled().into_iter().filter(|(what, _)| *what != "empty") {
        world.file("rules/own.yaml", &bytes);
        let answer = refuses(&world, &["doctor", "--rules", "rules"], "own.yaml");
        assert!(answer.stdout.len() < 20_000, "{what}: {answer}");
        let lint = run(&world, &["rules", "lint", "rules/own.yaml", "--format", "json"]);
        assert!(matches!(lint.code, 1 | 2), "{what}: {lint}");
    }
    huge(&world, "rules/own.yaml", "- id: x\n");
    refuses(&world, &["doctor", "--rules", "rules"], "own.yaml");
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let world = World::new();
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let before = format!("*a{}", n - 1);
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", [&*before; 9].join(", ")));
    }
    world.file("rules/own.yaml", bomb);
    let answer = refuses(&world, &["doctor", "--rules", "rules"], "own.yaml");
    assert_eq!(answer.document()["error"]["kind"], "invalid_rules", "{answer}");
    world.file("rules/own.yaml", "- &a [*a, *a]\n");
    refuses(&world, &["doctor", "--rules", "rules"], "own.yaml");
}

#[test]
fn a_definition_that_is_none_is_refused_by_a_login_and_named_by_check() {
    let world = World::new();
    for (what, bytes) in spoiled() {
        world.file("acme.json", &bytes);
        refuses(&world, &["login", "acme", "--provider-file", "acme.json"], "acme.json");
        let check = run(&world, &["check", "acme.json", "--format", "json"]);
        assert_eq!(check.code, 1, "{what}: {check}");
        let finding = &check.document()["findings"][0];
        assert_eq!(finding["location"]["file"], "acme.json", "{what}: {check}");
        assert!(check.stdout.len() < 50_000, "{what}: {} bytes", check.stdout.len());
        let doctor = run(&world, &["doctor", "acme", "--provider-file", "acme.json", "--offline"]);
        assert!(doctor.document()["schema_version"] == "1" && doctor.code != 0, "{what}: {doctor}");
    }
    huge(&world, "acme.json", "{\"name\": \"acme\", ");
    refuses(&world, &["login", "acme", "--provider-file", "acme.json"], "acme.json");
    assert!(matches!(run(&world, &["check", "acme.json"]).code, 1 | 2));
}

#[test]
fn a_text_is_read_whatever_it_holds() {
    let world = World::new();
    for (what, bytes) in spoiled() {
        world.file("said.txt", &bytes);
        for arguments in [
            &["doctor", "--offline", "--error", "@said.txt", "--format", "json"][..],
            &["doctor", "--offline", "--error", "@said.txt", "--format", "human", "-v"],
            &["explain", "@said.txt", "--format", "json"],
            &["explain", "@said.txt", "-v"],
        ] {
            let answer = run(&world, arguments);
            assert!(matches!(answer.code, 0..=3), "{what}: {answer}");
            assert!(answer.stdout.len() < 300_000, "{what}: {} bytes", answer.stdout.len());
        }
    }
    huge(&world, "said.txt", "{\"error\":\"access_denied\"}\n");
    for arguments in [&["doctor", "--offline", "--error", "@said.txt"][..], &["explain", "@said.txt"]] {
        run(&world, arguments);
    }
    assert!(files(&world).iter().all(|name| ["bin", "said.txt"].contains(&name.as_str())), "{:?}", files(&world));
}

#[test]
fn a_text_that_repeats_itself_for_ever_is_read_in_time() {
    let world = World::new();
    for piece in [
        "{\"error\":\"invalid_grant\"}\n",
        "error=access_denied&",
        "https://x.example/cb?error=a&state=",
        "AADSTS50011: ",
        "{{{{\"a\":",
        "<p>error ",
    ] {
        world.file("said.txt", piece.repeat(3_000_000 / piece.len()));
        run(&world, &["explain", "@said.txt", "--format", "json"]);
    }
}

#[test]
fn a_secret_file_that_is_none_is_refused() {
    let world = World::new();
    let provider = r#"{"name": "acme", "auth_type": "oauth2", "flow": "pkce", "oauth": {"authorization_url": "https://acme.example/a", "token_url": "https://acme.example/t"}}"#;
    world.file("acme.json", provider);
    let login = ["login", "acme", "--provider-file", "acme.json", "--client-id", "x", "--client-secret-file", "secret"];
    let long = vec![b'a'; 100_000];
    for bytes in [&b""[..], b"\n", b"two\nlines\n", b"\xff\xfe", &long] {
        world.file("secret", bytes);
        refuses(&world, &login, "secret");
    }
}

#[test]
fn what_lies_under_authsomes_home_may_be_anything() {
    let world = World::new();
    for name in [
        "config.json",
        "doctor/last-login.json",
        "doctor/states.json",
        "daemon.pid",
        "daemon.log",
        "server/authsome.db",
    ] {
        for (what, bytes) in spoiled() {
            world.file(&format!(".authsome/{name}"), &bytes);
            let answer = run(&world, &["doctor", "--offline", "--format", "json"]);
            assert!(matches!(answer.code, 0 | 1 | 3), "{name}, {what}: {answer}");
            answer.document();
        }
    }
    let broken = World::new();
    broken.file(".authsome/doctor/connections/acme.default.json", b"\xff{");
    refuses(&broken, &["get", "acme"], "stored connection");
}
