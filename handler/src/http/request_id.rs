//! A short id for each request: in its log lines, and on the page that says something went wrong,
//! so that a caller can name it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::BASE32_NOPAD;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: String;
}

/// Gives the request and its log lines an id.
pub(crate) async fn identified(request: Request, next: Next) -> Response {
    let id = new();
    let span = tracing::info_span!("request", id);
    CURRENT.scope(id, next.run(request).instrument(span)).await
}

/// The id of the request that is being answered.
pub(crate) fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Eight letters and digits that can be said on the phone.
fn new() -> String {
    // Without random numbers the request is still answered.
    let random = getrandom::u64().unwrap_or_default().to_be_bytes();
    let text = BASE32_NOPAD.encode(&random[..5]);
    let (head, tail) = text.split_at(text.len() / 2);
    format!("{head}-{tail}")
}
