//! When a mailbox that refuses mail is given up for new requests.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::mailbox::is_unhealthy;
use support::{at, branch, directory};

/// Answering hours are from nine to five, Monday to Friday.
fn check(since: &str, now: &str, unhealthy: bool) {
    let service = directory(vec![branch("ash", &[])]).service;
    assert_eq!(is_unhealthy(at(since), at(now), &service), unhealthy, "{since} to {now}");
}

#[test]
fn four_answering_hours_of_refusals_make_it_unhealthy_and_not_one() {
    check("2026-11-23T09:00", "2026-11-23T10:00", false);
    check("2026-11-23T09:00", "2026-11-23T12:59", false);
    check("2026-11-23T09:00", "2026-11-23T13:00", true);
}

#[test]
fn nights_and_weekends_do_not_count() {
    check("2026-11-23T16:00", "2026-11-24T09:00", false);
    check("2026-11-23T16:00", "2026-11-24T12:00", true);
    check("2026-11-20T17:00", "2026-11-23T08:59", false);
}

#[test]
fn a_clock_that_went_back_makes_nothing_unhealthy() {
    check("2026-11-23T13:00", "2026-11-23T09:00", false);
    check("2027-12-28T13:00", "2026-11-23T09:00", false);
}
