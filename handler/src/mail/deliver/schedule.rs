//! When a mail that was not taken is retried, and for how long.

use crate::store::after;
use domain::request::Audience;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Minutes until the next try, after the first failure, the second, …: soon at first, as servers
/// that don't know us ask for a retry in a minute or five; then rarely, for days.
const MINUTES: [i64; 7] = [1, 5, 15, 30, 60, 120, 240];

/// How many tries a patron's mail has: five days on this schedule. Counted in tries, not by the
/// clock, so that a clock that jumps ends nothing.
const PATRON_TRIES: u32 = 37;

/// The longest interval between two looks, in case a bell gets lost.
pub(super) const LOOK_AT_LEAST_EACH: Duration = Duration::from_secs(60);

/// The next try of a mail that has just failed, after `tries` earlier failures.
pub(crate) fn next_try(tries: u32, now: Timestamp) -> Timestamp {
    let place = usize::try_from(tries).unwrap_or(usize::MAX).min(MINUTES.len() - 1);
    let minutes = MINUTES.get(place).copied().unwrap_or(1);
    after(now, SignedDuration::from_mins(minutes))
}

/// The next try while no mail is taken, which isn't the mail's fault.
pub(super) fn next_look(now: Timestamp) -> Timestamp {
    after(now, SignedDuration::from_mins(1))
}

/// The most tries charged to a mail that couldn't be composed: enough to put it behind mail that
/// was never tried, and for `status` to report it. No mail server was asked, so it uses up no more
/// of a patron's tries.
pub(super) const CHARGED_UNMADE: u32 = 1;

/// The shortest and longest wait of a mail that can't be composed.
const UNMADE_MIN: SignedDuration = SignedDuration::from_mins(1);
const UNMADE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// When to compose a mail again that has waited since `since`: the wait doubles, as its tries
/// aren't counted. Soon enough for somebody who has fixed a wording.
pub(super) fn next_making(since: Timestamp, now: Timestamp) -> Timestamp {
    let wait = now.duration_since(since).clamp(UNMADE_MIN, UNMADE_MAX);
    after(now, wait)
}

/// Whether a mail is given up that has just failed, after `tries` earlier failures. Mail to staff
/// never is.
pub(super) fn is_over(to: &Audience, tries: u32) -> bool {
    match to {
        Audience::Patron | Audience::FormerPatron => tries.saturating_add(1) >= PATRON_TRIES,
        Audience::Branch(_) | Audience::Coordinator => false,
    }
}

/// How long to wait until the next mail is ready. Not at all if it is ready already, except that
/// ready mail that can't be leased must not cause a busy loop.
pub(super) fn until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let Some(next) = next else {
        return LOOK_AT_LEAST_EACH;
    };
    let wait = Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    wait.clamp(Duration::from_secs(1), LOOK_AT_LEAST_EACH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_mail_that_was_ready_long_ago_is_not_waited_for() {
        assert_eq!(until(Some(at(0)), at(90)), Duration::from_secs(1));
        assert_eq!(until(Some(Timestamp::MIN), Timestamp::MAX), Duration::from_secs(1));
        assert_eq!(until(Some(at(90)), at(90)), Duration::from_secs(1));
        assert_eq!(until(Some(at(90)), at(0)), LOOK_AT_LEAST_EACH);
        assert_eq!(until(None, at(0)), LOOK_AT_LEAST_EACH);
    }

    #[test]
    fn a_mail_that_cannot_be_made_is_made_again_after_a_minute_at_first_and_then_each_hour() {
        let waits = |waited| next_making(at(0), at(waited)).duration_since(at(waited)).as_mins();
        assert_eq!([-99, 0, 1, 2, 30, 60, 9_999].map(waits), [1, 1, 1, 2, 30, 60, 60]);
    }

    #[test]
    fn tries_come_soon_at_first_then_each_four_hours_and_a_patrons_end_after_five_days() {
        let minutes = (0..9).map(|tries| next_try(tries, at(0)).duration_since(at(0)).as_mins());
        assert_eq!(minutes.collect::<Vec<_>>(), [1, 5, 15, 30, 60, 120, 240, 240, 240]);
        let (mut now, mut tries) = (at(0), 0);
        while !is_over(&Audience::Patron, tries) {
            now = next_try(tries, now);
            tries += 1;
        }
        let hours = now.duration_since(at(0)).as_hours();
        assert!((5 * 24..6 * 24).contains(&hours), "{hours} hours");
        assert!(!is_over(&Audience::Coordinator, u32::MAX));
    }
}
