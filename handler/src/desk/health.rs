//! `GET /desk/healthz`: whether the desk can read and write its store. What is wrong stands in the log
//! alone: anybody may ask.

use super::Desk;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub(super) async fn health(State(desk): State<Desk>) -> Response {
    match desk.store.health(&desk.secrets.desk_id()).await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the desk is not well");
            (StatusCode::INSUFFICIENT_STORAGE, "the store is not well; the log says why\n")
                .into_response()
        }
    }
}
