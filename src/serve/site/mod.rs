//! The site's pages: each is made on first request, and cached.

mod answer;
mod kept;
#[cfg(test)]
pub(super) mod tests;

use super::live::{Live, RELOAD};
use super::overlay;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use generator::images::{self, Cache};
use generator::{Page, PageId, Site};
use handler::http::headers;
use kept::{Edition, Kept, Lasts, MOST, Made};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The cache key of the not-found page. No path begins like this.
const NOT_FOUND: &str = "not found";

pub(super) fn router(pages: Pages) -> Router {
    Router::new().fallback(page).with_state(pages)
}

/// The site's pages.
#[derive(Clone)]
pub(super) struct Pages(Arc<Inner>);

struct Inner {
    live: Live,
    kept: Kept,
    /// The content security policy, if it isn't the general one.
    policy: Option<HeaderValue>,
    /// Permits for making and compressing pages: one fewer than there are threads, so that one can
    /// always answer from the cache.
    makers: Arc<Semaphore>,
    /// Permit for compressing a page as small as possible: one at a time, beside everything else.
    squeezers: Arc<Semaphore>,
    /// Permits for making a picture, which takes much longer.
    painters: Arc<Semaphore>,
}

/// What an address leads to.
enum Found {
    Asset,
    Picture,
    Page(PageId),
    Elsewhere(String),
    Nothing,
}

impl Found {
    fn lasts(&self) -> Lasts {
        match self {
            Self::Asset | Self::Picture => Lasts::ForGood,
            _ => Lasts::Edition,
        }
    }
}

/// It could not be made. The reason is in the log.
#[derive(Debug)]
struct Failed;

async fn page(
    State(pages): State<Pages>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let path = uri.path();
    // The version first: what is read after it is of that version, or newer.
    let version = pages.live().version_now();
    let site = pages.live().site();
    let edition = Edition { version, today: crate::loading::today(&site) };
    if let Some(made) =
        pages.0.kept.get(path, edition).filter(|made| pages.is_there(&site, path, made))
    {
        return pages.answer(path, &made, &headers).await;
    }
    match find(&site, path, edition) {
        Found::Elsewhere(to) => redirect(to),
        Found::Nothing => pages.not_found(&headers).await,
        found => match pages.made(path, found, edition).await {
            Ok(made) => pages.answer(path, &made, &headers).await,
            Err(Failed) => pages.went_wrong(),
        },
    }
}

fn find(site: &Site, path: &str, edition: Edition) -> Found {
    if site.assets().contains_key(path) {
        return Found::Asset;
    }
    if site.pictures().has(path) {
        return Found::Picture;
    }
    let page_at = |path: &str| site.page_at(path, edition.today);
    if let Some(id) = page_at(path) {
        return site.moved_to(&id).map_or(Found::Page(id), Found::Elsewhere);
    }
    let with_slash = format!("{path}/");
    match page_at(&with_slash).filter(|_| !path.ends_with('/')) {
        Some(id) => Found::Elsewhere(site.moved_to(&id).unwrap_or(with_slash)),
        None => Found::Nothing,
    }
}

/// Redirects to a page's permanent address. Browsers may cache that, but an editor who removes an
/// alias must not get it again.
fn redirect(to: String) -> Response {
    let map = [(header::LOCATION, to), (header::CACHE_CONTROL, "no-cache".to_owned())];
    (StatusCode::PERMANENT_REDIRECT, map).into_response()
}

impl Pages {
    pub(super) fn new(live: Live) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let edition =
            Edition { version: live.version_now(), today: crate::loading::today(&live.site()) };
        Self(Arc::new(Inner {
            policy: live.in_development().then(policy_in_development).flatten(),
            kept: Kept::new(MOST, edition),
            live,
            makers: Arc::new(Semaphore::new(threads.saturating_sub(1).max(1))),
            squeezers: Arc::new(Semaphore::new(1)),
            painters: Arc::new(Semaphore::new(1)),
        }))
    }

    pub(super) fn live(&self) -> &Live {
        &self.0.live
    }

    /// Whether content that is cached for ever may still be served: an editor may have removed a
    /// picture.
    fn is_there(&self, site: &Site, path: &str, made: &Made) -> bool {
        made.lasts == Lasts::Edition
            || !self.live().in_development()
            || site.assets().contains_key(path)
            || site.pictures().has(path)
    }

    /// The not-found page: cached once, however many addresses lead nowhere.
    pub(super) async fn not_found(&self, headers: &HeaderMap) -> Response {
        let version = self.live().version_now();
        let edition = Edition { version, today: crate::loading::today(&self.live().site()) };
        match self.made(NOT_FOUND, Found::Page(PageId::not_found()), edition).await {
            Ok(made) => {
                let mut answer = self.whole(NOT_FOUND, &made, headers).await;
                answer.headers_mut().remove(header::ETAG);
                *answer.status_mut() = StatusCode::NOT_FOUND;
                answer
            }
            Err(Failed) => self.went_wrong(),
        }
    }

    /// The page for a mistake of ours.
    pub(super) fn went_wrong(&self) -> Response {
        let site = self.live().site();
        let phone = &site.directory().service.phone;
        let text = format!("Something went wrong on our side. Please call {phone}.\n");
        (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
    }

    /// The content of an address: cached, or made now, once for all concurrent requests.
    async fn made(
        &self,
        address: &str,
        found: Found,
        edition: Edition,
    ) -> Result<Arc<Made>, Failed> {
        let slot = self.0.kept.slot(address, edition, found.lasts());
        let mut is_new = false;
        let made = slot.get_or_try_init(|| {
            is_new = true;
            self.make(address, found)
        });
        let made = Arc::clone(made.await?);
        if is_new {
            self.0.kept.grew(address, &made, made.plain.bytes.len());
        }
        Ok(made)
    }

    async fn make(&self, address: &str, found: Found) -> Result<Arc<Made>, Failed> {
        let who = if matches!(found, Found::Picture) { &self.0.painters } else { &self.0.makers };
        let turn = Arc::clone(who).acquire_owned().await.map_err(|_| Failed)?;
        let (live, address) = (self.live().clone(), address.to_owned());
        let made = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even if nobody waits any more.
            let _turn = turn;
            let page = make(&live, &address, &found)?;
            Ok(Arc::new(Made::new(page, found.lasts())))
        });
        made.await.unwrap_or_else(|_| {
            tracing::error!("a page was not made: a panic");
            Err(Failed)
        })
    }
}

/// Makes what was found, from the current site.
fn make(live: &Live, address: &str, found: &Found) -> Result<Page, Failed> {
    let site = live.site();
    match found {
        Found::Asset => {
            let bytes = site.assets().get(address).cloned().ok_or(Failed)?;
            let css = address.ends_with(".css");
            let content_type = if css { "text/css; charset=utf-8" } else { "image/svg+xml" };
            Ok(Page { bytes, content_type })
        }
        Found::Picture => {
            let made = site.pictures().file(address, &Cache::in_memory()).ok_or(Failed)?;
            let told = made.map_err(|error| {
                tracing::error!(%error, "a picture could not be made");
                Failed
            });
            Ok(Page { bytes: told?, content_type: images::content_type(address) })
        }
        Found::Page(id) => {
            let page = site.render(id, &live.renderer.current(), &live.options(&site));
            let page = page.map_err(|error| {
                tracing::error!(%error, "a page could not be rendered");
                Failed
            })?;
            // Readers can fix nothing, so they are shown no errors.
            let bytes =
                if live.in_development() { overlay::on(live, page.bytes) } else { page.bytes };
            Ok(Page { bytes, ..page })
        }
        Found::Elsewhere(_) | Found::Nothing => Err(Failed),
    }
}

/// The content security policy in development: it allows the one script by its hash.
fn policy_in_development() -> Option<HeaderValue> {
    let hash = BASE64.encode(&Sha256::digest(RELOAD));
    let policy = format!("{}; script-src 'sha256-{hash}'", headers::CONTENT_SECURITY_POLICY);
    HeaderValue::from_str(&policy).ok()
}
