//! Writes the log into the database beside the writer: with many requests kept, the pages that a
//! few hundred writes change lie far apart, and flushing them takes long enough to be felt by
//! everybody who waits for a commit.

use super::OpenError;
use rusqlite::Connection;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// After so many pieces of work the log is written into the database: about 4 MB.
const WORK: usize = 100;

/// Pages of the log from which on the writer does it itself: 32 MB. While work comes without a
/// pause, the log never stands still to begin anew; then little is left to do, as most is done.
const PAGES_MAX: i64 = 8_000;

/// Of two checkpoints at once, SQLite refuses one.
pub(super) type Turn = Arc<Mutex<()>>;

/// Rings for a checkpoint. Whoever wants to know when it is over leaves where to say so.
pub(super) type Bell = SyncSender<Option<oneshot::Sender<()>>>;

/// The thread that does it.
pub(super) struct Checkpointer {
    bell: Option<Bell>,
    thread: Option<JoinHandle<()>>,
    turn: Turn,
    work: usize,
}

impl Checkpointer {
    /// Starts it on a connection of its own, for this writer.
    pub(super) fn start(connection: Connection, writer: &Connection) -> Result<Self, OpenError> {
        // If it can't be set, the writer does it as often as ever.
        if let Err(error) = writer.pragma_update(None, "wal_autocheckpoint", PAGES_MAX) {
            tracing::warn!(%error, "the length of the log could not be set");
        }
        let turn = Turn::default();
        let (bell, rung) = mpsc::sync_channel::<Option<oneshot::Sender<()>>>(1);
        let mine = Arc::clone(&turn);
        let thread = thread::Builder::new()
            .name("desk checkpoint".to_owned())
            .spawn(move || {
                while let Ok(whom) = rung.recv() {
                    let turn = mine.lock().unwrap_or_else(PoisonError::into_inner);
                    let done =
                        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
                    if let Err(error) = done {
                        tracing::warn!(%error, "the log could not be written into the database");
                    }
                    drop(turn);
                    if let Some(whom) = whom {
                        let _ = whom.send(());
                    }
                }
            })
            .map_err(OpenError::Thread)?;
        Ok(Self { bell: Some(bell), thread: Some(thread), turn, work: 0 })
    }

    /// So much work was committed.
    pub(super) fn committed(&mut self, work: usize) {
        self.work += work;
        if self.work >= WORK
            && let Some(bell) = &self.bell
        {
            // If it was rung already, it is rung.
            let _ = bell.try_send(None);
            self.work = 0;
        }
    }

    /// For others who want one. The thread ends once all of these are dropped.
    pub(super) fn bell(&self) -> Option<Bell> {
        self.bell.clone()
    }

    /// Held by whoever does a checkpoint.
    pub(super) fn turn(&self) -> Turn {
        Arc::clone(&self.turn)
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.bell.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
