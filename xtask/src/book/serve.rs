// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask book --serve`: the built site on this machine, built again when a source changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Result, anyhow};
use tiny_http::{Header, Request, Response, Server};

use crate::workspace;

/// Only this machine reaches it: the site is unfinished while one writes.
const ADDRESS: &str = "127.0.0.1";
/// Tried first, so that a reader's bookmark works again tomorrow.
const PORT: u16 = 8484;
/// How often the sources are looked at. Polling is enough: an author saves, looks up, and the page is there.
const INTERVAL: Duration = Duration::from_millis(500);
/// What the site is made from.
const SOURCES: [&str; 4] = ["book", "crates", "exercises", "web"];

/// Serves `site` until it is interrupted.
///
/// # Errors
/// No port can be opened.
pub(crate) fn serve(site: &Path) -> Result<()> {
    let server = Server::http((ADDRESS, PORT))
        .or_else(|_| Server::http((ADDRESS, 0)))
        .map_err(|error| anyhow!("no port can be opened on {ADDRESS}: {error}"))?;
    println!("http://{}/ (Ctrl-C ends it; what you change is built again)", server.server_addr());
    thread::spawn(rebuild_on_change);
    for request in server.incoming_requests() {
        // A browser that goes away in the middle of an answer is no concern of ours.
        let _ = answer(request, site);
    }
    Ok(())
}

fn answer(request: Request, site: &Path) -> std::io::Result<()> {
    let (status, path) = match file_for(request.url(), site) {
        Some(path) => (200, path),
        None => (404, site.join("404.html")),
    };
    let Ok(bytes) = fs::read(&path) else {
        return request.respond(Response::from_string("There is no such page.").with_status_code(404));
    };
    let mut response = Response::from_data(bytes).with_status_code(status);
    for (name, value) in [("Content-Type", media_type(&path)), ("Cache-Control", "no-cache")] {
        response.add_header(Header::from_bytes(name, value).expect("both are plain ASCII"));
    }
    request.respond(response)
}

/// The file that an address asks for; `None` if there is none, or if it would lie outside the site.
fn file_for(url: &str, site: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    // Our files have plain names, so an address with `%` in it names none of them.
    if !plain || path.contains(['%', '\\', ':']) {
        return None;
    }
    let found = site.join(path);
    let found = if found.is_dir() { found.join("index.html") } else { found };
    found.is_file().then_some(found)
}

/// The type a browser must be told: it compiles WASM while it loads only under WASM's own type.
fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Builds again after every change, as a process of its own: numbers and stills are computed by code that may be what changed.
fn rebuild_on_change() {
    let mut seen = snapshot();
    loop {
        thread::sleep(INTERVAL);
        let now = snapshot();
        if now == seen {
            continue;
        }
        seen = now;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = std::process::Command::new(cargo);
        build.current_dir(workspace::root()).args(["xtask", "book"]);
        match build.status() {
            Ok(status) if status.success() => println!("built again"),
            Ok(_) => println!("not built; the pages are those of the last build that worked"),
            Err(error) => println!("cargo did not start: {error}"),
        }
    }
}

/// When each source was written last. A file that vanishes while we look is as good as one that never was.
fn snapshot() -> BTreeMap<PathBuf, SystemTime> {
    let root = workspace::root();
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|source| root.join(source)).collect();
    let mut times = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(about) = entry.metadata() else { continue };
            let skipped = path.ends_with("book/dist") || path.ends_with("node_modules");
            if about.is_dir() && !skipped {
                folders.push(path);
            } else if let (false, Ok(time)) = (about.is_dir(), about.modified()) {
                times.insert(path, time);
            }
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_readme_names_the_address() {
        let readme = fs::read_to_string(workspace::root().join("README.md")).expect("there is a README");
        assert!(readme.contains(&format!("http://{ADDRESS}:{PORT}")));
    }

    #[test]
    fn nothing_outside_the_site_is_served() {
        let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(file_for("/book.rs?v=1", &site).is_some());
        for url in [
            "/../Cargo.toml",
            "/book/../../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..\\Cargo.toml",
            "//etc/passwd",
            "/",
        ] {
            assert_eq!(file_for(url, &site), None, "{url}");
        }
    }

    #[test]
    fn wasm_goes_out_under_its_own_type() {
        assert_eq!(media_type(Path::new("wasm/inflight_bg.wasm")), "application/wasm");
    }
}
