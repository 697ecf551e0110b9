// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is answered: this machine's own browser, on a page of this server, with the token that was printed.
//!
//! Any page of the web can send requests to 127.0.0.1, and any name of the web can be made to point there. So the name that
//! a request gives the server is looked at on every path (a page of another name is another site's), and on the interface
//! also who sends it. The token is what other programs and other users of this machine do not have.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::answer::Problem;

/// How many bytes the token has.
const TOKEN_BYTES: usize = 32;

/// What pages cannot say themselves; each carries the rest of its policy (`book/theme/head.hbs`).
const POLICY: &str = "frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "none"),
];

/// What is known of who may ask.
pub struct Guard {
    hosts: [String; 3],
    token: String,
}

impl Guard {
    /// For a server on this port, with a new token.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(port: u16) -> Result<Guard> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
        let token = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        Ok(Guard { hosts, token })
    }

    /// Where a page is opened that may ask.
    pub fn address(&self) -> String {
        format!("http://{}/?token={}", self.hosts[0], self.token)
    }

    /// The name under which a request asks for this server.
    ///
    /// # Errors
    /// It is another server's, or there is not exactly one.
    fn host<'r>(&self, headers: &'r HeaderMap, uri: &Uri) -> Result<&'r str, Problem> {
        let host = only(headers, &header::HOST).filter(|host| self.hosts.iter().any(|own| own == host));
        let same = |host: &&str| uri.authority().is_none_or(|authority| authority.as_str() == *host);
        host.filter(same).ok_or_else(|| {
            let sentence = format!("this server answers at {} only", self.hosts.join(", "));
            Problem::new(StatusCode::MISDIRECTED_REQUEST, sentence)
        })
    }

    fn is_token(&self, given: &str) -> bool {
        // Of two sums it says nothing where they differ, and so neither does the time that it takes to find out.
        let sum = |text: &str| Sha256::digest(text.as_bytes());
        sum(given) == sum(&self.token)
    }
}

/// The value of a header that is there once.
fn only<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Option<&'r str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}

/// On every path: under its own name only, and with the headers that keep a page to itself.
pub async fn this_machine(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let host = guard.host(request.headers(), request.uri()).map(|_| ());
    let mut response = match host {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    for (name, value) in &HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// On the interface: pages of this server only, and with the token.
pub async fn own_page(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match may_ask(&guard, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn may_ask(guard: &Guard, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    let host = guard.host(headers, request.uri())?;
    let foreign = || Problem::new(StatusCode::FORBIDDEN, "only pages of this server may ask this");
    if headers.contains_key(header::ORIGIN) {
        let own = format!("http://{host}");
        only(headers, &header::ORIGIN).filter(|origin| *origin == own).ok_or_else(foreign)?;
    }
    let site = HeaderName::from_static("sec-fetch-site");
    if headers.contains_key(&site) {
        // Another port of this machine is the same site, and another's page.
        only(headers, &site).filter(|site| *site == "same-origin").ok_or_else(foreign)?;
    }
    let given = only(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    if !given.is_some_and(|given| guard.is_token(given)) {
        let sentence =
            "the token is missing or of an earlier server: open the page that `cargo course serve` printed";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, sentence));
    }
    Ok(())
}
