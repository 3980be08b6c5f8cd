//! `GET /desk/healthz`: whether the desk can read and write its store, and whether its mail gets away.
//! What is wrong stands in the log alone: anybody may ask.

use super::Desk;
use crate::jobs::status;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// How many of the mails that have waited for longest are looked at: anybody may ask, and often.
const WAITING: usize = 20;

/// What is said of mail that is stuck: requests are taken all the same. No figures, as anybody may
/// ask.
const MAIL_IS_STUCK: &str = "mail is stuck: `book-a-librarian status` says whose, and what to do\n";

pub(crate) async fn health(State(desk): State<Desk>) -> Response {
    let looked = match desk.store.health(&desk.secrets.desk_id()).await {
        Ok(()) => status::backlog(&*desk.store, WAITING, (desk.clock)()).await,
        Err(error) => Err(error),
    };
    match looked {
        Ok(backlog) if backlog.is_worrying() => (StatusCode::OK, MAIL_IS_STUCK).into_response(),
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the desk is not well");
            (StatusCode::INSUFFICIENT_STORAGE, "the store is not well; the log says why\n")
                .into_response()
        }
    }
}
