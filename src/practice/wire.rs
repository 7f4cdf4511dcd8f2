//! Answers that are not just answers: late ones, ones that end in the middle, and none at all.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::response::Response;
use hyper::body::{Body, Frame};

/// What the connection does with an answer: it stands among the answer's extensions.
#[derive(Clone, Copy)]
pub enum Wire {
    Late(Duration),
    Reset,
}

impl Wire {
    pub fn of(response: &Response) -> Option<Self> {
        response.extensions().get().copied()
    }
}

/// A body that breaks off after these bytes.
pub struct Torn {
    bytes: Option<Bytes>,
    sent: bool,
}

impl Torn {
    pub fn new(text: String) -> Self {
        Self { bytes: Some(text.into()), sent: false }
    }
}

impl Body for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.sent {
            // One turn of waiting lets the connection send what it has.
            self.sent = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
    }
}
