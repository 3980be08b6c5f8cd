//! A thread that owns a connection. Work that waits while it is busy is done in one transaction,
//! so that a rush of writes costs one flush to disk, not one each.

use super::OpenError;
use crate::store::StoreError;
use rusqlite::Connection;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// How much work at most goes into one transaction.
const GROUP_MAX: usize = 256;

/// Tells whoever asked, once the transaction is over.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Work on the connection. Its answer waits for the commit.
type Job = Box<dyn FnOnce(&Connection) -> Finish + Send>;

/// The thread and the way to give it work.
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread that writes on this connection.
    pub(super) fn start(name: &str, connection: Connection) -> Result<Self, OpenError> {
        Self::spawn(name, connection, "BEGIN IMMEDIATE")
    }

    /// Starts a thread that reads on this connection: it never waits for the writer.
    pub(super) fn start_reading(name: &str, connection: Connection) -> Result<Self, OpenError> {
        Self::spawn(name, connection, "BEGIN")
    }

    fn spawn(name: &str, connection: Connection, begin: &'static str) -> Result<Self, OpenError> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&connection, begin, &waiting))
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Does the work, together with what else waits. The answer comes after the commit; work that
    /// fails is undone alone.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Away("the work was not done".to_owned());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = in_savepoint(connection, work);
            Box::new(move |committed| {
                // Nobody listens any more if the visitor has gone; the work is done all the same.
                let _ = answer.send(committed.and(result));
            })
        });
        self.jobs.as_ref().ok_or_else(stopped)?.send(job).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Worker {
    /// Lets the thread finish what was given to it.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, begin: &str, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let group: Vec<Job> =
            std::iter::once(first).chain(waiting.try_iter().take(GROUP_MAX - 1)).collect();
        if let Err(error) = connection.execute_batch(begin) {
            // The work is dropped undone, and whoever asked is told so by the closed channel.
            tracing::error!(%error, "no transaction could be begun");
            continue;
        }
        let finishes: Vec<Finish> = group.into_iter().map(|job| job(connection)).collect();
        let committed = connection.execute_batch("COMMIT");
        if committed.is_err() && !connection.is_autocommit() {
            // Nothing can be done about a failed rollback: the next BEGIN tells of it.
            let _ = connection.execute_batch("ROLLBACK");
        }
        let outcome = committed.map_err(|error| error.to_string());
        for finish in finishes {
            finish(outcome.clone().map_err(StoreError::Away));
        }
    }
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.execute_batch("SAVEPOINT job")?;
    let result = work(connection);
    let end = if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    connection.execute_batch(end)?;
    result
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Away(error.to_string())
    }
}
