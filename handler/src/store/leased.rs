//! Mail that is taken up to be sent.

use crate::case::{LeaseId, NoticeId, PendingNotice};
use domain::Reference;

/// A notice that was taken up.
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

/// Puts what was taken up in the order in which it is tried.
pub(super) fn in_order(leased: &mut [Leased]) {
    leased.sort_unstable_by(|a, b| {
        let key = |leased: &Leased| (leased.notice.tries, leased.notice.since);
        key(a).cmp(&key(b)).then_with(|| a.id().cmp(b.id()))
    });
}
