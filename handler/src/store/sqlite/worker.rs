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

/// Work of a transaction. Its answer waits for the commit.
type Work = Box<dyn FnOnce(&Connection) -> Finish + Send>;

/// Work on the connection.
enum Job {
    /// Done together with what else waits.
    Grouped(Work),
    /// Done between transactions.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

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
        let job = Job::Grouped(Box::new(move |connection| {
            let result = in_savepoint(connection, work);
            Box::new(move |committed| {
                // Nobody listens any more if the visitor has gone; the work is done all the same.
                let _ = answer.send(committed.and(result));
            })
        }));
        self.jobs.as_ref().ok_or_else(stopped)?.send(job).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Writes the log into the database and leaves it empty, so that what was deleted stands
    /// nowhere any more. Fails while somebody reads from the log, a back-up perhaps.
    pub(super) async fn empty_log(&self) -> Result<(), StoreError> {
        let stopped = || StoreError::Away("the log was not emptied".to_owned());
        let (answer, answered) = oneshot::channel();
        let job = Job::Alone(Box::new(move |connection| {
            let busy = connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
            let _ = answer.send(match busy {
                Ok(false) => Ok(()),
                Ok(true) => Err(StoreError::Away("somebody reads from the log".to_owned())),
                Err(error) => Err(error.into()),
            });
        }));
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
        let jobs = std::iter::once(first).chain(waiting.try_iter().take(GROUP_MAX - 1));
        let (mut group, mut alone) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Grouped(work) => group.push(work),
                Job::Alone(work) => alone.push(work),
            }
        }
        if !group.is_empty() {
            in_transaction(connection, begin, group);
        }
        for work in alone {
            work(connection);
        }
    }
}

fn in_transaction(connection: &Connection, begin: &str, group: Vec<Work>) {
    if let Err(error) = connection.execute_batch(begin) {
        // The work is dropped undone, and whoever asked is told so by the closed channel.
        tracing::error!(%error, "no transaction could be begun");
        return;
    }
    let finishes: Vec<Finish> = group.into_iter().map(|work| work(connection)).collect();
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
