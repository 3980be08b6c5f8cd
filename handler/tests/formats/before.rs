//! What the release before wrote: all of it is read, and written back.

#[cfg(feature = "aws")]
use crate::desk::emulators;
#[cfg(feature = "aws")]
use crate::desk::stored::stored;
use crate::desk::stored::{folder_of, secrets_of};
use handler::case::body::{self, Beside};
use handler::case::{Case, Stored, Summary};
use handler::crypto::secrets::{SecretKey, Secrets};
use handler::folder;
use handler::store::{Access, Count, Created, MemoryStore, RecordKey, Records, SqliteStore, Store};
use rusqlite::Connection;

/// All that is stored, with its key.
async fn all(store: &dyn Store) -> Vec<(Stored, Option<SecretKey>)> {
    let mut all = Vec::new();
    for id in store.ids_after(None, 1_000).await.unwrap() {
        let stored = store.find(id).await.unwrap().unwrap();
        all.push((stored, store.existing_key(id).await.unwrap()));
    }
    all.sort_by_key(|(stored, _)| stored.id());
    all
}

/// Opens a body, seals what is in it again, and opens that.
fn is_sealed_again(secrets: &Secrets, key: &SecretKey, case: &Case) {
    let request = body::open(secrets, key, case).unwrap();
    let json = serde_json::to_vec(&request).unwrap();
    assert!(serde_json::from_slice::<domain::Request>(&json).unwrap() == request, "{}", case.id);
    let beside = Beside {
        kind: case.kind,
        nonce_hash: case.nonce_hash,
        links: case.links,
        branch: case.summary.branch.clone(),
        state: case.summary.state,
    };
    let sealed = body::seal(secrets, key, &request, case.version, &beside).unwrap();
    let again = Case { sealed, ..case.clone() };
    assert!(body::open(secrets, key, &again).unwrap() == request, "{}", case.id);
    // What is sealed anew says of itself what stood there before.
    let next = case.next(&request, secrets, key).unwrap();
    let summary = Summary { phase: None, call_task: None, ..next.summary };
    assert_eq!(summary, case.summary, "{}", case.id);
    assert_eq!((next.links, next.nonce_hash), (case.links, case.nonce_hash));
}

/// Reads everything in a store, writes it into another one of each kind, and reads it again.
async fn is_read_and_written_back(store: &dyn Store, secrets: &Secrets) {
    let all_of_it = all(store).await;
    let cases = all_of_it.iter().filter(|(stored, _)| matches!(stored, Stored::Case(_)));
    assert_eq!((cases.count(), all_of_it.len()), (6, 19));
    let counts = store.counts().await.unwrap();
    assert_eq!(counts.len(), 7);
    for (stored, key) in &all_of_it {
        if let Stored::Case(case) = stored {
            is_sealed_again(secrets, key.as_ref().unwrap(), case);
        }
        let json = serde_json::to_string(stored).unwrap();
        assert!(serde_json::from_str::<Stored>(&json).unwrap() == *stored, "{}", stored.id());
    }
    let folder = tempfile::tempdir().unwrap();
    let in_sqlite = SqliteStore::open(folder.path()).unwrap();
    let in_memory = MemoryStore::new();
    for other in [&in_sqlite as &dyn Store, &in_memory] {
        for (stored, key) in &all_of_it {
            let created = other.import(stored, key.as_ref()).await.unwrap();
            assert_eq!(created, Created::Created, "{}", stored.id());
        }
        for count in &counts {
            other.import_count(count).await.unwrap();
        }
        assert!(all(other).await == all_of_it, "what was written back is read as it was");
        let again: Vec<Count> = other.counts().await.unwrap();
        assert_eq!(again, counts);
    }
}

#[tokio::test]
async fn a_folder_of_the_release_before_is_read_and_written_back() {
    let folder = folder_of("v1/sqlite");
    let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
    is_read_and_written_back(&opened.store, &opened.secrets).await;
}

#[tokio::test]
async fn small_records_of_the_release_before_are_read_and_written_back() {
    let folder = folder_of("v1/sqlite");
    let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
    let desk = Connection::open(folder.path().join("desk.sqlite")).unwrap();
    let mut rows = desk.prepare("SELECT key, value FROM records ORDER BY key").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 16);
    let keys: Vec<_> = rows.iter().map(|(key, _)| RecordKey::from_stored(key)).collect();
    // Before any of them ended.
    let then = "2026-11-17T00:00:00Z".parse().unwrap();
    let read = opened.store.records(&keys, then).await.unwrap();
    let values = |records: &[handler::store::Record]| {
        let pairs = records.iter().map(|it| (it.key.as_str().to_owned(), it.value.clone()));
        pairs.collect::<Vec<_>>()
    };
    let counting: Vec<_> =
        rows.into_iter().filter(|(key, _)| read.iter().any(|it| it.key.as_str() == key)).collect();
    assert_eq!(values(&read), counting);
    let other = MemoryStore::new();
    for record in &read {
        other.put_record(record).await.unwrap();
    }
    assert_eq!(other.records(&keys, then).await.unwrap(), read);
}

#[test]
fn keys_of_the_release_before_are_read_and_written_back() {
    for name in ["v1/sqlite", "v1/dynamodb"] {
        let (secrets, folder) = (secrets_of(name), tempfile::tempdir().unwrap());
        secrets.put(folder.path()).unwrap();
        assert!(Secrets::there(folder.path()).unwrap() == Some(secrets));
    }
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn tables_of_the_release_before_are_read_and_written_back() {
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store = emulators::store_in(&emulator).await;
        emulators::fill(&emulator, &stored("v1/dynamodb/tables.json")).await;
        is_read_and_written_back(&store, &secrets_of("v1/dynamodb")).await;
    }
}
