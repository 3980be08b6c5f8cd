//! When the service looks at a request next.

use super::State;
use crate::directory::Directory;
use crate::escalation;
use crate::retention::LOOKED_AT_EACH;
use jiff::Timestamp;

/// When the sweep must next look at a request: perhaps early, never late. A past moment means at
/// once. Every request is looked at every few weeks, whatever it waits for.
pub fn next_wake(state: &State<'_>, directory: &Directory, now: Timestamp) -> Timestamp {
    let latest = now.checked_add(LOOKED_AT_EACH).unwrap_or(now);
    let timers = escalation::timers(state, directory);
    timers.into_iter().map(|(at, _)| at).fold(latest, Timestamp::min)
}
