//! Mail that waits: taken up by one, given back, sent once.

use crate::kept::{Kept, changed, later};
use crate::support::{noon, sent};
use domain::Reference;
use domain::request::Audience;
use handler::case::{PendingNotice, Tombstone};
use handler::store::{Held, Replaced, Replacement};
use std::sync::Arc;

pub(crate) async fn a_notice_that_is_leased_is_nobody_elses(kept: Kept) {
    for number in 1..=2 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    let first = kept.store.lease(noon(), later(10), 1).await.unwrap();
    let second = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!((first.len(), second.len()), (2, 2), "all mail of a case together");
    assert_ne!(first[0].case, second[0].case);
    assert!(kept.store.lease(later(9), later(20), 10).await.unwrap().is_empty());
    assert_eq!(kept.store.lease_of(first[0].case, later(9), later(20)).await.unwrap(), []);
    let ready = kept.store.next_ready().await.unwrap().unwrap();
    assert!(ready <= later(10), "never too late");
}

pub(crate) async fn the_mail_of_one_case_is_taken_up_alone(kept: Kept) {
    for number in 1..=2 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    let id = Reference::from_number(2);
    let leased = kept.store.lease_of(id, noon(), later(10)).await.unwrap();
    assert_eq!(leased.iter().map(|leased| leased.case).collect::<Vec<_>>(), [id, id]);
    assert_eq!(kept.store.lease(noon(), later(10), 10).await.unwrap().len(), 2);
    let unknown = Reference::from_number(3);
    assert!(kept.store.lease_of(unknown, noon(), later(10)).await.unwrap().is_empty());
}

pub(crate) async fn of_twenty_that_take_up_the_same_mail_one_gets_it(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let takers: Vec<_> = (0..20)
        .map(|_| {
            let (store, id) = (Arc::clone(&kept.store), case.id);
            tokio::spawn(async move { store.lease_of(id, noon(), later(10)).await.unwrap().len() })
        })
        .collect();
    let mut taken = 0;
    for taker in takers {
        taken += taker.await.unwrap();
    }
    assert_eq!(taken, 2);
}

pub(crate) async fn a_lease_that_ran_out_is_taken_up_by_another_and_lost(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let slow = kept.store.lease(noon(), later(10), 10).await.unwrap().remove(0);
    let all = kept.store.lease(later(10), later(20), 10).await.unwrap();
    let quick = all.into_iter().find(|leased| leased.id() == slow.id()).unwrap();
    assert_eq!(kept.store.mark_sent(&slow).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.mark_failed(&slow, later(99)).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.mark_sent(&quick).await.unwrap(), Held::Held);
    assert_eq!(kept.store.mark_sent(&quick).await.unwrap(), Held::Lost);
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap().outbox.len(), 1);
}

pub(crate) async fn a_notice_that_failed_waits_for_its_next_try(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    for leased in kept.store.lease(noon(), later(10), 10).await.unwrap() {
        assert_eq!(kept.store.mark_failed(&leased, later(5)).await.unwrap(), Held::Held);
    }
    assert!(kept.store.lease(later(4), later(10), 10).await.unwrap().is_empty());
    let again = kept.store.lease(later(5), later(10), 10).await.unwrap();
    assert_eq!(again.iter().map(|leased| leased.notice.tries).collect::<Vec<_>>(), [1, 1]);
}

pub(crate) async fn a_change_while_mail_is_under_way_keeps_the_lease_and_the_version(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!(kept.store.read(case.id).await.unwrap().unwrap().version, case.version);
    let next = changed(&kept, &case, "changed", later(1)).await;
    assert_eq!(
        kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap(),
        Replaced::Replaced
    );
    for leased in &leased {
        assert_eq!(kept.store.mark_sent(leased).await.unwrap(), Held::Held);
    }
    let read = kept.store.read(case.id).await.unwrap().unwrap();
    assert_eq!((read.version, read.outbox.len()), (2, 1), "only the new mail is left");
}

pub(crate) async fn what_was_tried_least_is_taken_up_first_then_what_was_ready_first(kept: Kept) {
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    // The first was tried in vain and is ready again; the second is ready since, the third before.
    let id = Reference::from_number;
    for leased in kept.store.lease_of(id(1), noon(), later(10)).await.unwrap() {
        kept.store.mark_failed(&leased, later(1)).await.unwrap();
    }
    for (number, ready) in [(2, 5), (3, 4)] {
        for leased in kept.store.lease_of(id(number), noon(), later(10)).await.unwrap() {
            kept.store.release(&leased, later(ready)).await.unwrap();
        }
    }
    let mut order = Vec::new();
    for _ in 0..3 {
        let leased = kept.store.lease(later(9), later(20), 1).await.unwrap();
        assert_eq!(leased.len(), 2, "all mail of a case together");
        order.push(leased[0].case);
    }
    assert_eq!(order, [id(3), id(2), id(1)]);
    assert!(kept.store.lease(later(9), later(20), 1).await.unwrap().is_empty());
}

pub(crate) async fn a_notice_that_is_given_back_untried_is_ready_again_and_that_is_no_try(
    kept: Kept,
) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    for leased in &leased {
        assert_eq!(kept.store.release(leased, later(1)).await.unwrap(), Held::Held);
        assert_eq!(kept.store.release(leased, later(1)).await.unwrap(), Held::Lost);
        assert_eq!(kept.store.mark_sent(leased).await.unwrap(), Held::Lost);
    }
    assert!(kept.store.next_ready().await.unwrap().unwrap() <= later(1), "never too late");
    assert!(kept.store.lease(noon(), later(10), 10).await.unwrap().is_empty());
    let again = kept.store.lease(later(1), later(10), 10).await.unwrap();
    assert_eq!(again.iter().map(|leased| leased.notice.tries).collect::<Vec<_>>(), [0, 0]);
}

pub(crate) async fn a_notice_that_came_back_waits_again_once_and_until_it_is_ready(kept: Kept) {
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    for leased in &leased {
        kept.store.mark_sent(leased).await.unwrap();
    }
    let pending = &case.outbox[0];
    let back = PendingNotice { tries: 3, ready: later(5), ..pending.clone() };
    assert_eq!(kept.store.put_back(case.id, &back).await.unwrap(), Held::Held);
    assert_eq!(kept.store.put_back(case.id, &back).await.unwrap(), Held::Lost, "it waits already");
    let waiting = kept.store.read(case.id).await.unwrap().unwrap().outbox;
    assert_eq!(waiting, std::slice::from_ref(&back));
    assert!(kept.store.next_ready().await.unwrap().unwrap() <= later(5), "never too late");
    assert!(kept.store.lease(later(4), later(10), 10).await.unwrap().is_empty());
    let again = kept.store.lease(later(5), later(10), 10).await.unwrap();
    assert_eq!((again.len(), again[0].id(), again[0].notice.tries), (1, &back.id, 3));
    let version = kept.store.read(case.id).await.unwrap().unwrap().version;
    assert_eq!(version, case.version, "who changes answers meanwhile isn't in its way");
    let erased = Tombstone {
        id: case.id,
        nonce_hash: case.nonce_hash,
        series: "Requests".to_owned(),
        erased_on: "2026-12-24".parse().unwrap(),
        answered_by: None,
    };
    kept.store.erase(&erased, case.version, &[], later(6)).await.unwrap();
    assert_eq!(kept.store.put_back(case.id, &back).await.unwrap(), Held::Lost);
    assert!(kept.store.lease(later(99), later(199), 10).await.unwrap().is_empty());
}

pub(crate) async fn what_waits_can_be_looked_at_and_stays_as_it_is(kept: Kept) {
    assert!(kept.store.waiting(noon(), 10).await.unwrap().is_empty());
    for number in 1..=3 {
        let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
        kept.store.create(&case, &[]).await.unwrap();
    }
    let waiting = kept.store.waiting(noon(), 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].since), (6, noon()));
    assert_eq!(kept.store.waiting(noon(), 4).await.unwrap().len(), 4);
    let leased = kept.store.lease(noon(), later(10), 10).await.unwrap();
    assert_eq!(leased.len(), 6, "nobody has it");
    assert_eq!(kept.store.waiting(noon(), 10).await.unwrap().len(), 6, "it waits until it is sent");
    for leased in &leased[..] {
        kept.store.release(leased, later(20 * 60)).await.unwrap();
    }
    let waiting = kept.store.waiting(noon(), 10).await.unwrap();
    assert_eq!(waiting.len(), 3, "what waits for the morning is looked after by nobody");
    assert!(waiting.iter().all(|notice| notice.notice.to != Audience::Patron), "staff's never is");
    assert_eq!(kept.store.waiting(later(20 * 60), 10).await.unwrap().len(), 6);
    for leased in kept.store.lease(later(20 * 60), later(21 * 60), 10).await.unwrap() {
        kept.store.mark_sent(&leased).await.unwrap();
    }
    assert_eq!(kept.store.waiting(noon(), 10).await.unwrap().len(), 0);
}
