//! The desk's router without a socket: what it answers when its store is away, when a form is old,
//! when its texts change.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::request::{Actor, Audience, Event};
use domain::{BranchId, LanguageTag};
use handler::app;
use handler::case::body;
use handler::mail::deliver::Round;
use handler::mail::mailer::MemoryMailer;
use handler::store::{Cases, Keys, Replacement};
use http_body_util::BodyExt;
use mail_parser::MessageParser;
use render::Renderer;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::faulty::Fault;
use support::set::{hidden, set};
use support::{RENDERER, event_id, noon, sent};
use tower::ServiceExt;

const ASKED: &str = "topic=catalog&phone=360-555-0142&details=b%C3%A0+ngo%E1%BA%A1i";

#[tokio::test]
async fn a_store_that_is_away_costs_no_answer_and_gives_the_number_to_call() {
    let set = set();
    let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
    set.store.set(Fault::Away);
    let page = set.post("/desk/vi/send", form).await;
    assert_eq!(page.status, StatusCode::INSUFFICIENT_STORAGE);
    assert!(page.body.contains("bà ngoại") && page.body.contains("425-555-0100"));
    assert!(!page.body.contains("Chưa có gì được gửi"), "it may have been stored");
    assert_eq!(set.get("/desk/healthz").await.status, StatusCode::INSUFFICIENT_STORAGE);
    // The same page sends it once the store is back.
    set.store.set(Fault::None);
    let sent = set.post("/desk/vi/send", hidden(&page.body)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(set.get("/desk/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_desks_own_address_is_nothing_to_see() {
    let set = set();
    for path in ["/desk/", "/desk"] {
        assert_eq!(set.get(path).await.status, StatusCode::GONE, "{path}");
    }
}

#[test]
fn no_library_takes_the_address_of_another_page_of_staff() {
    let routes: Vec<_> = include_str!("../src/app.rs").split("\"/staff/").skip(1).collect();
    assert!(!routes.is_empty());
    for route in routes {
        let first = route.split(['/', '"']).next().unwrap();
        let is_a_library = BranchId::parse(first).is_ok();
        assert!(!is_a_library, "add {first:?} to what no library can be named (domain/src/id.rs)");
    }
}

#[tokio::test]
async fn a_page_that_says_something_went_wrong_has_an_id_that_no_other_has() {
    let set = set();
    set.store.set(Fault::Away);
    let locator = "/desk/en/request/000000013.AAAAAAAAAAAAAAAAAAAAAA";
    let id = |page: &str| {
        page.split("about this, say: ").nth(1).map(|rest| rest.lines().next().unwrap().to_owned())
    };
    let (one, two) = (set.get(locator).await.body, set.get(locator).await.body);
    assert!(id(&one).is_some() && id(&one) != id(&two), "{one}");
}

#[tokio::test]
async fn a_request_that_was_changed_too_often_is_kept_and_takes_no_more() {
    let set = set();
    let form = hidden(&set.post("/desk/en/check", ASKED.to_owned()).await.body);
    let first = set.post("/desk/en/send", form.clone()).await;
    let id = set.store.ids_after(None, 1).await.unwrap()[0];
    let case = set.store.read(id).await.unwrap().unwrap();
    let key = set.store.key(id).await.unwrap();
    let mut request = body::open(&set.desk.secrets, &key, &case).unwrap();
    for n in 0..2_000 {
        let returned = Event::MailReturned { to: Audience::Coordinator };
        request.apply(event_id(&format!("r-{n}")), returned, Actor::Service, noon()).unwrap();
    }
    let grown = case.next(&request, &set.desk.secrets, &key).unwrap();
    set.store.replace(&Replacement::of(&grown, case.version)).await.unwrap();

    let form = set.post("/desk/en/form", form).await;
    let changed = format!("{ASKED}&name=Lan&{}", hidden(&form.body));
    let page = set.post("/desk/en/check", changed).await;
    let page = set.post("/desk/en/send", hidden(&page.body)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("changed too often") && page.body.contains("425-555-0100"));
    assert_eq!(set.get(&first.location).await.status, StatusCode::OK, "what was sent is safe");
}

#[tokio::test]
async fn a_receipt_while_the_store_is_away_is_told_to_be_safe() {
    let set = set();
    let form = hidden(&set.post("/desk/en/check", ASKED.to_owned()).await.body);
    let sent = set.post("/desk/en/send", form).await;
    set.store.set(Fault::Away);
    let page = set.get(&sent.location).await;
    assert_eq!(page.status, StatusCode::INSUFFICIENT_STORAGE);
    assert!(page.body.contains("Your request is safe"));
}

#[tokio::test]
async fn a_form_of_yesterday_is_shown_again_and_can_be_sent() {
    let set = set();
    let form = hidden(&set.post("/desk/en/check", ASKED.to_owned()).await.body);
    set.minutes.store(24 * 60 + 1, Ordering::SeqCst);
    let page = set.post("/desk/en/send", form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("More than a day has passed") && page.body.contains("bà ngoại"));
    let sent = set.post("/desk/en/send", hidden(&page.body)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_bell_rings_for_the_deliverer() {
    let set = set();
    let form = hidden(&set.post("/desk/en/check", ASKED.to_owned()).await.body);
    set.post("/desk/en/send", form).await;
    // It was rung already, so this returns at once; without it the test would never end.
    set.desk.bell.notified().await;
}

#[tokio::test]
async fn every_language_of_the_site_has_a_desk() {
    let set = set();
    for language in &RENDERER.directory().service.languages {
        let path = format!("/desk/{}/check", language.tag.in_address());
        let page = set.post(&path, ASKED.to_owned()).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let upper = format!("/desk/{}/check", language.tag.as_str().to_uppercase());
        assert_eq!(set.post(&upper, ASKED.to_owned()).await.status, StatusCode::OK, "{upper}");
    }
    assert!(RENDERER.directory().language(&LanguageTag::source()).is_some());
}

#[tokio::test]
async fn a_page_with_answers_is_kept_by_the_browser_and_a_receipt_by_nobody() {
    let set = set();
    let request = Request::post("/desk/en/check").body(Body::from(ASKED)).unwrap();
    let page = app(set.desk.clone()).oneshot(request).await.unwrap();
    assert_eq!(page.headers()[header::CACHE_CONTROL], "private, no-cache");
    let body = page.into_body().collect().await.unwrap().to_bytes();
    let form = hidden(std::str::from_utf8(&body).unwrap());
    let sent = set.post("/desk/en/send", form).await;
    let request = Request::get(&sent.location).body(Body::empty()).unwrap();
    let receipt = app(set.desk.clone()).oneshot(request).await.unwrap();
    assert_eq!(receipt.headers()[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn what_no_library_can_take_goes_to_the_coordinator_and_every_mail_can_be_made() {
    let set = set();
    // Nobody takes part in the pilot, so nobody can be asked.
    let mut bundle = RENDERER.bundle().clone();
    bundle.directory.service.pilot = Some(std::collections::BTreeSet::new());
    set.desk.renderer.replace(Arc::new(Renderer::new(Arc::new(bundle)).unwrap()));
    let asked = format!("{ASKED}&email=lan@example.com&library=langley");
    let form = hidden(&set.post("/desk/vi/check", asked.clone()).await.body);
    let sent = set.post("/desk/vi/send", form.clone()).await;
    let receipt = set.get(&sent.location).await;
    assert!(receipt.body.contains("Người điều phối"), "{}", receipt.body);

    // Everybody takes part again, and the patron changes an answer: it moves to a library.
    set.desk.renderer.replace(Arc::clone(&RENDERER));
    set.minutes.store(1, Ordering::SeqCst);
    let page = set.post("/desk/vi/form", form).await;
    let changed = format!("{asked}&library=&topic=catalog&meet=phone&{}", hidden(&page.body));
    let changed = changed.replace("&library=langley&library=", "&library=lynnwood");
    let form = hidden(&set.post("/desk/vi/check", changed).await.body);
    let again = set.post("/desk/vi/send", form).await;
    assert_eq!(again.location, sent.location);

    let mailer = Arc::new(MemoryMailer::new());
    let store = Arc::clone(&set.desk.store);
    let deliverer = support::deliverer(store, Arc::clone(&mailer) as _, &set.desk.secrets);
    let round = deliverer.deliver_due((set.desk.clock)()).await.unwrap();
    // To the coordinator twice (new, moved on), to the library, to the patron.
    assert_eq!(round, Round { sent: 4, ..Round::default() });
    let to = |bytes: &Vec<u8>| {
        let mail = MessageParser::default().parse(bytes).unwrap();
        mail.to().unwrap().first().unwrap().address().unwrap().to_owned()
    };
    let mut recipients: Vec<_> = mailer.sent().iter().map(to).collect();
    recipients.sort();
    let coordinator = "coordinator@library.example";
    let expected = [coordinator, coordinator, "lan@example.com", "lynnwood@library.example"];
    assert_eq!(recipients, expected);
}

#[tokio::test]
async fn healthz_is_ok_until_staff_have_not_heard_of_a_request_for_a_quarter_of_an_hour() {
    let set = set();
    let (_, case) = sent(&*set.store, &set.desk.secrets, 1).await;
    set.store.create(&case, &[]).await.unwrap();
    set.minutes.store(14, Ordering::SeqCst);
    assert_eq!(set.get("/desk/healthz").await.body, "ok\n");
    set.minutes.store(15, Ordering::SeqCst);
    let stuck = set.get("/desk/healthz").await;
    assert_eq!(stuck.status, StatusCode::OK, "requests are taken all the same");
    assert!(
        stuck.body.contains("mail is stuck") && stuck.body.contains("status"),
        "{}",
        stuck.body
    );
}
