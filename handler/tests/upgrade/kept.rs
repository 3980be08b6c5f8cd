//! How long the requests of the release before are kept, and what is counted of them.

use crate::desk::{Earlier, days_later, soon};
use crate::support::coordinator;
use axum::http::StatusCode;
use domain::Reference;
use domain::request::Event;
use handler::case::{Stored, Tombstone};
use handler::store::Count;
use std::collections::BTreeMap;

/// The closed request was closed on November 18: it is erased 30 days later.
const ERASED_AFTER_DAYS: i64 = 24;

async fn tombstone(earlier: &Earlier, id: Reference) -> Option<Tombstone> {
    match earlier.store.find(id).await.unwrap() {
        Some(Stored::Erased(tombstone)) => Some(tombstone),
        Some(Stored::Case(_)) => None,
        None => panic!("{id} is gone altogether"),
    }
}

async fn counts(earlier: &Earlier) -> BTreeMap<String, u64> {
    let counts = earlier.store.counts().await.unwrap().into_iter();
    counts.map(|Count { name, number }| (name, number)).collect()
}

pub(crate) async fn a_closed_request_is_erased_on_its_day_with_its_key(earlier: Earlier) {
    let id = earlier.number("closed");
    earlier.sweep(soon()).await;
    for day in 1..ERASED_AFTER_DAYS {
        assert_eq!(earlier.sweep(days_later(day)).await.erased, 0, "{day} days later");
    }
    assert!(earlier.store.existing_key(id).await.unwrap().is_some());
    assert_eq!(earlier.sweep(days_later(ERASED_AFTER_DAYS)).await.erased, 1);
    let erased = tombstone(&earlier, id).await.unwrap();
    assert_eq!(erased.erased_on.to_string(), "2026-12-18");
    assert_eq!(erased.series, "Reference requests (sample)");
    assert_eq!(earlier.store.existing_key(id).await.unwrap(), None);
    assert_eq!(earlier.set.get(earlier.receipt("closed")).await.status, StatusCode::GONE);
}

pub(crate) async fn a_legal_hold_of_the_release_before_stops_the_erasure_until_it_is_released(
    earlier: Earlier,
) {
    let id = earlier.number("closed-held");
    for day in 0..40 {
        earlier.sweep(days_later(day)).await;
    }
    assert!(tombstone(&earlier, id).await.is_none());
    assert!(earlier.store.existing_key(id).await.unwrap().is_some());
    assert_eq!(earlier.set.get(earlier.receipt("closed-held")).await.status, StatusCode::OK);
    let release = Event::LegalHoldReleased;
    earlier.happens("closed-held", release, coordinator(), days_later(40)).await;
    for day in 41..44 {
        earlier.sweep(days_later(day)).await;
    }
    assert!(tombstone(&earlier, id).await.is_some());
    assert_eq!(earlier.store.existing_key(id).await.unwrap(), None);
}

pub(crate) async fn counts_and_the_destruction_log_go_on_from_where_they_were(earlier: Earlier) {
    let series = "Reference requests (sample)";
    let before = [
        "2026-10 language en".to_owned(),
        "2026-10 library camano-island".to_owned(),
        "2026-10 meet any".to_owned(),
        "2026-10 outcome completed".to_owned(),
        "2026-10 requests".to_owned(),
        "2026-10 topic e-books".to_owned(),
        format!("destroyed 2026-11-14 gone-from-backups 2026-11-21 {series}"),
    ];
    let mut expected: BTreeMap<_, _> = before.into_iter().map(|name| (name, 1)).collect();
    assert_eq!(counts(&earlier).await, expected);
    let erased = tombstone(&earlier, earlier.number("erased")).await.unwrap();
    assert_eq!((erased.erased_on.to_string().as_str(), &*erased.series), ("2026-11-14", series));
    for day in 0..=ERASED_AFTER_DAYS {
        earlier.sweep(days_later(day)).await;
    }
    for name in ["language en", "library coupeville", "meet any", "requests", "topic genealogy"] {
        expected.insert(format!("2026-11 {name}"), 1);
    }
    expected.insert("2026-11 outcome completed".to_owned(), 1);
    expected.insert(format!("destroyed 2026-12-18 gone-from-backups 2026-12-25 {series}"), 1);
    assert_eq!(counts(&earlier).await, expected);
}

pub(crate) async fn nobody_is_told_that_the_desk_is_not_well(earlier: Earlier) {
    earlier.store.health(&earlier.secrets.desk_id()).await.unwrap();
    let health = earlier.set.get("/desk/healthz").await;
    assert_eq!((health.status, health.body.trim()), (StatusCode::OK, "ok"));
}
