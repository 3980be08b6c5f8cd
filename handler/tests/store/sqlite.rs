//! What only SQLite promises: its files.

use crate::kept::later;
use crate::support::{noon, sent};
use handler::seal;
use handler::secrets::Secrets;
use handler::store::{Held, SqliteStore, Store};

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
    assert_eq!(seal::open(&secrets, &key, &read).unwrap(), request);
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
