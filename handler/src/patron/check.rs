//! `POST /desk/{lang}/check`: shows the answers for checking before they are sent. Stores nothing.

use super::{carried, form};
use crate::crypto::lineage::Lineage;
use crate::crypto::token;
use crate::http::page::{FORM, frame, page, render};
use crate::http::{PostedFrom, Visit, body, headers, problem, request_id};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use domain::answers::{self, Field, Fields};
use domain::{Answers, calendar};
use render::answer_rows::answer_rows;
use render::desk::{CheckView, Hidden};
use render::frame::Switch;
use render::html::Html;
use render::{Locale, RenderError};

pub(crate) async fn check(visit: Visit, from: PostedFrom, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return problem::body_error(&visit, error),
    };
    let carried = carried::by_ticket(&visit, from, &fields);
    match answers::parse(&fields, &visit.language, visit.directory(), visit.today()) {
        Ok(answers) => match fresh_token(&visit, &answers, carried) {
            Ok(token) => show(&visit, StatusCode::OK, &fields, &answers, token, Explanation::None),
            Err(error) => problem::internal(&visit, &error),
        },
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            form::show(&visit, status, &fields, &problems, carried)
        }
    }
}

/// Why a page with the patron's answers is shown again, other than by their mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explanation {
    /// No such reason.
    None,
    /// The answers don't match the token.
    CheckAgain,
    /// The token is older than a day.
    Expired,
    /// The store did not take the request.
    StoreAway,
}

impl Explanation {
    fn html(self, locale: &Locale<'_>) -> Result<Option<Html>, RenderError> {
        let key = match self {
            Self::None => return Ok(None),
            Self::CheckAgain => "check-again",
            Self::Expired => "check-expired",
            Self::StoreAway => "check-away",
        };
        let phone = locale.directory().service.phone.to_string();
        let id = request_id::current();
        locale.t(key, &[("phone", phone.into()), ("id", id.into())]).map(Some)
    }
}

/// The form's fields as they came, as hidden fields; no others.
fn hidden(fields: &Fields, token: String) -> Vec<Hidden> {
    let known =
        |name: &str| name == "leave_empty" || Field::ALL.iter().any(|field| field.as_str() == name);
    let sent = fields.pairs().iter().filter(|(name, value)| known(name) && !value.is_empty());
    let kept = sent.map(|(name, value)| Hidden { name: name.clone(), value: value.clone() });
    kept.chain([Hidden { name: "token".to_owned(), value: token }]).collect()
}

/// A token for these answers, of a form that carries on its lineage or begins now.
pub(super) fn fresh_token(
    visit: &Visit,
    answers: &Answers,
    carried: Option<Lineage>,
) -> Result<String, getrandom::Error> {
    let lineage = carried.map_or_else(Lineage::begin, Ok)?;
    Ok(token::issue(&visit.desk.secrets.token_keys, answers, &lineage, visit.now))
}

/// "Check your answers", with the token for sending them.
pub(super) fn show(
    visit: &Visit,
    status: StatusCode,
    fields: &Fields,
    answers: &Answers,
    token: String,
    explanation: Explanation,
) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let language = visit.language.in_address();
        let records = &visit.directory().service.records;
        let view = CheckView {
            action: format!("/desk/{language}/send"),
            change: format!("/desk/{language}/form"),
            hidden: hidden(fields, token),
            explanation: explanation.html(&locale)?,
            unsure: explanation == Explanation::StoreAway,
            advice: advice(visit, &locale, answers)?,
            rows: answer_rows(&locale, answers)?,
            due: locale.moment(calendar::deadline(visit.now, visit.directory()))?,
            keep_days: records.keep_days,
            backup_days: records.backup_days,
        };
        let title = locale.plain("check-title", &[])?;
        let frame = frame(visit, title, Switch::Form(FORM.to_owned()));
        render(visit, "desk/check.html", &frame, &view)
    };
    page(visit, status, headers::CACHE_FORM, make())
}

/// Advice before sending, such as that the needed day is too early to promise.
fn advice(visit: &Visit, locale: &Locale<'_>, answers: &Answers) -> Result<Vec<Html>, RenderError> {
    let due = calendar::deadline(visit.now, visit.directory());
    let zone = visit.directory().service.time_zone.clone();
    let promised = due.to_zoned_datetime(zone).date();
    if answers.needed_by.is_none_or(|date| promised <= date) {
        return Ok(Vec::new());
    }
    let phone = visit.directory().service.phone.to_string();
    Ok(vec![locale.t("advice-needed-by", &[("phone", phone.into())])?])
}
