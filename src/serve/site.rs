//! The pages of the site, each rendered when it is asked for.

use super::live::{Live, RELOAD};
use super::overlay;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use generator::{Page, PageId, Site, images};
use handler::headers;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// For files whose address changes with their content.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) fn router(live: Live) -> Router {
    Router::new().fallback(page).with_state(live)
}

async fn page(State(live): State<Live>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let site = live.site();
    let path = uri.path();
    if let Some(bytes) = site.assets().get(path) {
        let kind = if path.ends_with(".css") { "text/css; charset=utf-8" } else { "image/svg+xml" };
        let page = Page { bytes: bytes.clone(), content_type: kind };
        return answer(&live, StatusCode::OK, page, CACHE_FOR_EVER);
    }
    if let Some(answer) = picture(&live, &site, path).await {
        return answer;
    }
    let today = live.options(&site).today;
    if let Some(id) = site.page_at(path, today) {
        if let Some(to) = site.moved_to(&id) {
            return redirect(to);
        }
        return render(&live, &site, &id, StatusCode::OK);
    }
    let with_slash = format!("{path}/");
    if !path.ends_with('/')
        && let Some(id) = site.page_at(&with_slash, today)
    {
        return redirect(site.moved_to(&id).unwrap_or(with_slash));
    }
    not_found(&live)
}

/// To where a page is for good. Browsers keep such an answer; an editor who takes an alias back
/// must not meet it again.
fn redirect(to: String) -> Response {
    let map = [(header::LOCATION, to), (header::CACHE_CONTROL, "no-cache".to_owned())];
    (StatusCode::PERMANENT_REDIRECT, map).into_response()
}

/// A picture. It is made when it is asked for the first time, which takes long enough to be kept
/// away from the threads that answer.
async fn picture(live: &Live, site: &Arc<Site>, path: &str) -> Option<Response> {
    if !path.starts_with(images::FOLDER) || !site.pictures().addresses().contains(path) {
        return None;
    }
    let (site, cache, address) = (Arc::clone(site), Arc::clone(&live.pictures), path.to_owned());
    let made = tokio::task::spawn_blocking(move || site.pictures().file(&address, &cache));
    match made.await {
        Ok(Some(Ok(bytes))) => {
            let page = Page { bytes, content_type: images::content_type(path) };
            Some(answer(live, StatusCode::OK, page, CACHE_FOR_EVER))
        }
        Ok(Some(Err(error))) => {
            tracing::error!(%error, "a picture could not be made");
            Some(not_found(live))
        }
        _ => None,
    }
}

/// The page for addresses that lead nowhere.
pub(super) fn not_found(live: &Live) -> Response {
    render(live, &live.site(), &PageId::not_found(), StatusCode::NOT_FOUND)
}

fn render(live: &Live, site: &Site, id: &PageId, status: StatusCode) -> Response {
    match site.render(id, &live.renderer.current(), &live.options(site)) {
        Ok(page) => {
            let page = Page { bytes: overlay::on(live, page.bytes), ..page };
            answer(live, status, page, "no-cache")
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            let phone = &site.directory().service.phone;
            let text = format!("Something went wrong on our side. Please call {phone}.\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

fn answer(live: &Live, status: StatusCode, page: Page, cache: &'static str) -> Response {
    let mut map = security_headers(live.in_development());
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    (status, map, Body::from(page.bytes)).into_response()
}

/// The headers of every page; in development its one script is allowed, by its hash.
pub(super) fn security_headers(in_development: bool) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers::SECURITY {
        map.insert(name, HeaderValue::from_static(value));
    }
    let mut policy = headers::CONTENT_SECURITY_POLICY.to_owned();
    if in_development {
        let hash = BASE64.encode(&Sha256::digest(RELOAD));
        policy.push_str(&format!("; script-src 'sha256-{hash}'"));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        map.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    map
}
