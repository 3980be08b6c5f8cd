//! A page as a response: its frame in the reader's language, its headers, and the fallback if it
//! can't be rendered.

use super::request_id;
use super::visit::Visit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use render::RenderError;
use render::frame::{Frame, Switch};
use render::head::Head;
use serde::Serialize;

/// The id of the form whose answers the language buttons submit.
pub(crate) const FORM: &str = "request";

pub(crate) fn frame(visit: &Visit, title: String, switch: Switch) -> Frame {
    Frame {
        language: visit.language.clone(),
        description: title.clone(),
        title,
        switch,
        back: None,
        error: false,
        content_language: None,
        head: Head::default(),
        development: None,
        draft: false,
    }
}

/// Renders a page. If rendering fails, which is our mistake, it is logged and the visitor gets a
/// minimal page.
pub(crate) fn page(
    visit: &Visit,
    status: StatusCode,
    cache: &'static str,
    made: Result<String, RenderError>,
) -> Response {
    match made {
        Ok(html) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            ];
            (status, headers, html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            let phone = &visit.directory().service.phone;
            let id = request_id::current();
            let text =
                format!("Something went wrong on our side. Please call {phone} and say {id}.\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

pub(crate) fn render(
    visit: &Visit,
    template: &str,
    frame: &Frame,
    view: &impl Serialize,
) -> Result<String, RenderError> {
    visit.renderer.page(template, frame, view)
}
