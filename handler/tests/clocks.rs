//! A patron sends a form while the clock jumps: the answers are kept, whichever way it goes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use handler::store::Store;
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
