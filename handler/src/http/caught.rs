//! A panic while a request is answered: the visitor gets the page that says something went wrong,
//! with the number to call and the request's id, and all other requests are answered as before.

use super::{Desk, problem};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

/// Answers in place of a handler that panicked. What it was about to do is left undone; what can
/// be half done stands behind locks, and those don't stay poisoned.
pub(crate) async fn caught(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            // What the panic says may quote what somebody typed. Its place is told by the hook.
            tracing::error!("a request ended in a panic");
            problem::panicked(&desk, &uri)
        }
    }
}
