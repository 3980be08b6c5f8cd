//! Catches a panic in a handler: the visitor gets the page that says something went wrong, with the
//! number to call and the request's id; other requests aren't affected.

use super::{Desk, problem};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

/// Answers in place of a handler that panicked. Its work is left unfinished; shared state is
/// behind locks that recover from poisoning.
pub(crate) async fn caught(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            // The message may quote what somebody typed. The panic hook logs the place.
            tracing::error!("a request ended in a panic");
            problem::panicked(&desk, &uri)
        }
    }
}
