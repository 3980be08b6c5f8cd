//! A desk without a socket, whose clock and store are in the test's hands.

use super::faulty::FaultyStore;
use super::renderer;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use handler::crypto::secrets::Secrets;
use handler::store::MemoryStore;
use handler::{Desk, Origin, app};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;
use tower::ServiceExt;

/// A desk whose clock and store are in the test's hands.
pub(crate) struct Set {
    pub(crate) desk: Desk,
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) minutes: Arc<AtomicI64>,
}

pub(crate) fn set() -> Set {
    set_over(FaultyStore::new(Arc::new(MemoryStore::new())))
}

/// Over a store of the test's own.
pub(crate) fn set_over(store: FaultyStore) -> Set {
    let store = Arc::new(store);
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&minutes);
    let noon: Timestamp = "2026-11-24T20:00:00Z".parse().unwrap();
    let desk = Desk {
        renderer: renderer(),
        store: Arc::clone(&store) as _,
        secrets: Arc::new(Secrets::random().unwrap()),
        origin: Origin::of("https://help.library.example").unwrap(),
        clock: Arc::new(move || noon + SignedDuration::from_mins(clock.load(Ordering::SeqCst))),
        bell: Arc::new(Notify::new()),
    };
    Set { desk, store, minutes }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Set {
    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let answer = app(self.desk.clone()).oneshot(request).await.unwrap();
        let location = answer.headers().get(header::LOCATION);
        Answer {
            status: answer.status(),
            location: location.map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default(),
            body: String::from_utf8(
                answer.into_body().collect().await.unwrap().to_bytes().to_vec(),
            )
            .unwrap(),
        }
    }

    /// A form posted from a page of the site, as a browser of today posts it.
    pub(crate) async fn post(&self, path: &str, body: String) -> Answer {
        self.post_with(path, body, &[("sec-fetch-site", "same-origin")]).await
    }

    /// A form posted with what some browser tells of the page that it was posted from.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        body: String,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request = headers
            .iter()
            .fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
        self.call(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Request::get(path).body(Body::empty()).unwrap()).await
    }
}

/// What the check page's form sends, read from its hidden fields.
pub(crate) fn hidden(page: &str) -> String {
    let fields = page.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        let value = rest.split('"').next().unwrap();
        format!("{name}={}", value.replace('+', "%2B").replace(' ', "+"))
    });
    fields.collect::<Vec<_>>().join("&")
}
