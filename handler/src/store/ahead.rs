//! How far ahead a stored time can lie. Clocks jump: a server that starts in the wrong year stores
//! times that the true clock reaches much later, or never. A time further ahead than any rule sets
//! it must come from such a clock, and [`super::Store::pull_in`] makes it due at once.

use crate::case::PendingNotice;
use domain::request::{Audience, Matter, Notice};
use jiff::{SignedDuration, Timestamp};

/// Mail that waits for the morning by design, a day with a clock change included.
pub(crate) const READY: SignedDuration = SignedDuration::from_hours(49);

/// All other mail: it is retried every four hours at least, and leased for minutes.
pub(crate) const TRIED: SignedDuration = SignedDuration::from_hours(5);

/// The only notice that waits for the morning.
pub(crate) const RECEIVED: Notice = Notice { to: Audience::Patron, what: Matter::Received };

/// How far ahead a notice can be ready.
pub(crate) fn bound(pending: &PendingNotice) -> SignedDuration {
    if pending.notice == RECEIVED { READY } else { TRIED }
}

/// Untried mail that is ready only later than this waits for the morning by design and needs no
/// attention. Mail that no server takes is looked at again each minute.
pub(crate) const PUT_OFF: SignedDuration = SignedDuration::from_mins(5);

/// A case's wake time: a little longer than `domain::retention::LOOKED_AT_EACH`.
pub(crate) const WAKE: SignedDuration = SignedDuration::from_hours(36 * 24);

/// A small record's expiry: a little longer than the longest life of any.
pub(crate) const EXPIRES: SignedDuration = SignedDuration::from_hours(401 * 24);

/// The latest time that isn't too far ahead.
pub(crate) fn furthest(now: Timestamp, bound: SignedDuration) -> Timestamp {
    now.checked_add(bound).unwrap_or(Timestamp::MAX)
}

/// Whether a notice waits for the morning by design.
pub(crate) fn is_put_off(pending: &PendingNotice, now: Timestamp) -> bool {
    let is_untried = pending.tries == 0 && pending.lease.is_none();
    pending.notice == RECEIVED
        && is_untried
        && pending.ready > furthest(now, PUT_OFF)
        && pending.ready <= furthest(now, READY)
}

/// Whether a record with this expiry is valid at `now`.
pub(crate) fn counts(expires: Timestamp, now: Timestamp) -> bool {
    now < expires && expires <= furthest(now, EXPIRES)
}
