//! Keys, small records and what routing knows of the moment.

use crate::kept::{Kept, closed, later};
use crate::support::{noon, sent};
use domain::routing::MailboxHealth;
use domain::{BranchId, Reference};
use handler::store::{Created, Record, RecordKey, Replacement};
use std::sync::Arc;

fn oak_harbor() -> BranchId {
    BranchId::parse("oak-harbor").unwrap()
}

pub(crate) async fn twenty_that_ask_for_a_key_get_the_same(kept: Kept) {
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
    let needed = "2026-11-25".parse().unwrap()..="2026-11-27".parse().unwrap();
    kept.store.delete_day_keys_outside(needed).await.unwrap();
    assert!(kept.store.day_key(day).await.unwrap() != of_day, "it was deleted, never derived");
}

pub(crate) async fn a_record_is_written_with_the_case_and_expires(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let record = Record { key: RecordKey::from_stored("k"), value: "v".into(), expires: later(60) };
    kept.store.create(&case, std::slice::from_ref(&record)).await.unwrap();
    let keys = ["unknown", "k"].map(RecordKey::from_stored);
    assert_eq!(kept.store.records(&keys, later(59)).await.unwrap(), [record]);
    assert!(kept.store.records(&keys, later(60)).await.unwrap().is_empty());
    kept.store.delete_expired(later(60)).await.unwrap();
    assert!(kept.store.records(&keys, later(60)).await.unwrap().is_empty());
}

pub(crate) async fn a_hundred_and_fifty_records_are_read_at_once(kept: Kept) {
    let record = |n: usize| Record {
        key: RecordKey::from_stored(format!("k{n:03}")),
        value: n.to_string(),
        expires: later(9),
    };
    for n in 0..150 {
        kept.store.put_record(&record(n)).await.unwrap();
    }
    let keys: Vec<_> = (0..150).map(|n| record(n).key).collect();
    let read = kept.store.records(&keys, noon()).await.unwrap();
    assert_eq!(read, (0..150).map(record).collect::<Vec<_>>(), "in the order asked for");
}

pub(crate) async fn of_twenty_that_claim_a_record_one_gets_it_until_it_expires(kept: Kept) {
    let claim = |value: usize, expires| Record {
        key: RecordKey::from_stored("c"),
        value: value.to_string(),
        expires,
    };
    let claims: Vec<_> = (0..20)
        .map(|n| {
            let store = Arc::clone(&kept.store);
            let record = claim(n, later(10));
            tokio::spawn(async move { store.claim_record(&record, noon()).await.unwrap() })
        })
        .collect();
    let mut created = 0;
    for claimed in claims {
        created += usize::from(claimed.await.unwrap() == Created::Created);
    }
    assert_eq!(created, 1);
    let late = kept.store.claim_record(&claim(99, later(30)), later(10)).await.unwrap();
    assert_eq!(late, Created::Created, "an expired one counts as gone");
    kept.store.put_record(&claim(7, later(40))).await.unwrap();
    let read = kept.store.records(&[RecordKey::from_stored("c")], later(11)).await.unwrap();
    assert_eq!(read, [claim(7, later(40))]);
}

pub(crate) async fn the_load_of_each_branch_is_counted(kept: Kept) {
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
        kept.store.count_sent(&oak_harbor(), case.summary.sent).await.unwrap();
    }
    let closed = closed(&kept, Reference::from_number(3), "closed").await;
    kept.store.replace(&Replacement::of(&closed, 1)).await.unwrap();
    let load = |now| {
        let store = Arc::clone(&kept.store);
        async move {
            store.refresh_snapshot(&[oak_harbor()], now).await.unwrap();
            let now = store.snapshot(now).await.unwrap();
            let loads = now.branches.into_values();
            loads.map(|load| (load.open_requests, load.sent_this_week)).collect::<Vec<_>>()
        }
    };
    assert_eq!(load(later(60)).await, [(2, 3)]);
    assert_eq!(load(later(8 * 24 * 60)).await, [(2, 0)]);
    kept.store.health(&kept.secrets.desk_id()).await.unwrap();
}

pub(crate) async fn a_mailbox_that_mail_came_back_from_is_known_to_routing(kept: Kept) {
    let branch = oak_harbor();
    let record = Record {
        key: RecordKey::from_stored(format!("mailbox {branch}")),
        value: "unhealthy".to_owned(),
        expires: later(60),
    };
    kept.store.put_record(&record).await.unwrap();
    kept.store.refresh_snapshot(&[oak_harbor()], noon()).await.unwrap();
    let mailbox = kept.store.snapshot(noon()).await.unwrap().of(&branch).mailbox;
    assert_eq!(mailbox, MailboxHealth::Unhealthy);
    kept.store.refresh_snapshot(&[oak_harbor()], later(60)).await.unwrap();
    let mailbox = kept.store.snapshot(later(60)).await.unwrap().of(&branch).mailbox;
    assert_eq!(mailbox, MailboxHealth::Healthy);
}
