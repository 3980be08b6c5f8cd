//! One form is one request, however a patron goes through it: back and forth, in two tabs, in
//! another language, over a day, while the store fails.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use domain::Reference;
use handler::case::Tombstone;
use handler::cases::Happening;
use handler::store::{Cases, Keys};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::faulty::Fault;
use support::set::{Answer, Set, hidden, set};
use support::{claimed_and_closed, coordinator};

const ASKED: &str = "topic=genealogy&phone=360-555-0142&library=langley";

/// What old browsers tell, and none at all.
const REFERER: [(&str, &str); 1] = [("referer", "https://help.library.example/request/")];
const NOTHING: [(&str, &str); 0] = [];

/// Fills in what the page doesn't carry, and presses *Continue*; the check page's form.
async fn check(set: &Set, page: &Answer, details: &str) -> String {
    let filled = format!("{}&{ASKED}&details={details}", hidden(&page.body));
    let checked = set.post("/desk/en/check", filled).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.body);
    hidden(&checked.body)
}

/// A form begun on a static page, up to its check page.
async fn begin(set: &Set, details: &str) -> String {
    let asked = format!("{ASKED}&details={details}");
    hidden(&set.post("/desk/en/check", asked).await.body)
}

/// Presses *Change* on a check page, changes the details, and continues.
async fn change(set: &Set, form: &str, details: &str) -> String {
    check(set, &set.post("/desk/en/form", form.to_owned()).await, details).await
}

async fn send(set: &Set, form: &str) -> Answer {
    set.post("/desk/en/send", form.to_owned()).await
}

/// Presses *Send*, and gets the receipt of this very request with these words on it.
async fn stays(set: &Set, form: &str, first: &Answer, details: &str) {
    let sent = send(set, form).await;
    assert_eq!((sent.status, &sent.location), (StatusCode::SEE_OTHER, &first.location));
    assert!(set.get(&sent.location).await.body.contains(details), "{details}");
}

/// A page that says that the form was sent or changed, and shows neither link nor number.
async fn is_overtaken(set: &Set, form: &str, first: &Answer) {
    let page = send(set, form).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    assert!(page.body.contains("sent or changed since") && page.body.contains("425-555-0100"));
    assert!(!page.body.contains("/desk/en/request/") && !page.body.contains("class=\"ref\""));
    let locator = first.location.rsplit('/').next().unwrap();
    let number = Reference::parse(locator.split('.').next().unwrap()).unwrap().to_string();
    assert!(!page.body.contains(&number), "the number is told to nobody else");
}

async fn requests(set: &Set) -> usize {
    set.store.ids_after(None, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_mistake_a_change_and_going_back_are_one_request() {
    let set = set();
    let mistaken = "topic=genealogy&phone=555".to_owned();
    let page = set.post("/desk/en/check", mistaken).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = check(&set, &page, "first").await;
    // Change, a mistake there, mended: the page with mistakes carries the form on.
    let page = set.post("/desk/en/form", form).await;
    let mistaken = format!("{}&topic=genealogy&phone=555", hidden(&page.body));
    let page = set.post("/desk/en/check", mistaken).await;
    let form = check(&set, &page, "second").await;
    let first = send(&set, &form).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    stays(&set, &form, &first, "second").await;
    let form = change(&set, &form, "third").await;
    stays(&set, &form, &first, "third").await;
    // Once more, now from the page before: it is the newest that counts.
    stays(&set, &form, &first, "third").await;
    let form = change(&set, &form, "fourth").await;
    stays(&set, &form, &first, "fourth").await;
    assert_eq!(requests(&set).await, 1);
}

#[tokio::test]
async fn changing_the_language_on_the_form_or_the_check_page_keeps_the_form() {
    let set = set();
    let form = begin(&set, "first").await;
    let first = send(&set, &form).await;
    // From the check page to the form in Vietnamese, from there back to English.
    let page = set.post("/desk/vi/form", form).await;
    let page = set.post("/desk/en/form", hidden(&page.body)).await;
    let form = check(&set, &page, "second").await;
    stays(&set, &form, &first, "second").await;
    assert_eq!(requests(&set).await, 1);
}

/// Which call of a form that is sent stores it: the last.
async fn create_call() -> usize {
    let set = set();
    send(&set, &begin(&set, "first").await).await;
    set.store.calls() - 1
}

#[tokio::test]
async fn after_a_lost_answer_any_page_leads_to_the_same_receipt() {
    let set = set();
    let form = begin(&set, "first").await;
    set.store.set(Fault::AnswerLost(create_call().await));
    let page = send(&set, &form).await;
    set.store.set(Fault::None);
    assert_eq!((page.status, requests(&set).await), (StatusCode::INSUFFICIENT_STORAGE, 1));
    let first = send(&set, &hidden(&page.body)).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    stays(&set, &form, &first, "first").await;
    // The page that says so can be changed, too; and its answers a day later.
    let changed = change(&set, &hidden(&page.body), "second").await;
    set.minutes.store(24 * 60 + 1, Ordering::SeqCst);
    let expired = send(&set, &changed).await;
    assert_eq!(expired.status, StatusCode::UNPROCESSABLE_ENTITY);
    stays(&set, &hidden(&expired.body), &first, "second").await;
    assert_eq!(requests(&set).await, 1);
}

#[tokio::test]
async fn an_expired_page_that_was_sent_before_leads_to_the_same_receipt() {
    let set = set();
    let form = begin(&set, "first").await;
    let first = send(&set, &form).await;
    set.minutes.store(24 * 60 + 1, Ordering::SeqCst);
    let page = send(&set, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    stays(&set, &hidden(&page.body), &first, "first").await;
    // *Change* on the old page works, too.
    let form = change(&set, &form, "second").await;
    stays(&set, &form, &first, "second").await;
    assert_eq!(requests(&set).await, 1);
}

#[tokio::test]
async fn of_two_tabs_the_first_change_counts_and_the_other_is_told() {
    let set = set();
    let form = begin(&set, "first").await;
    let first = send(&set, &form).await;
    let (one, two) = (change(&set, &form, "one").await, change(&set, &form, "two").await);
    let (sent_one, sent_two) = tokio::join!(send(&set, &one), send(&set, &two));
    let (won, lost, words) = match sent_one.status {
        StatusCode::SEE_OTHER => (&one, &two, "one"),
        _ => (&two, &one, "two"),
    };
    let statuses = [sent_one.status, sent_two.status];
    assert!(statuses.contains(&StatusCode::SEE_OTHER) && statuses.contains(&StatusCode::CONFLICT));
    is_overtaken(&set, lost, &first).await;
    is_overtaken(&set, &form, &first).await;
    stays(&set, won, &first, words).await;
    assert_eq!(requests(&set).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_changes_sent_at_once_change_it_once() {
    let set = set();
    let form = begin(&set, "first").await;
    let first = send(&set, &form).await;
    let changed = change(&set, &form, "second").await;
    let set = Arc::new(set);
    let sends: Vec<_> = (0..20)
        .map(|_| {
            let (set, changed) = (Arc::clone(&set), changed.clone());
            tokio::spawn(async move { send(&set, &changed).await })
        })
        .collect();
    for sent in sends {
        let sent = sent.await.unwrap();
        assert_eq!((sent.status, &sent.location), (StatusCode::SEE_OTHER, &first.location));
    }
    let id = set.store.ids_after(None, 2).await.unwrap()[0];
    assert_eq!(set.store.read(id).await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn an_old_browser_that_tells_only_its_page_changes_its_request() {
    let set = set();
    let post = |path: &'static str, body| set.post_with(path, body, &REFERER);
    let asked = format!("{ASKED}&details=first");
    let form = hidden(&post("/desk/en/check", asked).await.body);
    let first = post("/desk/en/send", form.clone()).await;
    let page = post("/desk/en/form", form).await;
    let changed = format!("{}&{ASKED}&details=second", hidden(&page.body));
    let form = hidden(&post("/desk/en/check", changed).await.body);
    let again = post("/desk/en/send", form).await;
    assert_eq!((again.status, &again.location), (StatusCode::SEE_OTHER, &first.location));
    assert!(set.get(&first.location).await.body.contains("second"));
}

#[tokio::test]
async fn a_browser_that_tells_nothing_sends_its_request_and_once_though_twice() {
    let set = set();
    let post = |path: &'static str, body| set.post_with(path, body, &NOTHING);
    let form = hidden(&post("/desk/en/check", format!("{ASKED}&details=first")).await.body);
    let first = post("/desk/en/send", form.clone()).await;
    let again = post("/desk/en/send", form.clone()).await;
    assert_eq!((first.status, &again.location), (StatusCode::SEE_OTHER, &first.location));
    // Nobody can tell whose page it is, so a change is another request: nothing is lost.
    let page = post("/desk/en/form", form).await;
    let changed = format!("{}&{ASKED}&details=second", hidden(&page.body));
    let form = hidden(&post("/desk/en/check", changed).await.body);
    let other = post("/desk/en/send", form).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    assert_ne!(other.location, first.location);
    assert!(set.get(&first.location).await.body.contains("first"));
    assert!(set.get(&other.location).await.body.contains("second"));
}

#[tokio::test]
async fn a_clock_that_goes_back_loses_no_change() {
    let set = set();
    let form = begin(&set, "first").await;
    let first = send(&set, &form).await;
    set.minutes.store(-3, Ordering::SeqCst);
    let form = change(&set, &form, "second").await;
    stays(&set, &form, &first, "second").await;
    // A year ahead, and back.
    set.minutes.store(400 * 24 * 60, Ordering::SeqCst);
    let form = change(&set, &form, "third").await;
    set.minutes.store(0, Ordering::SeqCst);
    let page = send(&set, &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    stays(&set, &hidden(&page.body), &first, "third").await;
    assert_eq!(requests(&set).await, 1);
}

#[tokio::test]
async fn whoever_changes_it_more_often_than_a_page_can_carry_loses_nothing() {
    let set = set();
    let mut form = begin(&set, "words-0").await;
    let first = send(&set, &form).await;
    for round in 1..=8 {
        let words = format!("words-{round}");
        form = change(&set, &form, &words).await;
        stays(&set, &form, &first, &words).await;
    }
    let form = change(&set, &form, "words-9").await;
    let other = send(&set, &form).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER);
    assert_ne!(other.location, first.location);
    assert!(set.get(&first.location).await.body.contains("words-8"));
    assert!(set.get(&other.location).await.body.contains("words-9"));
}

#[tokio::test]
async fn a_closed_request_is_shown_to_its_form_and_told_to_no_other() {
    let set = set();
    let form = begin(&set, "first").await;
    let older = change(&set, &form, "older").await;
    let newer = change(&set, &form, "newer").await;
    let first = send(&set, &newer).await;
    let id = set.store.ids_after(None, 1).await.unwrap()[0];
    close(&set, id).await;
    stays(&set, &newer, &first, "newer").await;
    let descends = change(&set, &newer, "after").await;
    stays(&set, &descends, &first, "newer").await;
    is_overtaken(&set, &older, &first).await;
}

async fn close(set: &Set, id: Reference) {
    let now = (set.desk.clock)();
    for (event_id, event) in claimed_and_closed() {
        let happening = Happening { id: event_id, event, actor: coordinator() };
        support::happens(&*set.store, &set.desk.secrets, id, &happening, now).await.unwrap();
    }
}

#[tokio::test]
async fn the_form_of_an_erased_request_is_told_that_it_is_gone_and_another_nothing() {
    let set = set();
    let form = begin(&set, "first").await;
    let older = change(&set, &form, "older").await;
    let newer = change(&set, &form, "newer").await;
    let first = send(&set, &newer).await;
    let descends = change(&set, &newer, "after").await;
    let id = set.store.ids_after(None, 1).await.unwrap()[0];
    let case = set.store.read(id).await.unwrap().unwrap();
    let key = set.store.existing_key(id).await.unwrap().unwrap();
    let request = handler::case::body::open(&set.desk.secrets, &key, &case).unwrap();
    let tombstone = Tombstone {
        id,
        nonce_hash: case.nonce_hash,
        series: "Requests".to_owned(),
        erased_on: "2026-12-24".parse().unwrap(),
        answered_by: request.answered_by().cloned(),
    };
    set.store.erase(&tombstone, case.version, &[], (set.desk.clock)()).await.unwrap();
    for own in [&newer, &descends] {
        assert_eq!(send(&set, own).await.status, StatusCode::GONE);
    }
    is_overtaken(&set, &older, &first).await;
}

/// Langley answers until four on Fridays, and the request is due that day at five.
#[tokio::test]
async fn changed_answers_are_routed_by_the_date_that_was_promised() {
    const LANGLEY: &str = "topic=catalog&phone=360-555-0142&library=langley";
    let set = set();
    let form = hidden(&set.post("/desk/en/check", LANGLEY.to_owned()).await.body);
    let first = send(&set, &form).await;
    let id = set.store.ids_after(None, 1).await.unwrap()[0];
    let holder = async || {
        let case = set.store.read(id).await.unwrap().unwrap();
        (case.summary.branch.map(|branch| branch.to_string()), case.summary.due)
    };
    let (sent_to, due) = holder().await;
    assert_eq!(sent_to.as_deref(), Some("langley"));
    assert_eq!(due, "2026-11-28T01:00:00Z".parse::<Timestamp>().unwrap());
    set.minutes.store(3 * 24 * 60 + 4 * 60 + 30, Ordering::SeqCst);
    let page = set.post("/desk/en/form", form).await;
    let filled = format!("{}&{LANGLEY}&meet=phone&details=later", hidden(&page.body));
    let changed = hidden(&set.post("/desk/en/check", filled).await.body);
    stays(&set, &changed, &first, "later").await;
    let (moved_to, still_due) = holder().await;
    assert_eq!(still_due, due);
    assert_ne!(moved_to.as_deref(), Some("langley"), "nobody answers there in time");
}
