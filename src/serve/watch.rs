//! Saves: the folders are watched, what changed is read again, and open pages are told.

use super::live::{Live, Saved};
use crate::cli::FolderArgs;
use crate::failure::Failure;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// Several files that are saved together arrive this close to each other.
const TOGETHER: Duration = Duration::from_millis(2);

/// Editors write a file in several steps; after a pause this long what is wrong is told.
const PAUSE: Duration = Duration::from_millis(150);

/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

/// Watches until it is dropped.
pub(super) fn start(folders: &FolderArgs, saved: Saved) -> Result<RecommendedWatcher, Failure> {
    let (changed, changes) = mpsc::channel();
    let roots = [&folders.content, &folders.templates]
        .map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.clone()));
    let everything = roots.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let paths = match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(event) if !event.need_rescan() => event.paths,
            // Something was missed.
            _ => everything.to_vec(),
        };
        // The other end is gone only when the server stops.
        let _ = changed.send(paths);
    })
    .map_err(Failure::cannot_run)?;
    for root in &roots {
        watcher.watch(root, RecursiveMode::Recursive).map_err(Failure::cannot_run)?;
    }
    std::thread::Builder::new()
        .name("saves".to_owned())
        .spawn(move || follow(saved, &changes))
        .map_err(Failure::cannot_run)?;
    Ok(watcher)
}

fn follow(mut saved: Saved, changes: &Receiver<Vec<PathBuf>>) {
    let mut to_tell = false;
    loop {
        let first = if to_tell {
            match changes.recv_timeout(PAUSE) {
                Ok(paths) => paths,
                Err(RecvTimeoutError::Timeout) => {
                    saved.tell();
                    to_tell = false;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        } else {
            match changes.recv() {
                Ok(paths) => paths,
                Err(_) => return,
            }
        };
        let mut paths = first;
        while let Ok(more) = changes.recv_timeout(TOGETHER) {
            paths.extend(more);
        }
        paths.sort();
        paths.dedup();
        saved.take_up(&paths);
        to_tell = true;
    }
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
