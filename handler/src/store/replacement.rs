//! A write that replaces what was read.

use super::Record;
use crate::case::{Case, NoticeId};
use jiff::Timestamp;

/// The next version of a case, and everything that changes in the same write.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// The new version of the case, with the notices that are added.
    pub case: Case,
    /// The version that it was made from.
    pub read_version: u64,
    /// Notices to withdraw: each MUST still be waiting, never tried and not leased.
    pub withdrawn: Vec<NoticeId>,
    /// Small records that change in the same write: the staff times that it holds or frees.
    pub swaps: Vec<Swap>,
    /// Whether any of the mail that it adds can be sent at once: then the store rings its bell, if
    /// it has one. Mail that can still be undone waits for the sweep.
    pub rings: bool,
}

impl Replacement {
    /// The next version of a case that was read in this version, with mail that is ready at once,
    /// and no other changes.
    pub fn of(case: &Case, read_version: u64) -> Self {
        let rings = !case.outbox.is_empty();
        Self { case: case.clone(), read_version, withdrawn: Vec::new(), swaps: Vec::new(), rings }
    }
}

/// A conditional write of a small record: only if the stored one is as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The new one.
    pub record: Record,
    /// The value that was read; `None` if there was no valid one.
    pub was: Option<String>,
    /// When it was read: a record's expiry, not the store's clean-up, decides if it is valid.
    pub now: Timestamp,
}
