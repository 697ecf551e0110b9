// SPDX-License-Identifier: MIT OR Apache-2.0
//! An answer that comes piece by piece, and that knows when nobody reads it any more.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use tokio::sync::mpsc;

/// So many pieces may wait for a reader.
const WAITING: usize = 32;

struct Lines<T> {
    from: mpsc::Receiver<Bytes>,
    _reader: T,
}

/// Where the pieces go, and the body that they come out of. `reader` is dropped when the body is: at its end, or when the
/// connection is gone.
pub fn lines<T: Send + Unpin + 'static>(reader: T) -> (mpsc::Sender<Bytes>, Body) {
    let (to, from) = mpsc::channel(WAITING);
    (to, Body::new(Lines { from, _reader: reader }))
}

impl<T: Unpin> HttpBody for Lines<T> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.get_mut().from.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
