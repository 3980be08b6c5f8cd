//! `GET /desk/staff/request/{locator}`: what the mail to staff says, and nothing more. Changes
//! nothing, as mail scanners open links.

use crate::cases::{self, OpenError, Opened};
use crate::crypto::link::Role;
use crate::http::page::{frame, page, render};
use crate::http::{Desk, Visit, headers, problem};
use crate::mail::compose;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use render::desk::StaffRequestView;
use render::frame::Switch;

pub(crate) async fn request(State(desk): State<Desk>, Path(locator): Path<String>) -> Response {
    let visit = Visit::in_source_language(&desk);
    match cases::open_by_link(&*desk.store, &desk.secrets, &locator, &[Role::Staff]).await {
        Ok(opened) => show(&visit, &opened),
        Err(OpenError::Gone) => problem::gone(&visit),
        Err(error) => {
            tracing::error!(%error, "a request could not be read for staff");
            problem::away(&visit)
        }
    }
}

/// What the mail to staff says, and nothing more.
fn show(visit: &Visit, opened: &Opened) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let view = StaffRequestView {
            reference: opened.case.id.to_string(),
            facts: compose::staff_facts(&locale, &opened.request)?,
        };
        let reference = opened.case.id.to_string();
        let title = locale.plain("staff-request-title", &[("reference", reference.into())])?;
        render(visit, "desk/staff-request.html", &frame(visit, title, Switch::None), &view)
    };
    page(visit, StatusCode::OK, headers::CACHE_NEVER, make())
}
