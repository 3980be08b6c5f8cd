//! `POST /desk/{lang}/check`: the answers, to be checked before they are sent. Nothing is stored.

use super::pages::{self, Explanation};
use super::visit::Visit;
use crate::body;
use crate::token::Nonce;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use domain::answers::{self, Fields};

pub(super) async fn check(visit: Visit, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return pages::body_error(&visit, error),
    };
    let nonce = match nonce(&fields) {
        Ok(nonce) => nonce,
        Err(error) => return pages::internal(&visit, &error),
    };
    match answers::parse(&fields, &visit.language, visit.directory(), visit.today()) {
        Ok(answers) => {
            pages::check(&visit, StatusCode::OK, &fields, &answers, nonce, Explanation::None)
        }
        Err(problems) => pages::form(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            &fields,
            &problems,
            Some(nonce),
            Explanation::None,
        ),
    }
}

/// The nonce that the form carries, or a new one for a form that comes from a static page.
fn nonce(fields: &Fields) -> Result<Nonce, getrandom::Error> {
    Nonce::parse(fields.first("nonce")).map_or_else(Nonce::random, Ok)
}
