//! The promise as a date.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::branch::Closure;
use domain::calendar::{Calendar, deadline, parts_of_week_answered, share_of_promise};
use domain::directory::Holiday;
use domain::{Directory, answers::PartOfWeek, retention};
use jiff::civil::date;
use proptest::prelude::*;
use support::{at, branch, directory};

fn check(sent: &str, expected: &str) {
    check_in(&directory(vec![branch("ash", &[])]), sent, expected);
}

fn check_in(directory: &Directory, sent: &str, expected: &str) {
    assert_eq!(deadline(at(sent), directory), at(expected), "sent {sent}");
}

#[test]
fn it_ends_at_closing_on_the_second_answering_day_after() {
    check("2026-11-23T09:12", "2026-11-25T17:00");
    check("2026-11-23T16:59", "2026-11-25T17:00");
}

#[test]
fn what_is_sent_after_closing_counts_as_the_next_day() {
    check("2026-11-23T17:00", "2026-11-26T17:00");
    check("2026-11-23T23:59", "2026-11-26T17:00");
}

#[test]
fn what_is_sent_before_opening_counts_as_that_day() {
    check("2026-11-23T05:00", "2026-11-25T17:00");
}

#[test]
fn a_weekend_is_passed_over() {
    check("2026-11-20T12:00", "2026-11-24T17:00");
    check("2026-11-21T12:00", "2026-11-25T17:00");
}

#[test]
fn holidays_and_closures_are_passed_over() {
    let mut directory = directory(vec![branch("ash", &[])]);
    directory.service.holidays = vec![Holiday { date: date(2026, 11, 26), name: "T".into() }];
    check_in(&directory, "2026-11-24T09:12", "2026-11-27T17:00");
    directory.service.closures = vec![Closure {
        from: date(2026, 11, 27),
        until: date(2026, 11, 30),
        reason: "snow".into(),
    }];
    check_in(&directory, "2026-11-24T09:12", "2026-12-01T17:00");
}

#[test]
fn the_clock_may_change_meanwhile() {
    // On Sunday, March 14, 2027 clocks go forward.
    check("2027-03-12T12:00", "2027-03-16T17:00");
}

#[test]
fn a_share_of_the_promise_is_a_share_of_its_answering_hours() {
    let directory = directory(vec![branch("ash", &[])]);
    let (sent, due) = (at("2026-11-23T13:00"), at("2026-11-25T17:00"));
    // Four hours, eight and eight: half of the twenty are over on Tuesday at three.
    assert_eq!(share_of_promise(sent, due, 0.5, &directory), at("2026-11-24T15:00"));
    assert_eq!(share_of_promise(sent, due, 1.0, &directory), due);
}

#[test]
fn parts_of_the_week_without_answers_are_not_offered() {
    let parts = parts_of_week_answered(&directory(Vec::new()));
    let parts: Vec<_> = parts.into_iter().collect();
    assert_eq!(parts, [PartOfWeek::WeekdayMorning, PartOfWeek::WeekdayAfternoon]);
}

#[test]
fn the_day_of_erasure_is_told_with_that_of_the_back_ups() {
    let records = directory(Vec::new()).service.records;
    let erasure = retention::erasure(date(2026, 11, 24), &records);
    assert_eq!(erasure.erased_on, date(2026, 12, 24));
    assert_eq!(erasure.gone_from_backups_on, date(2026, 12, 31));
}

proptest! {
    #[test]
    fn the_deadline_is_later_than_the_sending_and_ends_an_opening(minutes in 0_i64..1_000_000) {
        let directory = directory(vec![branch("ash", &[])]);
        let sent = at("2026-01-01T00:00") + jiff::SignedDuration::from_mins(minutes);
        let due = deadline(sent, &directory);
        prop_assert!(due > sent);
        let calendar = Calendar::of_service(&directory.service);
        prop_assert_eq!(calendar.next_answer(due).is_some_and(|next| next > due), true);
        let day = due.to_zoned_datetime(directory.service.time_zone.clone()).date();
        prop_assert!(calendar.openings_on(day).iter().any(|opening| opening.until == due));
        let share = share_of_promise(sent, due, 0.25, &directory);
        prop_assert!(sent <= share && share <= due);
    }
}
