//! Saves: watches the folders, reads again what changed, and notifies open pages. No failure ends
//! this: it is reported, and the next save is noticed.

use super::live::{Live, Saved};
use crate::cli::FolderArgs;
use crate::failure::{Failure, say};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use generator::fault::{Fault, caught};
use notify::{Config, Event, PollWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// Files that are saved together arrive within this time.
const TOGETHER: Duration = Duration::from_millis(2);

/// Editors write a file in several steps; errors are reported after a pause this long.
const PAUSE: Duration = Duration::from_millis(150);

/// How often a missing folder is looked for, and changes where the system reports none.
const LOOK: Duration = Duration::from_millis(500);

/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

/// A message to the thread that follows saves.
enum Heard {
    Changed(Vec<PathBuf>),
    Trouble(notify::Error),
    Stop,
}

/// Watches until dropped.
pub(super) struct Watching(Sender<Heard>);

impl Drop for Watching {
    fn drop(&mut self) {
        // Sending fails only if the thread has ended.
        let _ = self.0.send(Heard::Stop);
    }
}

pub(super) fn start(folders: &FolderArgs, saved: Saved) -> Result<Watching, Failure> {
    let (hears, heard) = mpsc::channel();
    let roots = [&folders.content, &folders.templates]
        .map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.clone()));
    let watch = Watch::new(roots, hears.clone(), &native);
    std::thread::Builder::new()
        .name("saves".to_owned())
        .spawn(move || Follow { watch, heard, saved, to_tell: false }.run())
        .map_err(Failure::cannot_run)?;
    Ok(Watching(hears))
}

/// Processes saves.
trait TakesUp {
    fn take_up(&mut self, paths: &[PathBuf]);
    fn tell(&mut self);
    /// It failed on these paths: the previous pages stay.
    fn failed(&mut self, fault: &Fault, paths: &[PathBuf]);
    /// Why saves may be noticed late, if they may.
    fn unwatched(&mut self, why: Option<String>);
}

impl TakesUp for Saved {
    fn take_up(&mut self, paths: &[PathBuf]) {
        Self::take_up(self, paths);
    }

    fn tell(&mut self) {
        Self::tell(self);
    }

    fn failed(&mut self, fault: &Fault, paths: &[PathBuf]) {
        Self::failed(self, fault, paths);
    }

    fn unwatched(&mut self, why: Option<String>) {
        Self::unwatched(self, why);
    }
}

type Watches = Box<dyn Watcher + Send>;

/// The folders, and what watches them.
struct Watch {
    roots: [PathBuf; 2],
    hears: Sender<Heard>,
    watcher: Option<Watches>,
    /// The folders that aren't watched because they are missing.
    gone: Vec<PathBuf>,
    /// Why saves may be noticed late.
    trouble: Option<String>,
}

/// The system's own watcher.
fn native(hears: Sender<Heard>, roots: [PathBuf; 2]) -> notify::Result<Watches> {
    let watcher = notify::recommended_watcher(move |event| hear(&hears, &roots, event))?;
    Ok(Box::new(watcher))
}

/// Polls all files: slower, but always available.
fn looking(hears: Sender<Heard>, roots: [PathBuf; 2]) -> notify::Result<Watches> {
    let often = Config::default().with_poll_interval(LOOK);
    Ok(Box::new(PollWatcher::new(move |event| hear(&hears, &roots, event), often)?))
}

fn hear(hears: &Sender<Heard>, roots: &[PathBuf; 2], event: notify::Result<Event>) {
    let heard = match event {
        Ok(event) if event.kind.is_access() => return,
        Ok(event) if !event.need_rescan() => Heard::Changed(event.paths),
        // Events were lost.
        Ok(_) => Heard::Changed(roots.to_vec()),
        Err(error) => Heard::Trouble(error),
    };
    // Sending fails only when the server stops.
    let _ = hears.send(heard);
}

impl Watch {
    fn new(
        roots: [PathBuf; 2],
        hears: Sender<Heard>,
        make: &dyn Fn(Sender<Heard>, [PathBuf; 2]) -> notify::Result<Watches>,
    ) -> Self {
        let mut watch = Self { roots, hears, watcher: None, gone: Vec::new(), trouble: None };
        let made = make(watch.hears.clone(), watch.roots.clone());
        if let Err(error) = made.and_then(|watcher| watch.by(watcher)) {
            watch.look(&error);
        }
        watch
    }

    /// Switches to another watcher.
    fn by(&mut self, mut watcher: Watches) -> notify::Result<()> {
        self.gone.clear();
        for root in &self.roots {
            match watcher.watch(root, RecursiveMode::Recursive) {
                Err(_) if !root.is_dir() => self.gone.push(root.clone()),
                watched => watched?,
            }
        }
        self.watcher = Some(watcher);
        Ok(())
    }

    /// Polls where the system reports no more changes.
    fn look(&mut self, error: &notify::Error) {
        let looking = looking(self.hears.clone(), self.roots.clone());
        let looks = looking.and_then(|watcher| self.by(watcher));
        let mend = "on Linux, raise fs.inotify.max_user_watches and max_user_instances, and start \
                    again";
        self.trouble = Some(match looks {
            Ok(()) => format!("saves are noticed late: {error}; {mend}"),
            Err(_) => format!("saves aren't noticed: {error}; {mend}"),
        });
    }

    /// Watches a folder that has been made, or made again. The old watch stays with the folder that
    /// was there before.
    fn again(&mut self, root: &Path) {
        self.gone.retain(|gone| gone != root);
        let Some(watcher) = &mut self.watcher else { return };
        // Fails if nothing is watched any more.
        let _ = watcher.unwatch(root);
        match watcher.watch(root, RecursiveMode::Recursive) {
            Err(_) if !root.is_dir() => self.gone.push(root.to_owned()),
            Err(error) => self.look(&error),
            Ok(()) => {}
        }
    }
}

/// The thread that follows saves.
struct Follow<T> {
    watch: Watch,
    heard: Receiver<Heard>,
    saved: T,
    to_tell: bool,
}

impl<T: TakesUp> Follow<T> {
    fn run(mut self) {
        self.tell_trouble();
        while self.next() {}
    }

    /// Waits for one message and handles it; `false` when it is time to stop.
    fn next(&mut self) -> bool {
        let heard = match self.patience() {
            Some(time) => self.heard.recv_timeout(time),
            None => self.heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match heard {
            Ok(Heard::Changed(paths)) => return self.changed(paths),
            Ok(Heard::Trouble(error)) => {
                self.watch.look(&error);
                self.tell_trouble();
                return self.changed(self.watch.roots.to_vec());
            }
            Err(RecvTimeoutError::Timeout) if self.to_tell => {
                self.to_tell = false;
                self.guarded(&[], |saved| saved.tell());
            }
            Err(RecvTimeoutError::Timeout) => {
                let back: Vec<_> =
                    self.watch.gone.iter().filter(|root| root.is_dir()).cloned().collect();
                if !back.is_empty() {
                    return self.changed(back);
                }
            }
            Ok(Heard::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// For how long there is nothing to do but wait; `None` for ever.
    fn patience(&self) -> Option<Duration> {
        if self.to_tell {
            return Some(PAUSE);
        }
        (!self.watch.gone.is_empty()).then_some(LOOK)
    }

    fn changed(&mut self, mut paths: Vec<PathBuf>) -> bool {
        let mut goes_on = true;
        while let Ok(more) = self.heard.recv_timeout(TOGETHER) {
            match more {
                Heard::Changed(more) => paths.extend(more),
                Heard::Trouble(error) => {
                    self.watch.look(&error);
                    self.tell_trouble();
                    paths.extend(self.watch.roots.clone());
                }
                Heard::Stop => {
                    goes_on = false;
                    break;
                }
            }
        }
        paths.sort();
        paths.dedup();
        for root in self.watch.roots.clone() {
            if paths.contains(&root) {
                self.watch.again(&root);
            }
        }
        self.guarded(&paths, |saved| saved.take_up(&paths));
        self.to_tell = true;
        goes_on
    }

    fn tell_trouble(&mut self) {
        let trouble = self.watch.trouble.clone();
        self.guarded(&[], |saved| saved.unwatched(trouble));
    }

    /// Does something that may fail: a failure is reported, and the next save is noticed.
    fn guarded(&mut self, paths: &[PathBuf], work: impl FnOnce(&mut T)) {
        let saved = &mut self.saved;
        let Err(fault) = caught(|| work(saved)) else { return };
        if let Err(again) = caught(|| saved.failed(&fault, paths)) {
            say(&format!("error: {fault}; and telling it failed too: {again}\n"));
        }
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

#[cfg(test)]
mod tests;
