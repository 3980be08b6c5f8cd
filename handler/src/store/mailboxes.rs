//! The health of branches' mailboxes: a small record for each that mail came back from.

use super::Record;
use domain::BranchId;
use domain::routing::{MailboxHealth, Snapshot};
use jiff::{SignedDuration, Timestamp};

/// What the keys of these records begin with.
pub(crate) const PREFIX: &str = "mailbox ";

/// How long a mailbox counts as unhealthy unless somebody says that it works again.
const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The record that says so of this branch, from now on.
pub(crate) fn unhealthy(branch: &BranchId, now: Timestamp) -> Record {
    Record {
        key: format!("{PREFIX}{branch}"),
        value: "unhealthy".to_owned(),
        expires: now.checked_add(LIFE).unwrap_or(now),
    }
}

/// Writes what these records say into a snapshot. Records of other things are left out.
pub(crate) fn merge<'a>(
    snapshot: &mut Snapshot,
    records: impl IntoIterator<Item = &'a Record>,
    now: Timestamp,
) {
    for record in records.into_iter().filter(|record| now < record.expires) {
        let branch = record.key.strip_prefix(PREFIX).map(BranchId::parse);
        if let Some(Ok(branch)) = branch {
            snapshot.branches.entry(branch).or_default().mailbox = MailboxHealth::Unhealthy;
        }
    }
}
