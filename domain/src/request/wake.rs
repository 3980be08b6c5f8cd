//! When the service looks at a request next.

use super::State;
use crate::directory::Directory;
use crate::escalation;
use crate::retention::LOOKED_AT_EACH;
use jiff::Timestamp;

/// When somebody must look at a request next, to do what is due by itself: perhaps early, never late.
/// A moment that is past means at once. Whatever it waits for, it is looked at every few weeks.
pub fn next_wake(state: &State<'_>, directory: &Directory, now: Timestamp) -> Timestamp {
    let latest = now.checked_add(LOOKED_AT_EACH).unwrap_or(now);
    let timers = escalation::timers(state, directory);
    timers.into_iter().map(|(at, _)| at).fold(latest, Timestamp::min)
}
