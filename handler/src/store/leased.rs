//! Mail that is leased for sending.

use crate::case::{LeaseId, NoticeId, PendingNotice};
use domain::Reference;

/// A leased notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Its case.
    pub case: Reference,
    /// The notice.
    pub notice: PendingNotice,
    /// The lease.
    pub lease: LeaseId,
}

impl Leased {
    /// The notice's id.
    pub fn id(&self) -> &NoticeId {
        &self.notice.id
    }
}

/// Sorts leased notices into the order in which they are tried.
pub(super) fn in_order(leased: &mut [Leased]) {
    leased.sort_unstable_by(|a, b| {
        let key = |leased: &Leased| (leased.notice.tries, leased.notice.since);
        key(a).cmp(&key(b)).then_with(|| a.id().cmp(b.id()))
    });
}
