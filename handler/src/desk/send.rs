//! `POST /desk/{lang}/send`: the request is stored, and the patron sent to its page.

use super::pages::{self, Explanation};
use super::visit::Visit;
use crate::body;
use crate::intake::{self, Outcome, Second, Submission};
use crate::link::{self, Role};
use crate::token::{self, Nonce, TokenProblem};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::answers;
use domain::request::Signals;

pub(super) async fn send(visit: Visit, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return pages::body_error(&visit, error),
    };
    let text = fields.first("token");
    let carried = token::nonce_of(text);
    let answers = match answers::parse(&fields, &visit.language, visit.directory(), visit.today()) {
        Ok(answers) => answers,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return pages::form(&visit, status, &fields, &problems, carried, Explanation::None);
        }
    };
    let token = match token::verify(&visit.desk.secrets.token_keys, text, &answers, visit.now) {
        Ok(token) => token,
        Err(problem) => {
            let nonce = match carried.map_or_else(Nonce::random, Ok) {
                Ok(nonce) => nonce,
                Err(error) => return pages::internal(&visit, &error),
            };
            let explanation = match problem {
                TokenProblem::Altered => Explanation::CheckAgain,
                TokenProblem::Expired => Explanation::Expired,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return pages::check(&visit, status, &fields, &answers, nonce, explanation);
        }
    };
    let age = visit.now.duration_since(token.at).as_secs();
    let submission = Submission {
        signals: Signals {
            honeypot_filled: !fields.first("leave_empty").trim().is_empty(),
            token_age_seconds: u32::try_from(age).unwrap_or(0),
        },
        second: if fields.first("second") == "yes" { Second::Wanted } else { Second::Unasked },
        answers: answers.clone(),
        token,
    };
    match intake::accept(&visit.desk, visit.directory(), submission, visit.now).await {
        Ok(Outcome::Stored { id, links }) => {
            visit.desk.bell.notify_one();
            let keys = &visit.desk.secrets.link_keys;
            match link::locator(keys, Role::Receipt, id, links) {
                Some(locator) => see_other(&link::patron_path(&visit.language, &locator)),
                None => pages::gone(&visit),
            }
        }
        Ok(Outcome::Erased) => pages::gone(&visit),
        Ok(Outcome::Full { id }) => pages::full(&visit, id),
        Ok(Outcome::AlreadySent { id }) => pages::already_sent(&visit, &fields, text, id),
        Err(error) => {
            tracing::error!(%error, "a request could not be stored");
            let status = StatusCode::INSUFFICIENT_STORAGE;
            pages::check(&visit, status, &fields, &answers, token.nonce, Explanation::StoreAway)
        }
    }
}

fn see_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}
