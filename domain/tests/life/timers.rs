//! What the time asks for, the table allows; and a request is never looked at too late.

use crate::properties::any_life;
use crate::samples::{in_phase, later, start, the_directory};
use crate::support::at;
use domain::escalation::{Timer, due, timers};
use domain::request::{Actor, Event, allowed, next_wake};
use domain::retention::LOOKED_AT_EACH;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_due_is_legal(life in any_life()) {
        let life = life?;
        let state = life.request.state();
        let wake = next_wake(&state, the_directory(), life.now);
        prop_assert!(wake <= life.now + LOOKED_AT_EACH);
        for (at, timer) in timers(&state, the_directory()) {
            prop_assert!(wake <= at);
            let now = at.max(life.now);
            if let Some(event) = timer.event() {
                // Of a session that is over nobody needs to be reminded.
                let answer = allowed(&state, &event, &Actor::Service, now);
                let too_late = timer == Timer::Remind && now > at;
                prop_assert!(too_late || answer.is_ok(), "{timer:?}: {answer:?}");
            }
        }
    }
}

/// The timers of a state, with what a clock here shows.
fn told(phase: &str) -> Vec<(Timer, String)> {
    let request = in_phase(phase);
    let mut timers = timers(&request.state(), the_directory());
    timers.sort();
    let zone = the_directory().service.time_zone.clone();
    let local =
        |at: jiff::Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%a %H:%M").to_string();
    timers.into_iter().map(|(at, timer)| (timer, local(at))).collect()
}

/// Sent on a Tuesday at 9:12, due on Thursday at 17:00: 23 answering hours and 48 minutes.
#[test]
fn an_unclaimed_request_is_nudged_moves_on_and_comes_to_the_coordinator() {
    let expected =
        [(Timer::Nudge, "Tue 15:09"), (Timer::Move, "Wed 13:06"), (Timer::TellDelay, "Thu 17:00")];
    assert_eq!(told("waiting"), expected.map(|(timer, at)| (timer, at.to_owned())));
    let expected = [(Timer::TellContactOverdue, "Thu 11:03"), (Timer::TellDelay, "Thu 17:00")];
    assert_eq!(told("claimed"), expected.map(|(timer, at)| (timer, at.to_owned())));
    assert_eq!(told("held")[0], (Timer::PassUnseen, "Tue 15:09".to_owned()));
    assert_eq!(told("closed")[0].0, Timer::Erase);
}

#[test]
fn what_is_due_comes_one_after_the_other() {
    let mut request = in_phase("waiting");
    let directory = the_directory();
    assert_eq!(due(&request.state(), directory, later(start(), 60)), None);
    let now = at("2026-11-26T17:00");
    let mut done = Vec::new();
    while let Some(timer) = due(&request.state(), directory, now) {
        let event = timer.event().unwrap_or(Event::GivenToCoordinator);
        let id = crate::samples::id(&format!("t-{}", done.len()));
        request.apply(id, event, Actor::Service, now).unwrap();
        done.push(timer);
    }
    assert_eq!(done, [Timer::Nudge, Timer::Move, Timer::TellDelay]);
    assert!(next_wake(&request.state(), directory, now) > now);
}
