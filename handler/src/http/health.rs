//! `GET /desk/healthz`: whether the desk can read and write its store, and whether its mail leaves.
//! Details go to the log alone, as anybody may ask.

use super::Desk;
use crate::jobs::status;
use crate::store::StoreError;
use crate::store::last_second::LastSecond;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// How many of the longest-waiting mails are examined: anybody may ask, and often.
const WAITING: usize = 20;

/// The answer when mail is stuck, though requests are still taken. No figures, as anybody may
/// ask.
const MAIL_IS_STUCK: &str = "mail is stuck: `book-a-librarian status` says whose, and what to do\n";

/// The answer when a few requests are damaged, though all others are served.
const UNOPENED: &str = "a request can't be opened: the log says which\n";

/// Whether mail is stuck.
pub(crate) type IsStuck = Arc<LastSecond<bool>>;

pub(crate) async fn health(
    State(desk): State<Desk>,
    Extension(is_stuck): Extension<IsStuck>,
) -> Response {
    let mut said = String::new();
    match desk.store.health(&desk.secrets.desk_id()).await {
        Ok(()) => {}
        Err(error @ StoreError::Unopened(_)) => {
            tracing::error!(%error, "a part of the desk is damaged");
            said.push_str(UNOPENED);
        }
        Err(error) => return not_well(&error),
    }
    let look = async {
        let backlog = status::backlog(&*desk.store, WAITING, (desk.clock)()).await?;
        Ok(backlog.is_worrying())
    };
    match is_stuck.or(look).await {
        Ok(true) => said.push_str(MAIL_IS_STUCK),
        Ok(false) if said.is_empty() => said.push_str("ok\n"),
        Ok(false) => {}
        Err(error) => return not_well(&error),
    }
    (StatusCode::OK, said).into_response()
}

fn not_well(error: &StoreError) -> Response {
    tracing::error!(%error, "the desk is not well");
    (StatusCode::INSUFFICIENT_STORAGE, "the store is not well; the log says why\n").into_response()
}
