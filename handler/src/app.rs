//! The desk's routes, one per line. [`app`] is the router that every composition root runs.

use crate::http::{Desk, caught, headers, health, problem, request_id};
use crate::{patron, staff};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Extension, Router};

/// The desk's router, for all addresses under `/desk/`.
pub fn app(desk: Desk) -> Router {
    let pages = Router::new()
        .route("/healthz", get(health::health).layer(Extension(health::IsStuck::default())))
        .route("/{lang}/check", post(patron::check::check).fallback(problem::wrong_method))
        .route("/{lang}/find", get(patron::find::find).fallback(problem::wrong_method))
        .route("/{lang}/form", post(patron::form::form).fallback(problem::wrong_method))
        .route("/{lang}/send", post(patron::send::send).fallback(problem::wrong_method))
        .route(
            "/{lang}/request/{locator}",
            get(patron::receipt::receipt).fallback(problem::wrong_method),
        )
        .route(
            "/staff/request/{locator}",
            get(staff::request::request).fallback(problem::wrong_method),
        )
        .fallback(problem::unknown);
    Router::new()
        .nest("/desk", pages)
        .route("/desk/", any(problem::unknown))
        .with_state(desk.clone())
        .layer(axum::middleware::from_fn_with_state(desk, caught::caught))
        .layer(axum::middleware::from_fn(request_id::identified))
        .layer(axum::middleware::map_response(with_headers))
}

/// Adds the headers that every answer carries.
async fn with_headers(mut response: Response) -> Response {
    let map = response.headers_mut();
    for (name, value) in headers::SECURITY {
        map.insert(name, HeaderValue::from_static(value));
    }
    map.entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(headers::CONTENT_SECURITY_POLICY));
    map.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(headers::CACHE_NEVER));
    response
}
