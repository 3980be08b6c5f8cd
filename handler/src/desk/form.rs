//! `POST /desk/{lang}/form`: the form again, filled in: to change an answer, or the language.

use super::pages::{self, Explanation};
use super::visit::Visit;
use crate::body;
use crate::token::{self, Nonce};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

pub(super) async fn form(visit: Visit, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return pages::body_error(&visit, error),
    };
    let nonce =
        Nonce::parse(fields.first("nonce")).or_else(|| token::nonce_of(fields.first("token")));
    pages::form(&visit, StatusCode::OK, &fields, &[], nonce, Explanation::None)
}
