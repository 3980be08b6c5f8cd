//! A second form about the same topic, from the same contact: whoever sends it learns nothing, as it
//! may be a stranger with somebody's number. Staff know, and the address that itself matched.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::request::{Event, Signals};
use domain::routing::Destination;
use domain::{Reference, Request as Asked};
use handler::app;
use handler::case::body;
use handler::mail::mailer::MemoryMailer;
use handler::store::{Cases, Keys, SqliteStore};
use http_body_util::BodyExt;
use mail_parser::MessageParser;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::faulty::{Fault, FaultyStore};
use support::set::{Set, hidden, set, set_over};
use tower::ServiceExt;

const EMAIL: &str = "email=lan%40example.com";
const PHONE: &str = "phone=360-555-0142";

/// Sends a form and follows to the receipt: all that whoever sent it sees, without their own number.
async fn seen(set: &Set, contact: &str) -> String {
    let form = hidden(&set.post("/desk/en/check", asked(contact)).await.body);
    set.store.set(Fault::None);
    let send = Request::post("/desk/en/send").body(Body::from(form)).unwrap();
    let sent = app(set.desk.clone()).oneshot(send).await.unwrap();
    let trace = set.store.trace().join("\n");
    let location = sent.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let locator = location.rsplit('/').next().unwrap().to_owned();
    let (compact, _) = locator.split_once('.').unwrap();
    let number = Reference::parse(compact).unwrap().to_string();
    let (status, headers) = (sent.status(), sent.headers().clone());
    let body = sent.into_body().collect().await.unwrap().to_bytes();
    let receipt = set.get(&location).await.body;
    let all = format!("{status}\n{headers:?}\n{body:?}\n{receipt}\n{trace}");
    all.replace(&locator, "LOCATOR").replace(&number, "NUMBER")
}

fn asked(contact: &str) -> String {
    format!("topic=genealogy&details=x&{contact}")
}

async fn send(set: &Set, contact: &str) {
    let form = hidden(&set.post("/desk/en/check", asked(contact)).await.body);
    assert_eq!(set.post("/desk/en/send", form).await.status, StatusCode::SEE_OTHER);
}

/// All requests of a store, opened, in the order in which they were sent.
async fn kept(set: &Set) -> Vec<Asked> {
    let mut kept = Vec::new();
    for id in set.store.ids_after(None, 100).await.unwrap() {
        let case = set.store.read(id).await.unwrap().unwrap();
        let key = set.store.existing_key(id).await.unwrap().unwrap();
        kept.push(body::open(&set.desk.secrets, &key, &case).unwrap());
    }
    kept.sort_by_key(Asked::sent_at);
    kept
}

fn signals(request: &Asked) -> Signals {
    match &request.history()[0].event {
        Event::Sent { signals, .. } => *signals,
        other => panic!("{other:?}"),
    }
}

fn holders(kept: &[Asked]) -> Vec<Destination> {
    kept.iter().map(|request| request.holder().unwrap()).collect()
}

#[tokio::test]
async fn a_strangers_duplicate_is_seen_stored_and_routed_as_a_first_request() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let on_sqlite = |folder: &tempfile::TempDir| {
        let store = SqliteStore::open(folder.path()).unwrap();
        set_over(FaultyStore::new(Arc::new(store)))
    };
    let pairs = [[set(), set()], [on_sqlite(&folders[0]), on_sqlite(&folders[1])]];
    for [with_first, with_other] in &pairs {
        for contact in [EMAIL.to_owned(), PHONE.to_owned(), format!("{EMAIL}&{PHONE}")] {
            // On one desk the same contact has asked before, on the other somebody else.
            send(with_first, &contact).await;
            let others = contact.replace("lan", "minh").replace("0142", "0143");
            send(with_other, &others).await;
            for set in [with_first, with_other] {
                set.minutes.fetch_add(1, Ordering::SeqCst);
            }
            let (duplicate, first) =
                (seen(with_first, &contact).await, seen(with_other, &contact).await);
            assert_eq!(duplicate, first, "{contact}");
            assert!(first.starts_with("303") && first.contains("NUMBER"), "{first}");
            let (kept_first, kept_other) = (kept(with_first).await, kept(with_other).await);
            assert_eq!(holders(&kept_first), holders(&kept_other), "{contact}");
            for set in [with_first, with_other] {
                // Marks of one round are too old for the next.
                set.minutes.fetch_add(25 * 60, Ordering::SeqCst);
            }
        }
    }
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn a_duplicate_asks_no_more_of_dynamodb_than_a_first_request() {
    use handler::store::DynamoDbStore;
    use support::calls::Calls;
    use support::emulators;
    let contact = format!("{EMAIL}&{PHONE}");
    let others = contact.replace("lan", "minh").replace("0142", "0143");
    let mut asked = Vec::new();
    for before in [&contact, &others] {
        let emulator = emulators::dynoxide();
        let calls = Calls::default();
        let client = calls.of(&emulators::clients(&emulator.url).dynamodb);
        let store = DynamoDbStore::new(&client, emulators::tables_in(&emulator).await);
        let set = set_over(FaultyStore::new(Arc::new(store)));
        send(&set, before).await;
        calls.take();
        send(&set, &contact).await;
        asked.push(calls.take());
        let kept = kept(&set).await;
        let marked = kept.iter().any(|request| signals(request).earlier_by_phone.is_some());
        assert_eq!(marked, *before == contact);
    }
    assert!(!asked[0].is_empty());
    assert_eq!(asked[0], asked[1]);
}

#[tokio::test]
async fn staff_are_told_of_each_contact_that_asked_before_across_midnight_and_not_after_a_day() {
    let set = set();
    send(&set, &format!("{EMAIL}&{PHONE}")).await;
    set.minutes.store(23 * 60, Ordering::SeqCst);
    send(&set, "email=LAN%40Example.com").await;
    set.minutes.store(23 * 60 + 1, Ordering::SeqCst);
    send(&set, "email=other%40example.com&phone=%2B1+(360)+555+0142").await;
    set.minutes.store(48 * 60, Ordering::SeqCst);
    send(&set, &format!("{EMAIL}&{PHONE}")).await;
    let kept = kept(&set).await;
    let found: Vec<_> = kept
        .iter()
        .map(signals)
        .map(|signals| (signals.earlier_by_email, signals.earlier_by_phone))
        .collect();
    let first = Some(kept[0].id());
    assert_eq!(found, [(None, None), (first, None), (None, first), (None, None)]);
}

#[tokio::test]
async fn another_topic_is_no_duplicate() {
    let set = set();
    send(&set, EMAIL).await;
    let form = format!("topic=catalog&{EMAIL}");
    let form = hidden(&set.post("/desk/en/check", form).await.body);
    set.post("/desk/en/send", form).await;
    assert!(kept(&set).await.iter().all(|request| signals(request) == Signals::default()));
}

/// The mails to patrons: to whom, and whether they say that the address wrote before.
async fn mails(set: &Set) -> Vec<(String, bool)> {
    let mailer = Arc::new(MemoryMailer::new());
    let store = Arc::clone(&set.desk.store);
    let deliverer = support::deliverer(store, Arc::clone(&mailer) as _, &set.desk.secrets);
    deliverer.deliver_due((set.desk.clock)()).await.unwrap();
    let read = |bytes: &Vec<u8>| {
        let mail = MessageParser::default().parse(bytes).unwrap();
        let to = mail.to().unwrap().first().unwrap().address().unwrap().to_owned();
        let text = mail.body_text(0).unwrap();
        let says = text.contains("wrote to us about this") || text.contains("cũng đã viết");
        (to, says)
    };
    let mut mails: Vec<_> = mailer.sent().iter().map(read).collect();
    mails.retain(|(to, _)| !to.ends_with("@library.example"));
    mails.sort();
    mails
}

fn told(mails: &[(&str, bool)]) -> Vec<(String, bool)> {
    mails.iter().map(|(to, says)| ((*to).to_owned(), *says)).collect()
}

#[tokio::test]
async fn only_the_address_that_itself_matched_is_told_that_it_wrote_before() {
    let set = set();
    send(&set, &format!("{EMAIL}&{PHONE}")).await;
    assert_eq!(mails(&set).await, told(&[("lan@example.com", false)]));
    send(&set, &format!("email=stranger%40example.com&{PHONE}")).await;
    assert_eq!(mails(&set).await, told(&[("stranger@example.com", false)]));
    send(&set, EMAIL).await;
    assert_eq!(mails(&set).await, [], "an address gets one of these mails a day");
    // Next morning, when librarians begin to answer.
    set.minutes.store(21 * 60, Ordering::SeqCst);
    assert_eq!(mails(&set).await, told(&[("lan@example.com", true)]));
    let in_vietnamese = hidden(&set.post("/desk/vi/check", asked(EMAIL)).await.body);
    set.post("/desk/vi/send", in_vietnamese).await;
    set.minutes.store(46 * 60, Ordering::SeqCst);
    assert_eq!(mails(&set).await, told(&[("lan@example.com", true)]));
}

#[tokio::test]
async fn an_address_that_is_put_in_afterwards_is_told_nothing_of_the_one_before() {
    let set = set();
    send(&set, EMAIL).await;
    mails(&set).await;
    let checked = set.post("/desk/en/check", asked(EMAIL)).await;
    set.post("/desk/en/send", hidden(&checked.body)).await;
    // Changed before the mail to the first address has left.
    let form = set.post("/desk/en/form", hidden(&checked.body)).await;
    let changed = format!("{}&{}", hidden(&form.body), asked("email=stranger%40example.com"));
    let checked = set.post("/desk/en/check", changed).await;
    assert_eq!(
        set.post("/desk/en/send", hidden(&checked.body)).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(mails(&set).await.iter().all(|(to, says)| to == "stranger@example.com" && !says));
}
