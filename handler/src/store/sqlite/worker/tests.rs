//! What a group of writes guarantees when one of them, or SQLite, fails.

use super::*;
use rusqlite::params;
use std::sync::mpsc::Sender;
use tempfile::TempDir;

type Answer = oneshot::Receiver<Result<(), StoreError>>;

/// A worker on a database with one table, and a second connection to look with.
struct Set {
    worker: Worker,
    other: Connection,
    _folder: TempDir,
}

fn set(pragma: &str, limits: Limits) -> Set {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let connection = Connection::open(folder.path().join("a.sqlite")).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        connection
    };
    let (connection, other) = (open(), open());
    let made = "CREATE TABLE stored (name TEXT, body BLOB) STRICT";
    connection.execute_batch(&format!("{made}; {pragma}")).unwrap();
    let worker = Worker::spawn("test", connection, "BEGIN IMMEDIATE", limits, None).unwrap();
    Set { worker, other, _folder: folder }
}

impl Set {
    fn stored(&self) -> Vec<String> {
        let mut names = self.other.prepare("SELECT name FROM stored ORDER BY name").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Keeps the thread busy until the answer is dropped or sent to.
    fn held(&self) -> Sender<()> {
        let (go, held) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel::<()>();
        let busy = self.worker.give(move |_| {
            begun.send(()).unwrap();
            let _ = held.recv();
            Ok(())
        });
        drop(busy.unwrap());
        begins.recv().unwrap();
        go
    }

    fn writes(&self, name: &'static str, bytes: usize) -> Answer {
        let insert = "INSERT INTO stored VALUES (?, zeroblob(?))";
        let bytes = i64::try_from(bytes).unwrap();
        self.worker
            .give(move |connection| {
                connection.execute(insert, params![name, bytes])?;
                Ok(())
            })
            .unwrap()
    }

    fn does(&self, work: fn(&Connection) -> Result<(), StoreError>) -> Answer {
        self.worker.give(work).unwrap()
    }
}

/// The writers told that their write is stored, in a group with `middle` between them.
async fn around(set: &Set, middle: impl FnOnce() -> Answer) -> Vec<String> {
    let busy = set.held();
    let first = set.writes("first", 1);
    let middle = middle();
    let (third, fourth) = (set.writes("third", 1), set.writes("fourth", 1));
    drop(busy);
    assert!(middle.await.unwrap().is_err());
    let mut told = Vec::new();
    for (name, answer) in [("first", first), ("fourth", fourth), ("third", third)] {
        if answer.await.unwrap().is_ok() {
            told.push(name.to_owned());
        }
    }
    told
}

#[tokio::test]
async fn nobody_in_a_group_that_a_full_disk_rolled_back_is_told_anything_wrong() {
    let set = set("PRAGMA max_page_count = 8", LIMITS);
    let told = around(&set, || set.writes("second", 1 << 20)).await;
    assert_eq!(told, set.stored());
    assert_eq!(told, ["fourth", "third"], "who comes after it is in a transaction of their own");
}

#[tokio::test]
async fn nobody_in_a_group_that_a_piece_of_work_rolled_back_is_told_anything_wrong() {
    let set = set("", LIMITS);
    let told = around(&set, || {
        set.does(|connection| {
            connection.execute_batch("ROLLBACK")?;
            Err(StoreError::Away("it ends here".to_owned()))
        })
    });
    assert_eq!(told.await, set.stored());
    // This work reports success though nothing was stored.
    let told = around(&set, || set.does(|connection| Ok(connection.execute_batch("ROLLBACK")?)));
    let before = set.stored().len();
    assert_eq!(told.await.len() + before, set.stored().len());
}

#[tokio::test]
async fn work_that_panics_is_undone_alone_and_the_thread_goes_on() {
    let set = set("", LIMITS);
    let told = around(&set, || {
        set.does(|connection| {
            connection.execute("INSERT INTO stored VALUES ('half', NULL)", [])?;
            panic!("a mistake");
        })
    });
    assert_eq!(told.await, ["first", "fourth", "third"]);
    assert_eq!(set.stored(), ["first", "fourth", "third"]);
    set.worker.run(|_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn what_another_program_locks_is_said_to_each_who_waits() {
    let set = set("PRAGMA busy_timeout = 0", LIMITS);
    let busy = set.held();
    let answers = [set.writes("a", 1), set.writes("b", 1)];
    drop(busy);
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    set.other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = set.writes("c", 1).await.unwrap().unwrap_err().to_string();
    assert!(error.contains("locked"), "{error}");
    set.other.execute_batch("ROLLBACK").unwrap();
    set.writes("d", 1).await.unwrap().unwrap();
    assert_eq!(set.stored(), ["a", "b", "d"]);
}

#[tokio::test]
async fn what_waits_too_long_is_told_so_and_what_is_too_much_is_refused_at_once() {
    let limits = Limits { answer: Duration::ZERO, waiting: 3 };
    let set = set("", limits);
    let busy = set.held();
    let error = set.worker.run(|_| Ok(())).await.unwrap_err().to_string();
    assert!(error.contains("no answer in 0 s"), "{error}");
    let waiting = [set.writes("a", 1), set.writes("b", 1)];
    let error = set.worker.run(|_| Ok(())).await.unwrap_err().to_string();
    assert!(error.contains("3 pieces of work wait already"), "{error}");
    drop(busy);
    for answer in waiting {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(set.stored(), ["a", "b"]);
}

#[tokio::test]
async fn the_log_is_written_into_the_database_while_others_write_and_can_be_emptied_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let open = || Connection::open(&path).unwrap();
    let writer = open();
    let made = "PRAGMA journal_mode = WAL; CREATE TABLE stored (name TEXT, body BLOB) STRICT";
    writer.execute_batch(made).unwrap();
    let worker = Worker::start_writing("test", writer, open()).unwrap();
    let log = || std::fs::metadata(folder.path().join("a.sqlite-wal")).unwrap().len();
    for round in 0..20 {
        let pieces: Vec<_> = (0..20)
            .map(|_| {
                let insert = "INSERT INTO stored VALUES ('a', zeroblob(200000))";
                worker.give(|connection| Ok(connection.execute(insert, [])?)).unwrap()
            })
            .collect();
        if round >= 16 {
            worker.empty_log().await.unwrap();
            assert_eq!(log(), 0);
        }
        for piece in pieces {
            piece.await.unwrap().unwrap();
        }
        assert!(log() < 64 << 20, "80 MB were written, {} are in the log", log());
    }
}
