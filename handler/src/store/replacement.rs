//! What a write puts in place of what was read.

use super::Record;
use crate::case::{Case, NoticeId};
use jiff::Timestamp;

/// The next version of a case, and all that changes with it in one write.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// The case as it is from now on, with the notices that are added.
    pub case: Case,
    /// The version that it was made from.
    pub read_version: u64,
    /// Notices that are taken back: each MUST be waiting still, never tried and in nobody's hands.
    pub withdrawn: Vec<NoticeId>,
    /// Small records that change along: the times of staff that it holds or frees.
    pub swaps: Vec<Swap>,
    /// Whether some of the mail that it adds can be sent at once: then the store's bell rings for it,
    /// where it has one. What can still be taken back waits for the sweep.
    pub rings: bool,
}

impl Replacement {
    /// The next version of a case that was read in this version, with mail that is ready at once, and
    /// nothing beside it.
    pub fn of(case: &Case, read_version: u64) -> Self {
        let rings = !case.outbox.is_empty();
        Self { case: case.clone(), read_version, withdrawn: Vec::new(), swaps: Vec::new(), rings }
    }
}

/// A small record that is written only if the one that is there is as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The new one.
    pub record: Record,
    /// The value that was read. `None`: there was none that counted.
    pub was: Option<String>,
    /// When it was read: by its expiry, not by a store's own tidying, a record counts or doesn't.
    pub now: Timestamp,
}
