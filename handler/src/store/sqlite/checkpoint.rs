//! Checkpoints the write-ahead log beside the writer. With many requests stored, the pages that a
//! few hundred writes change are scattered, and flushing them takes long enough to delay everybody
//! who waits for a commit.

use super::OpenError;
use rusqlite::Connection;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// How many pieces of work trigger a checkpoint: about 4 MB of log.
const WORK: usize = 100;

/// From how many pages of log on the writer checkpoints itself: 32 MB. Under constant work the log
/// never gets a pause in which to restart; little is left to do then, as most is done.
const PAGES_MAX: i64 = 8_000;

/// Held during a checkpoint: of two at once, SQLite refuses one.
pub(super) type Turn = Arc<Mutex<()>>;

/// Asks for a checkpoint. A caller that waits for its end sends a channel along.
pub(super) type Bell = SyncSender<Option<oneshot::Sender<()>>>;

/// The checkpoint thread.
pub(super) struct Checkpointer {
    bell: Option<Bell>,
    thread: Option<JoinHandle<()>>,
    turn: Turn,
    work: usize,
}

impl Checkpointer {
    /// Starts the thread on its own connection, for this writer.
    pub(super) fn start(connection: Connection, writer: &Connection) -> Result<Self, OpenError> {
        // If it can't be set, the writer checkpoints as often as by default.
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

    /// Counts committed work, and asks for a checkpoint when enough has gathered.
    pub(super) fn committed(&mut self, work: usize) {
        self.work += work;
        if self.work >= WORK
            && let Some(bell) = &self.bell
        {
            // A full channel means that a checkpoint is already asked for.
            let _ = bell.try_send(None);
            self.work = 0;
        }
    }

    /// A handle for others to ask for a checkpoint. The thread ends once all are dropped.
    pub(super) fn bell(&self) -> Option<Bell> {
        self.bell.clone()
    }

    /// The lock for a checkpoint.
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
