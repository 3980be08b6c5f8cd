//! However many requests name one address, its mailbox gets one mail a day that says so, and one
//! more the next morning with the numbers of the others: and no number is lost on the way.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use async_trait::async_trait;
use domain::request::{Actor, Audience, Event};
use domain::{Answers, Email, Reach, Reference};
use handler::case::body;
use handler::case::{Case, CaseKind, NonceHash, Tombstone};
use handler::cases::Happening;
use handler::crypto::secrets::Secrets;
use handler::mail::compose::Composer;
use handler::mail::deliver::{Deliverer, Limits};
use handler::mail::mailer::{Mail, Mailer, MemoryMailer, SendError, Verdict};
use handler::store::{Cases, Keys, MemoryStore, Outbox};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use support::faulty::{Fault, FaultyStore};
use support::set::{hidden, set};
use support::{answers, event_id, noon, renderer, request_with};

/// Wednesday at nine, when librarians begin to answer.
fn opening() -> Timestamp {
    "2026-11-25T17:00:00Z".parse().unwrap()
}

fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

fn number(n: u32) -> String {
    Reference::from_number(n).to_string()
}

fn writing_from(address: &str) -> Answers {
    let reach = Reach::new(Some(Email::parse(address).unwrap()), None, None).unwrap();
    Answers { reach, ..answers() }
}

/// A post office: the store, and all mail to patrons.
struct Post {
    store: Arc<FaultyStore>,
    secrets: Arc<Secrets>,
    deliverer: Arc<Deliverer>,
    mailer: Arc<Picky>,
}

/// Takes every mail, unless told to refuse patrons'.
#[derive(Default)]
struct Picky {
    taken: MemoryMailer,
    refuses: AtomicBool,
    refused: Mutex<usize>,
}

#[async_trait]
impl Mailer for Picky {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        if self.refuses.load(Ordering::SeqCst) && mail.to.as_str().contains("@example.com") {
            *self.refused.lock().unwrap() += 1;
            return Err(SendError::new(Verdict::Final, "no such mailbox"));
        }
        self.taken.send(mail).await
    }
}

fn post() -> Post {
    post_over(Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()))))
}

fn post_over(store: Arc<FaultyStore>) -> Post {
    let secrets = Arc::new(Secrets::random().unwrap());
    let mailer = Arc::new(Picky::default());
    let deliverer = support::deliverer(Arc::clone(&store) as _, Arc::clone(&mailer) as _, &secrets);
    Post { store, secrets, deliverer: Arc::new(deliverer), mailer }
}

impl Post {
    async fn request(&self, n: u32, address: &str, at: Timestamp) -> Reference {
        let (request, id, notices) = request_with(n, writing_from(address), at);
        let key = self.store.key(request.id()).await.unwrap();
        let hash = NonceHash([7; 32]);
        let case = Case::new(CaseKind::Request, &request, &self.secrets, &key, hash).unwrap();
        self.store.create(&case.with_notices(&id, notices, at), &[]).await.unwrap();
        request.id()
    }

    async fn happens(&self, id: Reference, name: &str, actor: Actor, event: Event) {
        let happening = Happening { id: event_id(name), event, actor };
        support::happens(&*self.store, &self.secrets, id, &happening, later(1)).await.unwrap();
    }

    async fn deliver(&self, now: Timestamp) -> usize {
        self.deliverer.deliver_due(now).await.unwrap().sent
    }

    /// The texts of the mails that went to a patron's address, or to one that begins like this.
    fn mails_to(&self, address: &str) -> Vec<String> {
        let text = |bytes: &Vec<u8>| {
            let mail = MessageParser::default().parse(bytes).unwrap();
            let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
            to.starts_with(address).then(|| mail.body_text(0).unwrap().into_owned())
        };
        self.mailer.taken.sent().iter().filter_map(text).collect()
    }

    async fn waiting(&self) -> usize {
        let mut waiting = 0;
        for id in self.store.ids_after(None, 1000).await.unwrap() {
            waiting += self.store.read(id).await.unwrap().map_or(0, |case| case.outbox.len());
        }
        waiting
    }
}

#[tokio::test]
async fn sixty_forms_that_name_one_address_send_it_one_mail_today() {
    let set = set();
    let asked = "topic=genealogy&email=lan%40example.com&second=yes";
    for _ in 0..60 {
        let form = hidden(&set.post("/desk/vi/check", asked.to_owned()).await.body);
        let sent = set.post("/desk/vi/send", format!("{form}&second=yes")).await;
        assert_eq!(sent.status, axum::http::StatusCode::SEE_OTHER);
    }
    let mut post = post_over(Arc::clone(&set.store));
    let secrets = Arc::clone(&set.desk.secrets);
    let deliverer = Arc::into_inner(post.deliverer).unwrap();
    let compose =
        Composer { renderer: renderer(), secrets: Arc::clone(&secrets), base_url: String::new() };
    post.deliverer = Arc::new(Deliverer { secrets, compose: Arc::new(compose), ..deliverer });
    assert_eq!(post.deliver(noon()).await, 61, "one, and 60 to staff");
    assert_eq!(post.mails_to("lan@").len(), 1);
    assert_eq!(post.deliver(opening() - SignedDuration::from_mins(1)).await, 0);
    assert_eq!(post.deliver(opening()).await, 2, "one of many, and the first that had no place");
    let mails = post.mails_to("lan@");
    assert!(mails.iter().any(|mail| mail.contains("Còn nhiều yêu cầu khác")), "there are more");
    assert_eq!(post.deliver(opening() + SignedDuration::from_hours(24)).await, 1, "the rest");
    assert_eq!(post.waiting().await, 0);
}

#[tokio::test]
async fn the_numbers_of_all_but_the_first_come_in_one_mail_next_morning() {
    let post = post();
    for n in 1..=5 {
        post.request(n, if n == 3 { "LAN@example.com" } else { "lan@example.com" }, noon()).await;
        post.deliver(later(1)).await;
    }
    post.request(6, "somebody@example.com", noon()).await;
    post.deliver(later(2)).await;
    let today = post.mails_to("lan@");
    assert_eq!(today.len(), 1);
    assert!(today[0].contains(&number(1)));
    assert_eq!(post.mails_to("somebody@").len(), 1, "nobody else waits");
    assert_eq!(post.store.next_ready().await.unwrap(), Some(opening()));
    post.deliver(opening()).await;
    let all: Vec<_> = post.mails_to("lan@").into_iter().chain(post.mails_to("LAN@")).collect();
    assert_eq!(all.len(), 2, "{all:?}");
    let several = &all[1];
    for n in 2..=5 {
        let id = Reference::from_number(n);
        assert_eq!(several.matches(&id.to_string()).count(), 1, "{several}");
        let link = format!("https://help.library.example/desk/en/request/{}.", id.compact());
        assert_eq!(several.matches(&link).count(), 1, "{several}");
    }
    assert!(!several.contains(&number(1)) && !several.contains("{"), "{several}");
    assert_eq!(post.waiting().await, 0);
}

#[tokio::test]
async fn a_second_request_gets_its_own_mail_next_morning() {
    let post = post();
    post.request(1, "lan@example.com", noon()).await;
    post.request(2, "lan@example.com", noon()).await;
    post.deliver(noon()).await;
    post.deliver(opening()).await;
    let mails = post.mails_to("lan@");
    assert_eq!(mails.len(), 2);
    let words = mails[0].replace(&number(1), "").lines().next().unwrap().to_owned();
    assert!(mails[1].starts_with(&words) && mails[1].contains(&number(2)), "{}", mails[1]);
}

#[tokio::test]
async fn on_a_day_off_the_morning_begins_at_eight() {
    let post = post();
    let wednesday = noon() + SignedDuration::from_hours(24);
    for n in 1..=3 {
        post.request(n, "lan@example.com", wednesday).await;
    }
    post.deliver(wednesday).await;
    // Thanksgiving.
    let eight: Timestamp = "2026-11-26T16:00:00Z".parse().unwrap();
    assert_eq!(post.store.next_ready().await.unwrap(), Some(eight));
    assert_eq!(post.deliver(eight).await, 1);
}

#[tokio::test]
async fn what_is_no_received_mail_waits_for_nothing() {
    let post = post();
    let first = post.request(1, "lan@example.com", noon()).await;
    post.request(2, "lan@example.com", noon()).await;
    post.deliver(noon()).await;
    let staff = post.mailer.taken.sent().len();
    for (n, id) in (0..).zip([first, Reference::from_number(2)]) {
        let event = Event::MailReturned { to: Audience::Patron };
        post.happens(id, &format!("returned-{n}"), Actor::Service, event).await;
    }
    assert_eq!(post.deliver(later(1)).await, 2);
    assert_eq!(post.mailer.taken.sent().len(), staff + 2);
}

#[tokio::test]
async fn a_crash_anywhere_loses_no_number() {
    for at_noon in [true, false] {
        let mut call = 0;
        loop {
            let mut calls = 0;
            for fault in [
                Fault::NotDone(call),
                Fault::AnswerLost(call),
                Fault::KilledBefore(call),
                Fault::KilledAfter(call),
            ] {
                let post = post();
                for n in 1..=4 {
                    post.request(n, "lan@example.com", noon()).await;
                }
                for (is_noon, at) in [(true, noon()), (false, opening())] {
                    post.store.set(if is_noon == at_noon { fault } else { Fault::None });
                    tokio::select! {
                        _ = post.deliverer.deliver_due(at) => {}
                        () = post.store.hung() => {}
                    }
                    calls = calls.max(if is_noon == at_noon { post.store.calls() } else { 0 });
                    post.store.set(Fault::None);
                    for minutes in [11, 22, 33, 44] {
                        post.deliver(at + SignedDuration::from_mins(minutes)).await;
                    }
                }
                let mails = post.mails_to("lan@").join("\n");
                for n in 1..=4 {
                    assert!(mails.contains(&number(n)), "{fault:?}, noon: {at_noon}: {n}\n{mails}");
                }
                assert_eq!(post.waiting().await, 0, "{fault:?}, noon: {at_noon}");
                assert!(post.mails_to("lan@").len() <= 4, "{fault:?}: {mails}");
            }
            call += 1;
            if call > calls {
                break;
            }
        }
        assert!(call > 10, "it was tried at each call");
    }
}

#[tokio::test]
async fn mail_that_nobody_takes_for_days_loses_no_number() {
    let post = post();
    let away = Arc::new(support::refusing::Refusing(SendError::new(Verdict::Away, "no answer")));
    let closed = Deliverer {
        store: Arc::clone(&post.store) as _,
        mailer: away,
        secrets: Arc::clone(&post.secrets),
        compose: Arc::clone(&post.deliverer.compose),
        lease: SignedDuration::from_mins(10),
        limits: Limits::default(),
    };
    for n in 1..=5 {
        post.request(n, "lan@example.com", noon()).await;
    }
    for hours in 0..100 {
        closed.deliver_due(noon() + SignedDuration::from_hours(hours)).await.unwrap();
    }
    for hours in 101..160 {
        post.deliver(noon() + SignedDuration::from_hours(hours)).await;
    }
    let mails = post.mails_to("lan@");
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!((1..=5).all(|n| mails.join("").contains(&number(n))), "{mails:?}");
    assert_eq!(post.waiting().await, 0);
}

#[tokio::test]
async fn a_request_that_was_erased_meanwhile_takes_no_other_along() {
    let post = post();
    for n in 1..=4 {
        post.request(n, "lan@example.com", noon()).await;
    }
    post.deliver(noon()).await;
    // The first two that wait, whichever that is.
    for n in [2, 3] {
        let case = post.store.read(Reference::from_number(n)).await.unwrap().unwrap();
        let (id, nonce_hash, series) = (case.id, case.nonce_hash, "Requests".to_owned());
        let erased_on = "2026-11-24".parse().unwrap();
        let tombstone = Tombstone { id, nonce_hash, series, erased_on, answered_by: None };
        post.store.erase(&tombstone, case.version, &[], noon()).await.unwrap();
    }
    post.deliver(opening()).await;
    let mails = post.mails_to("lan@");
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains(&number(4)) && !mails.join("").contains(&number(2)), "{mails:?}");
}

#[tokio::test]
async fn an_address_that_refuses_mail_flags_each_of_its_requests() {
    let post = post();
    for n in 1..=4 {
        post.request(n, "lan@example.com", noon()).await;
    }
    post.deliver(noon()).await;
    post.mailer.refuses.store(true, Ordering::SeqCst);
    for minutes in [0, 10, 20, 30, 40] {
        post.deliver(opening() + SignedDuration::from_mins(minutes)).await;
    }
    assert_eq!(*post.mailer.refused.lock().unwrap(), 3);
    for n in 2..=4 {
        let case = post.store.read(Reference::from_number(n)).await.unwrap().unwrap();
        let key = post.store.existing_key(case.id).await.unwrap().unwrap();
        let request = body::open(&post.secrets, &key, &case).unwrap();
        assert!(request.mail_returned(&Audience::Patron), "{n}");
    }
}

#[tokio::test]
async fn a_number_goes_to_the_address_that_its_request_has_now() {
    let post = post();
    for n in 1..=4 {
        post.request(n, "lan@example.com", noon()).await;
    }
    post.deliver(noon()).await;
    let answers = Box::new(writing_from("lan-new@example.com"));
    let changed = Event::AnswersChanged { answers, as_of: later(1), decision: None };
    post.happens(Reference::from_number(3), "changed", Actor::Patron, changed).await;
    post.deliver(later(1)).await;
    post.deliver(opening()).await;
    let (old, new) = (post.mails_to("lan@"), post.mails_to("lan-new@"));
    assert_eq!(old.len(), 2);
    assert!(!old.join("").contains(&number(3)), "{old:?}");
    assert!(old[1].contains(&number(2)) && old[1].contains(&number(4)), "{old:?}");
    assert!(new.join("").contains(&number(3)), "{new:?}");
}

#[tokio::test]
async fn many_spellings_of_one_mailbox_are_one_mailbox_and_learn_nothing_of_each_other() {
    let post = post();
    for n in 1..=60 {
        let dotted = ["lan.nguyen", "l.annguyen", "lannguyen"][n as usize % 3];
        post.request(n, &format!("{dotted}+{n}@gmail.com"), noon()).await;
    }
    post.deliver(noon()).await;
    assert_eq!(post.mails_to("l").len(), 1);
    for morning in 0..6 {
        let before = post.mails_to("l").len();
        post.deliver(opening() + SignedDuration::from_hours(24 * morning)).await;
        assert!(post.mails_to("l").len() <= before + 5);
    }
    let mails = post.mails_to("l");
    for mail in &mails {
        let told = (1..=60).filter(|n| mail.contains(&number(*n))).count();
        assert_eq!(told, 1, "{mail}");
    }
    assert_eq!(post.waiting().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_that_deliver_at_once_write_once() {
    let post = post();
    for n in 1..=30 {
        post.request(n, "lan@example.com", noon()).await;
    }
    for at in [noon(), opening(), opening() + SignedDuration::from_mins(10)] {
        let rounds: Vec<_> = (0..4)
            .map(|_| {
                let deliverer = Arc::clone(&post.deliverer);
                tokio::spawn(async move { deliverer.deliver_due(at).await.unwrap() })
            })
            .collect();
        for round in rounds {
            round.await.unwrap();
        }
    }
    assert_eq!((post.mails_to("lan@").len(), post.waiting().await), (2, 0));
}
