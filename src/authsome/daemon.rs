//! authsome's daemon from outside: its command line, and its health answer, which needs no proof and creates nothing.

use crate::host::Sockets;
use serde_json::Value as Json;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a health answer may take before a daemon counts as silent.
pub const HEALTH_LIMIT: Duration = Duration::from_millis(400);
/// A token exchange blocks the daemon for at most this long (its requests have a time-out of 30 s).
pub const LONGEST_EXCHANGE: Duration = Duration::from_secs(30);

const MOST: usize = 64 * 1024;

/// What a listener said to a GET of the health path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Authsome(Health),
    Http {
        status: u16,
        server: Option<String>,
    },
    NotHttp,
    /// It took the connection, or its queue is full, and said nothing.
    Nothing,
    Refused,
}

/// A daemon's health answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    pub path: String,
    pub status: String,
    pub version: String,
}

/// Asks for the paths in turn, until one answers as authsome does, all of it within `limit`. No proxy, no redirect, no
/// second connection after silence.
pub fn ask(sockets: &dyn Sockets, to: SocketAddr, paths: &[&str], limit: Duration) -> Answer {
    let begin = Instant::now();
    let mut last = Answer::Nothing;
    for path in paths {
        let left = limit.saturating_sub(begin.elapsed());
        if left.is_zero() {
            break;
        }
        let request =
            format!("GET {path} HTTP/1.0\r\nHost: {to}\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
        last = match sockets.exchange(to, request.as_bytes(), left, MOST) {
            Ok(bytes) => read(&bytes, path),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => Answer::Refused,
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => Answer::Nothing,
            // Took the connection and broke it off.
            Err(_) => Answer::NotHttp,
        };
        if !matches!(last, Answer::Http { .. }) {
            break;
        }
    }
    last
}

/// The paths to ask, those of `first` before those of every other version.
pub fn health_paths(first: &super::Release) -> Vec<&str> {
    let mut paths: Vec<&str> = first.health_paths.iter().map(String::as_str).collect();
    for path in ["/api/health", "/health"] {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

fn read(bytes: &[u8], path: &str) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok());
    let Some(status) = status else { return Answer::NotHttp };
    if status == 200
        && let Some(health) = health(body, path)
    {
        return Answer::Authsome(health);
    }
    let server = lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("server"));
    Answer::Http { status, server: server.map(|(_, value)| value.trim().to_owned()) }
}

/// `status` and `version`, and one of the keys that only authsome's health has (`mode` up to 0.4, then the others).
pub fn health(body: &str, path: &str) -> Option<Health> {
    let json: Json = serde_json::from_str(body).ok()?;
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let marks = ["store_backend", "encryption_backend", "configured_encryption_mode", "mode"];
    marks.iter().any(|mark| json.get(mark).is_some()).then_some(())?;
    Some(Health { path: path.to_owned(), status: text("status")?, version: text("version")? })
}

/// Is this the command line of authsome's daemon? `python -m authsome.cli.main daemon serve …`, as its commands start it,
/// or `authsome daemon serve` typed by hand.
pub fn is_daemon_command(command: &[String]) -> bool {
    let program = |word: &String| word == "authsome.cli.main" || word.rsplit('/').next() == Some("authsome");
    let Some(at) = command.iter().position(program) else { return false };
    command[at..].windows(2).any(|pair| pair[0] == "daemon" && pair[1] == "serve")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authsome::versions::{latest, release};
    use crate::host::SystemSockets;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    const HEALTH: &str = r#"{"status":"ok","version":"0.7.2","store_backend":"sqlite"}"#;

    /// Answers each connection with the next of these.
    fn server(answers: Vec<String>) -> SocketAddr {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = socket.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        address
    }

    fn http(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nserver: uvicorn\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    fn asked(answers: &[String]) -> Answer {
        ask(&SystemSockets, server(answers.to_vec()), &health_paths(latest()), HEALTH_LIMIT)
    }

    #[test]
    fn a_daemon_is_known_by_its_health_answer() {
        let Answer::Authsome(health) = asked(&[http("200 OK", HEALTH)]) else { panic!() };
        assert_eq!((health.path.as_str(), health.version.as_str()), ("/api/health", "0.7.2"));
    }

    #[test]
    fn the_path_of_other_versions_is_asked_next() {
        let old = r#"{"status":"ok","version":"0.2.4","mode":"local","pid":1}"#;
        let answers = [http("404 Not Found", r#"{"detail":"Not Found"}"#), http("200 OK", old)];
        let Answer::Authsome(health) = asked(&answers) else { panic!() };
        assert_eq!((health.path.as_str(), health.version.as_str()), ("/health", "0.2.4"));
        assert_eq!(health_paths(release("0.5.0").0), ["/health", "/api/health"]);
    }

    #[test]
    fn another_web_server_is_no_daemon_whatever_its_health_says() {
        let other = r#"{"status":"ok","version":"1.0"}"#;
        let answer = asked(&[http("200 OK", other), http("404 Not Found", "")]);
        assert_eq!(answer, Answer::Http { status: 404, server: Some("uvicorn".into()) });
    }

    #[test]
    fn what_is_not_http_and_what_is_silent_are_told_apart() {
        assert_eq!(asked(&["SSH-2.0-OpenSSH_9.6\r\n".to_owned()]), Answer::NotHttp);
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        let asking = |address| ask(&SystemSockets, address, &["/health"], Duration::from_millis(50));
        assert_eq!(asking(address), Answer::Nothing);
        drop(silent);
        assert_eq!(asking(address), Answer::Refused);
    }

    #[test]
    fn the_daemon_is_told_by_its_command_line_from_other_commands_of_authsome() {
        let is = |line: &str| is_daemon_command(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(is("/venv/bin/python -m authsome.cli.main daemon serve --host 127.0.0.1 --port 7998"));
        assert!(is("/venv/bin/python /venv/bin/authsome --verbose daemon serve"));
        assert!(is("/venv/bin/python -m authsome.cli.main admin daemon serve"), "0.4.2");
        assert!(!is("/venv/bin/python /venv/bin/authsome login github"));
        assert!(!is("vi authsome-notes daemon serve"));
        assert!(!is("python3 -m http.server 7998"));
    }
}
