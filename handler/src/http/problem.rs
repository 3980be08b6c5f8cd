//! The error pages: each in the reader's language, with the number to call.

use super::body::BodyError;
use super::page::{frame, page, render};
use super::visit::Visit;
use super::{Desk, headers, request_id};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::Reference;
use render::desk::ErrorView;
use render::frame::Switch;

fn problem(visit: &Visit, status: StatusCode, kind: &'static str, offer_form: bool) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let title = locale.plain(&format!("problem-{kind}-title"), &[])?;
        let frame = frame(visit, title, Switch::None);
        let id = status.is_server_error().then(request_id::current);
        render(visit, "desk/error.html", &frame, &ErrorView { kind, offer_form, id })
    };
    page(visit, status, headers::CACHE_NEVER, make())
}

/// The body couldn't be read as fields.
pub(crate) fn body_error(visit: &Visit, error: BodyError) -> Response {
    match error {
        BodyError::TooLong => problem(visit, StatusCode::PAYLOAD_TOO_LARGE, "too-long", false),
        BodyError::TooSlow => problem(visit, StatusCode::REQUEST_TIMEOUT, "too-slow", false),
        BodyError::Unreadable => problem(visit, StatusCode::BAD_REQUEST, "unreadable", true),
    }
}

/// Nothing is there, or nothing any more.
pub(crate) fn gone(visit: &Visit) -> Response {
    problem(visit, StatusCode::GONE, "gone", true)
}

/// The request has been changed too often to take more.
pub(crate) fn full(visit: &Visit, id: Reference) -> Response {
    tracing::warn!(%id, "a request takes no more changes");
    problem(visit, StatusCode::CONFLICT, "full", false)
}

/// The form was since sent or changed from a page that this one doesn't descend from. The page
/// shows no link and no number: the sender may be somebody else.
pub(crate) fn overtaken(visit: &Visit) -> Response {
    problem(visit, StatusCode::CONFLICT, "overtaken", false)
}

/// The store can't be read.
pub(crate) fn away(visit: &Visit) -> Response {
    problem(visit, StatusCode::INSUFFICIENT_STORAGE, "away", false)
}

/// A mistake of ours, written to the log.
pub(crate) fn internal(visit: &Visit, error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a request could not be answered");
    problem(visit, StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
}

/// A request that ended in a panic, which is logged already.
pub(crate) fn panicked(desk: &Desk, uri: &Uri) -> Response {
    let visit = visit_at(desk, uri).unwrap_or_else(|| Visit::in_source_language(desk));
    problem(&visit, StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
}

/// An address that the desk doesn't have.
pub(crate) async fn unknown(State(desk): State<Desk>, uri: Uri) -> Response {
    gone(&visit_at(&desk, &uri).unwrap_or_else(|| Visit::in_source_language(&desk)))
}

/// An address of the desk with the wrong method.
pub(crate) async fn wrong_method(State(desk): State<Desk>, uri: Uri) -> Response {
    match visit_at(&desk, &uri) {
        Some(visit) => problem(&visit, StatusCode::METHOD_NOT_ALLOWED, "method", true),
        None => gone(&Visit::in_source_language(&desk)),
    }
}

/// A visit in the language of the address, if it has one. The router strips `/desk` for some of its
/// handlers.
fn visit_at(desk: &Desk, uri: &Uri) -> Option<Visit> {
    let path = uri.path();
    let path = path.strip_prefix("/desk").unwrap_or(path);
    Visit::new(desk, path.trim_start_matches('/').split('/').next().unwrap_or_default())
}
