//! Shows content errors above the last good page: for editors, never in `build`. It is part of the
//! page that the server sends, so it needs no script.

use super::live::Live;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use generator::{Diagnostic, Sources, told};
use render::html::escape;

/// Nobody reads more than this at once.
const SHOWN: usize = 12;

const STYLE_SHEET: &str = "#mistakes{position:fixed;inset-inline:0;bottom:0;z-index:9;max-height:70vh;overflow:auto;\
margin:0;padding:.6rem 1rem;background:#2b1512;color:#fff;border-top:4px solid #e5674f;font:1rem/1.45 system-ui,sans-serif}\
#mistakes summary{cursor:pointer;font-weight:700}#mistakes a{color:#ffd9a0}\
#mistakes pre{white-space:pre-wrap;overflow-wrap:anywhere;background:none;color:inherit;border:0;margin:.6rem 0;padding:0;font:.9rem/1.4 ui-monospace,monospace}\
@media print{#mistakes{display:none}}";

/// The errors as HTML; empty if there are none.
pub(super) fn html(errors: &[Diagnostic], sources: &Sources, trouble: &[&str]) -> String {
    let count = errors.len() + trouble.len();
    if count == 0 {
        return String::new();
    }
    let mistakes = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
    let mut html = format!(
        "<link rel=\"stylesheet\" href=\"/dev/overlay.css\">\
         <details id=\"mistakes\" lang=\"en\" dir=\"ltr\" open role=\"alert\">\
         <summary>{mistakes}: what can be shown is shown</summary>"
    );
    for line in trouble {
        html.push_str(&format!("<pre>{}</pre>", escape(line)));
    }
    let told = told(errors);
    for told in told.iter().take(SHOWN) {
        html.push_str(&format!("<pre>{}</pre>", escape(told.to_human(sources, false).trim())));
    }
    if told.len() > SHOWN {
        html.push_str("<p>And more: run <code>check</code>.</p>");
    }
    html.push_str("</details>");
    html
}

/// Appends the errors to a page.
pub(super) fn on(live: &Live, page: Vec<u8>) -> Vec<u8> {
    let overlay = live.overlay();
    if overlay.is_empty() {
        return page;
    }
    match String::from_utf8(page) {
        Ok(html) => html.replacen("</body>", &format!("{overlay}</body>"), 1).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

pub(super) fn router() -> Router {
    Router::new().route("/dev/overlay.css", get(style_sheet))
}

async fn style_sheet() -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let cache = HeaderValue::from_static("no-cache");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], STYLE_SHEET).into_response()
}
