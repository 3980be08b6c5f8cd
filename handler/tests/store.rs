//! What every store does, held to one suite. Add a store by a line of `suite!` at the end.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::Reference;
use domain::request::{Actor, Event, EventId};
use handler::case::Case;
use handler::seal;
use handler::secrets::Secrets;
use handler::store::{Created, Held, MemoryStore, Record, Replaced, SqliteStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use support::{answers, noon, sent};
use tempfile::TempDir;

/// A store, and the folder that it lives in, if it does.
struct Kept {
    store: Arc<dyn Store>,
    secrets: Secrets,
    _folder: Option<TempDir>,
}

fn in_memory() -> Kept {
    Kept { store: Arc::new(MemoryStore::new()), secrets: Secrets::random().unwrap(), _folder: None }
}

fn in_sqlite() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    Kept { store, secrets: Secrets::random().unwrap(), _folder: Some(folder) }
}

fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

/// The case with an *answers changed* event.
async fn changed(kept: &Kept, case: &Case, event: &str, at: Timestamp) -> Case {
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    let mut request = seal::open(&kept.secrets, &key, case).unwrap();
    let id = EventId::parse(event).unwrap();
    let event = Event::AnswersChanged { answers: Box::new(answers()), as_of: at, decision: None };
    let notices = request.apply(id.clone(), event, Actor::Patron, at).unwrap();
    case.next(&request, &kept.secrets, &key).unwrap().with_notices(&id, notices, at)
}

async fn a_case_is_read_back_with_its_mail(kept: Kept) {
    let (request, case) = sent(&*kept.store, &kept.secrets, 1).await;
    assert_eq!(kept.store.create(&case, &[]).await.unwrap(), Created::Created);
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!(read, case);
    assert_eq!(read.outbox.len(), 2, "one mail to the branch, one to the patron");
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(seal::open(&kept.secrets, &key, &read).unwrap(), request);
    assert_eq!(kept.store.read(Reference::from_number(2)).await.unwrap(), None);
}

async fn twenty_writers_of_one_id_make_one_case_that_opens(kept: Kept) {
    let secrets = Arc::new(kept.secrets.clone());
    let writers: Vec<_> = (0..20)
        .map(|_| {
            let (store, secrets) = (Arc::clone(&kept.store), Arc::clone(&secrets));
            tokio::spawn(async move {
                let (_, case) = sent(&*store, &secrets, 1).await;
                store.create(&case, &[]).await.unwrap()
            })
        })
        .collect();
    let mut created = 0;
    for writer in writers {
        created += usize::from(writer.await.unwrap() == Created::Created);
    }
    assert_eq!(created, 1);
    let id = Reference::from_number(1);
    let case = kept.store.read(id).await.unwrap().unwrap();
    assert_eq!(case.outbox.len(), 2);
    let key = kept.store.existing_key(id).await.unwrap().unwrap();
    assert!(seal::open(&kept.secrets, &key, &case).is_ok());
}

async fn a_case_that_is_there_is_left_alone(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let record = Record { key: "k".into(), value: "v".into(), expires: later(1) };
    let again = kept.store.create(&case, &[record]).await.unwrap();
    assert_eq!(again, Created::AlreadyExists);
    assert_eq!(
        kept.store.record("k", noon()).await.unwrap(),
        None,
        "nothing was written beside it"
    );
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap(), case);
}

async fn a_replacement_adds_its_mail_to_what_waits(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let next = changed(&kept, &case, "changed", later(1)).await;
    assert_eq!(kept.store.replace(&next, case.version).await.unwrap(), Replaced::Replaced);
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!((read.version, read.outbox.len()), (2, 3));
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(seal::open(&kept.secrets, &key, &read).unwrap().history().len(), 2);
}

async fn who_read_an_old_version_changes_nothing(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let mine = changed(&kept, &case, "mine", later(1)).await;
    let theirs = changed(&kept, &case, "theirs", later(2)).await;
    kept.store.replace(&theirs, case.version).await.unwrap();
    let before = kept.store.read(case.id).await.unwrap();
    assert_eq!(kept.store.replace(&mine, case.version).await.unwrap(), Replaced::Conflict);
    assert_eq!(kept.store.read(case.id).await.unwrap(), before);
    let (_, unknown) = sent(&*kept.store, &kept.secrets, 2).await;
    assert_eq!(kept.store.replace(&unknown, 0).await.unwrap(), Replaced::Conflict);
}

async fn a_notice_that_is_leased_is_nobody_elses(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let first = kept.store.lease(noon(), later(10), 1).await.unwrap();
    let second = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].notice.id, second[0].notice.id);
    assert!(kept.store.lease(later(9), later(20), 10).await.unwrap().is_empty());
    assert_eq!(kept.store.next_ready().await.unwrap(), Some(later(10)));
}

async fn a_lease_that_ran_out_is_taken_up_by_another_and_lost(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let slow = kept.store.lease(noon(), later(10), 1).await.unwrap().remove(0);
    let all = kept.store.lease(later(10), later(20), 10).await.unwrap();
    let quick = all.into_iter().find(|leased| leased.id() == slow.id()).unwrap();
    assert_eq!(kept.store.mark_sent(&slow).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.mark_failed(&slow, later(99)).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.mark_sent(&quick).await.unwrap(), Held::Held);
    assert_eq!(kept.store.mark_sent(&quick).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap().outbox.len(), 1);
}

async fn whoever_is_alone_takes_up_what_a_stopped_process_left(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let lost = kept.store.lease(noon(), later(10), 10).await.unwrap().remove(0);
    kept.store.end_leases(later(1)).await.unwrap();
    assert_eq!(kept.store.mark_sent(&lost).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.lease(later(1), later(11), 10).await.unwrap().len(), 2);
}

async fn a_notice_that_failed_waits_for_its_next_try(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    for leased in kept.store.lease(noon(), later(10), 10).await.unwrap() {
        assert_eq!(kept.store.mark_failed(&leased, later(5)).await.unwrap(), Held::Held);
    }
    assert!(kept.store.lease(later(4), later(10), 10).await.unwrap().is_empty());
    let again = kept.store.lease(later(5), later(10), 10).await.unwrap();
    assert_eq!(again.iter().map(|leased| leased.notice.tries).collect::<Vec<_>>(), [1, 1]);
}

async fn a_change_while_mail_is_under_way_keeps_the_lease_and_the_version(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap().version, case.version);
    let next = changed(&kept, &case, "changed", later(1)).await;
    assert_eq!(kept.store.replace(&next, case.version).await.unwrap(), Replaced::Replaced);
    for leased in &leased {
        assert_eq!(kept.store.mark_sent(leased).await.unwrap(), Held::Held);
    }
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!((read.version, read.outbox.len()), (2, 1), "only the new mail is left");
}

async fn twenty_that_ask_for_a_key_get_the_same(kept: Kept) {
    let id = Reference::from_number(1);
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let store = Arc::clone(&kept.store);
            tokio::spawn(async move { store.key(id).await.unwrap() })
        })
        .collect();
    let first = kept.store.key(id).await.unwrap();
    for asker in askers {
        assert!(asker.await.unwrap() == first);
    }
    let day = "2026-11-24".parse().unwrap();
    let of_day = kept.store.day_key(day).await.unwrap();
    assert!(kept.store.day_key(day).await.unwrap() == of_day);
    kept.store.delete_day_keys_before("2026-11-25".parse().unwrap()).await.unwrap();
    assert!(kept.store.day_key(day).await.unwrap() != of_day, "it was deleted, never derived");
}

async fn a_record_is_written_with_the_case_and_expires(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let record = Record { key: "k".into(), value: "v".into(), expires: later(60) };
    kept.store.create(&case, &[record]).await.unwrap();
    assert_eq!(kept.store.record("k", later(59)).await.unwrap().as_deref(), Some("v"));
    assert_eq!(kept.store.record("k", later(60)).await.unwrap(), None);
}

async fn the_load_of_each_branch_is_counted(kept: Kept) {
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    let now = kept.store.snapshot(noon()).await.unwrap();
    let counts: Vec<_> =
        now.branches.values().map(|branch| (branch.open_requests, branch.sent_this_week)).collect();
    assert_eq!(counts, [(3, 3)]);
    let next_week = kept.store.snapshot(later(1)).await.unwrap();
    assert_eq!(next_week.branches.values().next().unwrap().sent_this_week, 0);
    kept.store.health().await.unwrap();
}

macro_rules! suite {
    ($store:ident, $open:path, [$($test:ident),+ $(,)?]) => {
        mod $store {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test($open()).await;
                }
            )+
        }
    };
}

macro_rules! all_stores {
    ($($store:ident = $open:path,)+) => {
        $(suite!($store, $open, [
            a_case_is_read_back_with_its_mail,
            twenty_writers_of_one_id_make_one_case_that_opens,
            a_case_that_is_there_is_left_alone,
            a_replacement_adds_its_mail_to_what_waits,
            who_read_an_old_version_changes_nothing,
            a_notice_that_is_leased_is_nobody_elses,
            a_lease_that_ran_out_is_taken_up_by_another_and_lost,
            whoever_is_alone_takes_up_what_a_stopped_process_left,
            a_notice_that_failed_waits_for_its_next_try,
            a_change_while_mail_is_under_way_keeps_the_lease_and_the_version,
            twenty_that_ask_for_a_key_get_the_same,
            a_record_is_written_with_the_case_and_expires,
            the_load_of_each_branch_is_counted,
        ]);)+
    };
}

all_stores! {
    memory = super::in_memory,
    sqlite = super::in_sqlite,
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
    assert!(error.contains("missing/desk.sqlite") && error.contains("writable"), "{error}");
}

#[test]
fn two_that_start_at_once_have_the_same_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let path = folder.path().to_owned();
            std::thread::spawn(move || Secrets::open(&path).unwrap())
        })
        .collect();
    let first = Secrets::open(folder.path()).unwrap();
    for start in starts {
        assert!(start.join().unwrap() == first);
    }
}
