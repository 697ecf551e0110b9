// SPDX-License-Identifier: MIT OR Apache-2.0
//! A browser that sends what it is told to, to the byte.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::course::{Course, PATIENCE};

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// An answer that is still coming.
pub struct Coming {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    from: BufReader<Chunked>,
}

impl Coming {
    /// The next line; none at the end.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.from.read_line(&mut line).expect("it comes in time");
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The lines that are left, as JSON.
    pub fn rest(mut self) -> Vec<Value> {
        let lines = std::iter::from_fn(|| self.line());
        lines.map(|line| serde_json::from_str(&line).expect("a line is JSON")).collect()
    }
}

/// Sends bytes and reads how the answer begins.
pub fn send(port: u16, request: &[u8]) -> Coming {
    try_send(port, request).expect("it is answered")
}

/// The same, where the server may be gone.
pub fn try_send(port: u16, request: &[u8]) -> io::Result<Coming> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut from = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let status = head[0].split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    let split =
        |line: &String| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers: Vec<_> = head[1..].iter().filter_map(split).collect();
    let left = match header(&headers, "transfer-encoding") {
        Some(_) => Left::Chunks(0),
        None => Left::Bytes(header(&headers, "content-length").map_or(0, |n| n.parse().expect("a number"))),
    };
    Ok(Coming { status, headers, from: BufReader::new(Chunked { from, left }) })
}

/// A body without its frame.
struct Chunked {
    from: BufReader<TcpStream>,
    left: Left,
}

enum Left {
    Bytes(usize),
    /// So much of this chunk.
    Chunks(usize),
    Nothing,
}

impl Read for Chunked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Left::Chunks(0) = self.left {
            let mut line = String::new();
            self.from.read_line(&mut line)?;
            if line.trim().is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let size = usize::from_str_radix(line.trim(), 16).expect("a chunk's size");
            self.left = if size == 0 { Left::Nothing } else { Left::Chunks(size) };
        }
        let (Left::Bytes(most) | Left::Chunks(most)) = self.left else { return Ok(0) };
        let most = most.min(buffer.len());
        let read = self.from.read(&mut buffer[..most])?;
        match &mut self.left {
            Left::Bytes(left) => *left -= read,
            Left::Chunks(left) => {
                *left -= read;
                if *left == 0 {
                    self.from.read_exact(&mut [0; 2])?;
                }
            }
            Left::Nothing => {}
        }
        Ok(read)
    }
}

impl Course {
    /// A request's bytes: as a page of this server sends it, but for these headers, of which an empty one is left out.
    pub fn request(&self, method: &str, path: &str, changed: &[(&str, &str)], body: &str) -> Vec<u8> {
        let (host, token) = (format!("127.0.0.1:{}", self.port), format!("Bearer {}", self.token));
        let length = body.len().to_string();
        let mut headers =
            vec![("Host", host.as_str()), ("Authorization", &token), ("Content-Length", &length)];
        headers.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        headers.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n{body}").into_bytes()
    }

    /// Asks, and waits for the whole answer.
    pub fn ask_with(&self, method: &str, path: &str, changed: &[(&str, &str)], body: &str) -> Reply {
        let mut coming = send(self.port, &self.request(method, path, changed, body));
        let mut body = Vec::new();
        if method != "HEAD" {
            coming.from.read_to_end(&mut body).expect("it comes to its end");
        }
        Reply { status: coming.status, headers: coming.headers, body }
    }

    /// Asks as a page of this server does.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask_with(method, path, &[], &body)
    }

    /// Asks for what comes bit by bit.
    pub fn begin(&self, method: &str, path: &str, body: &Value) -> Coming {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(self.port, &self.request(method, path, &[], &body))
    }

    /// The text and the version of an exercise.
    pub fn kept(&self, exercise: &str) -> (String, String) {
        let reply = self.ask("GET", &format!("/api/exercises/{exercise}"), &Value::Null);
        assert_eq!(reply.status, 200);
        let kept = reply.json();
        let word = |name: &str| kept[name].as_str().expect("a text").to_owned();
        (word("text"), word("version"))
    }

    /// Writes an exercise's file as an editor does.
    pub fn edit(&self, exercise: &str, text: &str) {
        std::fs::write(self.file(exercise), text).expect("written");
    }
}
