//! Compresses the desk's responses on the fly, in less time than it took to make them.

use super::coding::{Accepted, Coding, LEAST};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Longer responses stay uncompressed: compressing one would block a thread for others.
const MOST: usize = 256 * 1024;

/// Compresses a text response, except of staff pages (why: [`super::coding`]).
pub(super) async fn packed(request: Request, next: Next) -> Response {
    let is_staffs = request.uri().path().starts_with("/desk/staff");
    let accepted = Accepted::of(request.headers());
    let response = next.run(request).await;
    if is_staffs || !is_text(response.headers()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    head.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let size = body.size_hint().exact().and_then(|size| usize::try_from(size).ok());
    if size.is_none_or(|size| !(LEAST..=MOST).contains(&size)) {
        return Response::from_parts(head, body);
    }
    let Ok(bytes) = axum::body::to_bytes(body, MOST).await else {
        return Response::from_parts(head, Body::empty());
    };
    let (coding, bytes) = pack(accepted, bytes);
    if let Some(coding) = coding.header() {
        head.headers.insert(header::CONTENT_ENCODING, coding);
        head.headers.remove(header::CONTENT_LENGTH);
    }
    Response::from_parts(head, Body::from(bytes))
}

fn pack(accepted: Accepted, bytes: Bytes) -> (Coding, Bytes) {
    for coding in accepted.best_first() {
        if coding == Coding::Identity {
            break;
        }
        if let Some(packed) = coding.pack_to_send(&bytes) {
            return (coding, packed.into());
        }
    }
    (Coding::Identity, bytes)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/"))
        && !headers.contains_key(header::CONTENT_ENCODING)
}
