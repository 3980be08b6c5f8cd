//! `GET /desk/staff/request/{locator}`: what the mail to staff says, and nothing more. It changes
//! nothing: mail scanners open links.

use super::visit::Visit;
use super::{Desk, pages};
use crate::link::Role;
use crate::opened::{self, OpenedError};
use axum::extract::{Path, State};
use axum::response::Response;

pub(super) async fn staff_request(
    State(desk): State<Desk>,
    Path(locator): Path<String>,
) -> Response {
    let visit = Visit::in_source_language(&desk);
    match opened::by_locator(&desk, &locator, &[Role::Staff]).await {
        Ok(opened) => pages::staff_request(&visit, &opened),
        Err(OpenedError::Gone) => pages::gone(&visit),
        Err(error) => {
            tracing::error!(%error, "a request could not be read for staff");
            pages::away(&visit)
        }
    }
}
