//! The response with a page: in a coding that the browser accepts, or 304.

use super::Pages;
use super::kept::{Form, Lasts, Made};
use crate::serve::coding::{Accepted, Coding};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// For content that never changes at its address.
const CACHE_FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// For pages: the browser revalidates each time.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

const VARY: HeaderValue = HeaderValue::from_static("accept-encoding");

impl Pages {
    /// The response to a request.
    pub(super) async fn answer(
        &self,
        address: &str,
        made: &Arc<Made>,
        headers: &HeaderMap,
    ) -> Response {
        if let Some(tag) = has_already(made, headers) {
            let mut map = self.headers(made, tag);
            map.remove(header::CONTENT_TYPE);
            return (StatusCode::NOT_MODIFIED, map).into_response();
        }
        self.whole(address, made, headers).await
    }

    /// The full response.
    pub(super) async fn whole(
        &self,
        address: &str,
        made: &Arc<Made>,
        headers: &HeaderMap,
    ) -> Response {
        let (coding, form) = self.best(address, made, Accepted::of(headers)).await;
        let mut map = self.headers(made, form.tag);
        if let Some(coding) = coding.header() {
            map.insert(header::CONTENT_ENCODING, coding);
        }
        (map, Body::from(form.bytes)).into_response()
    }

    fn headers(&self, made: &Made, tag: HeaderValue) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(16);
        map.insert(header::CONTENT_TYPE, HeaderValue::from_static(made.content_type));
        map.insert(header::ETAG, tag);
        let cache = if made.lasts == Lasts::ForGood { CACHE_FOR_EVER } else { ASK_FIRST };
        map.insert(header::CACHE_CONTROL, cache);
        if made.packs {
            map.insert(header::VARY, VARY);
        }
        if let Some(policy) = &self.0.policy {
            map.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        map
    }

    /// The best accepted form. A missing one is compressed now if a thread is free; otherwise, and
    /// for concurrent requests, the next best will do.
    async fn best(&self, address: &str, made: &Arc<Made>, accepted: Accepted) -> (Coding, Form) {
        for coding in accepted.best_first() {
            if let Some(form) = made.form(coding) {
                return (coding, form.clone());
            }
            if let Some(form) = self.packed(address, made, coding, accepted).await {
                return (coding, form);
            }
        }
        (Coding::Identity, made.plain.clone())
    }

    async fn packed(
        &self,
        address: &str,
        made: &Arc<Made>,
        coding: Coding,
        accepted: Accepted,
    ) -> Option<Form> {
        let place = made.packed(coding).filter(|place| !place.initialized())?;
        let makers = Arc::clone(&self.0.makers);
        let turn = if accepted.allows(Coding::Identity) {
            makers.try_acquire_owned().ok()?
        } else {
            makers.acquire_owned().await.ok()?
        };
        let packing = || async {
            let packed = Arc::clone(made);
            let packing = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                packed.pack(coding)
            });
            packing.await.unwrap_or_else(|_| {
                tracing::error!("a page was not packed: a panic");
                None
            })
        };
        let mut is_new = false;
        let form = place.get_or_init(|| {
            is_new = true;
            packing()
        });
        let form = form.await.clone();
        if let Some(form) = form.as_ref().filter(|_| is_new) {
            self.0.kept.grew(address, made, form.bytes.len());
            if coding == Coding::Brotli {
                tokio::spawn(self.clone().pack_smallest(address.to_owned(), Arc::clone(made)));
            }
        }
        form
    }

    /// Compresses it once more, while nobody waits for it.
    async fn pack_smallest(self, address: String, made: Arc<Made>) {
        let Ok(turn) = Arc::clone(&self.0.squeezers).acquire_owned().await else { return };
        let squeezed = Arc::clone(&made);
        let packing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            squeezed.pack_smallest()
        });
        match packing.await {
            Ok(Some(size)) => self.0.kept.grew(&address, &made, size),
            Ok(None) => {}
            Err(_) => tracing::error!("a page was not packed: a panic"),
        }
    }
}

/// The tag of the browser's copy, if that is still current and accepted. A copy from before the
/// page was compressed is current, too.
fn has_already(made: &Made, headers: &HeaderMap) -> Option<HeaderValue> {
    let mut lines = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    lines.peek()?;
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let codings = Accepted::of(headers).best_first();
    let mut tags = made.tags(&codings);
    let has = |tag: &&HeaderValue| {
        // With its quotation marks it can't be part of another tag in the list.
        let text = tag.to_str().unwrap_or_default();
        lines.iter().any(|line| line.trim() == "*" || line.contains(text))
    };
    tags.find(has).cloned()
}
