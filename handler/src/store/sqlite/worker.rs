//! A thread that owns a connection. Work that queues up while it is busy is grouped into one
//! transaction, so that a rush of writes costs one flush to disk, not one each.

#[cfg(test)]
mod tests;

use super::OpenError;
use super::checkpoint::{Bell, Checkpointer, Turn};
use crate::store::StoreError;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, TrySendError};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::oneshot;

/// The most pieces of work in one transaction.
const GROUP_MAX: usize = 256;

/// The size of the cache of prepared statements: more than there are.
const STATEMENTS: usize = 64;

/// The writer's page cache, in KB: ids and marks are random, so with many stored, each write
/// changes another page. A reader's cached pages are invalid after the next write.
const WRITER_CACHE: i64 = 16 * 1024;

/// How long emptying the log, and so all writers, waits for readers: our own reads are over by
/// then, and a back-up's would take longer than anybody should wait.
const READERS: Duration = Duration::from_millis(100);

/// How long to wait for other processes' locks on the file.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The limits of a worker.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// How long a caller waits for an answer: as long as API Gateway would allow, and longer than
    /// any working disk takes.
    answer: Duration,
    /// How much work may queue: some seconds' worth. More would time out
    /// anyway.
    waiting: usize,
}

const LIMITS: Limits = Limits { answer: Duration::from_secs(30), waiting: 4096 };

/// Answers the caller, once the transaction is over.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Work in a transaction, or why there is none. Its answer waits for the commit.
type Work = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Finish + Send>;

/// Work on the connection.
enum Job {
    /// Grouped with other waiting work.
    Grouped(Work),
    /// Run between transactions.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

/// The thread and its queue.
pub(super) struct Worker {
    jobs: Option<mpsc::SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    limits: Limits,
    /// The lock for a checkpoint.
    turn: Turn,
    /// Asks for a checkpoint beside the writer.
    beside: Option<Bell>,
}

impl Worker {
    /// Starts a thread that writes on this connection.
    pub(super) fn start(name: &str, connection: Connection) -> Result<Self, OpenError> {
        Self::spawn(name, connection, "BEGIN IMMEDIATE", LIMITS, None)
    }

    /// The same with another connection, which checkpoints the log meanwhile.
    pub(super) fn start_writing(
        name: &str,
        connection: Connection,
        beside: Connection,
    ) -> Result<Self, OpenError> {
        // Without the cache it is only slower.
        if let Err(error) = connection.pragma_update(None, "cache_size", -WRITER_CACHE) {
            tracing::warn!(%error, name, "the size of the cache could not be set");
        }
        let checkpointer = Checkpointer::start(beside, &connection)?;
        Self::spawn(name, connection, "BEGIN IMMEDIATE", LIMITS, Some(checkpointer))
    }

    /// Starts a thread that reads on this connection: it never waits for the writer.
    pub(super) fn start_reading(name: &str, connection: Connection) -> Result<Self, OpenError> {
        Self::spawn(name, connection, "BEGIN", LIMITS, None)
    }

    fn spawn(
        name: &str,
        connection: Connection,
        begin: &'static str,
        limits: Limits,
        checkpointer: Option<Checkpointer>,
    ) -> Result<Self, OpenError> {
        let turn = checkpointer.as_ref().map(Checkpointer::turn).unwrap_or_default();
        let beside = checkpointer.as_ref().and_then(Checkpointer::bell);
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let (jobs, waiting) = mpsc::sync_channel::<Job>(limits.waiting);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&connection, begin, &waiting, checkpointer))
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), limits, turn, beside })
    }

    /// Does the work, grouped with other waiting work. The answer comes after the commit; failed
    /// work is rolled back alone. Nobody waits for ever: if no answer came in time, the work may
    /// still be done later.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let answer = self.give(work)?;
        self.answer_of(answer).await
    }

    /// Queues work.
    fn give<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.put(Job::Grouped(Box::new(move |connection| {
            let result = connection.and_then(|connection| in_savepoint(connection, work));
            Box::new(move |committed| {
                // The caller may have gone; the work is done anyway.
                let _ = answer.send(result.and_then(|done| committed.map(|()| done)));
            })
        })))?;
        Ok(answered)
    }

    /// Checkpoints the log and empties it, so that no trace of deleted data is left. Most of it is
    /// done beside the writer, which then does the rest and blocks others only briefly. Fails while
    /// somebody reads from the log, such as a back-up.
    pub(super) async fn empty_log(&self) -> Result<(), StoreError> {
        if let Some(beside) = &self.beside {
            let (over, is_over) = oneshot::channel();
            // If a checkpoint was just asked for, little is left to do.
            if beside.try_send(Some(over)).is_ok() {
                let _ = tokio::time::timeout(self.limits.answer, is_over).await;
            }
        }
        let (answer, answered) = oneshot::channel();
        let turn = Arc::clone(&self.turn);
        self.put(Job::Alone(Box::new(move |connection| {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = answer.send(match emptied(connection) {
                Ok(false) => Ok(()),
                Ok(true) => Err(StoreError::Away("somebody reads from the log".to_owned())),
                Err(error) => Err(error.into()),
            });
        })))?;
        self.answer_of(answered).await
    }

    fn put(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Away(format!(
                "{} pieces of work wait already: the disk is too slow for what comes in",
                self.limits.waiting
            )),
            TrySendError::Disconnected(_) => stopped(),
        })
    }

    async fn answer_of<T>(
        &self,
        answer: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let limit = self.limits.answer;
        match tokio::time::timeout(limit, answer).await {
            Ok(answered) => answered.map_err(|_| stopped())?,
            Err(_) => Err(StoreError::Away(format!(
                "no answer in {} s: the disk hangs, or another program holds the file; the work may \
                 still be done later",
                limit.as_secs()
            ))),
        }
    }
}

/// Empties the log; `true` if somebody reads from it.
fn emptied(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(READERS)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(BUSY)?;
    busy
}

fn stopped() -> StoreError {
    StoreError::Away("the store's thread has ended".to_owned())
}

impl Drop for Worker {
    /// Lets the thread finish its queued work.
    fn drop(&mut self) {
        drop(self.beside.take());
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    connection: &Connection,
    begin: &str,
    waiting: &mpsc::Receiver<Job>,
    mut checkpointer: Option<Checkpointer>,
) {
    while let Ok(first) = waiting.recv() {
        let jobs = std::iter::once(first).chain(waiting.try_iter().take(GROUP_MAX - 1));
        let (mut group, mut alone) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Grouped(work) => group.push(work),
                Job::Alone(work) => alone.push(work),
            }
        }
        let work = group.len();
        let mut group = group.into_iter();
        while group.len() > 0 {
            in_transaction(connection, begin, &mut group);
        }
        if let Some(checkpointer) = &mut checkpointer {
            checkpointer.committed(work);
        }
        for work in alone {
            if catch_unwind(AssertUnwindSafe(|| work(connection))).is_err() {
                tracing::error!("a piece of work on the database panicked");
            }
        }
    }
}

/// Does the work until a piece ends the transaction by itself: on a full disk, a failed read or
/// write, or without memory, SQLite may roll all of it back. Further work would be outside the
/// transaction, so it waits for the next one.
fn in_transaction(
    connection: &Connection,
    begin: &str,
    group: &mut impl ExactSizeIterator<Item = Work>,
) {
    if let Err(error) = execute(connection, begin) {
        let reason = format!("no transaction could be begun: {error}");
        for work in group {
            work(Err(StoreError::Away(reason.clone())))(Ok(()));
        }
        return;
    }
    let mut finishes: Vec<Finish> = Vec::with_capacity(group.len());
    for work in group {
        finishes.push(work(Ok(connection)));
        if connection.is_autocommit() {
            break;
        }
    }
    let outcome = commit(connection);
    if let Err(reason) = &outcome {
        tracing::error!(reason, pieces = finishes.len(), "work was not stored");
    }
    for finish in finishes {
        finish(outcome.clone().map_err(StoreError::Away));
    }
}

/// Commits the transaction, unless it has ended already. Leaves none open.
fn commit(connection: &Connection) -> Result<(), String> {
    if connection.is_autocommit() {
        return Err("the transaction was rolled back, as a part of it failed".to_owned());
    }
    let committed = execute(connection, "COMMIT");
    if committed.is_err() && !connection.is_autocommit() {
        // A failed rollback can be ignored: the next BEGIN reports it.
        let _ = connection.execute_batch("ROLLBACK");
    }
    committed.map_err(|error| error.to_string())
}

/// Work that fails or panics is rolled back alone.
fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    execute(connection, "SAVEPOINT job")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_| Err(StoreError::Away("a piece of work panicked".to_owned())));
    if connection.is_autocommit() {
        // The savepoint ended with the transaction.
        return result;
    }
    if result.is_err() {
        execute(connection, "ROLLBACK TO job")?;
    }
    execute(connection, "RELEASE job")?;
    result
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Away(error.to_string())
    }
}
