//! Mail comes back: who is told, and what changes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::BranchId;
use domain::request::{Audience, Matter};
use domain::routing::MailboxHealth;
use handler::case::Case;
use handler::crypto::secrets::Secrets;
use handler::mail::bounces::{self, Returned, Says};
use handler::store::{Cases, Ledger, MemoryStore, Record, RecordKey, Records};
use jiff::{SignedDuration, Timestamp};
use support::{noon, renderer, sent};

struct Set {
    store: MemoryStore,
    secrets: Secrets,
    case: Case,
}

async fn with_one_case() -> Set {
    let (store, secrets) = (MemoryStore::new(), Secrets::random().unwrap());
    let (_, case) = sent(&store, &secrets, 1).await;
    store.create(&case, &[]).await.unwrap();
    Set { store, secrets, case }
}

impl Set {
    async fn returned(&self, whom: &str, mail: &str) {
        self.returned_at(whom, mail, Says::NoMailbox, noon()).await;
    }

    async fn returned_at(&self, whom: &str, mail: &str, says: Says, now: Timestamp) {
        let thread = format!("{}-{whom}", self.case.id.compact());
        let returned = Returned::of_thread(&thread, mail, says).unwrap();
        let service = renderer().current().directory().service.clone();
        bounces::note(&self.store, &self.secrets, &service, &returned, now).await.unwrap();
    }

    /// Who is told that mail came back.
    async fn told(&self) -> Vec<Audience> {
        let case = self.store.read(self.case.id).await.unwrap().unwrap();
        let waiting = case.outbox.into_iter().map(|pending| pending.notice);
        let told = waiting.filter(|notice| notice.what == Matter::MailReturned);
        told.map(|notice| notice.to).collect()
    }
}

fn oak_harbor() -> BranchId {
    BranchId::parse("oak-harbor").unwrap()
}

#[tokio::test]
async fn a_patrons_mail_that_comes_back_is_told_to_whoever_has_the_request_once() {
    let set = with_one_case().await;
    set.returned("patron", "mail-1").await;
    set.returned("patron", "mail-1").await;
    set.returned("patron", "mail-2").await;
    assert_eq!(set.told().await, [Audience::Branch(oak_harbor())]);
}

#[tokio::test]
async fn a_librarys_mail_that_comes_back_is_told_to_the_coordinator_and_to_routing() {
    let set = with_one_case().await;
    set.returned("oak-harbor", "mail-1").await;
    assert_eq!(set.told().await, [Audience::Coordinator]);
    let snapshot = set.store.snapshot(noon()).await.unwrap();
    assert_eq!(snapshot.of(&oak_harbor()).mailbox, MailboxHealth::Unhealthy);
}

#[tokio::test]
async fn a_librarys_mail_that_is_refused_for_a_while_is_told_and_routing_waits_for_more() {
    let set = with_one_case().await;
    let hours = |hours| noon() + SignedDuration::from_hours(hours);
    let health = async |now| set.store.snapshot(now).await.unwrap().of(&oak_harbor()).mailbox;
    set.returned_at("oak-harbor", "mail-1", Says::Refused, noon()).await;
    assert_eq!(set.told().await, [Audience::Coordinator]);
    assert_eq!(health(noon()).await, MailboxHealth::Healthy);
    // The day after, four answering hours later: but it is open whether anybody's mail goes.
    set.returned_at("oak-harbor", "mail-2", Says::Refused, hours(24)).await;
    assert_eq!(health(hours(24)).await, MailboxHealth::Healthy);
    let taken = Record {
        key: RecordKey::from_stored("staff mail taken"),
        value: hours(23).to_string(),
        expires: hours(99),
    };
    set.store.put_record(&taken).await.unwrap();
    set.returned_at("oak-harbor", "mail-3", Says::Refused, hours(24)).await;
    assert_eq!(health(hours(24)).await, MailboxHealth::Unhealthy);
}

#[tokio::test]
async fn mail_to_the_coordinator_that_comes_back_makes_no_more_mail() {
    let set = with_one_case().await;
    set.returned("coordinator", "mail-1").await;
    assert_eq!(set.told().await, []);
}

#[test]
fn a_thread_that_is_none_of_ours_is_nothing() {
    for thread in ["", "patron", "12-patron", "000000000-Not A Branch"] {
        assert_eq!(Returned::of_thread(thread, "mail", Says::NoMailbox), None, "{thread}");
    }
}
