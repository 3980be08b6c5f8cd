//! Erasure: a tombstone and counts, then no key.

use crate::kept::{Kept, count, later, tombstone};
use crate::support::{noon, sent};
use handler::case::Stored;
use handler::store::{Created, Held, Replaced, Replacement};
use std::sync::Arc;

pub(crate) async fn an_erased_case_leaves_a_tombstone_and_counts(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    let tombstone = tombstone(&case);
    let counts = [count("2026-11 requests", 1), count("2026-11 topic genealogy", 1)];
    let stale = kept.store.erase(&tombstone, 9, &counts, later(1)).await.unwrap();
    assert_eq!(stale, Replaced::Conflict);
    assert_eq!(kept.store.counts().await.unwrap(), []);
    let done = kept.store.erase(&tombstone, 1, &counts, later(1)).await.unwrap();
    assert_eq!(done, Replaced::Replaced);
    let again = kept.store.erase(&tombstone, 1, &counts, later(1)).await.unwrap();
    assert_eq!(again, Replaced::Conflict, "counted once");
    assert_eq!(kept.store.counts().await.unwrap(), counts);
    assert_eq!(kept.store.find(case.id).await.unwrap(), Some(Stored::Erased(tombstone.clone())));
    assert_eq!(kept.store.read(case.id).await.unwrap(), None);
    assert_eq!(kept.store.create(&case, &[]).await.unwrap(), Created::AlreadyExists);
    assert_eq!(kept.store.replace(&Replacement::of(&case, 1)).await.unwrap(), Replaced::Conflict);
    assert_eq!(kept.store.mark_sent(&leased[0]).await.unwrap(), Held::Lost);
    assert!(kept.store.lease(later(99), later(100), 10).await.unwrap().is_empty());
    assert_eq!(kept.store.woken(later(1), 10).await.unwrap(), [case.id], "its key is there still");
    kept.store.forget_keys(&[case.id]).await.unwrap();
    assert!(kept.store.existing_key(case.id).await.unwrap().is_none());
    assert_eq!(kept.store.woken(later(9_999), 10).await.unwrap(), []);
}

pub(crate) async fn the_key_of_a_case_that_is_there_is_never_forgotten(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    kept.store.forget_keys(&[case.id]).await.unwrap();
    assert!(kept.store.existing_key(case.id).await.unwrap().is_some());
}

pub(crate) async fn of_two_that_erase_a_case_at_once_one_counts(kept: Kept) {
    let mut cases = Vec::new();
    for number in 1..=4 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
        cases.push(case);
    }
    let twice = cases.iter().chain(&cases);
    let erasers: Vec<_> = twice
        .map(|case| {
            let (store, tombstone) = (Arc::clone(&kept.store), tombstone(case));
            let counts = [count("all", 1)];
            tokio::spawn(
                async move { store.erase(&tombstone, 1, &counts, later(1)).await.unwrap() },
            )
        })
        .collect();
    let mut erased = 0;
    for eraser in erasers {
        erased += usize::from(eraser.await.unwrap() == Replaced::Replaced);
    }
    assert_eq!((erased, kept.store.counts().await.unwrap()), (4, vec![count("all", 4)]));
}
