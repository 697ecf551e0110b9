// SPDX-License-Identifier: MIT OR Apache-2.0
//! Clients that take their time: each has as much of it as docs/serve.md says, and takes nobody else's.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::course::{Course, PATIENCE};

/// What a head and a body have, as docs/serve.md says.
const LIMIT: Duration = Duration::from_secs(10);
/// Between two bytes of a slow client.
const PAUSE: Duration = Duration::from_millis(100);
/// What anybody else waits at the most; without slow clients it is milliseconds.
const OTHERS: Duration = Duration::from_secs(5);

/// Sends these bytes at once and that one again and again, until the server has had enough. Answers with what it said, and
/// after how long the connection was over.
fn dawdle(port: u16, at_once: &[u8], again: &[u8]) -> (String, Duration) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    let begun = Instant::now();
    stream.write_all(at_once).expect("the server listens");
    stream.set_read_timeout(Some(PAUSE)).expect("a time");
    let mut said = Vec::new();
    while begun.elapsed() < PATIENCE {
        // Whoever does not listen any more may still have said something.
        let _ = stream.write_all(again);
        let mut some = [0; 1024];
        match stream.read(&mut some) {
            Ok(read) if read > 0 => said.extend_from_slice(&some[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => return (String::from_utf8_lossy(&said).into_owned(), begun.elapsed()),
        }
    }
    panic!("the server waits for a slow client for ever")
}

#[test]
fn slow_clients_are_cut_off_and_hold_nobody_up() {
    let course = Course::start();
    let (port, before) = (course.port, course.kept("bounded"));
    let head = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Slow: ").into_bytes();
    let chunked = [("Content-Length", ""), ("Transfer-Encoding", "chunked")];
    let body = |method, path| course.request(method, path, &chunked, "");
    let (write, check) =
        (body("PUT", "/api/exercises/bounded"), body("POST", "/api/exercises/bounded/check"));
    let silent: &[u8] = &[];
    // A head byte by byte, one that stops, none at all; bodies that go on chunk by chunk, one that stops.
    let slow: [(&[u8], &[u8], &str); 6] = [
        (&head, b"x", ""),
        (&head, silent, ""),
        (silent, silent, ""),
        (&write, b"1\r\n \r\n", "408"),
        (&check, b"1\r\n \r\n", "408"),
        (&write, silent, "408"),
    ];
    thread::scope(|scope| {
        // As many as a good part of the connections that there are.
        let clients: Vec<_> = (0..60)
            .map(|number| {
                let (at_once, again, status) = slow[number % slow.len()];
                (status, scope.spawn(move || dawdle(port, at_once, again)))
            })
            .collect();
        // Others are answered at once, all the time.
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            for path in ["/", "/api/exercises/bounded"] {
                let asked = Instant::now();
                assert_eq!(course.ask_with("GET", path, &[], "").status, 200);
                assert!(asked.elapsed() < OTHERS, "{path} took {:?}", asked.elapsed());
            }
            thread::sleep(PAUSE);
        }
        for (status, client) in clients {
            let (said, after) = client.join().expect("it does not panic");
            assert!(after > LIMIT / 2, "{after:?} is earlier than is promised: {said}");
            assert!(after < LIMIT + 2 * OTHERS, "{after:?} is later than is promised: {said}");
            assert!(said.contains(status), "{said}");
            if status == "408" {
                assert!(said.contains("not whole within 10 s"), "{said}");
            }
        }
    });
    assert_eq!(course.kept("bounded"), before, "half a request changes nothing");
}
