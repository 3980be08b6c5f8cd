//! The health of branches' mailboxes, in small records: one per mailbox that refuses mail, one per
//! mailbox that gets no requests any more, and those that show that mail is taken and arrives.

use super::{Record, RecordKey, after};
use domain::BranchId;
use domain::routing::{MailboxHealth, Snapshot};
use jiff::{SignedDuration, Timestamp};

/// How long a mailbox counts as unhealthy unless it is shown to work again.
const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long a refusal is remembered. A mailbox that keeps refusing does so at each retry, at most
/// four hours after the last, and SES may retry for fourteen by itself; so refusals further apart
/// are separate, not one that lasts. (An event about a mail in between may be lost: EventBridge is
/// best-effort.)
const REFUSAL_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Why a mailbox is unhealthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Our mail server, or the mailbox's own, refuses mail to it: an accepted mail shows that it
    /// works again.
    Refused,
    /// Accepted mail bounced: a further accepted mail shows nothing, one that arrives
    /// does.
    CameBack,
}

impl Cause {
    /// The record that shows that mail to others goes, by the same kind of answer.
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

/// The record that this branch's mailbox is unhealthy from now on.
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

/// Whether this record of a mailbox was written before a moment.
pub(crate) fn is_older(record: &Record, moment: Timestamp) -> bool {
    let life = if record.key.as_unhealthy_mailbox().is_some() { LIFE } else { REFUSAL_LIFE };
    record.expires.checked_sub(life).is_ok_and(|noted| noted < moment)
}

/// The record that this branch's mailbox has refused mail since a moment.
pub(crate) fn refusing(branch: &BranchId, since: Timestamp, now: Timestamp) -> Record {
    record(RecordKey::refusing_mailbox(branch), since.to_string(), now, REFUSAL_LIFE)
}

/// The record that mail is accepted, or arrives, as of now.
pub(crate) fn goes(key: RecordKey, now: Timestamp) -> Record {
    record(key, now.to_string(), now, LIFE)
}

/// The moment in one of these records. `None` if it is in the future: a clock that was ahead wrote
/// it.
pub(crate) fn moment(record: &Record, now: Timestamp) -> Option<Timestamp> {
    record.value.parse().ok().filter(|moment| *moment <= now)
}

/// The same record, expired.
pub(crate) fn ended(record: Record, now: Timestamp) -> Record {
    Record { expires: now, ..record }
}

/// Merges these records into a snapshot, ignoring other kinds.
pub(crate) fn merge<'a>(
    snapshot: &mut Snapshot,
    records: impl IntoIterator<Item = &'a Record>,
    now: Timestamp,
) {
    // A later expiry was written by a clock that was ahead.
    let latest = now.checked_add(LIFE).unwrap_or(Timestamp::MAX);
    let counts = |record: &&Record| now < record.expires && record.expires <= latest;
    for record in records.into_iter().filter(counts) {
        if let Some(branch) = record.key.as_unhealthy_mailbox() {
            snapshot.branches.entry(branch).or_default().mailbox = MailboxHealth::Unhealthy;
        }
    }
}
