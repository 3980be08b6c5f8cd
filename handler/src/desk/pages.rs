//! The desk's answers as pages: every one in the reader's language, with the number to call.

use super::Desk;
use super::request_id;
use super::visit::Visit;
use crate::body::BodyError;
use crate::headers;
use crate::letter;
use crate::lineage::Lineage;
use crate::link::Role;
use crate::opened::Opened;
use crate::{ticket, token};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::answers::{Field, Fields, Problem};
use domain::request::Audience;
use domain::routing::Destination;
use domain::{Answers, ContactWay, Reference, calendar};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use render::answer_rows::answer_rows;
use render::desk::{CheckView, ErrorView, Hidden, ReceiptView, StaffRequestView};
use render::find::FindView;
use render::form::FormView;
use render::frame::{Frame, Switch};
use render::head::Head;
use render::html::Html;
use render::{Locale, RenderError};
use serde::Serialize;

/// Why a page with the patron's answers is shown again, where that isn't their mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explanation {
    /// It isn't.
    None,
    /// The answers are not those of the token.
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

/// The id of the form whose answers the language buttons send along.
const FORM: &str = "request";

fn frame(visit: &Visit, title: String, switch: Switch) -> Frame {
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

/// Renders a page. A page that can't be rendered is a mistake of ours: it is logged, and the
/// visitor gets the least that can be said.
fn page(
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

fn render(
    visit: &Visit,
    template: &str,
    frame: &Frame,
    view: &impl Serialize,
) -> Result<String, RenderError> {
    visit.renderer.page(template, frame, view)
}

/// The form, filled in, with what is wrong with it, and a ticket for the lineage that it carries on.
pub(super) fn form(
    visit: &Visit,
    status: StatusCode,
    fields: &Fields,
    problems: &[Problem],
    carried: Option<Lineage>,
) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let ticket = carried.map(|lineage| ticket::issue(&visit.desk.secrets.token_keys, &lineage));
        let view = FormView::filled(&locale, visit.today(), fields, problems, ticket)?;
        let title = locale.plain("form-title", &[])?;
        let frame = Frame {
            error: !problems.is_empty(),
            ..frame(visit, title, Switch::Form(FORM.to_owned()))
        };
        render(visit, "form.html", &frame, &view)
    };
    page(visit, status, headers::CACHE_FORM, make())
}

/// The fields of the form as they came, to be sent along unseen; nothing else is.
fn hidden(fields: &Fields, token: String) -> Vec<Hidden> {
    let known =
        |name: &str| name == "leave_empty" || Field::ALL.iter().any(|field| field.as_str() == name);
    let sent = fields.pairs().iter().filter(|(name, value)| known(name) && !value.is_empty());
    let kept = sent.map(|(name, value)| Hidden { name: name.clone(), value: value.clone() });
    kept.chain([Hidden { name: "token".to_owned(), value: token }]).collect()
}

/// A token for these answers, of a form that carries its lineage on or begins now.
pub(super) fn fresh_token(
    visit: &Visit,
    answers: &Answers,
    carried: Option<Lineage>,
) -> Result<String, getrandom::Error> {
    let lineage = carried.map_or_else(Lineage::begin, Ok)?;
    Ok(token::issue(&visit.desk.secrets.token_keys, answers, &lineage, visit.now))
}

/// "Check your answers", with the token to send them with.
pub(super) fn check(
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

/// What the patron should know before sending: that a day is too early to promise.
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

/// What was found, or the ways out.
pub(super) fn find(visit: &Visit, asked: &str, view: &FindView) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let title = locale.plain("finder-title", &[])?;
        let query = utf8_percent_encode(asked, NON_ALPHANUMERIC);
        let frame = frame(visit, title, Switch::Desk(format!("find?q={query}")));
        render(visit, "desk/find.html", &frame, view)
    };
    page(visit, StatusCode::OK, headers::CACHE_FORM, make())
}

/// The patron's page of their request. A link from a mailbox, which others may read, shows where
/// it stands and never what was written.
pub(super) fn receipt(visit: &Visit, opened: &Opened) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let (Some(answers), Some(due)) = (opened.request.answers(), opened.request.due()) else {
        return gone(visit);
    };
    let branch = match opened.request.holder() {
        Some(Destination::Branch(id)) => visit.directory().branches.get(&id),
        Some(Destination::Coordinator) | None => None,
    };
    let make = || {
        let service = &visit.directory().service;
        let view = ReceiptView {
            reference: opened.case.id.to_string(),
            due: locale.moment(due)?,
            library: branch.map(|branch| branch.name.clone()),
            phone: branch.map_or(&service.phone, |branch| &branch.phone).to_string(),
            rows: match opened.role {
                Role::Receipt => answer_rows(&locale, answers)?,
                Role::Mail | Role::Staff => Vec::new(),
            },
            by_phone: answers.reach.contact() == ContactWay::Phone,
            mailed: answers.reach.email().is_some(),
            mail_returned: opened.request.mail_returned(&Audience::Patron),
            keep_days: service.records.keep_days,
            backup_days: service.records.backup_days,
        };
        let title = locale.plain("receipt-title", &[])?;
        render(visit, "desk/receipt.html", &frame(visit, title, Switch::None), &view)
    };
    page(visit, StatusCode::OK, headers::CACHE_NEVER, make())
}

/// What the mail to staff says, and nothing more.
pub(super) fn staff_request(visit: &Visit, opened: &Opened) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let view = StaffRequestView {
            reference: opened.case.id.to_string(),
            facts: letter::staff_facts(&locale, &opened.request)?,
        };
        let reference = opened.case.id.to_string();
        let title = locale.plain("staff-request-title", &[("reference", reference.into())])?;
        render(visit, "desk/staff-request.html", &frame(visit, title, Switch::None), &view)
    };
    page(visit, StatusCode::OK, headers::CACHE_NEVER, make())
}

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

/// A body that gave no fields.
pub(super) fn body_error(visit: &Visit, error: BodyError) -> Response {
    match error {
        BodyError::TooLong => problem(visit, StatusCode::PAYLOAD_TOO_LARGE, "too-long", false),
        BodyError::TooSlow => problem(visit, StatusCode::REQUEST_TIMEOUT, "too-slow", false),
        BodyError::Unreadable => problem(visit, StatusCode::BAD_REQUEST, "unreadable", true),
    }
}

/// Nothing is there, any more or at all.
pub(super) fn gone(visit: &Visit) -> Response {
    problem(visit, StatusCode::GONE, "gone", true)
}

/// The request has been changed so often that it takes no more.
pub(super) fn full(visit: &Visit, id: Reference) -> Response {
    tracing::warn!(%id, "a request takes no more changes");
    problem(visit, StatusCode::CONFLICT, "full", false)
}

/// The form was sent or changed since, from a page that this one doesn't descend from. It shows no
/// link and no number: who asks may be somebody else.
pub(super) fn overtaken(visit: &Visit) -> Response {
    problem(visit, StatusCode::CONFLICT, "overtaken", false)
}

/// The store can't be read.
pub(super) fn away(visit: &Visit) -> Response {
    problem(visit, StatusCode::INSUFFICIENT_STORAGE, "away", false)
}

/// A mistake of ours, told to the log.
pub(super) fn internal(visit: &Visit, error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a request could not be answered");
    problem(visit, StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
}

/// A request that ended in a panic. The log has been told where.
pub(super) fn panicked(desk: &Desk, uri: &Uri) -> Response {
    let visit = visit_at(desk, uri).unwrap_or_else(|| Visit::in_source_language(desk));
    problem(&visit, StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
}

/// An address that the desk doesn't have.
pub(super) async fn unknown(State(desk): State<Desk>, uri: Uri) -> Response {
    gone(&visit_at(&desk, &uri).unwrap_or_else(|| Visit::in_source_language(&desk)))
}

/// An address of the desk, but not by this method.
pub(super) async fn wrong_method(State(desk): State<Desk>, uri: Uri) -> Response {
    match visit_at(&desk, &uri) {
        Some(visit) => problem(&visit, StatusCode::METHOD_NOT_ALLOWED, "method", true),
        None => gone(&Visit::in_source_language(&desk)),
    }
}

/// A visit in the language of the address, where it has one. The router takes `/desk` off for
/// some of its handlers.
fn visit_at(desk: &Desk, uri: &Uri) -> Option<Visit> {
    let path = uri.path();
    let path = path.strip_prefix("/desk").unwrap_or(path);
    Visit::new(desk, path.trim_start_matches('/').split('/').next().unwrap_or_default())
}
