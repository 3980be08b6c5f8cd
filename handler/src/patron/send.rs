//! `POST /desk/{lang}/send`: stores the request and redirects the patron to its page.

use super::check::{self, Explanation, fresh_token};
use super::intake::{self, Outcome, Submission};
use super::{carried, form};
use crate::crypto::lineage::Lineage;
use crate::crypto::link::{self, Role};
use crate::crypto::token::{self, Token, TokenProblem};
use crate::http::{PostedFrom, Visit, body, problem};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Answers;
use domain::answers::{self, Fields};
use domain::request::Signals;

/// The form's origin decides what a page that is shown again carries on. It never decides whether a
/// request is taken: only the token does.
pub(crate) async fn send(visit: Visit, from: PostedFrom, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return problem::body_error(&visit, error),
    };
    let text = fields.first("token");
    let answers = match answers::parse(&fields, &visit.language, visit.directory(), visit.today()) {
        Ok(answers) => answers,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return form::show(&visit, status, &fields, &problems, None);
        }
    };
    match token::verify(&visit.desk.secrets.token_keys, text, &answers, visit.now) {
        Ok(token) => accept(&visit, from, &fields, answers, token).await,
        Err(TokenProblem::Altered) => {
            again(&visit, &fields, &answers, None, Explanation::CheckAgain)
        }
        Err(TokenProblem::Expired(token)) => {
            let carried = carried::descendant(from, &token);
            again(&visit, &fields, &answers, carried, Explanation::Expired)
        }
        Err(TokenProblem::Early(token)) => {
            let carried = carried::descendant(from, &token);
            again(&visit, &fields, &answers, carried, Explanation::CheckAgain)
        }
    }
}

/// The answers again, with a fresh token.
fn again(
    visit: &Visit,
    fields: &Fields,
    answers: &Answers,
    carried: Option<Lineage>,
    explanation: Explanation,
) -> Response {
    match fresh_token(visit, answers, carried) {
        Ok(token) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            check::show(visit, status, fields, answers, token, explanation)
        }
        Err(error) => problem::internal(visit, &error),
    }
}

async fn accept(
    visit: &Visit,
    from: PostedFrom,
    fields: &Fields,
    answers: Answers,
    token: Token,
) -> Response {
    let age = visit.now.duration_since(token.at).as_secs();
    let submission = Submission {
        signals: Signals {
            honeypot_filled: !fields.first("leave_empty").trim().is_empty(),
            token_age_seconds: u32::try_from(age).unwrap_or(0),
            ..Signals::default()
        },
        answers: answers.clone(),
        token,
    };
    match intake::accept(&visit.writer(), visit.directory(), submission, visit.now).await {
        Ok(Outcome::Stored { id, links }) => {
            let keys = &visit.desk.secrets.link_keys;
            match link::locator(keys, Role::Receipt, id, links) {
                Some(locator) => see_other(&link::patron_path(&visit.language, &locator)),
                None => problem::gone(visit),
            }
        }
        Ok(Outcome::Erased) => problem::gone(visit),
        Ok(Outcome::Full { id }) => problem::full(visit, id),
        Ok(Outcome::Overtaken) => problem::overtaken(visit),
        Err(error) => {
            tracing::error!(%error, "a request could not be stored");
            away(visit, from, fields, &answers)
        }
    }
}

/// The store is away. The page resends the same token, as the request may have been stored anyway;
/// but a browser that a foreign page led here gets no token from there.
fn away(visit: &Visit, from: PostedFrom, fields: &Fields, answers: &Answers) -> Response {
    let token = match from {
        PostedFrom::OurPage => Ok(fields.first("token").to_owned()),
        PostedFrom::Elsewhere => fresh_token(visit, answers, None),
    };
    match token {
        Ok(token) => {
            let status = StatusCode::INSUFFICIENT_STORAGE;
            check::show(visit, status, fields, answers, token, Explanation::StoreAway)
        }
        Err(error) => problem::internal(visit, &error),
    }
}

fn see_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}
