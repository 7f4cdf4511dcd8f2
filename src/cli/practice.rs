//! `authsome practice`: starts the practice provider and says how to reach it.

use std::io::{self, Write};

use clap::Args as ClapArgs;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::app::App;
use super::args::Format;
use crate::diagnosis::RunError;
use crate::host::runtime;
use crate::practice::faults::{CAUSES, Row, table};
use crate::practice::{Fault, Options, Ready, parse_fault, serve};

/// Run a small real OAuth server on this machine, for practising logins, with every fault on demand
#[derive(ClapArgs, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub port: u16,
    /// Show this fault, in a real server's words: a cause, or CAUSE:VARIANT (--list-faults)
    #[arg(long, value_name = "CAUSE", value_parser = parse_fault)]
    pub fault: Option<Fault>,
    /// Show the fault so many times, then let all go well
    #[arg(long, value_name = "N", requires = "fault")]
    pub fault_times: Option<u32>,
    /// Register this redirect URI instead of the documented ones (repeatable)
    #[arg(long, value_name = "URI")]
    pub registered_uri: Vec<String>,
    /// Compare the port of a loopback redirect URI too (RFC 8252 says not to; many providers do)
    #[arg(long)]
    pub exact_port: bool,
    /// Serve https; a client must trust the authority whose file is named at the start
    #[arg(long)]
    pub tls: bool,
    /// List the faults, what they show and who says so
    #[arg(long)]
    pub list_faults: bool,
    /// End when standard input does
    #[arg(long, hide = true)]
    pub exit_with_stdin: bool,
}

/// Runs until it is told to end. The exit code is 0 then, 2 where it cannot start.
pub fn run(app: &App, args: &Args) -> Result<u8, RunError> {
    let as_json = app.format() == Format::Json;
    if args.list_faults {
        match app.format() {
            Format::Json => app.answer_json(&list_as_json())?,
            Format::Markdown => app.answer_raw(&list_as_markdown())?,
            _ => app.answer_raw(&list_as_text())?,
        }
        return Ok(0);
    }
    Ok(runtime().block_on(until_ended(args, as_json)))
}

async fn until_ended(args: &Args, as_json: bool) -> u8 {
    let options = Options {
        port: args.port,
        fault: args.fault,
        fault_times: args.fault_times,
        redirect_uris: args.registered_uri.clone(),
        exact_port: args.exact_port,
        tls: args.tls,
    };
    let announce = |ready: Ready| {
        print(&if as_json { pretty(&as_document(&ready)) } else { as_text(&ready, args) });
    };
    tokio::select! {
        // Whoever reads that it is ready may tell it to end: it listens for that before it says so.
        biased;
        () = told_to_end() => 0,
        served = serve(options, announce) => match served {
            Err(problem) => fail(&problem.to_string(), as_json),
        },
        () = standard_input_ends(), if args.exit_with_stdin => 0,
    }
}

/// Ctrl-C, or SIGTERM where there is one.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Read on a thread of its own, which nobody waits for: a blocking read cannot be called off.
async fn standard_input_ends() {
    let (ended, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = wait.await;
}

fn as_document(ready: &Ready) -> Value {
    let mut document = json!({
        "schema_version": "1",
        "command": "practice",
        "issuer": ready.issuer,
        "provider": ready.provider,
        "client_id": ready.client_id,
        "client_secret": ready.client_secret.expose_secret(),
        "public_client_id": ready.public_client_id,
    });
    if let Some(authority) = &ready.authority {
        document["authority"] = json!(authority);
    }
    document
}

fn as_text(ready: &Ready, args: &Args) -> String {
    let Ready { issuer, client_id, public_client_id, authority, .. } = ready;
    let trust = authority.as_ref().map(|file| format!("trust      SSL_CERT_FILE={}\n  ", file.display()));
    let fault = args.fault.map_or_else(
        || "none: every login goes well".to_owned(),
        |fault| {
            let row = fault.row();
            let times = match args.fault_times {
                None => String::new(),
                Some(1) => ", once".to_owned(),
                Some(times) => format!(", {times} times"),
            };
            format!("{} ({}){times}", row.name(), row.place.words())
        },
    );
    format!(
        "The practice provider is up; Ctrl-C ends it\n\n  \
         issuer     {issuer}\n  \
         describes  {issuer}/.well-known/oauth-authorization-server\n  \
         client     {client_id} (its secret is in --format json), {public_client_id} (has none)\n  \
         {}fault      {fault}\n\n  \
         authsome login practice --explain       starts one of these by itself and logs in\n  \
         authsome practice --list-faults         everything that can go wrong here\n",
        trust.unwrap_or_default()
    )
}

fn list_as_text() -> String {
    let names: Vec<_> = table().map(|row| (row, row.name())).collect();
    let width = names.iter().map(|(_, name)| name.len()).max().unwrap_or_default();
    let lines = names.iter().map(|(row, name)| format!("{name:width$}  {:18}  {}\n", row.place.words(), row.source));
    format!("{} causes, {} faults: --fault NAME\n\n{}", CAUSES.len(), names.len(), lines.collect::<String>())
}

fn list_as_markdown() -> String {
    let line = |cells: [&str; 4]| format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    let head = line(["Fault", "Where it arises", "What it shows", "Who says so"]);
    let rows = table().map(|row| line([&format!("`{}`", row.name()), row.place.words(), &row.shows(), row.source]));
    format!("{head}|---|---|---|---|\n{}", rows.collect::<String>())
}

fn list_as_json() -> Value {
    let row = |row: &Row| {
        json!({
            "name": row.name(),
            "cause": row.cause,
            "where": row.place.words(),
            "flow": row.flow(),
            "shows": row.shows(),
            "source": row.source,
        })
    };
    json!({"schema_version": "1", "command": "practice", "faults": table().map(row).collect::<Vec<_>>()})
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

fn print(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    u8::from(out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err())
}

fn fail(problem: &str, as_json: bool) -> u8 {
    let message = format!("the practice provider could not start: {problem}");
    if as_json {
        let verdict = json!({"status": "error", "cause": null, "rule": null});
        let error = json!({"kind": "usage", "message": message});
        print(&pretty(&json!({"schema_version": "1", "command": "practice", "verdict": verdict, "error": error})));
    } else {
        let _ = writeln!(io::stderr(), "authsome: {message}");
    }
    2
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn args(line: &str) -> Result<Args, clap::Error> {
        Command::try_parse_from(line.split(' ')).map(|command| command.args)
    }

    #[test]
    fn the_arguments_are_read() {
        let args = args(
            "practice --fault invalid_client_credentials:github --fault-times 2 --registered-uri http://127.0.0.1/cb",
        );
        let args = args.unwrap();
        assert_eq!(args.fault.unwrap().row().name(), "invalid_client_credentials:github");
        assert_eq!((args.fault_times, args.port, args.exit_with_stdin), (Some(2), 0, false));
        assert_eq!(args.registered_uri, ["http://127.0.0.1/cb"]);
    }

    #[test]
    fn a_fault_that_does_not_exist_is_refused_with_the_nearest_name() {
        let problem = args("practice --fault pkce_failur").unwrap_err().to_string();
        assert!(problem.contains("did you mean pkce_failure?"), "{problem}");
        assert!(args("practice --fault-times 2").is_err(), "a count without a fault counts nothing");
    }

    #[test]
    fn the_list_names_every_fault_with_its_source() {
        let (text, json) = (list_as_text(), list_as_json());
        for row in table() {
            assert!(
                text.lines().any(|line| line.starts_with(&row.name()) && line.ends_with(row.source)),
                "{}",
                row.name()
            );
        }
        assert_eq!(json["faults"].as_array().unwrap().len(), table().count());
        assert_eq!(json["faults"][0]["name"], "redirect_uri_mismatch");
    }

    #[tokio::test]
    async fn what_is_announced_suffices_to_log_in_and_tells_nothing_of_the_fault() {
        let (announced, wait) = tokio::sync::oneshot::channel();
        let options = Options { fault: Some(parse_fault("client_not_found").unwrap()), ..Options::default() };
        let serving = tokio::spawn(serve(options, |ready| drop(announced.send(ready))));
        let ready = wait.await.unwrap();
        serving.abort();
        let document = as_document(&ready);
        let keys: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
        let expected =
            ["schema_version", "command", "issuer", "provider", "client_id", "client_secret", "public_client_id"];
        assert_eq!(keys, expected);
        assert!(!document.to_string().contains("client_not_found"));
        assert_eq!(document["provider"]["name"], "practice");
        let human = as_text(&ready, &Args::default());
        assert!(!human.contains(ready.client_secret.expose_secret()));
        assert!(human.contains(&ready.issuer));
    }
}
