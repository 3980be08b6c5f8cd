//! `GET /desk/{lang}/request/{locator}`: the patron's page of their request. Changes nothing.

use crate::cases::{self, OpenError, Opened};
use crate::crypto::link::Role;
use crate::http::page::{frame, page, render};
use crate::http::{Visit, headers, problem};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ContactWay;
use domain::request::Audience;
use domain::routing::Destination;
use render::answer_rows::answer_rows;
use render::desk::ReceiptView;
use render::frame::Switch;
use std::collections::HashMap;

pub(crate) async fn receipt(visit: Visit, Path(params): Path<HashMap<String, String>>) -> Response {
    let locator = params.get("locator").map(String::as_str).unwrap_or_default();
    match cases::open_by_link(
        &*visit.desk.store,
        &visit.desk.secrets,
        locator,
        &[Role::Receipt, Role::Mail],
    )
    .await
    {
        Ok(opened) => show(&visit, &opened),
        Err(OpenError::Gone) => problem::gone(&visit),
        Err(error) => {
            tracing::error!(%error, "a patron's page could not be read");
            problem::away(&visit)
        }
    }
}

/// The patron's page of their request. Through a mailed link, which others may open, it shows the
/// state and never what was written.
fn show(visit: &Visit, opened: &Opened) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let (Some(answers), Some(due)) = (opened.request.answers(), opened.request.due()) else {
        return problem::gone(visit);
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
