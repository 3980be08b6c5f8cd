//! The function `desk`: the desk's router behind API Gateway, for requests from CloudFront alone.

use super::log::{Metric, metrics};
use super::start::{Started, clock};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// The header of CloudFront's requests. Visitors can't set it: CloudFront overwrites it.
const ORIGIN: HeaderName = HeaderName::from_static("x-origin-secret");

/// The router that the function runs.
pub fn router(started: &Started) -> Router {
    let origin = Arc::new(started.origin.iter().map(|secret| digest(secret)).collect());
    crate::app(started.desk())
        // CloudFront doesn't compress responses that it may not cache.
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(counted))
        .layer(middleware::from_fn_with_state(origin, from_cloudfront_only))
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Compares digests, so that the timing reveals nothing of the secret.
async fn from_cloudfront_only(
    State(origin): State<Arc<Vec<[u8; 32]>>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok());
    if given.is_some_and(|given| !given.is_empty() && origin.contains(&digest(given))) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This address answers the site alone.\n").into_response()
}

async fn counted(request: Request, next: Next) -> Response {
    let is_send = request.uri().path().ends_with("/send");
    let response = next.run(request).await;
    let now = (clock())();
    match response.status() {
        StatusCode::SEE_OTHER if is_send => {
            metrics("desk", now, &[Metric::count("Requests", 1)]);
        }
        StatusCode::INSUFFICIENT_STORAGE | StatusCode::INTERNAL_SERVER_ERROR => {
            metrics("desk", now, &[Metric::count("Errors", 1)]);
        }
        _ => {}
    }
    response
}
