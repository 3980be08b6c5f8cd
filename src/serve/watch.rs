//! Saves: the folders are watched, the site is loaded again, and open pages are told.

use super::live::Live;
use crate::cli::FolderArgs;
use crate::failure::{Failure, say};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::sync::mpsc;
use std::time::Duration;

/// Editors write a file in several steps; a pause this long ends a save.
const PAUSE: Duration = Duration::from_millis(40);

/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

/// Watches until it is dropped.
pub(super) fn start(folders: &FolderArgs, live: &Live) -> Result<RecommendedWatcher, Failure> {
    let (saved, saves) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The other end is gone only when the server stops.
            let _ = saved.send(());
        }
    })
    .map_err(Failure::cannot_run)?;
    for folder in [&folders.content, &folders.templates] {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(Failure::cannot_run)?;
    }
    let live = live.clone();
    let folders =
        FolderArgs { content: folders.content.clone(), templates: folders.templates.clone() };
    std::thread::Builder::new()
        .name("saves".to_owned())
        .spawn(move || {
            while saves.recv().is_ok() {
                while saves.recv_timeout(PAUSE).is_ok() {}
                live.reload(&folders);
                say("Loaded again after a save\n");
            }
        })
        .map_err(Failure::cannot_run)?;
    Ok(watcher)
}

/// `/dev/reload`: answers when the site has changed.
pub(super) fn router(live: Live) -> Router {
    Router::new().route("/dev/reload", get(reload)).with_state(live)
}

async fn reload(State(live): State<Live>) -> StatusCode {
    let mut version = live.version.subscribe();
    match tokio::time::timeout(PATIENCE, version.changed()).await {
        Ok(Ok(())) => StatusCode::RESET_CONTENT,
        _ => StatusCode::NO_CONTENT,
    }
}
