// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of the book: these, as they are, and no others.

use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;

use crate::course::Course;

#[test]
fn nothing_outside_the_book_is_served() {
    let course = Course::start();
    let dist = course.root.join("book/dist");
    fs::write(course.root.join("secret"), "secret").expect("written");
    fs::write(course.root.join("book/dist-secret"), "secret").expect("written");
    symlink(course.root.join("secret"), dist.join("link.txt")).expect("made");
    symlink(&course.root, dist.join("folder")).expect("made");
    symlink(dist.join("index.html"), dist.join("inside.html")).expect("made");
    for path in [
        "/../secret",
        "/../../secret",
        "/wasm/../../../secret",
        "/wasm/../../dist-secret",
        "/../dist-secret",
        "/./../secret",
        "/.../secret",
        "//secret",
        "///etc/passwd",
        "/%2e%2e/%2e%2e/secret",
        "/%2e%2e%2f%2e%2e%2fsecret",
        "/..%2f..%2fsecret",
        "/..%5c..%5csecret",
        "/..\\..\\secret",
        "/%252e%252e/secret",
        "/%c0%ae%c0%ae/secret",
        "/index.html%00.txt",
        "/secret%00",
        "/link.txt",
        "/folder/secret",
        "/folder/",
        "/wasm",
        "/wasm/",
        "/C:/secret",
        "/index.html/",
        "/index.html/../../../secret",
    ] {
        let reply = course.ask_with("GET", path, &[], "");
        assert_eq!(reply.status, 404, "{path}");
        assert!(!String::from_utf8_lossy(&reply.body).contains("secret"), "{path}");
    }
    // Whatever is no address at all is no request.
    for path in ["../secret", "secret"] {
        assert!([400, 404, 421].contains(&course.ask_with("GET", path, &[], "").status), "{path}");
    }
    assert_eq!(course.ask_with("GET", "/inside.html?token=x", &[], "").body, b"<p>the book");
    assert_eq!(course.ask_with("GET", "/", &[], "").body, b"<p>the book");
}

#[test]
fn files_go_out_under_their_types_packed_and_no_more_often_than_they_change() {
    let course = Course::start();
    let dist = course.root.join("book/dist");
    let long = "figure {}\n".repeat(500);
    for (name, media_type, packs) in [
        ("wasm/a.wasm", "application/wasm", true),
        ("a.js", "text/javascript; charset=utf-8", true),
        ("a.css", "text/css; charset=utf-8", true),
        ("a.html", "text/html; charset=utf-8", true),
        ("a.json", "application/json", true),
        ("a.svg", "image/svg+xml", true),
        ("a.exam.txt", "text/plain; charset=utf-8", true),
        ("a.woff2", "font/woff2", false),
    ] {
        fs::write(dist.join(name), &long).expect("written");
        let path = format!("/{name}");
        let takes = [("Accept-Encoding", "br;q=1, gzip;q=0.8")];
        let reply = course.ask_with("GET", &path, &takes, "");
        assert_eq!((reply.status, reply.header("Content-Type")), (200, Some(media_type)), "{name}");
        assert_eq!(reply.header("Cache-Control"), Some("no-cache"));
        assert_eq!(reply.header("Vary"), Some("accept-encoding"));
        assert_eq!(reply.header("Content-Encoding"), packs.then_some("gzip"), "{name}");
        let mut plain = String::new();
        if packs {
            flate2::read::GzDecoder::new(&*reply.body).read_to_string(&mut plain).expect("it is packed");
            assert!(reply.body.len() < long.len() / 2);
        } else {
            plain.push_str(&String::from_utf8_lossy(&reply.body));
        }
        assert_eq!(plain, long, "{name}");
        for refuses in ["", "identity", "gzip;q=0"] {
            let reply = course.ask_with("GET", &path, &[("Accept-Encoding", refuses)], "");
            assert_eq!(reply.header("Content-Encoding"), None);
            assert_eq!(reply.body, long.as_bytes());
        }
        let tag = reply.header("ETag").expect("it has one").to_owned();
        let known = [takes[0], ("If-None-Match", tag.as_str())];
        let again = course.ask_with("GET", &path, &known, "");
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
        fs::write(dist.join(name), &long[10..]).expect("written");
        assert_eq!(course.ask_with("GET", &path, &known, "").status, 200, "{name}: it changed");
    }
    let head = course.ask_with("HEAD", "/index.html", &[], "");
    assert_eq!((head.status, head.header("Content-Length")), (200, Some("11")));
    let missing = course.ask_with("GET", "/nothing.html", &[], "");
    assert_eq!((missing.status, missing.body.as_slice()), (404, b"<p>no such page".as_slice()));
}
