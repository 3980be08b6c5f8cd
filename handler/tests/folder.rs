//! A data folder's files belong together. Whatever is wrong of one is told with its name and what to
//! do, and nothing is made or changed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use handler::case::{Case, CaseKind, Summary, SummaryState};
use handler::crypto::seal::Sealed;
use handler::crypto::secrets::Secrets;
use handler::folder::{self, Folder};
use handler::store::{Access, Cases, Keys, SqliteStore};
use jiff::SignedDuration;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use support::{noon, sent, stored};
use tempfile::TempDir;

const FILES: [&str; 3] = ["desk.sqlite", "keys.sqlite", "secrets.json"];

fn opened(folder: &Path) -> Folder {
    folder::open(folder, Access::Writes, None).unwrap()
}

/// Sends requests of these numbers, one a minute.
async fn send(folder: &Folder, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let (_, case) = sent(&folder.store, &folder.secrets, number).await;
        let sent = noon() + SignedDuration::from_mins(number.into());
        let case = Case { summary: Summary { sent, ..case.summary }, ..case };
        folder.store.create(&case, &[]).await.unwrap();
    }
}

/// A folder in which three requests are.
async fn with_requests() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    send(&opened(folder.path()), 1..4).await;
    folder
}

/// All files of a folder, with their modes.
fn files(folder: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, (mode, fs::read(&path).unwrap()))
        })
        .collect()
}

fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn execute(folder: &Path, file: &str, sql: &str) {
    Connection::open(folder.join(file)).unwrap().execute_batch(sql).unwrap();
}

/// Whoever opens it is told each of these words, and nothing in it changes.
fn refused(folder: &Path, words: &[&str]) {
    let before = files(folder);
    for access in [Access::Reads, Access::Writes] {
        let error = folder::open(folder, access, None).err();
        let error = error.unwrap_or_else(|| panic!("{access:?}: {words:?}")).to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        for word in words {
            assert!(error.contains(word), "{access:?}: {word}: {error}");
        }
        assert!(files(folder) == before, "{access:?}: {error}: something was made or changed");
    }
}

#[tokio::test]
async fn a_missing_file_is_told_with_what_is_lost_without_it_and_not_made_anew() {
    for file in FILES {
        let folder = with_requests().await;
        fs::remove_file(folder.path().join(file)).unwrap();
        let words = ["is missing", "put it back from its copy", "3 requests can't be opened"];
        refused(folder.path(), &[&words[..], &[file]].concat());
    }
    let folder = with_requests().await;
    for file in ["desk.sqlite", "keys.sqlite"] {
        fs::remove_file(folder.path().join(file)).unwrap();
    }
    refused(folder.path(), &["desk.sqlite is missing"]);
}

#[tokio::test]
async fn a_file_of_another_desk_is_told() {
    for file in FILES {
        let (folder, other) = (with_requests().await, with_requests().await);
        copy(other.path(), folder.path(), &[file]);
        refused(folder.path(), &[file, "another desk", "its copy"]);
    }
}

#[tokio::test]
async fn a_file_of_another_desk_of_an_earlier_release_is_told() {
    for file in FILES {
        let folder = stored::folder();
        copy(with_requests().await.path(), folder.path(), &[file]);
        refused(folder.path(), &["another desk"]);
    }
    // Neither database says whose it is: that nothing opens does.
    let folder = stored::folder();
    fs::remove_file(folder.path().join("secrets.json")).unwrap();
    Secrets::random().unwrap().put(folder.path()).unwrap();
    refused(folder.path(), &["don't open", "another desk"]);
    let folder = stored::folder();
    execute(folder.path(), "keys.sqlite", "UPDATE case_keys SET key = randomblob(32)");
    refused(folder.path(), &["don't open", "another desk"]);
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let empty: fn(&[u8]) -> Vec<u8> = |_| Vec::new();
    let zeroed = |bytes: &[u8]| vec![0; bytes.len()];
    let no_database = |_: &[u8]| b"no database ".repeat(1_000);
    let cut_short = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    for damage in [empty, zeroed, no_database, cut_short] {
        for file in FILES {
            let folder = with_requests().await;
            let path = folder.path().join(file);
            fs::write(&path, damage(&fs::read(&path).unwrap())).unwrap();
            refused(folder.path(), &[file, "back from"]);
        }
    }
}

#[tokio::test]
async fn a_file_that_others_may_read_is_told() {
    for mode in [0o640, 0o604, 0o620, 0o644] {
        for file in FILES {
            let folder = with_requests().await;
            let path = folder.path().join(file);
            fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            refused(folder.path(), &[file, "chmod 600", &format!("{mode:o}")]);
        }
    }
}

#[tokio::test]
async fn keys_older_than_the_requests_are_told_and_newer_ones_are_not() {
    let (folder, before) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    send(&opened(folder.path()), 1..4).await;
    copy(folder.path(), before.path(), &FILES);
    let open = opened(folder.path());
    send(&open, 4..6).await;
    // A canary of today was erased since the copy of the requests was made.
    let (_, canary) = sent(&open.store, &open.secrets, 9).await;
    let id = canary.id.compact();
    open.store.create(&Case { kind: CaseKind::Canary, ..canary }, &[]).await.unwrap();
    drop(open);
    let erased = format!("DELETE FROM case_keys WHERE id = '{id}'");
    execute(folder.path(), "keys.sqlite", &erased);
    drop(opened(folder.path()));
    // Copies of different days: the keys are newer, then the requests.
    let [newer_keys, newer_desk] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    copy(folder.path(), newer_keys.path(), &FILES);
    copy(before.path(), newer_keys.path(), &["desk.sqlite"]);
    drop(opened(newer_keys.path()));
    copy(folder.path(), newer_desk.path(), &FILES);
    copy(before.path(), newer_desk.path(), &["keys.sqlite"]);
    refused(newer_desk.path(), &["keys.sqlite", "older", "have no key", "from one back-up"]);
}

#[tokio::test]
async fn the_key_of_a_closed_request_may_be_gone_as_it_was_erased_since() {
    let folder = tempfile::tempdir().unwrap();
    let open = opened(folder.path());
    let (_, case) = sent(&open.store, &open.secrets, 1).await;
    let summary = Summary { state: SummaryState::Closed, ..case.summary.clone() };
    open.store.create(&Case { summary, ..case }, &[]).await.unwrap();
    drop(open);
    execute(folder.path(), "keys.sqlite", "DELETE FROM case_keys");
    drop(opened(folder.path()));
}

#[tokio::test]
async fn secrets_older_than_the_requests_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let open = opened(folder.path());
    let (_, case) = sent(&open.store, &open.secrets, 1).await;
    let sealed = Sealed { master: 2, ..case.sealed };
    open.store.create(&Case { sealed, ..case }, &[]).await.unwrap();
    drop(open);
    refused(folder.path(), &["secrets.json", "older", "master key 2"]);
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_told() {
    for file in ["desk.sqlite", "keys.sqlite"] {
        let folder = with_requests().await;
        execute(folder.path(), file, "PRAGMA user_version = 99");
        refused(folder.path(), &[file, "schema 99", "newer version"]);
    }
    let folder = with_requests().await;
    let secrets = folder.path().join("secrets.json");
    let newer = fs::read_to_string(&secrets).unwrap().replace("\"format\": 1", "\"format\": 99");
    // Whatever else that version has put there.
    fs::write(&secrets, newer.replace("id_key", "id_keys")).unwrap();
    refused(folder.path(), &["secrets.json", "format 99", "newer version"]);
    let folder = tempfile::tempdir().unwrap();
    let open = opened(folder.path());
    let (_, case) = sent(&open.store, &open.secrets, 1).await;
    let sealed = Sealed { format: 99, ..case.sealed };
    open.store.create(&Case { sealed, ..case }, &[]).await.unwrap();
    drop(open);
    refused(folder.path(), &["format 99", "newer version"]);
}

#[tokio::test]
async fn the_log_of_a_database_that_is_gone_is_written_into_no_new_one() {
    let (folder, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = opened(folder.path());
    send(&open, 1..4).await;
    copy(folder.path(), killed.path(), &["keys.sqlite-wal"]);
    drop(open);
    refused(killed.path(), &["keys.sqlite is missing", "move", "keys.sqlite-wal aside"]);
    copy(folder.path(), killed.path(), &["desk.sqlite", "secrets.json"]);
    refused(killed.path(), &["keys.sqlite-wal aside", "3 requests can't be opened"]);
}

#[tokio::test]
async fn secrets_are_not_made_anew_beside_what_is_left_of_erased_requests() {
    let folder = with_requests().await;
    execute(
        folder.path(),
        "desk.sqlite",
        "DELETE FROM notices; DELETE FROM cases; INSERT INTO tombstones VALUES ('1', NULL, '{}')",
    );
    execute(folder.path(), "keys.sqlite", "DELETE FROM case_keys");
    fs::remove_file(folder.path().join("secrets.json")).unwrap();
    refused(folder.path(), &["secrets.json is missing"]);
}

#[tokio::test]
async fn one_request_that_is_damaged_is_no_reason_not_to_start() {
    let folder = tempfile::tempdir().unwrap();
    send(&opened(folder.path()), 1..2).await;
    execute(folder.path(), "keys.sqlite", "UPDATE case_keys SET key = randomblob(32)");
    drop(opened(folder.path()));
}

#[tokio::test]
async fn one_request_that_was_changed_keeps_nobody_elses_from_being_served() {
    let folder = with_requests().await;
    execute(
        folder.path(),
        "desk.sqlite",
        "UPDATE cases SET body = replace(body, 'oak-harbor', 'langley')
         WHERE sent = (SELECT max(sent) FROM cases)",
    );
    drop(opened(folder.path()));
}

#[tokio::test]
async fn a_new_folder_is_made_whole_and_for_this_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let error = folder::open(folder.path(), Access::Reads, None).err().unwrap().to_string();
    assert!(error.contains("--data"), "{error}");
    assert!(files(folder.path()).is_empty(), "who reads makes nothing");
    let open = opened(folder.path());
    send(&open, 1..2).await;
    for (name, (mode, _)) in files(folder.path()) {
        assert_eq!(mode, 0o600, "{name}");
    }
    drop(open);
    let names: Vec<_> = files(folder.path()).into_keys().collect();
    assert_eq!(names, FILES);
    folder::open(folder.path(), Access::Reads, None).unwrap();
    let names: Vec<_> = files(folder.path()).into_keys().collect();
    assert_eq!(names, FILES, "who reads leaves nothing behind");
}

#[tokio::test]
async fn a_new_folder_whose_making_was_cut_off_is_finished() {
    // Keys come first, secrets last.
    for made in [&["keys.sqlite"][..], &["keys.sqlite", "desk.sqlite"]] {
        let (whole, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        drop(opened(whole.path()));
        copy(whole.path(), folder.path(), made);
        send(&opened(folder.path()), 1..2).await;
        drop(opened(folder.path()));
    }
}

#[tokio::test]
async fn a_folder_of_an_earlier_release_becomes_this_desks_once_somebody_writes() {
    let folder = stored::folder();
    let before = files(folder.path());
    let error = folder::open(folder.path(), Access::Reads, None).err().unwrap().to_string();
    assert!(error.contains("start `serve`"), "{error}");
    assert!(files(folder.path()) == before, "who reads changes nothing");
    let open = opened(folder.path());
    assert!(open.secrets == stored::secrets());
    assert_eq!(open.store.ids_after(None, 10).await.unwrap().len(), 3);
    drop(open);
    folder::open(folder.path(), Access::Reads, None).unwrap();
    // From now on a foreign file is known by what stands in it.
    let other = with_requests().await;
    copy(other.path(), folder.path(), &["keys.sqlite"]);
    refused(folder.path(), &["keys.sqlite", "another desk"]);
}

#[tokio::test]
async fn a_copy_of_an_earlier_release_fits_beside_newer_files_of_the_same_desk() {
    for file in ["desk.sqlite", "keys.sqlite"] {
        let (folder, old) = (stored::folder(), stored::folder());
        drop(opened(folder.path()));
        copy(old.path(), folder.path(), &[file]);
        drop(opened(folder.path()));
        drop(opened(folder.path()));
    }
}

#[test]
fn databases_without_their_secrets_are_opened_by_tests_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(folder.path()).unwrap());
    // They hold nothing: secrets may be made.
    drop(opened(folder.path()));
}

#[tokio::test]
async fn what_a_killed_process_left_in_its_logs_is_counted_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let killed = tempfile::tempdir().unwrap();
    let open = opened(folder.path());
    send(&open, 1..4).await;
    copy(folder.path(), killed.path(), &FILES);
    copy(folder.path(), killed.path(), &["desk.sqlite-wal", "keys.sqlite-wal"]);
    drop(open);
    let without_keys = tempfile::tempdir().unwrap();
    copy(killed.path(), without_keys.path(), &["desk.sqlite", "desk.sqlite-wal", "secrets.json"]);
    let before = files(without_keys.path());
    for access in [Access::Reads, Access::Writes] {
        let error = folder::open(without_keys.path(), access, None).err().unwrap().to_string();
        assert!(error.contains("3 requests"), "{error}");
        let mut after = files(without_keys.path());
        after.remove("desk.sqlite-shm");
        assert!(after == before, "{access:?}: something was made or changed");
    }
    let open = folder::open(killed.path(), Access::Reads, None).unwrap();
    let ids = open.store.ids_after(None, 10).await.unwrap();
    assert_eq!(ids.len(), 3);
    assert!(open.store.existing_key(ids[0]).await.unwrap().is_some());
    assert!(open.store.key(support::reference(99)).await.is_err(), "who reads makes no key");
}
