//! What is stuck, for the operator. It names no person: libraries' mailboxes by their ids, patrons
//! by their number alone. Read-only.

use super::clock::ErasureWaits;
use super::{canary, clock};
use crate::case::PendingNotice;
use crate::store::{RecordKey, Store, StoreError, ahead, mailboxes};
use domain::BranchId;
use domain::directory::Service;
use domain::request::{Audience, Matter};
use domain::routing::MailboxHealth;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub use crate::store::mailboxes::Cause;

/// When waiting mail counts as stuck: by then most servers that ask for a retry have taken it.
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// From how many stuck patrons' mails on it isn't just their addresses: a few are always full or
/// mistyped.
const PATRONS: usize = 5;

/// Mails that are stuck.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Stuck {
    /// How many.
    pub notices: usize,
    /// How long the oldest has waited.
    pub since: Option<Timestamp>,
    /// The highest number of tries.
    pub tries: u32,
}

impl Stuck {
    fn add(&mut self, notice: &PendingNotice) {
        self.notices += 1;
        self.since = self.since.into_iter().chain([notice.since]).min();
        self.tries = self.tries.max(notice.tries);
    }
}

/// The mails that are stuck: to staff by mailbox, to patrons together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Per staff mailbox.
    pub staff: BTreeMap<Audience, Stuck>,
    /// To all patrons.
    pub patrons: Stuck,
}

impl Backlog {
    /// Which of the waiting mails are stuck at `now`.
    pub fn of(waiting: &[PendingNotice], now: Timestamp) -> Self {
        let mut backlog = Self::default();
        for notice in waiting {
            // A time in the future comes from a clock that was ahead: the mail may be old.
            if now.duration_since(notice.since).abs() < STUCK_AFTER || is_put_off(notice, now) {
                continue;
            }
            match &notice.notice.to {
                Audience::Patron | Audience::FormerPatron => backlog.patrons.add(notice),
                staff => backlog.staff.entry(staff.clone()).or_default().add(notice),
            }
        }
        backlog
    }

    /// Whether somebody should look: staff mail is stuck, or that of many patrons.
    pub fn is_worrying(&self) -> bool {
        self.oldest().is_some()
    }

    /// How long the oldest mail has waited that somebody should look at.
    pub fn oldest(&self) -> Option<Timestamp> {
        let patrons = self.patrons.since.filter(|_| self.patrons.notices >= PATRONS);
        self.staff.values().filter_map(|stuck| stuck.since).chain(patrons).min()
    }

    /// How many mails to staff are stuck.
    pub fn staff_notices(&self) -> usize {
        self.staff.values().map(|stuck| stuck.notices).sum()
    }
}

/// Whether it waits for the morning by design: strangers can create any number of these.
fn is_put_off(notice: &PendingNotice, now: Timestamp) -> bool {
    let is_received = notice.notice.what == Matter::Received;
    let until = ahead::furthest(notice.ready, STUCK_AFTER);
    let is_untried = notice.tries == 0 && notice.lease.is_none();
    is_received && is_untried && now < until && notice.ready <= ahead::furthest(now, ahead::READY)
}

/// The stuck mails among the `limit` that have waited longest.
pub async fn backlog(
    store: &dyn Store,
    limit: usize,
    now: Timestamp,
) -> Result<Backlog, StoreError> {
    Ok(Backlog::of(&store.waiting(now, limit).await?, now))
}

/// The state of the day's canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CanaryStatus {
    /// It came through.
    CameThrough,
    /// It is under way, or due to start.
    NotYet,
    /// It should have come through by now.
    Due,
    /// Canaries are switched off here.
    NotSent,
}

/// The state of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How many mails wait, harmless ones included, up to the number looked at.
    pub waiting: usize,
    /// The mails that are stuck.
    pub backlog: Backlog,
    /// Libraries whose mailboxes refuse mail, and since when.
    pub refusing: BTreeMap<BranchId, Timestamp>,
    /// Libraries whose mailboxes get no new requests, and why.
    pub unhealthy: BTreeMap<BranchId, Cause>,
    /// The day's canary.
    pub canary: CanaryStatus,
    /// Whether erasure waits because the desk was off or its clock has jumped.
    pub erasure: Option<ErasureWaits>,
}

impl Status {
    /// Whether something is stuck.
    pub fn is_stuck(&self) -> bool {
        !self.backlog.staff.is_empty()
            || self.backlog.patrons.notices > 0
            || !self.unhealthy.is_empty()
            || self.canary == CanaryStatus::Due
    }
}

/// How many notices are looked at.
const WAITING: usize = 1_000;

/// Collects everything. Without a service it isn't known when a canary is due.
pub async fn look(
    store: &dyn Store,
    service: Option<&Service>,
    now: Timestamp,
) -> Result<Status, StoreError> {
    let waiting = store.waiting(now, WAITING).await?;
    let branches: BTreeSet<_> = waiting
        .iter()
        .filter_map(|notice| match &notice.notice.to {
            Audience::Branch(branch) => Some(branch.clone()),
            Audience::Patron | Audience::FormerPatron | Audience::Coordinator => None,
        })
        .collect();
    let keys: Vec<_> = branches.iter().map(RecordKey::refusing_mailbox).collect();
    let records = store.records(&keys, now).await?;
    let since = |branch: &BranchId| {
        let key = RecordKey::refusing_mailbox(branch);
        let record = records.iter().find(|record| record.key == key)?;
        mailboxes::moment(record, now)
    };
    let snapshot = store.snapshot(now).await?;
    let unhealthy = snapshot
        .branches
        .into_iter()
        .filter_map(|(id, branch)| (branch.mailbox == MailboxHealth::Unhealthy).then_some(id))
        .collect();
    Ok(Status {
        waiting: waiting.len(),
        backlog: Backlog::of(&waiting, now),
        refusing: branches.into_iter().filter_map(|id| Some((id.clone(), since(&id)?))).collect(),
        unhealthy: causes(store, unhealthy, now).await?,
        canary: match service {
            Some(service) => canary::status(store, service, now).await?,
            None => CanaryStatus::NotSent,
        },
        erasure: clock::erasure_waits(store, now).await?,
    })
}

/// Why these mailboxes are unhealthy, leaving out those that have recovered.
async fn causes(
    store: &dyn Store,
    unhealthy: Vec<BranchId>,
    now: Timestamp,
) -> Result<BTreeMap<BranchId, Cause>, StoreError> {
    let keys: Vec<_> = unhealthy.iter().map(RecordKey::unhealthy_mailbox).collect();
    let records = store.records(&keys, now).await?;
    let cause = |branch: &BranchId| {
        let key = RecordKey::unhealthy_mailbox(branch);
        records.iter().find(|record| record.key == key).map(mailboxes::cause)
    };
    Ok(unhealthy.into_iter().filter_map(|id| Some((id.clone(), cause(&id)?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::NoticeId;
    use domain::request::Notice;

    fn waiting(to: Audience, minutes: i64) -> PendingNotice {
        PendingNotice {
            id: NoticeId::from_stored("n"),
            notice: Notice { to, what: Matter::NewRequest },
            since: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes),
            tries: 3,
            ready: Timestamp::UNIX_EPOCH,
            lease: None,
        }
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn one_mail_to_staff_is_worrying_after_a_quarter_of_an_hour_one_to_a_patron_is_not() {
        let staff = [waiting(Audience::Coordinator, 0)];
        assert!(!Backlog::of(&staff, at(14)).is_worrying());
        assert!(Backlog::of(&staff, at(15)).is_worrying());
        let patrons = vec![waiting(Audience::Patron, 0); 4];
        assert!(!Backlog::of(&patrons, at(99)).is_worrying(), "a few are always full");
        let patrons = vec![waiting(Audience::Patron, 0); 5];
        assert_eq!(Backlog::of(&patrons, at(99)).oldest(), Some(at(0)), "nobody hears from us");
    }

    #[test]
    fn what_waits_for_the_morning_is_not_stuck_before_it() {
        let put_off = |tries| PendingNotice {
            notice: Notice { to: Audience::Patron, what: Matter::Received },
            ready: at(15 * 60),
            tries,
            ..waiting(Audience::Patron, 0)
        };
        let night = vec![put_off(0); 48];
        assert!(!Backlog::of(&night, at(14 * 60)).is_worrying());
        assert!(Backlog::of(&night, at(15 * 60 + 15)).is_worrying(), "it is late now");
        assert!(Backlog::of(&vec![put_off(1); 48], at(60)).is_worrying(), "it was tried");
    }

    #[test]
    fn what_a_clock_that_was_ahead_wrote_is_seen() {
        let staff = [waiting(Audience::Coordinator, 400 * 24 * 60)];
        assert!(Backlog::of(&staff, at(0)).is_worrying());
    }
}
