//! `GET /desk/healthz`: whether the desk can read its store.

use super::Desk;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub(super) async fn health(State(desk): State<Desk>) -> Response {
    match desk.store.health().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the store can't be read");
            (StatusCode::INSUFFICIENT_STORAGE, "the store can't be read\n").into_response()
        }
    }
}
