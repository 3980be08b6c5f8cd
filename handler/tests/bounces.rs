//! Mail comes back: who is told, and what changes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::request::{Actor, Audience, Event, Matter, Signals};
use domain::routing::{Decision, Destination, MailboxHealth};
use domain::{Answers, BranchId, Email, Reach, Reference, Request};
use handler::case::body;
use handler::case::{Case, CaseKind, NonceHash, PendingNotice};
use handler::cases::{Happening, Writer};
use handler::crypto::secrets::Secrets;
use handler::mail::bounces::{self, Afterwards, Returned, Says};
use handler::store::{Cases, Keys, Ledger, MemoryStore, Outbox, Record, RecordKey, Records};
use jiff::{SignedDuration, Timestamp};
use support::{answers, decision, event_id, noon, renderer, sent};

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

/// A request that somebody else has.
async fn sent_to(to: Destination) -> Set {
    let (store, secrets) = (MemoryStore::new(), Secrets::random().unwrap());
    let mut request = Request::new(Reference::from_number(1));
    let event = Event::Sent {
        answers: Box::new(answers()),
        as_of: noon(),
        due: noon(),
        decision: Box::new(Decision { to, ..decision() }),
        signals: Signals::default(),
        held: None,
        after: None,
    };
    let id = event_id("sent");
    let notices = request.apply(id.clone(), event, Actor::Patron, noon()).unwrap();
    let key = store.key(request.id()).await.unwrap();
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request, &secrets, &key, hash).unwrap();
    let case = case.with_notices(&id, notices, noon());
    store.create(&case, &[]).await.unwrap();
    Set { store, secrets, case }
}

impl Set {
    async fn returned(&self, whom: &str, mail: &str) {
        self.returned_at(whom, mail, Says::NoMailbox, noon()).await;
    }

    async fn returned_at(&self, whom: &str, mail: &str, says: Says, now: Timestamp) {
        let thread = format!("{}-{whom}", self.case.id.compact());
        self.note(&Returned::of_thread(&thread, mail, says).unwrap(), now).await;
    }

    async fn note(&self, returned: &Returned, now: Timestamp) {
        let renderer = renderer().current();
        let service = &renderer.directory().service;
        let writer = Writer { store: &self.store, secrets: &self.secrets, service, bell: None };
        bounces::note(&writer, returned, now).await.unwrap();
    }

    /// The library's mail is sent, and comes back later.
    async fn comes_back(&self, whom: &str, mail: &str, says: Says, now: Timestamp) {
        for leased in self.store.lease(now, now, 10).await.unwrap() {
            self.store.mark_sent(&leased).await.unwrap();
        }
        let thread = format!("{}-{whom}", self.case.id.compact());
        let notice = self.case.outbox[0].id.as_str();
        let returned = Returned::of_thread(&thread, mail, says).unwrap().lost(notice);
        self.note(&returned, now).await;
    }

    async fn waiting(&self) -> Vec<PendingNotice> {
        self.store.read(self.case.id).await.unwrap().unwrap().outbox
    }

    async fn health(&self, now: Timestamp) -> MailboxHealth {
        self.store.snapshot(now).await.unwrap().of(&oak_harbor()).mailbox
    }

    /// Mail arrives at other branches, as of now.
    async fn others_get_mail(&self, now: Timestamp) {
        let key = RecordKey::from_stored("staff mail arrived");
        let expires = now + SignedDuration::from_hours(99);
        let arrived = Record { key, value: now.to_string(), expires };
        self.store.put_record(&arrived).await.unwrap();
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

fn hours(hours: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn a_mailbox_that_refuses_for_four_answering_hours_while_others_get_mail_is_unhealthy() {
    let set = with_one_case().await;
    set.comes_back("oak-harbor", "mail-1", Says::Refused, noon()).await;
    assert_eq!(set.health(noon()).await, MailboxHealth::Healthy);
    assert_eq!(set.told().await, [], "its mail waits, and nothing is lost");
    // The day after, four answering hours later: but it is open whether anybody's mail goes.
    set.comes_back("oak-harbor", "mail-2", Says::Refused, hours(22)).await;
    assert_eq!(set.health(hours(22)).await, MailboxHealth::Healthy);
    set.others_get_mail(hours(22)).await;
    set.comes_back("oak-harbor", "mail-3", Says::Refused, hours(23)).await;
    assert_eq!(set.health(hours(23)).await, MailboxHealth::Unhealthy);
    assert_eq!(set.told().await, [Audience::Coordinator]);
}

#[tokio::test]
async fn two_refusals_days_apart_leave_a_healthy_mailbox_healthy() {
    let set = with_one_case().await;
    for day in [0, 2, 3] {
        set.others_get_mail(hours(24 * day)).await;
        let mail = format!("mail-{day}");
        set.comes_back("oak-harbor", &mail, Says::Refused, hours(24 * day)).await;
        assert_eq!(set.health(hours(24 * day)).await, MailboxHealth::Healthy, "day {day}");
    }
}

#[tokio::test]
async fn mail_that_arrives_between_two_refusals_ends_what_the_first_began() {
    let set = with_one_case().await;
    let thread = format!("{}-oak-harbor", set.case.id.compact());
    set.comes_back("oak-harbor", "mail-1", Says::Refused, noon()).await;
    bounces::arrived(&set.store, &thread, hours(2), hours(2)).await.unwrap();
    set.comes_back("oak-harbor", "mail-2", Says::Refused, hours(22)).await;
    assert_eq!(set.health(hours(22)).await, MailboxHealth::Healthy);
    set.comes_back("oak-harbor", "mail-3", Says::NoMailbox, hours(23)).await;
    assert_eq!(set.health(hours(23)).await, MailboxHealth::Unhealthy);
    // What arrived before is told late; then the mailbox is there.
    bounces::arrived(&set.store, &thread, hours(22), hours(24)).await.unwrap();
    assert_eq!(set.health(hours(24)).await, MailboxHealth::Unhealthy);
    bounces::arrived(&set.store, &thread, hours(24), hours(24)).await.unwrap();
    assert_eq!(set.health(hours(24)).await, MailboxHealth::Healthy);
}

#[tokio::test]
async fn complaints_are_told_and_say_nothing_of_the_mailbox() {
    let set = with_one_case().await;
    for hour in 0..30 {
        set.others_get_mail(hours(hour)).await;
        let mail = format!("mail-{hour}");
        set.returned_at("oak-harbor", &mail, Says::Nothing, hours(hour)).await;
        assert_eq!(set.health(hours(hour)).await, MailboxHealth::Healthy);
    }
    assert_eq!(set.told().await, [Audience::Coordinator]);
}

#[tokio::test]
async fn staffs_mail_that_came_back_waits_again_and_later_each_time() {
    for says in [Says::Refused, Says::Nothing] {
        let set = with_one_case().await;
        let original = set.case.outbox[0].clone();
        let mut now = noon();
        for (tries, minutes) in (1..).zip([1, 5, 15, 30, 60, 120, 240, 240]) {
            let mail = format!("mail-{tries}");
            set.comes_back("oak-harbor", &mail, says, now).await;
            let waiting = set.waiting().await;
            let ready = now + SignedDuration::from_mins(minutes);
            let again = PendingNotice { tries, ready, ..original.clone() };
            assert!(waiting.contains(&again), "{waiting:?}");
            now = ready;
        }
    }
}

#[tokio::test]
async fn a_mail_that_is_told_twice_to_have_come_back_is_sent_again_once() {
    let set = with_one_case().await;
    set.comes_back("oak-harbor", "mail-1", Says::Refused, noon()).await;
    assert_eq!(set.waiting().await.len(), 1);
    // It is sent again, and the first one's bounce is told once more.
    set.comes_back("oak-harbor", "mail-1", Says::Refused, hours(1)).await;
    assert_eq!(set.waiting().await, []);
}

#[tokio::test]
async fn the_coordinators_mail_waits_again_whatever_it_came_back_for() {
    let set = sent_to(Destination::Coordinator).await;
    set.comes_back("coordinator", "mail-1", Says::NoMailbox, noon()).await;
    let waiting = set.waiting().await;
    assert_eq!((waiting.len(), &waiting[0].notice.to), (1, &Audience::Coordinator));
}

#[tokio::test]
async fn what_ends_is_told_a_library_without_a_mailbox_and_a_patrons_mail() {
    let set = with_one_case().await;
    set.comes_back("oak-harbor", "mail-1", Says::NoMailbox, noon()).await;
    assert_eq!(set.told().await, [Audience::Coordinator]);
    let set = with_one_case().await;
    set.comes_back("patron", "mail-2", Says::Refused, noon()).await;
    assert_eq!(set.told().await, [Audience::Branch(oak_harbor())]);
    assert_eq!(set.waiting().await.len(), 1, "nothing but that");
}

#[tokio::test]
async fn a_late_bounce_of_the_address_of_before_says_nothing_of_the_new_one() {
    let set = with_one_case().await;
    let email = Email::parse("lan-new@example.com").unwrap();
    let reach = Reach::new(Some(email), None, None).unwrap();
    let event =
        Event::ContactChanged { answers: Box::new(Answers { reach, ..support::answers() }) };
    let happening = Happening { id: event_id("contact"), event, actor: Actor::Patron };
    let id = set.case.id;
    support::happens(&set.store, &set.secrets, id, &happening, hours(1)).await.unwrap();
    let thread = format!("{}-patron", id.compact());
    for (event, flagged) in [("sent-1", false), ("contact-1", true)] {
        let returned = Returned::of_thread(&thread, event, Says::NoMailbox).unwrap();
        set.note(&returned.lost(&format!("{}-{event}", id.compact())), hours(2)).await;
        let case = set.store.read(id).await.unwrap().unwrap();
        let key = set.store.existing_key(id).await.unwrap().unwrap();
        let request = body::open(&set.secrets, &key, &case).unwrap();
        assert_eq!(request.mail_returned(&Audience::Patron), flagged, "{event}");
    }
}

#[tokio::test]
async fn a_notice_of_another_case_is_not_sent() {
    let set = with_one_case().await;
    let thread = format!("{}-oak-harbor", set.case.id.compact());
    for notice in ["", "n", "000000026-sent-0"] {
        let returned = Returned::of_thread(&thread, "mail", Says::Refused).unwrap();
        assert_eq!(returned.lost(notice).mail, Afterwards::Ended);
    }
    // An event that never was, and a notice that the event has not.
    for notice in ["other-0", "sent-9"] {
        let notice = format!("{}-{notice}", set.case.id.compact());
        let returned = Returned::of_thread(&thread, "mail", Says::Refused).unwrap();
        set.note(&returned.lost(&notice), noon()).await;
    }
    assert_eq!(set.told().await, [Audience::Coordinator], "it is told, as it has ended");
    assert_eq!(set.waiting().await.len(), set.case.outbox.len() + 1);
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
