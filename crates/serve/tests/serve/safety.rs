// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is answered, and with how much.

use serde_json::{Value, json};

use crate::browser::send;
use crate::course::Course;

const PATHS: [(&str, &str); 10] = [
    ("GET", "/api/exercises"),
    ("GET", "/api/exercises/bounded"),
    ("PUT", "/api/exercises/bounded"),
    ("POST", "/api/exercises/bounded/check"),
    ("POST", "/api/exercises/bounded/hint"),
    ("POST", "/api/exercises/bounded/reset"),
    ("GET", "/api/exercises/bounded/solution?confirmed=true"),
    ("GET", "/api/progress"),
    ("POST", "/api/progress"),
    ("GET", "/api/events"),
];

/// A change that would be seen.
fn overwrites(course: &Course) -> String {
    let (_, version) = course.kept("bounded");
    json!({ "text": "overwritten", "version": version }).to_string()
}

#[test]
fn names_that_were_made_to_point_here_are_not_answered() {
    let course = Course::start();
    let port = course.port;
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
    for path in ["/", "/api/exercises"] {
        for host in &own {
            assert_eq!(course.ask_with("GET", path, &[("Host", host)], "").status, 200, "{host}");
        }
        let other = format!("127.0.0.1:{}", port ^ 1);
        let longer = format!("127.0.0.1:{port}.evil.example");
        for host in ["evil.example", "127.0.0.1", "localhost", &other, &longer, "0.0.0.0", "127.0.0.1:"] {
            let reply = course.ask_with("GET", path, &[("Host", host)], "");
            assert_eq!(reply.status, 421, "{host}");
            assert!(reply.json()["error"].as_str().is_some_and(|error| error.contains("only")), "{host}");
        }
        // None, two, and one that the request line contradicts.
        let head = |rest: &str| format!("GET {path} HTTP/1.1\r\n{rest}Connection: close\r\n\r\n");
        assert_eq!(send(port, head("").as_bytes()).status, 421);
        let two = format!("Host: {}\r\nHost: evil.example\r\n", own[0]);
        assert_eq!(send(port, head(&two).as_bytes()).status, 421);
        let elsewhere = format!(
            "GET http://evil.example{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            own[0]
        );
        assert_eq!(send(port, elsewhere.as_bytes()).status, 421);
    }
}

#[test]
fn pages_of_other_sites_are_not_answered_even_with_the_token() {
    let course = Course::start();
    let (before, body) = (course.kept("bounded"), overwrites(&course));
    let other = format!("http://127.0.0.1:{}", course.port ^ 1);
    let by_name = format!("http://localhost:{}", course.port);
    for foreign in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", &other),
        // Ours, but another origin than the one that is asked: a page never sends that.
        ("Origin", &by_name),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "none"),
    ] {
        let reply = course.ask_with("PUT", "/api/exercises/bounded", &[foreign], &body);
        assert_eq!(reply.status, 403, "{foreign:?}");
        assert_eq!(course.kept("bounded"), before, "{foreign:?}");
    }
    let own = format!("http://127.0.0.1:{}", course.port);
    let headers = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(course.ask_with("PUT", "/api/exercises/bounded", &headers, &body).status, 200);
    assert_eq!(course.kept("bounded").0, "overwritten");
}

#[test]
fn nothing_is_told_or_done_without_the_token() {
    let course = Course::start();
    let (before, body) = (course.kept("bounded"), overwrites(&course));
    let (short, long) = (course.token[..63].to_owned(), format!("{}0", course.token));
    let other = "0".repeat(64);
    let wrong = [
        String::new(),
        "Bearer".to_owned(),
        format!("Bearer {short}"),
        format!("Bearer {long}"),
        format!("Bearer {other}"),
        format!("Basic {}", course.token),
        course.token.clone(),
    ];
    for (method, path) in PATHS {
        for value in &wrong {
            let reply = course.ask_with(method, path, &[("Authorization", value)], &body);
            assert_eq!(reply.status, 401, "{method} {path} with `{value}`");
            assert!(reply.json()["error"].is_string());
        }
    }
    // In the address it is for the page alone.
    let path = format!("/api/exercises?token={}", course.token);
    assert_eq!(course.ask_with("GET", &path, &[("Authorization", "")], "").status, 401);
    assert_eq!(course.ask_with("GET", "/api/nothing", &[("Authorization", "")], "").status, 401);
    assert_eq!(course.kept("bounded"), before);
    assert_eq!(course.ask_with("GET", "/", &[("Authorization", "")], "").status, 200);
}

#[test]
fn nobody_is_allowed_to_read_from_another_origin() {
    let course = Course::start();
    let asks = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT")];
    for (method, path) in [("OPTIONS", "/api/exercises/bounded"), ("GET", "/api/exercises"), ("GET", "/")] {
        let reply = course.ask_with(method, path, &asks, "");
        let allows = |(name, _): &(String, String)| name.to_lowercase().starts_with("access-control");
        assert!(!reply.headers.iter().any(allows), "{method} {path}: {:?}", reply.headers);
    }
}

#[test]
fn every_answer_keeps_its_page_to_itself() {
    let course = Course::start();
    let asked = [
        ("/", "Host", ""),
        ("/nothing", "Host", ""),
        ("/api/exercises", "Host", ""),
        ("/api/nothing", "Host", ""),
        ("/api/exercises", "Authorization", "Bearer no"),
        ("/", "Host", "evil.example"),
    ];
    for (path, name, value) in asked {
        let changed: &[(&str, &str)] = if value.is_empty() { &[] } else { &[(name, value)] };
        let reply = course.ask_with("GET", path, changed, "");
        for (name, value) in [
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "frame-ancestors 'none'"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{path}");
        }
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let course = Course::start();
    let before = course.kept("bounded");
    for path in ["/api/exercises/bounded", "/api/progress"] {
        let method = if path.ends_with("progress") { "POST" } else { "PUT" };
        // Announced, and never sent.
        let reply = course.ask_with(method, path, &[("Content-Length", "2000000")], "");
        assert_eq!(reply.status, 413, "{path}");
        assert!(reply.json()["error"].as_str().is_some_and(|error| error.contains("kB")));
    }
    // Not announced: one byte more than is taken.
    let size = (256 << 10) + 1;
    let chunk = format!("{size:x}\r\n{}\r\n", " ".repeat(size));
    let headers = [("Content-Length", ""), ("Transfer-Encoding", "chunked")];
    let request = course.request("PUT", "/api/exercises/bounded", &headers, &chunk);
    assert_eq!(send(course.port, &request).status, 413);
    let request = course.request("GET", "/", &[("X-Long", &"x".repeat(20_000))], "");
    assert_eq!(send(course.port, &request).status, 431);
    let names: Vec<String> = (0..70).map(|number| format!("X-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(send(course.port, &course.request("GET", "/", &many, "")).status, 431);
    assert_eq!(course.kept("bounded"), before);
}

#[test]
fn what_is_not_meant_is_answered_with_a_sentence() {
    let course = Course::start();
    for (method, path, body, status) in [
        ("GET", "/api/nothing", "", 404),
        ("GET", "/api/exercises/nothing", "", 404),
        ("GET", "/api/exercises/%ff", "", 400),
        ("GET", "/api/exercises/..%2f..%2fCargo.toml", "", 404),
        ("DELETE", "/api/exercises/bounded", "", 405),
        ("GET", "/api/exercises/bounded/check", "", 405),
        ("PUT", "/api/exercises/bounded", "{", 400),
        ("PUT", "/api/exercises/bounded", r#"{"text":"no version"}"#, 400),
        ("PUT", "/api/exercises/bounded", r#"{"text":5,"version":""}"#, 400),
        ("POST", "/api/exercises/bounded/check", r#"{"text":"no version"}"#, 400),
        ("POST", "/api/exercises/bounded/check", r#"{"seed":"-1"}"#, 400),
        ("POST", "/api/exercises/bounded/check", r#"{"address":"exam/bounded?seed=1","seed":1}"#, 400),
        ("POST", "/api/exercises/bounded/check", r#"{"command":"rm"}"#, 400),
        ("POST", "/api/progress", r#"{"inflight_progress":2}"#, 400),
        ("POST", "/index.html", "", 405),
    ] {
        let reply = course.ask_with(method, path, &[], body);
        assert_eq!(reply.status, status, "{method} {path} {body}");
        let error: Value = reply.json();
        assert!(error["error"].as_str().is_some_and(|error| error.len() > 15), "{method} {path}: {error}");
    }
}
