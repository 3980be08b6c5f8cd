//! `/dev/mails`: the wording of each mail with sample values; and the frame of such pages.

use super::live::Live;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::LanguageTag;
use render::html::escape;
use render::mail;
use std::collections::BTreeMap;

pub(super) fn router(live: Live) -> Router {
    Router::new().route("/dev/mails", get(mails)).with_state(live)
}

/// A page for developers: plain, with the site's style sheet.
pub(super) fn page(live: &Live, title: &str, main: &str) -> Response {
    let css = live.renderer.current().bundle().assets.css.clone();
    let title = escape(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en-US\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body><div class=\"w\"><main><h1>{title}</h1>{main}</main></div></body></html>\n"
    );
    let map = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (map, html).into_response()
}

/// Sample values for the placeholders of all mails.
fn samples() -> BTreeMap<&'static str, String> {
    [
        ("reference", "482 913 050"),
        ("count", "3"),
        ("requests", "482 913 050"),
        ("topic", "Family history"),
        ("language", "Vietnamese"),
        ("meet", "by phone"),
        ("due", "Thursday, December 3, 5 p.m."),
        ("why", "This library can answer first."),
        ("library", "Oak Harbor"),
        ("phone", "425-555-0100"),
        ("hours", "Monday to Friday 9 a.m. to 5 p.m."),
        ("erased", "30 days after it is closed"),
        ("link", "https://help.library.example/desk/en/request/482913050.sample"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

async fn mails(State(live): State<Live>) -> Response {
    let renderer = live.renderer.current();
    let mut main = String::new();
    for (kind, wordings) in &renderer.bundle().mails {
        for language in wordings.keys() {
            main.push_str(&section(&renderer, kind, language));
        }
    }
    page(&live, "The wording of mails", &main)
}

fn section(renderer: &render::Renderer, kind: &str, language: &LanguageTag) -> String {
    let heading = format!("<h2>{} ({language})</h2>", escape(kind));
    match mail::compose(renderer, kind, language, &samples()) {
        Ok(parts) => format!(
            "{heading}<p><b>{}</b></p><pre lang=\"{}\">{}</pre>",
            escape(&parts.subject),
            language.html_lang(),
            escape(&parts.text)
        ),
        Err(error) => format!("{heading}<p class=\"note\">{}</p>", escape(&error.to_string())),
    }
}
