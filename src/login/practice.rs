//! The practice provider beside a login: a process of its own, of which we know what a definition file would tell.

use super::story::Story;
use crate::sink::{Doc, Secret, Style};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::BufReader;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The provider's name.
pub const NAME: &str = "practice";

/// How long it may take to end by itself.
const PATIENCE: Duration = Duration::from_millis(500);

/// The running process; it ends when this is dropped, and when this program dies (its standard input closes).
pub struct Practice {
    child: Child,
    /// Its definition, in authsome's own format.
    pub definition: Value,
    pub client_id: String,
    pub client_secret: Secret,
    /// Over https: the file with the authority that must be trusted.
    pub authority: Option<String>,
}

/// Starts it. `fault` is shown as a real server would show it; nothing of it is told to the client.
pub fn start(fault: Option<&str>, fault_times: Option<u32>) -> Result<Practice, String> {
    let program = std::env::current_exe().map_err(|e| format!("this program cannot find itself: {e}"))?;
    let mut command = Command::new(program);
    command.args(["practice", "--format", "json", "--exit-with-stdin"]);
    if let Some(fault) = fault {
        command.args(["--fault", fault]);
    }
    if let Some(times) = fault_times {
        command.args(["--fault-times", &times.to_string()]);
    }
    command.env_remove("AUTHSOME_FRONT");
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|e| format!("the practice provider cannot be started: {e}"))?;
    let out = child.stdout.take().expect("is piped");
    let mut documents = serde_json::Deserializer::from_reader(BufReader::new(out));
    let ready = Value::deserialize(&mut documents);
    let mut practice = Practice {
        child,
        definition: Value::Null,
        client_id: String::new(),
        client_secret: Secret::new(""),
        authority: None,
    };
    let ready = ready.map_err(|e| format!("the practice provider did not say that it is ready: {e}"))?;
    let text = |name: &str| ready[name].as_str().map(str::to_owned);
    let (Some(id), Some(secret)) = (text("client_id"), text("client_secret")) else {
        let message = ready["error"]["message"].as_str().unwrap_or("it names no client");
        return Err(format!("the practice provider: {message}"));
    };
    practice.definition = ready["provider"].clone();
    practice.authority = text("authority");
    practice.client_id = id;
    practice.client_secret = Secret::new(secret);
    Ok(practice)
}

/// What a company tells its people on paper: whose authority it is that they must trust.
pub fn tell_of(story: &Story, authority: &str) {
    let mut doc = Doc::new();
    doc.text("The practice authority's certificate: ").push(Style::Typed, authority).newline();
    story.say(&doc);
    story.event("authority", &json!({"file": authority}));
}

/// A port of 127.0.0.1 that nobody holds at this moment.
pub fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl Drop for Practice {
    fn drop(&mut self) {
        // Told to end, it takes its files with it.
        drop(self.child.stdin.take());
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
