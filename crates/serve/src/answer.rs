// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is answered: JSON, and sentences where something is wrong.

use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What an answer to a question about one file needs at the most, in bytes: 256 kB.
pub const MOST_BODY: usize = 256 << 10;
/// A request's body may take so long to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Why something is not done.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Value,
}

impl Problem {
    /// With a sentence for people.
    pub fn new(status: StatusCode, sentence: impl Into<String>) -> Problem {
        Problem { status, body: json!({ "error": sentence.into() }) }
    }

    /// With more for the page beside the sentence.
    pub fn with(mut self, more: &impl Serialize) -> Problem {
        if let (Value::Object(body), Ok(Value::Object(more))) = (&mut self.body, serde_json::to_value(more)) {
            body.extend(more);
        }
        self
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, json_of(&self.body)).into_response();
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::UNAUTHORIZED => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

/// A value as the whole answer.
pub fn json_of(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => typed("application/json", text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A body of a type, which nobody keeps.
pub fn typed(media_type: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")];
    (headers, body.into()).into_response()
}

/// The body of a request, up to a size; an empty one is an empty object.
///
/// # Errors
/// It is too large, comes too slowly, or is not what is asked for.
pub async fn body<T: DeserializeOwned>(request: Request, most: usize) -> Result<T, Problem> {
    let text = text(request, most).await?;
    let text = if text.trim().is_empty() { "{}" } else { text.as_str() };
    serde_json::from_str(text).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, format!("this is not what is asked for: {error}"))
    })
}

/// The body of a request as text, up to a size.
///
/// # Errors
/// It is too large, comes too slowly, or is no text.
pub async fn text(request: Request, most: usize) -> Result<String, Problem> {
    let too_large = || {
        let sentence = format!("more than {} kB are not taken", most >> 10);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    };
    let body = request.into_body();
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let whole = tokio::time::timeout(BODY_WITHIN, to_bytes(body, most)).await.map_err(|_| {
        let sentence = format!("the request was not whole within {} s", BODY_WITHIN.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, sentence)
    })?;
    // Who goes away in the middle gets this answer, too, and does not read it.
    let whole = whole.map_err(|_| too_large())?;
    String::from_utf8(whole.into())
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the request's text is not UTF-8"))
}

/// Does what waits for the disk on a thread of its own.
///
/// # Errors
/// As the work does.
pub async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        let sentence = "the server made a mistake; what it says in its terminal helps to find it";
        Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sentence))
    })
}
