//! The desk's pages: one file an address. [`app`] is the router that every composition root runs.

mod carried;
mod caught;
mod check;
mod find;
mod form;
mod health;
mod pages;
mod receipt;
mod request_id;
mod same_origin;
mod send;
mod staff_request;
mod visit;

pub use same_origin::{Origin, OriginError};

use crate::headers;
use crate::secrets::Secrets;
use crate::store::Store;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use jiff::Timestamp;
use render::Renderer;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;

/// The renderer in use. A new one can take its place while the desk runs: pages that are being
/// made keep theirs.
#[derive(Clone)]
pub struct LiveRenderer(Arc<RwLock<Arc<Renderer>>>);

impl LiveRenderer {
    /// Starts with this one.
    pub fn new(renderer: Arc<Renderer>) -> Self {
        Self(Arc::new(RwLock::new(renderer)))
    }

    /// The one in use now.
    pub fn current(&self) -> Arc<Renderer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another in its place.
    pub fn replace(&self, renderer: Arc<Renderer>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = renderer;
    }
}

/// Tells the time. Only a composition root gives one that reads a real clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// All that the desk's pages need.
#[derive(Clone)]
pub struct Desk {
    /// Templates, strings and the directory.
    pub renderer: LiveRenderer,
    /// Where cases are kept.
    pub store: Arc<dyn Store>,
    /// The keys of tokens, links and ids.
    pub secrets: Arc<Secrets>,
    /// Where the site is: what is posted from elsewhere carries nothing on.
    pub origin: Origin,
    /// What time it is.
    pub clock: Clock,
    /// Rung after a write that left mail to deliver.
    pub bell: Arc<Notify>,
}

/// The desk's router, for all addresses under `/desk/`.
pub fn app(desk: Desk) -> Router {
    let pages = Router::new()
        .route("/healthz", get(health::health).layer(Extension(health::IsStuck::default())))
        .route("/{lang}/check", post(check::check).fallback(pages::wrong_method))
        .route("/{lang}/find", get(find::find).fallback(pages::wrong_method))
        .route("/{lang}/form", post(form::form).fallback(pages::wrong_method))
        .route("/{lang}/send", post(send::send).fallback(pages::wrong_method))
        .route("/{lang}/request/{locator}", get(receipt::receipt).fallback(pages::wrong_method))
        .route(
            "/staff/request/{locator}",
            get(staff_request::staff_request).fallback(pages::wrong_method),
        )
        .fallback(pages::unknown);
    Router::new()
        .nest("/desk", pages)
        .route("/desk/", any(pages::unknown))
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
