//! Whoever changes the address in their form gets one mail that says "received", at the address
//! that the request has now.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::request::{Actor, Event};
use domain::{Answers, Email, Phone, Reach, Reference};
use handler::case::{Case, CaseKind, NonceHash};
use handler::cases::Happening;
use handler::crypto::secrets::Secrets;
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::MemoryMailer;
use handler::store::{Cases, Keys, MemoryStore, Outbox};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::sync::Arc;
use support::{answers, event_id, noon, request_with};

struct Post {
    store: Arc<MemoryStore>,
    secrets: Arc<Secrets>,
    mailer: Arc<MemoryMailer>,
    deliverer: Deliverer,
}

fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

fn writing_from(address: Option<&str>) -> Answers {
    let email = address.map(|address| Email::parse(address).unwrap());
    let phone = Some(Phone::parse("+1 360 555 0123").unwrap());
    Answers { reach: Reach::new(email, phone, None).unwrap(), ..answers() }
}

/// A request from `old@example.com`, of which nobody has been told yet.
async fn post() -> Post {
    let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
    let mailer = Arc::new(MemoryMailer::new());
    let (request, id, notices) = request_with(1, writing_from(Some("old@example.com")), noon());
    let key = store.key(request.id()).await.unwrap();
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request, &secrets, &key, hash).unwrap();
    store.create(&case.with_notices(&id, notices, noon()), &[]).await.unwrap();
    let deliverer = support::deliverer(Arc::clone(&store) as _, Arc::clone(&mailer) as _, &secrets);
    Post { store, secrets, mailer, deliverer }
}

impl Post {
    async fn changes(&self, name: &str, address: Option<&str>, minutes: i64) {
        let answers = Box::new(writing_from(address));
        let event = Event::AnswersChanged { answers, as_of: later(minutes), decision: None };
        let happening = Happening { id: event_id(name), event, actor: Actor::Patron };
        let id = Reference::from_number(1);
        let (store, secrets) = (&*self.store, &self.secrets);
        support::happens(store, secrets, id, &happening, later(minutes)).await.unwrap();
    }

    async fn deliver(&self, minutes: i64) {
        self.deliverer.deliver_due(later(minutes)).await.unwrap();
    }

    /// The patron's addresses that got mail by the day after tomorrow, in order.
    async fn told(&self) -> Vec<String> {
        for hours in 1..48 {
            self.deliver(hours * 60).await;
        }
        assert_eq!(self.store.waiting(later(48 * 60), 10).await.unwrap(), []);
        let to = |bytes: &Vec<u8>| {
            let mail = MessageParser::default().parse(bytes).unwrap();
            mail.to().unwrap().first().unwrap().address().unwrap().to_owned()
        };
        let mut to: Vec<_> = self.mailer.sent().iter().map(to).collect();
        to.retain(|to| to.ends_with("@example.com"));
        to
    }
}

#[tokio::test]
async fn an_address_that_changed_before_any_mail_went_is_told_once_and_the_old_one_never() {
    let post = post().await;
    post.changes("changed", Some("new@example.com"), 1).await;
    post.deliver(1).await;
    assert_eq!(post.told().await, ["new@example.com"]);
}

#[tokio::test]
async fn of_three_addresses_before_any_mail_went_only_the_last_is_told_and_once() {
    let post = post().await;
    post.changes("changed-1", Some("new@example.com"), 1).await;
    post.changes("changed-2", Some("newest@example.com"), 2).await;
    assert_eq!(post.told().await, ["newest@example.com"]);
}

#[tokio::test]
async fn an_address_that_is_put_back_before_any_mail_went_is_told_once() {
    let post = post().await;
    post.changes("changed-1", Some("new@example.com"), 1).await;
    post.changes("changed-2", Some("old@example.com"), 2).await;
    assert_eq!(post.told().await, ["old@example.com"]);
}

#[tokio::test]
async fn an_address_that_was_taken_out_is_told_nothing() {
    let post = post().await;
    post.changes("changed", None, 1).await;
    assert!(post.told().await.is_empty());
}

#[tokio::test]
async fn each_address_is_told_if_the_change_came_after_the_first_mail() {
    let post = post().await;
    post.deliver(0).await;
    post.changes("changed", Some("new@example.com"), 1).await;
    assert_eq!(post.told().await, ["old@example.com", "new@example.com"]);
}
