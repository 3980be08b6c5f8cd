//! `GET /desk/{lang}/find?q=`: topics, pages and libraries by the words that patrons use. Changes
//! nothing visible, and never logs a query.

use super::unfound;
use crate::http::page::{frame, page, render};
use crate::http::{Visit, body, headers};
use axum::extract::RawQuery;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use domain::find::shortened;
use domain::text;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use render::find::FindView;
use render::frame::Switch;
use std::time::Duration;

/// How long the page waits for the note to be stored, which no patron asked for.
const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn find(visit: Visit, method: Method, RawQuery(query): RawQuery) -> Response {
    // A truncated address asks for nothing.
    let fields = body::parse(query.unwrap_or_default().as_bytes()).ok();
    let asked =
        fields.as_ref().map(|fields| text::normalize(fields.first("q"))).unwrap_or_default();
    let locale = visit.renderer.locale(&visit.language);
    let view = FindView::new(&locale, &asked, visit.today());
    if view.asked && view.hits.is_empty() && method == Method::GET {
        note(&visit, &asked).await;
    }
    show(&visit, shortened(&asked), &view)
}

/// For the editors' report. Failure doesn't change the page.
async fn note(visit: &Visit, asked: &str) {
    let (store, secrets) = (&*visit.desk.store, &visit.desk.secrets);
    let note = unfound::note(store, secrets, &visit.language, asked, visit.today(), visit.now);
    match tokio::time::timeout(PATIENCE, note).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "no note was taken of a word without result"),
        Err(_) => tracing::warn!("the store is slow: no note was taken of a word without result"),
    }
}

/// What was found, or ways to go on.
fn show(visit: &Visit, asked: &str, view: &FindView) -> Response {
    let locale = visit.renderer.locale(&visit.language);
    let make = || {
        let title = locale.plain("finder-title", &[])?;
        let query = utf8_percent_encode(asked, NON_ALPHANUMERIC);
        let frame = frame(visit, title, Switch::Desk(format!("find?q={query}")));
        render(visit, "desk/find.html", &frame, view)
    };
    page(visit, StatusCode::OK, headers::CACHE_FORM, make())
}
