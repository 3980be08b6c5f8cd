//! `POST /desk/{lang}/form`: the form again, filled in: to change an answer, or the language.

use super::same_origin::PostedFrom;
use super::visit::Visit;
use super::{carried, pages};
use crate::body;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

pub(super) async fn form(visit: Visit, from: PostedFrom, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return pages::body_error(&visit, error),
    };
    let carried = carried::by_token(&visit, from, &fields)
        .or_else(|| carried::by_ticket(&visit, from, &fields));
    pages::form(&visit, StatusCode::OK, &fields, &[], carried)
}
