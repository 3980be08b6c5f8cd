//! Cases: written once, replaced by who read the last version, woken in time.

use crate::kept::{Kept, changed, count, later, tombstone};
use crate::support::{event_id, noon, sent, staff};
use domain::Reference;
use domain::request::{Audience, Event, Matter, MessageText, Notice};
use handler::case::body;
use handler::case::{Case, Stored};
use handler::crypto::seal::Sealed;
use handler::store::{
    Cases, Created, Keys, Ledger, MemoryStore, Record, RecordKey, Replaced, Replacement,
};
use std::sync::Arc;

pub(crate) async fn a_case_is_read_back_with_its_mail(kept: Kept) {
    let (request, case) = sent(&*kept.store, &kept.secrets, 1).await;
    assert_eq!(kept.store.create(&case, &[]).await.unwrap(), Created::Created);
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!(read, case);
    assert_eq!(read.outbox.len(), 2, "one mail to the branch, one to the patron");
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(body::open(&kept.secrets, &key, &read).unwrap(), request);
    assert_eq!(kept.store.read(Reference::from_number(2)).await.unwrap(), None);
}

pub(crate) async fn twenty_writers_of_one_id_make_one_case_that_opens(kept: Kept) {
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
    assert!(body::open(&kept.secrets, &key, &case).is_ok());
}

pub(crate) async fn a_case_that_is_there_is_left_alone(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let record = Record { key: RecordKey::from_stored("k"), value: "v".into(), expires: later(1) };
    let again = kept.store.create(&case, &[record]).await.unwrap();
    assert_eq!(again, Created::AlreadyExists);
    let beside = kept.store.records(&[RecordKey::from_stored("k")], noon()).await.unwrap();
    assert!(beside.is_empty(), "nothing was written beside it");
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap(), case);
}

pub(crate) async fn a_replacement_adds_its_mail_to_what_waits(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let next = changed(&kept, &case, "changed", later(1)).await;
    assert_eq!(
        kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap(),
        Replaced::Replaced
    );
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!((read.version, read.outbox.len()), (2, 3));
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    assert_eq!(body::open(&kept.secrets, &key, &read).unwrap().history().len(), 2);
}

pub(crate) async fn who_read_an_old_version_changes_nothing(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let mine = changed(&kept, &case, "mine", later(1)).await;
    let theirs = changed(&kept, &case, "theirs", later(2)).await;
    kept.store.replace(&Replacement::of(&theirs, case.version)).await.unwrap();
    let before = kept.store.read(case.id).await.unwrap();
    assert_eq!(
        kept.store.replace(&Replacement::of(&mine, case.version)).await.unwrap(),
        Replaced::Conflict
    );
    assert_eq!(kept.store.read(case.id).await.unwrap(), before);
    let (_, unknown) = sent(&*kept.store, &kept.secrets, 2).await;
    assert_eq!(
        kept.store.replace(&Replacement::of(&unknown, 0)).await.unwrap(),
        Replaced::Conflict
    );
}

pub(crate) async fn a_case_wakes_when_told_and_never_late(kept: Kept) {
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        let case = case.waking(later(i64::from(10 * number)));
        let quiet = Case { outbox: Vec::new(), ..case };
        kept.store.create(&quiet, &[]).await.unwrap();
    }
    let [one, two, three] = [1, 2, 3].map(Reference::from_number);
    assert_eq!(kept.store.woken(later(9), 10).await.unwrap(), []);
    assert_eq!(kept.store.woken(later(20), 10).await.unwrap(), [one, two]);
    assert_eq!(kept.store.woken(later(30), 2).await.unwrap(), [one, two], "the earliest first");
    let put_off = kept.store.wake_at(one, 1, later(40)).await.unwrap();
    assert_eq!(put_off, Replaced::Replaced);
    assert_eq!(kept.store.read(one).await.unwrap().unwrap().wake, later(40));
    assert_eq!(kept.store.woken(later(30), 10).await.unwrap(), [two, three]);
    let old = kept.store.wake_at(two, 9, later(99)).await.unwrap();
    assert_eq!(old, Replaced::Conflict, "somebody wrote since it was read");
    assert_eq!(kept.store.woken(later(20), 10).await.unwrap(), [two]);
}

fn words() -> Event {
    Event::Noted { text: MessageText::parse("a note").unwrap() }
}

pub(crate) async fn a_case_as_large_as_it_may_get_is_kept(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let sealed = Sealed { format: body::FORMAT, master: 1, bytes: vec![7; 250 * 1024] };
    let event = event_id("many");
    let notice = Notice { to: Audience::Patron, what: Matter::Received };
    let case = Case { sealed, ..case }.with_notices(&event, vec![notice; 100], noon());
    assert_eq!(kept.store.create(&case, &[]).await.unwrap(), Created::Created);
    let mut read = kept.store.read(case.id).await.unwrap().unwrap();
    assert!(!read.takes(&words(), &staff()) && read.outbox.len() == 102);
    read.outbox.sort_by(|a, b| a.id.cmp(&b.id));
    let mut case = case;
    case.outbox.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(read, case);
}

pub(crate) async fn what_one_store_exports_another_takes_in(kept: Kept) {
    let other = MemoryStore::new();
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    let first = kept.store.read(Reference::from_number(1)).await.unwrap().unwrap();
    kept.store.erase(&tombstone(&first), 1, &[count("all", 1)], later(1)).await.unwrap();
    kept.store.forget_keys(&[first.id]).await.unwrap();
    let mut ids = Vec::new();
    while let Some(id) = kept.store.ids_after(ids.last().copied(), 1).await.unwrap().pop() {
        ids.push(id);
    }
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3].map(Reference::from_number), "erased ones, too; counts are no cases");
    for id in ids {
        let stored = kept.store.find(id).await.unwrap().unwrap();
        let key = kept.store.existing_key(id).await.unwrap();
        assert_eq!(other.import(&stored, key.as_ref()).await.unwrap(), Created::Created);
        let again = kept.store.import(&stored, None).await.unwrap();
        assert_eq!(again, Created::AlreadyExists);
        assert_eq!(other.find(id).await.unwrap().unwrap(), stored);
        assert!(other.existing_key(id).await.unwrap() == key);
    }
    for count in kept.store.counts().await.unwrap() {
        other.import_count(&count).await.unwrap();
    }
    assert_eq!(other.counts().await.unwrap(), [count("all", 1)]);
}

pub(crate) async fn what_another_store_exported_is_taken_in(kept: Kept) {
    let other = MemoryStore::new();
    let (request, case) = sent(&other, &kept.secrets, 1).await;
    let key = other.key(case.id).await.unwrap();
    let case = Stored::Case(Box::new(case.waking(later(77))));
    assert_eq!(kept.store.import(&case, Some(&key)).await.unwrap(), Created::Created);
    assert_eq!(kept.store.find(request.id()).await.unwrap(), Some(case));
    assert!(kept.store.existing_key(request.id()).await.unwrap() == Some(key));
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!(leased.len(), 2, "its mail is still to be sent");
    kept.store.import_count(&count("all", 7)).await.unwrap();
    kept.store.import_count(&count("all", 8)).await.unwrap();
    assert_eq!(kept.store.counts().await.unwrap(), [count("all", 8)]);
}

pub(crate) async fn cases_that_fill_more_than_a_page_are_all_found(kept: Kept) {
    // DynamoDB reads at most 1 MB at once: these are twice as much.
    let numbers = 1..=20;
    for number in numbers.clone() {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        let sealed = Sealed { format: body::FORMAT, master: 1, bytes: vec![7; 100 * 1024] };
        kept.store.create(&Case { sealed, ..case }, &[]).await.unwrap();
    }
    let all: Vec<_> = numbers.map(Reference::from_number).collect();
    let sorted = |mut ids: Vec<Reference>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(sorted(kept.store.ids_after(None, 100).await.unwrap()), all);
    assert_eq!(sorted(kept.store.woken(later(1), 100).await.unwrap()), all);
    let mut mailed: Vec<_> = Vec::new();
    for leased in kept.store.lease(later(1), later(9), 1_000).await.unwrap() {
        mailed.push(leased.case);
    }
    mailed.dedup();
    assert_eq!(sorted(mailed), all);
    kept.store.refresh_snapshot(&[], later(1)).await.unwrap();
    let load = kept.store.snapshot(later(1)).await.unwrap();
    assert_eq!(load.branches.values().next().unwrap().open_requests, 20);
}
