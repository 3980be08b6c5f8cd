//! The store fails, loses an answer, or the process is killed, at each call that sending a request
//! makes: the form sent again is one request, mailed once.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use handler::store::Cases;
use support::faulty::Fault;
use support::set::{Answer, Set, hidden, set};

const ASKED: &str =
    "topic=genealogy&phone=360-555-0142&email=lan%40example.com&details=b%C3%A0+ngo%E1%BA%A1i";

/// Sends a form while this goes wrong; `None` if the process was killed meanwhile.
async fn send(set: &Set, form: &str, fault: Fault) -> Option<Answer> {
    set.store.set(fault);
    let answer = tokio::select! {
        answer = set.post("/desk/vi/send", form.to_owned()) => Some(answer),
        () = set.store.hung() => None,
    };
    answer
}

/// One request, its mail once, and it opens.
async fn is_stored_once(set: &Set, receipt: &Answer, fault: Fault) {
    assert_eq!(receipt.status, StatusCode::SEE_OTHER, "{fault:?}: {}", receipt.body);
    let ids = set.store.ids_after(None, 10).await.unwrap();
    assert_eq!(ids.len(), 1, "{fault:?}");
    let case = set.store.read(ids[0]).await.unwrap().unwrap();
    assert_eq!((case.version, case.outbox.len()), (1, 2), "{fault:?}");
    let page = set.get(&receipt.location).await;
    assert_eq!(page.status, StatusCode::OK, "{fault:?}");
    assert!(page.body.contains("bà ngoại"), "{fault:?}");
}

/// How many calls a form makes that is sent for the first time.
async fn calls() -> usize {
    let set = set();
    let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
    let sent = send(&set, &form, Fault::None).await.unwrap();
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    set.store.calls()
}

#[tokio::test]
async fn whatever_call_fails_the_answers_are_kept_and_the_same_form_is_one_request() {
    for call in 0..calls().await {
        for fault in [Fault::NotDone(call), Fault::AnswerLost(call)] {
            let set = set();
            let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
            let page = send(&set, &form, fault).await.unwrap();
            assert_eq!(page.status, StatusCode::INSUFFICIENT_STORAGE, "{fault:?}");
            assert!(page.body.contains("bà ngoại"), "{fault:?}: the answers are there");
            assert!(page.body.contains("425-555-0100"), "{fault:?}: the number to call");
            let again = send(&set, &hidden(&page.body), Fault::None).await.unwrap();
            is_stored_once(&set, &again, fault).await;
            // The first page, sent once more by *Back*.
            let back = send(&set, &form, Fault::None).await.unwrap();
            assert_eq!(back.location, again.location, "{fault:?}");
            is_stored_once(&set, &back, fault).await;
        }
    }
}

#[tokio::test]
async fn killed_at_whatever_call_the_same_form_is_one_request() {
    for call in 0..calls().await {
        for fault in [Fault::KilledBefore(call), Fault::KilledAfter(call)] {
            let set = set();
            let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
            assert!(send(&set, &form, fault).await.is_none(), "{fault:?}");
            let again = send(&set, &form, Fault::None).await.unwrap();
            is_stored_once(&set, &again, fault).await;
        }
    }
}
