//! One request and its response; reports each phase to the connection.

use super::registry::{Connection, Phase};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower::Service;

/// At this address a page waits for news, for as long as there is none.
const LISTENING: &str = "/dev/reload";

/// Answers a request.
pub(super) async fn answer(
    mut router: Router,
    connection: Arc<Connection>,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Leaving> {
    let listens = request.uri().path() == LISTENING;
    connection.turn_to(if listens { Phase::Listening } else { Phase::Working });
    let mut request: Request = request.map(|body| {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(Arriving { inner: body, connection: Arc::clone(&connection), ended: false })
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    response.map(|inner| Leaving { inner, connection })
}

/// A request body being received.
struct Arriving {
    inner: Incoming,
    connection: Arc<Connection>,
    ended: bool,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        self.connection.turn_to(if frame.is_pending() { Phase::Body } else { Phase::Working });
        let frame = ready!(frame);
        self.ended = frame.is_none() || self.inner.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.leaves_unread();
        }
        self.connection.turn_to(Phase::Working);
    }
}

/// A response being sent. Once all of it is handed over, the connection is idle.
pub(super) struct Leaving {
    inner: Body,
    connection: Arc<Connection>,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.connection.turn_to(Phase::Idle);
    }
}
