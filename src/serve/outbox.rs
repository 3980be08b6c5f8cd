//! `/dev/outbox`: the mail that would have been sent, newest first.

use super::dev::{page, this_machine_only};
use super::live::Live;
use super::site;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mail_parser::{Message, MessageParser};
use render::html::escape;
use std::path::PathBuf;
use std::time::SystemTime;

#[derive(Clone)]
struct Outbox {
    live: Live,
    folder: PathBuf,
}

pub(super) fn router(live: Live, folder: PathBuf) -> Router {
    let guard = middleware::from_fn_with_state(live.clone(), this_machine_only);
    Router::new()
        .route("/dev/outbox", get(list))
        .route("/dev/outbox/{name}", get(mail))
        .layer(guard)
        .with_state(Outbox { live, folder })
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

    /// One of the mails: only what stands in the folder's list can be read.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let (_, known) = self.names().into_iter().find(|(_, known)| known == name)?;
        std::fs::read(self.folder.join(format!("{known}.eml"))).ok()
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
    let mut rows = String::new();
    for (_, name) in outbox.names() {
        let Some(bytes) = outbox.read(&name) else {
            continue;
        };
        let Some(message) = MessageParser::default().parse(&bytes) else {
            continue;
        };
        rows.push_str(&format!(
            "<li><a href=\"/dev/outbox/{}\">{}</a><small>to {}</small></li>",
            escape(&name),
            escape(subject(&message)),
            escape(&to(&message))
        ));
    }
    let main = if rows.is_empty() {
        "<p>No mail yet. Fill in the form: <a href=\"/request/\">/request/</a></p>".to_owned()
    } else {
        format!("<ul class=\"cards\">{rows}</ul>")
    };
    page(&outbox.live, "Outbox", &main)
}

/// A mail as people would read it, with its headers; or, with `.eml` behind its name, as it is.
async fn mail(State(outbox): State<Outbox>, Path(name): Path<String>) -> Response {
    if let Some(bytes) = name.strip_suffix(".eml").and_then(|name| outbox.read(name)) {
        let kind = HeaderValue::from_static("message/rfc822");
        return ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    }
    let bytes = outbox.read(&name).unwrap_or_default();
    let Some(message) = MessageParser::default().parse(&bytes) else {
        return site::not_found(&outbox.live);
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
    page(&outbox.live, subject(&message), &main)
}
