//! `/dev/outbox`: the mail that would have been sent, newest first.

use super::dev::page;
use super::site::Pages;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mail_parser::{Message, MessageParser};
use render::html::escape;
use std::path::PathBuf;
use std::time::SystemTime;

/// How many are listed: a folder may hold a year's mail.
const LISTED: usize = 200;

#[derive(Clone)]
struct Outbox {
    pages: Pages,
    folder: PathBuf,
}

pub(super) fn router(pages: Pages, folder: PathBuf) -> Router {
    Router::new()
        .route("/dev/outbox", get(list))
        .route("/dev/outbox/{name}", get(mail))
        .with_state(Outbox { pages, folder })
}

impl Outbox {
    /// The mails by name, newest first.
    fn names(&self) -> Vec<(SystemTime, String)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let id = name.strip_suffix(".eml").filter(|id| !id.starts_with('.'))?;
                Some((entry.metadata().ok()?.modified().ok()?, id.to_owned()))
            })
            .collect();
        names.sort_by(|a, b| b.cmp(a));
        names
    }

    /// One of the mails. A name can't lead outside the folder.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let leads_away = name.starts_with('.') || name.contains(['/', '\\', '\0']);
        let path = (!leads_away).then(|| self.folder.join(format!("{name}.eml")))?;
        std::fs::read(path).ok()
    }

    /// The listed mails as rows, and how many more there are.
    fn rows(&self) -> (String, usize) {
        let names = self.names();
        let mut rows = String::new();
        for (_, name) in names.iter().take(LISTED) {
            let bytes = self.read(name).unwrap_or_default();
            let Some(message) = MessageParser::default().parse(&bytes) else {
                continue;
            };
            rows.push_str(&format!(
                "<li><a href=\"/dev/outbox/{}\">{}</a><small>to {}</small></li>",
                escape(name),
                escape(subject(&message)),
                escape(&to(&message))
            ));
        }
        (rows, names.len().saturating_sub(LISTED))
    }
}

fn subject<'m>(message: &'m Message<'_>) -> &'m str {
    message.subject().unwrap_or("(no subject)")
}

fn to(message: &Message<'_>) -> String {
    let first = message.to().and_then(|to| to.first());
    first.and_then(|address| address.address()).unwrap_or_default().to_owned()
}

async fn list(State(outbox): State<Outbox>) -> Response {
    let reader = outbox.clone();
    let (rows, more) = tokio::task::spawn_blocking(move || reader.rows()).await.unwrap_or_default();
    let mut main = if rows.is_empty() {
        "<p>No mail yet. Fill in the form: <a href=\"/request/\">/request/</a></p>".to_owned()
    } else {
        format!("<ul class=\"cards\">{rows}</ul>")
    };
    if more > 0 {
        main.push_str(&format!("<p>And {more} older ones, in the folder.</p>"));
    }
    page(outbox.pages.live(), "Outbox", &main)
}

/// A mail in readable form, with its headers; with `.eml` after its name, unchanged.
async fn mail(
    State(outbox): State<Outbox>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (reader, id) = (outbox.clone(), name.strip_suffix(".eml").unwrap_or(&name).to_owned());
    let read = tokio::task::spawn_blocking(move || reader.read(&id)).await.unwrap_or_default();
    let Some(bytes) = read else { return outbox.pages.not_found(&headers).await };
    if name.ends_with(".eml") {
        let kind = HeaderValue::from_static("message/rfc822");
        let cache = HeaderValue::from_static("no-store");
        return ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], bytes)
            .into_response();
    }
    let Some(message) = MessageParser::default().parse(&bytes) else {
        return outbox.pages.not_found(&headers).await;
    };
    let raw = String::from_utf8_lossy(&bytes);
    let headers = raw.split("\r\n\r\n").next().unwrap_or_default();
    let text = message.body_text(0).unwrap_or_default();
    let main = format!(
        "<p>To {}</p><pre>{}</pre><h2>Headers</h2><pre>{}</pre>\
         <p><a href=\"/dev/outbox/{}.eml\">The whole mail</a> · <a href=\"/dev/outbox\">Outbox</a></p>",
        escape(&to(&message)),
        escape(&text),
        escape(headers),
        escape(&name)
    );
    page(outbox.pages.live(), subject(&message), &main)
}
