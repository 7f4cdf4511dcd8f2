//! One HTTP/1.1 request to a server on loopback, straight and with no client in between that could be at fault.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use serde_json::Value;

pub struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Sends JSON, or nothing.
pub fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<Reply> {
    exchange(port, method, path, "application/json; charset=utf-8", &body.map(Value::to_string).unwrap_or_default())
}

/// Sends a form and answers with the address that the server leads on to.
pub fn submit(port: u16, path: &str, fields: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().expect("fields") {
        form.append_pair(name, value.as_str().expect("a text"));
    }
    let reply = exchange(port, "POST", path, "application/x-www-form-urlencoded", &form.finish()).expect("an answer");
    reply.location.unwrap_or_else(|| panic!("{path} led nowhere: {} {}", reply.status, reply.body))
}

fn exchange(port: u16, method: &str, path: &str, media: &str, body: &str) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: {media}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head)? > 0 {}
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
    };
    // chromedriver keeps the connection open whatever it is asked, and always tells the length.
    let mut body = Vec::new();
    let length = header("content-length").and_then(|length| length.parse().ok());
    stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut body)?;
    Ok(Reply {
        status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0),
        location: header("location").map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
