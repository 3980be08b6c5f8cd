//! What only SQLite promises: its files.

use crate::kept::later;
use crate::support::{noon, sent};
use handler::case::Stored;
use handler::case::body;
use handler::crypto::secrets::Secrets;
use handler::store::{Cases, Held, Keys, Ledger, Outbox, SqliteStore};

#[tokio::test]
async fn whoever_is_alone_takes_up_what_a_stopped_process_left() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let (_, case) = sent(&store, &secrets, 1).await;
    store.create(&case, &[]).await.unwrap();
    let lost = store.lease(noon(), later(10), 10).await.unwrap().remove(0);
    store.end_leases(later(1)).await.unwrap();
    assert_eq!(store.mark_sent(&lost).await.unwrap(), Held::Lost);
    assert_eq!(store.lease(later(1), later(11), 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_sqlite_acknowledged_is_on_disk_before_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let open = SqliteStore::open(folder.path()).unwrap();
    let (request, case) = sent(&open, &secrets, 1).await;
    open.create(&case, &[]).await.unwrap();
    let other = SqliteStore::open(folder.path()).unwrap();
    let read = other.read(case.id).await.unwrap().unwrap();
    let key = other.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(body::open(&secrets, &key, &read).unwrap(), request);
    drop(open);
}

#[tokio::test]
async fn nothing_personal_stands_in_sqlites_files() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let (_, case) = sent(&store, &secrets, 1).await;
    store.create(&case, &[]).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(15).any(|window| window == b"lan@example.com");
        assert!(!found, "the address stands in {}", path.display());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = SqliteStore::open(&missing).err().unwrap().to_string();
    assert!(error.contains("missing/") && error.contains("writable"), "{error}");
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_keeps_no_other_mail_back() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    for number in 1..=2 {
        let (_, case) = sent(&store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
    }
    let desk = rusqlite::Connection::open(folder.path().join("desk.sqlite")).unwrap();
    let newer = r#"{"to":"patron","what":"something_new"}"#;
    let changed = desk
        .execute("UPDATE notices SET notice = ? WHERE id = (SELECT min(id) FROM notices)", [newer]);
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(store.lease(noon(), later(10), 10).await.unwrap().len(), 3);
    assert_eq!(store.waiting(noon(), 10).await.unwrap().len(), 3);
    assert!(store.lease(later(1), later(10), 10).await.unwrap().is_empty());
}

/// A folder whose `desk.sqlite` was written by this SQL.
fn folder_of(sql: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let desk = rusqlite::Connection::open(folder.path().join("desk.sqlite")).unwrap();
    desk.execute_batch(sql).unwrap();
    folder
}

#[tokio::test]
async fn a_folder_that_counted_nothing_yet_is_counted_when_it_is_opened() {
    let folder = folder_of(include_str!("folders/desk-2.sql"));
    let store = SqliteStore::open(folder.path()).unwrap();
    let now: jiff::Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
    let loads = store.snapshot(now).await.unwrap().branches.into_iter();
    let loads: Vec<_> =
        loads.map(|(id, load)| (id.to_string(), load.open_requests, load.sent_this_week)).collect();
    let expected = [("arlington", 1, 1), ("camano-island", 0, 1), ("clinton", 1, 1)];
    assert_eq!(loads, expected.map(|(id, open, sent)| (id.to_owned(), open, sent)));
    // All else is as it was.
    let ids = store.ids_after(None, 10).await.unwrap();
    assert_eq!(ids.len(), 4);
    let mut mails = 0;
    for id in ids {
        match store.find(id).await.unwrap().unwrap() {
            Stored::Case(case) => mails += case.outbox.len(),
            Stored::Erased(tombstone) => assert_eq!(tombstone.series, "Requests"),
        }
    }
    assert_eq!(mails, 6);
    assert_eq!(store.woken("2026-12-02T12:00:00Z".parse().unwrap(), 10).await.unwrap().len(), 4);
    // What is opened a second time is not counted twice.
    drop(store);
    let store = SqliteStore::open(folder.path()).unwrap();
    assert_eq!(store.snapshot(now).await.unwrap().branches.len(), 3);
}
