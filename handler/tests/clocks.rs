//! A patron sends a form while the clock jumps: the answers are kept, whichever way it goes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use handler::store::Cases;
use std::sync::atomic::Ordering;
use support::set::{hidden, set};

const ASKED: &str = "topic=genealogy&email=lan%40example.com&details=b%C3%A0+ngo%E1%BA%A1i";
const DAY: i64 = 24 * 60;

#[tokio::test]
async fn whichever_way_the_clock_jumps_between_check_and_send_nothing_typed_is_lost() {
    for (checked, sent) in
        [(0, -3), (3, 0), (400 * DAY, 0), (0, 400 * DAY), (0, -400 * DAY), (30, 0), (0, -DAY)]
    {
        let set = set();
        set.minutes.store(checked, Ordering::SeqCst);
        let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
        set.minutes.store(sent, Ordering::SeqCst);
        let mut answer = set.post("/desk/vi/send", form).await;
        if answer.status != StatusCode::SEE_OTHER {
            assert!(answer.body.contains("bà ngoại"), "{checked} → {sent}");
            answer = set.post("/desk/vi/send", hidden(&answer.body)).await;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{checked} → {sent}: {}", answer.body);
        let page = set.get(&answer.location).await;
        assert!(page.body.contains("bà ngoại"), "{checked} → {sent}");
        assert_eq!(set.store.ids_after(None, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_change_that_is_older_by_the_clock_than_what_it_changes_counts() {
    for (sent, changed) in [(3, 0), (400 * DAY, 0), (0, 400 * DAY), (2 * DAY, 0)] {
        let set = set();
        set.minutes.store(sent, Ordering::SeqCst);
        let form = hidden(&set.post("/desk/vi/check", ASKED.to_owned()).await.body);
        let first = set.post("/desk/vi/send", form.clone()).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        set.minutes.store(changed, Ordering::SeqCst);
        let page = hidden(&set.post("/desk/vi/form", form).await.body);
        let asked = format!("topic=genealogy&email=lan%40example.com&details=Skagit&{page}");
        let page = set.post("/desk/vi/check", asked).await;
        let mut answer = set.post("/desk/vi/send", hidden(&page.body)).await;
        if answer.status != StatusCode::SEE_OTHER {
            answer = set.post("/desk/vi/send", hidden(&answer.body)).await;
        }
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{sent} → {changed}: {}", answer.body);
        let page = set.get(&answer.location).await;
        assert!(page.body.contains("Skagit"), "{sent} → {changed}: {}", page.body);
        if sent == 3 {
            assert_eq!(answer.location, first.location, "it is the same request still");
        }
    }
}
