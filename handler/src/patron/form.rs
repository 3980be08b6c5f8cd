//! `POST /desk/{lang}/form`: the filled-in form again, to change an answer or the language.

use super::carried;
use crate::crypto::lineage::Lineage;
use crate::crypto::ticket;
use crate::http::page::{FORM, frame, page, render};
use crate::http::{PostedFrom, Visit, body, headers, problem};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use domain::answers::{Fields, Problem};
use render::form::FormView;
use render::frame::{Frame, Switch};

pub(crate) async fn form(visit: Visit, from: PostedFrom, body: Body) -> Response {
    let fields = match body::read(body).await {
        Ok(fields) => fields,
        Err(error) => return problem::body_error(&visit, error),
    };
    let carried = carried::by_token(&visit, from, &fields)
        .or_else(|| carried::by_ticket(&visit, from, &fields));
    show(&visit, StatusCode::OK, &fields, &[], carried)
}

/// The filled-in form with its errors, and a ticket for the lineage that it carries on.
pub(super) fn show(
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
