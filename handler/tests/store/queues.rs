//! Queues, and the cases of a contact, on every store.

use crate::kept::{Kept, closed, later, tombstone};
use crate::support::{noon, reference, sent};
use domain::routing::Destination;
use domain::{BranchId, Email, Phone, Reference};
use handler::case::{Case, CaseKind};
use handler::crypto::contact_hash::ContactHash;
use handler::store::{QueuePlace, Replaced, Replacement};

fn branch(id: &str) -> Destination {
    Destination::Branch(BranchId::parse(id).unwrap())
}

/// Stores a request that somebody has until a deadline.
async fn stored(kept: &Kept, number: u32, holder: Option<&str>, due: i64) -> Case {
    let (_, mut case) = sent(&*kept.store, &kept.secrets, number).await;
    case.summary.branch = holder.map(|id| BranchId::parse(id).unwrap());
    case.summary.due = later(due);
    kept.store.create(&case, &[]).await.unwrap();
    case
}

/// The numbers of a queue, read in pages.
async fn numbers(kept: &Kept, of: &Destination, limit: usize) -> Vec<Reference> {
    let mut numbers = Vec::new();
    let mut after: Option<QueuePlace> = None;
    loop {
        let page = kept.store.queue(of, after.as_ref(), limit).await.unwrap();
        assert!(page.entries.len() <= limit, "a page holds what was asked for at most");
        numbers.extend(page.entries.into_iter().map(|entry| entry.id));
        match page.next {
            Some(next) => after = Some(next),
            None => return numbers,
        }
    }
}

pub(crate) async fn open_requests_stand_in_the_queue_of_whoever_has_them_by_their_deadlines(
    kept: Kept,
) {
    for (number, due) in [(1, 50), (2, 10), (3, 30), (4, 10), (5, 20)] {
        stored(&kept, number, Some("langley"), due).await;
    }
    stored(&kept, 6, None, 5).await;
    stored(&kept, 7, Some("oak-harbor"), 5).await;
    let in_order = [2, 4, 5, 3, 1].map(reference);
    for limit in [1, 2, 3, 5, 50] {
        assert_eq!(numbers(&kept, &branch("langley"), limit).await, in_order, "{limit} a page");
    }
    assert_eq!(numbers(&kept, &Destination::Coordinator, 9).await, [reference(6)]);
    assert_eq!(numbers(&kept, &branch("coupeville"), 9).await, []);
    let page = kept.store.queue(&branch("langley"), None, 1).await.unwrap();
    assert_eq!(page.entries[0].summary.due, later(10), "what is shown comes with it");
}

pub(crate) async fn a_request_leaves_a_queue_when_it_moves_or_is_closed_and_a_canary_is_in_none(
    kept: Kept,
) {
    let case = stored(&kept, 1, Some("langley"), 10).await;
    let (_, canary) = sent(&*kept.store, &kept.secrets, 2).await;
    kept.store.create(&Case { kind: CaseKind::Canary, ..canary }, &[]).await.unwrap();
    let mut next = Case { version: 2, outbox: Vec::new(), ..case };
    next.summary.branch = BranchId::parse("oak-harbor").ok();
    kept.store.replace(&Replacement::of(&next, 1)).await.unwrap();
    assert_eq!(numbers(&kept, &branch("langley"), 9).await, []);
    assert_eq!(numbers(&kept, &branch("oak-harbor"), 9).await, [reference(1)]);
    let (_, other) = sent(&*kept.store, &kept.secrets, 3).await;
    kept.store.create(&other, &[]).await.unwrap();
    let closed = closed(&kept, other.id, "closed").await;
    assert_eq!(kept.store.replace(&Replacement::of(&closed, 1)).await.unwrap(), Replaced::Replaced);
    assert_eq!(numbers(&kept, &branch("oak-harbor"), 9).await, [reference(1)]);
}

pub(crate) async fn a_contact_leads_to_its_requests_until_their_keys_are_gone(kept: Kept) {
    let email = Email::parse("Lan@Example.com").unwrap();
    let email = ContactHash::of_email(&kept.secrets, &email);
    let phone = Phone::parse("360-555-0142").unwrap();
    let phone = ContactHash::of_phone(&kept.secrets, &phone);
    let (one, two) = (reference(1), reference(2));
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    kept.store.create(&case, &[]).await.unwrap();
    kept.store.set_contacts(one, &[email, phone]).await.unwrap();
    kept.store.set_contacts(two, &[email]).await.unwrap();
    kept.store.set_contacts(two, &[email]).await.unwrap();
    assert_eq!(kept.store.existing_key(two).await.unwrap(), None, "a contact is no key");
    assert_eq!(kept.store.ids_of(&email).await.unwrap(), [one, two]);
    assert_eq!(kept.store.ids_of(&phone).await.unwrap(), [one]);

    kept.store.set_contacts(two, &[phone]).await.unwrap();
    assert_eq!(kept.store.ids_of(&email).await.unwrap(), [one], "the contact was changed");
    assert_eq!(kept.store.ids_of(&phone).await.unwrap(), [one, two]);

    kept.store.erase(&tombstone(&case), 1, &[], noon()).await.unwrap();
    assert_eq!(kept.store.ids_of(&email).await.unwrap(), [one], "its key is still there");
    kept.store.forget_keys(&[one]).await.unwrap();
    assert_eq!(kept.store.ids_of(&email).await.unwrap(), []);
    assert_eq!(kept.store.ids_of(&phone).await.unwrap(), [two]);
}
