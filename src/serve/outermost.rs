//! The outermost layer: each response gets the security headers, and a panic becomes a 500 with the
//! number to call.

use super::site::Pages;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::FutureExt;
use handler::http::headers;
use std::panic::AssertUnwindSafe;

/// Wraps the router in this layer.
pub(super) fn around(router: Router, pages: Pages) -> Router {
    router
        .layer(middleware::from_fn_with_state(pages, caught))
        .layer(middleware::map_response(with_headers))
}

async fn caught(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| {
        // The message may quote what somebody typed. The panic hook logs the place.
        tracing::error!("a request ended in a panic");
        pages.went_wrong()
    })
}

/// A response with a policy of its own keeps it.
async fn with_headers(mut response: Response) -> Response {
    let map = response.headers_mut();
    for (name, value) in headers::SECURITY {
        map.insert(name, HeaderValue::from_static(value));
    }
    map.entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(headers::CONTENT_SECURITY_POLICY));
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::super::site::tests::pages;
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn panics() {
        std::panic::panic_any("planted");
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_the_number_to_call_and_the_next_request_as_ever() {
        let router = Router::new().route("/panics", get(panics)).route("/", get(|| async {}));
        let router = around(router, pages());
        for (path, status) in
            [("/panics", StatusCode::INTERNAL_SERVER_ERROR), ("/", StatusCode::OK)]
        {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
            assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
            let text = axum::body::to_bytes(answer.into_body(), 9_999).await.unwrap();
            let phone = String::from_utf8_lossy(&text).contains("425-555-0100");
            assert_eq!(phone, status.is_server_error(), "{path}");
        }
    }
}
