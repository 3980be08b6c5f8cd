//! What a write of a case changes along with it, on every store: all of it, or nothing.

use crate::kept::{Kept, changed, later};
use crate::support::{noon, sent};
use handler::case::{Case, NoticeId};
use handler::store::{Record, RecordKey, Replaced, Replacement, Swap};
use std::sync::Arc;

/// A case that is stored, and its next version.
async fn stored(kept: &Kept, number: u32) -> (Case, Case) {
    let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
    kept.store.create(&case, &[]).await.unwrap();
    let next = changed(kept, &case, "changed", later(1)).await;
    (case, next)
}

fn waiting(case: &Case) -> Vec<NoticeId> {
    case.outbox.iter().map(|pending| pending.id.clone()).collect()
}

async fn waiting_now(kept: &Kept, case: &Case) -> Vec<NoticeId> {
    waiting(&kept.store.read(case.id).await.unwrap().unwrap())
}

pub(crate) async fn a_notice_that_was_never_tried_is_taken_back_with_the_write(kept: Kept) {
    let (case, next) = stored(&kept, 1).await;
    let [first, second] = &waiting(&case)[..] else { panic!("two notices wait") };
    let taken_back = Replacement { withdrawn: vec![first.clone()], ..Replacement::of(&next, 1) };
    assert_eq!(kept.store.replace(&taken_back).await.unwrap(), Replaced::Replaced);
    let mut left = vec![second.clone()];
    left.extend(waiting(&next));
    left.sort();
    let mut now = waiting_now(&kept, &case).await;
    now.sort();
    assert_eq!(now, left);
    let again = Case { version: 3, outbox: Vec::new(), ..next };
    let again = Replacement { withdrawn: vec![first.clone()], ..Replacement::of(&again, 2) };
    assert_eq!(kept.store.replace(&again).await.unwrap(), Replaced::Conflict, "it is gone");
}

pub(crate) async fn nothing_is_written_if_one_of_the_notices_has_left(kept: Kept) {
    // In somebody's hands, tried once, sent.
    for (number, what) in [(1, "leased"), (2, "failed"), (3, "sent")] {
        let (case, next) = stored(&kept, number).await;
        let leased = kept.store.lease_of(case.id, noon(), later(1)).await.unwrap();
        assert_eq!(leased.len(), 2);
        match what {
            "leased" => {}
            "failed" => {
                kept.store.mark_failed(&leased[0], later(5)).await.unwrap();
                kept.store.release(&leased[1], later(5)).await.unwrap();
            }
            _ => {
                kept.store.mark_sent(&leased[0]).await.unwrap();
                kept.store.release(&leased[1], later(5)).await.unwrap();
            }
        }
        let before = kept.store.read(case.id).await.unwrap().unwrap();
        let withdrawn = leased.iter().map(|leased| leased.id().clone()).collect();
        let write = Replacement { withdrawn, ..Replacement::of(&next, 1) };
        assert_eq!(kept.store.replace(&write).await.unwrap(), Replaced::Conflict, "{what}");
        assert_eq!(kept.store.read(case.id).await.unwrap().unwrap(), before, "{what}");
    }
}

pub(crate) async fn a_notice_that_was_given_back_untried_can_be_taken_back(kept: Kept) {
    let (case, next) = stored(&kept, 1).await;
    for leased in kept.store.lease_of(case.id, noon(), later(1)).await.unwrap() {
        kept.store.release(&leased, later(5)).await.unwrap();
    }
    let write = Replacement { withdrawn: waiting(&case), ..Replacement::of(&next, 1) };
    assert_eq!(kept.store.replace(&write).await.unwrap(), Replaced::Replaced);
    assert_eq!(waiting_now(&kept, &case).await, waiting(&next));
}

pub(crate) async fn mail_that_can_still_be_taken_back_is_in_nobodys_hands_before_its_time(
    kept: Kept,
) {
    let (case, mut next) = stored(&kept, 1).await;
    for leased in kept.store.lease_of(case.id, noon(), later(1)).await.unwrap() {
        kept.store.mark_sent(&leased).await.unwrap();
    }
    for pending in &mut next.outbox {
        pending.ready = later(3);
    }
    let replacement = Replacement { rings: false, ..Replacement::of(&next, 1) };
    kept.store.replace(&replacement).await.unwrap();
    assert_eq!(kept.store.lease(later(2), later(4), 9).await.unwrap(), []);
    let leased = kept.store.lease(later(3), later(4), 9).await.unwrap();
    assert_eq!(leased.len(), next.outbox.len());
    assert!(!leased.is_empty());
}

pub(crate) async fn an_earlier_time_to_wake_is_not_lost_over_mail_that_waits(kept: Kept) {
    let (case, mut next) = stored(&kept, 1).await;
    for leased in kept.store.lease_of(case.id, noon(), later(1)).await.unwrap() {
        kept.store.mark_failed(&leased, later(2)).await.unwrap();
    }
    next = next.waking(later(3));
    for pending in &mut next.outbox {
        pending.ready = later(9);
    }
    let replacement = Replacement { rings: false, ..Replacement::of(&next, 1) };
    kept.store.replace(&replacement).await.unwrap();
    let leased = kept.store.lease(later(2), later(4), 9).await.unwrap();
    assert_eq!(leased.len(), 2, "what failed before is tried at its own time");
    assert_eq!(kept.store.woken(later(3), 9).await.unwrap(), [case.id]);
}

fn record(value: &str) -> Record {
    let key = RecordKey::from_stored("held langley JD");
    Record { key, value: value.to_owned(), expires: later(60) }
}

fn swap(was: Option<&str>, value: &str, minutes: i64) -> Swap {
    Swap { record: record(value), was: was.map(str::to_owned), now: later(minutes) }
}

async fn kept_value(kept: &Kept, minutes: i64) -> Option<String> {
    let found = kept.store.records(&[record("").key], later(minutes)).await.unwrap();
    found.into_iter().next().map(|record| record.value)
}

pub(crate) async fn a_record_changes_with_the_case_if_it_is_as_it_was_read(kept: Kept) {
    let (case, next) = stored(&kept, 1).await;
    let with = |case: &Case, version, swap| Replacement {
        swaps: vec![swap],
        ..Replacement::of(case, version)
    };
    let wrong = with(&next, 1, swap(Some("0"), "1", 1));
    assert_eq!(kept.store.replace(&wrong).await.unwrap(), Replaced::Conflict);
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap().version, 1, "nothing changed");
    let first = with(&next, 1, swap(None, "1", 1));
    assert_eq!(kept.store.replace(&first).await.unwrap(), Replaced::Replaced);
    assert_eq!(kept_value(&kept, 1).await.as_deref(), Some("1"));

    let third = Case { version: 3, outbox: Vec::new(), ..next };
    let stale = with(&third, 2, swap(None, "2", 1));
    assert_eq!(kept.store.replace(&stale).await.unwrap(), Replaced::Conflict, "there is one");
    let old = with(&third, 1, swap(Some("1"), "2", 1));
    assert_eq!(kept.store.replace(&old).await.unwrap(), Replaced::Conflict, "an old version");
    assert_eq!(kept_value(&kept, 1).await.as_deref(), Some("1"), "and the record stays");
    let second = with(&third, 2, swap(Some("1"), "2", 1));
    assert_eq!(kept.store.replace(&second).await.unwrap(), Replaced::Replaced);
    assert_eq!(kept_value(&kept, 1).await.as_deref(), Some("2"));
}

pub(crate) async fn a_record_that_has_ended_is_none_though_it_still_stands(kept: Kept) {
    let (_, next) = stored(&kept, 1).await;
    kept.store.put_record(&record("ended")).await.unwrap();
    let ended =
        |was| Replacement { swaps: vec![swap(was, "new", 61)], ..Replacement::of(&next, 1) };
    assert_eq!(kept.store.replace(&ended(Some("ended"))).await.unwrap(), Replaced::Conflict);
    assert_eq!(kept.store.replace(&ended(None)).await.unwrap(), Replaced::Replaced);
}

pub(crate) async fn of_twenty_requests_that_want_the_same_time_one_gets_it(kept: Kept) {
    let mut cases = Vec::new();
    for number in 1..=20 {
        cases.push(stored(&kept, number).await.1);
    }
    let writers: Vec<_> = cases
        .into_iter()
        .map(|next| {
            let store = Arc::clone(&kept.store);
            tokio::spawn(async move {
                let swaps = vec![swap(None, &next.id.compact(), 1)];
                let write = Replacement { swaps, ..Replacement::of(&next, 1) };
                (next.id, store.replace(&write).await.unwrap())
            })
        })
        .collect();
    let mut got = Vec::new();
    for writer in writers {
        let (id, replaced) = writer.await.unwrap();
        if replaced == Replaced::Replaced {
            got.push(id.compact());
        }
    }
    assert_eq!(got.len(), 1);
    assert_eq!(kept_value(&kept, 1).await, got.pop());
}
