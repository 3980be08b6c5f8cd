//! Requests that end in a panic: the visitor gets a page that says what to do, and the desk goes on.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use handler::app;
use http_body_util::BodyExt;
use support::faulty::Fault;
use support::set::set;
use tower::ServiceExt;

#[tokio::test]
async fn a_panic_is_answered_with_a_page_and_the_next_request_as_ever() {
    let set = set();
    let locator = "/desk/vi/request/000000013.AAAAAAAAAAAAAAAAAAAAAA";
    set.store.set(Fault::Panics);
    let request = Request::get(locator).body(Body::empty()).unwrap();
    let answer = app(set.desk.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.headers().contains_key("content-security-policy"));
    let page = answer.into_body().collect().await.unwrap().to_bytes();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(page.contains("lang=\"vi\"") && page.contains("425-555-0100"), "{page}");
    set.store.set(Fault::None);
    assert_eq!(set.get(locator).await.status, StatusCode::GONE);
}
