//! The health of branches' mailboxes, in small records: one for each that refuses mail, one for each
//! that nobody is sent to any more, and those that say that mail is taken and arrives at all.

use super::{Record, RecordKey, after};
use domain::BranchId;
use domain::routing::{MailboxHealth, Snapshot};
use jiff::{SignedDuration, Timestamp};

/// How long a mailbox counts as unhealthy unless somebody says that it works again.
const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long a refusal is remembered. A mailbox that goes on refusing does so at each try, four hours
/// at most after the one before, and SES may try for fourteen by itself; so refusals that lie
/// further apart are two, and not one that lasts. (An event that would tell of a mail between them
/// may be lost: EventBridge does its best.)
const REFUSAL_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Why a mailbox is unhealthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Our mail server, or its own, refuses what is for it: a mail that is taken shows that it
    /// works again.
    Refused,
    /// Mail that had been taken came back: one more that is taken shows nothing, one that arrived
    /// does.
    CameBack,
}

impl Cause {
    /// The record that shows that mail goes to others, who are asked in the same way.
    pub(crate) fn others(self) -> RecordKey {
        match self {
            Self::Refused => RecordKey::staff_mail_taken(),
            Self::CameBack => RecordKey::staff_mail_arrived(),
        }
    }
}

fn record(key: RecordKey, value: String, now: Timestamp, life: SignedDuration) -> Record {
    Record { key, value, expires: after(now, life) }
}

/// The record that says so of this branch, from now on.
pub(crate) fn unhealthy(branch: &BranchId, cause: Cause, now: Timestamp) -> Record {
    let value = match cause {
        Cause::Refused => "refused",
        Cause::CameBack => "unhealthy",
    };
    record(RecordKey::unhealthy_mailbox(branch), value.to_owned(), now, LIFE)
}

/// Why a mailbox is unhealthy, by its record.
pub(crate) fn cause(record: &Record) -> Cause {
    if record.value == "refused" { Cause::Refused } else { Cause::CameBack }
}

/// Whether what this record says of a mailbox was noted before a moment.
pub(crate) fn is_older(record: &Record, moment: Timestamp) -> bool {
    let life = if record.key.as_unhealthy_mailbox().is_some() { LIFE } else { REFUSAL_LIFE };
    record.expires.checked_sub(life).is_ok_and(|noted| noted < moment)
}

/// The record that this branch's mailbox has refused mail since a moment, and still does.
pub(crate) fn refusing(branch: &BranchId, since: Timestamp, now: Timestamp) -> Record {
    record(RecordKey::refusing_mailbox(branch), since.to_string(), now, REFUSAL_LIFE)
}

/// The record that mail goes, as of now: it is taken, or it arrives.
pub(crate) fn goes(key: RecordKey, now: Timestamp) -> Record {
    record(key, now.to_string(), now, LIFE)
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
