// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of the built book, as they are on disk now, compressed for who takes that.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::answer::{Problem, on_disk};
use crate::files::name_of;

/// No file of the book is larger, in bytes.
const MOST_BYTES: u64 = 32 << 20;
/// Below this, compressing saves nothing, in bytes.
const LEAST_PACKED: usize = 1000;

/// A folder whose files are served.
pub struct Site {
    root: PathBuf,
    /// By their real places, so there are never more than there are files.
    known: Mutex<HashMap<PathBuf, Arc<Page>>>,
}

/// A file as it was when it was looked at.
struct Page {
    stamp: (SystemTime, u64),
    media_type: &'static str,
    plain: Bytes,
    packed: Option<Bytes>,
    sum: String,
}

impl Site {
    /// The files in a folder.
    ///
    /// # Errors
    /// When it is not there.
    pub fn new(root: &Path) -> Result<Site> {
        let root = fs::canonicalize(root).with_context(|| format!("cannot read {}", root.display()))?;
        Ok(Site { root, known: Mutex::default() })
    }

    /// The real place of the file that a request's path asks for; none if there is none, or if it lies elsewhere.
    fn place(&self, path: &str) -> Option<PathBuf> {
        let inside = path.strip_prefix('/')?;
        let plain = Path::new(inside).components().all(|part| matches!(part, Component::Normal(_)));
        // Our files have plain names, so a path with one of these in it names none of them.
        if !plain || inside.contains(['%', '\\', ':', '\0']) || inside.contains("//") {
            return None;
        }
        let named = self.root.join(inside);
        let named = if inside.is_empty() || inside.ends_with('/') { named.join("index.html") } else { named };
        // With all links followed: none leads out.
        fs::canonicalize(named).ok().filter(|real| real.starts_with(&self.root))
    }

    fn page(&self, path: &str) -> Option<Arc<Page>> {
        let place = self.place(path)?;
        let stamp = stamp(&fs::metadata(&place).ok()?)?;
        // Held while a file is packed: whoever asks for it meanwhile would only do the same work beside.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = known.get(&place).filter(|page| page.stamp == stamp) {
            return Some(page.clone());
        }
        let page = Arc::new(Page::read(&place, stamp).ok()?);
        known.insert(place, page.clone());
        Some(page)
    }
}

fn stamp(known: &Metadata) -> Option<(SystemTime, u64)> {
    let served = known.is_file() && known.len() <= MOST_BYTES;
    served.then_some((known.modified().ok()?, known.len()))
}

impl Page {
    fn read(place: &Path, stamp: (SystemTime, u64)) -> io::Result<Page> {
        let plain = fs::read(place)?;
        let (media_type, packs) = media_type(place);
        let packed = if packs && plain.len() >= LEAST_PACKED { Some(packed(&plain)?) } else { None };
        let sum = name_of(&plain)[..32].to_owned();
        let packed = packed.filter(|packed| packed.len() < plain.len()).map(Bytes::from);
        Ok(Page { stamp, media_type, plain: plain.into(), packed, sum })
    }
}

fn packed(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(plain)?;
    packer.finish()
}

/// The type that a browser must be told (it compiles WASM while it loads only under WASM's own), and whether the file can
/// be made smaller.
fn media_type(path: &Path) -> (&'static str, bool) {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => ("text/html; charset=utf-8", true),
        Some("css") => ("text/css; charset=utf-8", true),
        Some("js" | "mjs") => ("text/javascript; charset=utf-8", true),
        Some("json") => ("application/json", true),
        Some("svg") => ("image/svg+xml", true),
        Some("txt") => ("text/plain; charset=utf-8", true),
        Some("wasm") => ("application/wasm", true),
        Some("woff2") => ("font/woff2", false),
        Some("png") => ("image/png", false),
        _ => ("application/octet-stream", false),
    }
}

/// Answers with a file.
pub async fn file(State(site): State<Arc<Site>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let sentence = "there are only pages here, and they are read";
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, sentence).into_response();
    }
    let path = request.uri().path().to_owned();
    let found = on_disk(move || {
        let found = site.page(&path).map(|page| (StatusCode::OK, page));
        Ok(found.or_else(|| site.page("/404.html").map(|page| (StatusCode::NOT_FOUND, page))))
    });
    match found.await {
        Ok(Some((status, page))) => whole(status, &page, request.headers()),
        Ok(None) => Problem::new(StatusCode::NOT_FOUND, "there is no such page").into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn whole(status: StatusCode, page: &Page, asked: &HeaderMap) -> Response {
    let packed = page.packed.as_ref().filter(|_| names(asked, &header::ACCEPT_ENCODING, "gzip"));
    let tag = format!("\"{}{}\"", page.sum, if packed.is_some() { "-gzip" } else { "" });
    let known = status == StatusCode::OK && names(asked, &header::IF_NONE_MATCH, &tag);
    let headers = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_TYPE, page.media_type),
        (header::ETAG, tag.as_str()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    match packed {
        Some(packed) => {
            let encoding = [(header::CONTENT_ENCODING, "gzip")];
            (status, headers, encoding, Body::from(packed.clone())).into_response()
        }
        None => (status, headers, Body::from(page.plain.clone())).into_response(),
    }
}

/// Whether a list in a header names something, and does not refuse it.
fn names(headers: &HeaderMap, list: &HeaderName, wanted: &str) -> bool {
    let lists = headers.get_all(list).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|entry| {
        let (name, quality) = entry.split_once(';').unwrap_or((entry, ""));
        let quality = quality.trim().strip_prefix("q=").map(str::parse::<f32>);
        let name = name.trim();
        name.strip_prefix("W/").unwrap_or(name) == wanted && !matches!(quality, Some(Ok(0.0)))
    })
}
