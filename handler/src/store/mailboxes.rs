//! The health of branches' mailboxes, in small records: one for each that refuses mail, one for each
//! that nobody is sent to any more, and one that says that mail is taken at all.

use super::{Record, RecordKey};
use domain::BranchId;
use domain::routing::{MailboxHealth, Snapshot};
use jiff::{SignedDuration, Timestamp};

/// How long a mailbox counts as unhealthy unless somebody says that it works again.
const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long a refusal is remembered: longer than from one try to the next, and over a weekend.
const REFUSAL_LIFE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Why a mailbox is unhealthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Our mail server, or its own, refuses what is for it: a mail that is taken shows that it
    /// works again.
    Refused,
    /// Mail that had been taken came back: one more that is taken shows nothing.
    CameBack,
}

fn record(key: RecordKey, value: String, now: Timestamp, life: SignedDuration) -> Record {
    Record { key, value, expires: now.checked_add(life).unwrap_or(now) }
}

/// The record that says so of this branch, from now on.
pub(crate) fn unhealthy(branch: &BranchId, cause: Cause, now: Timestamp) -> Record {
    let value = match cause {
        Cause::Refused => "refused",
        Cause::CameBack => "unhealthy",
    };
    record(RecordKey::unhealthy_mailbox(branch), value.to_owned(), now, LIFE)
}

/// Whether a mail that is taken ends what this record says.
pub(crate) fn ends_when_mail_is_taken(record: &Record) -> bool {
    record.value == "refused"
}

/// The record that this branch's mailbox has refused mail since a moment, and still does.
pub(crate) fn refusing(branch: &BranchId, since: Timestamp, now: Timestamp) -> Record {
    record(RecordKey::refusing_mailbox(branch), since.to_string(), now, REFUSAL_LIFE)
}

/// The record that mail to staff is taken, as of now.
pub(crate) fn taken(now: Timestamp) -> Record {
    record(RecordKey::staff_mail_taken(), now.to_string(), now, LIFE)
}

/// The moment that a record of these tells. One in the future was written by a clock that was
/// ahead: it tells nothing.
pub(crate) fn moment(record: &Record, now: Timestamp) -> Option<Timestamp> {
    record.value.parse().ok().filter(|moment| *moment <= now)
}

/// The record ended: from now on it counts as gone.
pub(crate) fn ended(record: Record, now: Timestamp) -> Record {
    Record { expires: now, ..record }
}

/// Writes what these records say into a snapshot. Records of other things are left out.
pub(crate) fn merge<'a>(
    snapshot: &mut Snapshot,
    records: impl IntoIterator<Item = &'a Record>,
    now: Timestamp,
) {
    // One that ends later was written by a clock that was ahead.
    let latest = now.checked_add(LIFE).unwrap_or(Timestamp::MAX);
    let counts = |record: &&Record| now < record.expires && record.expires <= latest;
    for record in records.into_iter().filter(counts) {
        if let Some(branch) = record.key.as_unhealthy_mailbox() {
            snapshot.branches.entry(branch).or_default().mailbox = MailboxHealth::Unhealthy;
        }
    }
}
