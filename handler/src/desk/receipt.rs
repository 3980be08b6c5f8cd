//! `GET /desk/{lang}/request/{locator}`: the patron's page of their request. It changes nothing.

use super::pages;
use super::visit::Visit;
use crate::link::Role;
use crate::opened::{self, OpenedError};
use axum::extract::Path;
use axum::response::Response;
use std::collections::HashMap;

pub(super) async fn receipt(visit: Visit, Path(params): Path<HashMap<String, String>>) -> Response {
    let locator = params.get("locator").map(String::as_str).unwrap_or_default();
    match opened::by_locator(&visit.desk, locator, &[Role::Receipt, Role::Mail]).await {
        Ok(opened) => pages::receipt(&visit, &opened),
        Err(OpenedError::Gone) => pages::gone(&visit),
        Err(error) => {
            tracing::error!(%error, "a patron's page could not be read");
            pages::away(&visit)
        }
    }
}
