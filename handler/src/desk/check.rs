//! `POST /desk/{lang}/check`: the answers, to be checked before they are sent. Nothing is stored.

use super::carried;
use super::pages::{self, Explanation};
use super::same_origin::PostedFrom;
use super::visit::Visit;
use crate::body;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use domain::answers;

pub(super) async fn check(visit: Visit, from: PostedFrom, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return pages::body_error(&visit, error),
    };
    let carried = carried::by_ticket(&visit, from, &fields);
    match answers::parse(&fields, &visit.language, visit.directory(), visit.today()) {
        Ok(answers) => match pages::fresh_token(&visit, &answers, carried) {
            Ok(token) => {
                pages::check(&visit, StatusCode::OK, &fields, &answers, token, Explanation::None)
            }
            Err(error) => pages::internal(&visit, &error),
        },
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            pages::form(&visit, status, &fields, &problems, carried)
        }
    }
}
