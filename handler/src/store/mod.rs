//! Where everything is kept. [`Store`] is the port, made of five; each adapter passes the same suite
//! (`tests/store/`).

pub(crate) mod ahead;
mod day_keys;
#[cfg(feature = "aws")]
mod dynamodb;
pub(crate) mod last_second;
mod leased;
pub(crate) mod mailboxes;
mod memory;
mod outcome;
mod queue;
mod record;
mod record_key;
mod replacement;
mod sqlite;

#[cfg(feature = "aws")]
pub use dynamodb::{DynamoDbStore, Tables};
pub use leased::Leased;
pub use memory::MemoryStore;
pub use outcome::{Created, Held, Replaced, StoreError};
pub use queue::{QueueEntry, QueuePlace, Queued};
pub(crate) use record::after;
pub use record::{Count, Record};
pub use record_key::RecordKey;
pub use replacement::{Replacement, Swap};
pub use sqlite::{Access, OpenError, SqliteStore};
pub(crate) use sqlite::{pair, watched};

use crate::case::{Case, PendingNotice, Stored, Tombstone};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::{DeskId, SecretKey};
use async_trait::async_trait;
use domain::routing::{Destination, Snapshot};
use domain::{BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use leased::in_order;
use queue::{queue_name, queue_of};
use std::ops::RangeInclusive;

/// Cases: what can be read and written of one by its number, and which of them wake.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Stores a new case with its outbox. MUST return `AlreadyExists`, and change nothing, if
    /// there is a case of this id, or one was erased. The records are written with it, or right
    /// after it where a store can't do both at once: they count only together with their case.
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError>;

    /// What there is of this id now, with the mail that waits. MUST see every acknowledged write.
    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError>;

    /// The case as it is now, unless it was erased.
    async fn read(&self, id: Reference) -> Result<Option<Case>, StoreError> {
        Ok(match self.find(id).await? {
            Some(Stored::Case(case)) => Some(*case),
            Some(Stored::Erased(_)) | None => None,
        })
    }

    /// Puts the next version in place of the one that was read, *adds* its outbox to what waits,
    /// takes notices back, and swaps small records: all of it, or nothing. MUST return `Conflict`,
    /// and change nothing, if anything of it is not as it was read ([`Replacement`]).
    async fn replace(&self, replacement: &Replacement) -> Result<Replaced, StoreError>;

    /// Sets when the sweep looks next, and leaves the version alone. MUST return `Conflict`, and
    /// change nothing, if the stored version is another.
    async fn wake_at(
        &self,
        id: Reference,
        read_version: u64,
        wake: Timestamp,
    ) -> Result<Replaced, StoreError>;

    /// At most `limit` ids of cases that wake at `now` or before, and of tombstones whose key is
    /// still to be deleted; the earliest first. It may miss what was written a moment ago.
    async fn woken(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError>;

    /// A page of the open requests that somebody has, by their deadlines, then their numbers. It
    /// may miss what was written a moment ago. What it reads MUST NOT grow with what others have.
    async fn queue(
        &self,
        of: &Destination,
        after: Option<&QueuePlace>,
        limit: usize,
    ) -> Result<Queued, StoreError>;

    /// Puts a tombstone in place of the case, with all its mail, and adds to these counts, all or
    /// nothing. The tombstone stays awake until [`Keys::forget_keys`]. MUST return `Conflict`, and
    /// change nothing, if the stored version is another.
    async fn erase(
        &self,
        tombstone: &Tombstone,
        read_version: u64,
        counts: &[Count],
        now: Timestamp,
    ) -> Result<Replaced, StoreError>;

    /// At most `limit` ids after this one of all that is stored, in an order that stays the same
    /// while nothing is written. For `export` alone.
    async fn ids_after(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError>;

    /// Stores what another store exported: as it was, with the mail that waits and the case's key.
    /// MUST return `AlreadyExists`, and change nothing, if there is something of this id.
    async fn import(&self, stored: &Stored, key: Option<&SecretKey>)
    -> Result<Created, StoreError>;
}

/// The mail that waits, and who has taken it up.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes up notices that are ready at `now`: about `limit`, and all of a case together. Those
    /// that were tried least come first, and of these those that have been ready for longest, so
    /// that what nobody takes keeps nothing else waiting; as near to it as the store's indexes
    /// allow. Until `until` nobody else MUST get them; after that, anybody may. It may miss what
    /// was written a moment ago.
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError>;

    /// The same for the notices of one case, when a write has rung for it.
    async fn lease_of(
        &self,
        id: Reference,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError>;

    /// A notice was sent: it no longer waits. MUST change nothing if the lease was lost.
    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError>;

    /// A notice could not be sent: it is ready again at `next_try`, with one try more. MUST change
    /// nothing if the lease was lost.
    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError>;

    /// A notice was not tried after all: it is ready again at `ready`, and that is no try. MUST
    /// change nothing if the lease was lost.
    async fn release(&self, leased: &Leased, ready: Timestamp) -> Result<Held, StoreError>;

    /// A notice whose mail was sent and came back waits again, as it is given. MUST return `Lost`, and
    /// change nothing, if it waits already or its case isn't there any more.
    async fn put_back(&self, id: Reference, notice: &PendingNotice) -> Result<Held, StoreError>;

    /// At most `limit` notices that wait, those that have waited for longest first, as near to it
    /// as the store's indexes allow: for whoever looks after the service. What waits for the morning
    /// by its kind is left out: strangers can make any number of these. It may miss what was written
    /// a moment ago, and MUST change nothing.
    async fn waiting(&self, now: Timestamp, limit: usize)
    -> Result<Vec<PendingNotice>, StoreError>;

    /// When the next notice is ready. It may be too early, never too late.
    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// The keys of cases and of days, in a place of their own: without them nothing that is sealed opens.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Deletes the keys of cases that were erased, and lets their tombstones sleep once nothing of
    /// them stands anywhere any more: if that fails they stay awake, and it can be done again. MUST
    /// NOT touch the key of a case that is there.
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError>;

    /// The case's own key: the one that is there, else a new one. Of writers that ask at once, all
    /// MUST get the same.
    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError>;

    /// The case's own key, if it is there: it was deleted if the case was erased.
    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError>;

    /// Notes that these are the contacts of a case, and no others are any more.
    async fn set_contacts(&self, id: Reference, contacts: &[ContactHash])
    -> Result<(), StoreError>;

    /// The cases that a contact was noted for, in the order of their numbers. What is noted of a
    /// case goes with its key; one that never came to be counts for nothing.
    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError>;

    /// The random key of a day, made when it is first asked for. It lives in the keys' store and
    /// is never derived.
    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError>;

    /// Deletes the keys of all days before these, and of those after them where the store can tell
    /// which there are: a clock made them that was ahead.
    async fn delete_day_keys_outside(&self, needed: RangeInclusive<Date>)
    -> Result<(), StoreError>;
}

/// Small records that end by themselves.
#[async_trait]
pub trait Records: Send + Sync {
    /// Those of the small records with these keys that have not expired at `now`, in the order of
    /// the keys.
    async fn records(&self, keys: &[RecordKey], now: Timestamp) -> Result<Vec<Record>, StoreError>;

    /// Writes a small record, in place of one with its key.
    async fn put_record(&self, record: &Record) -> Result<(), StoreError>;

    /// Writes a small record unless there is one with its key that has not expired at `now`. Of
    /// several that ask at once, one MUST get `Created`.
    async fn claim_record(&self, record: &Record, now: Timestamp) -> Result<Created, StoreError>;

    /// Deletes small records that have expired at `now`, where the store doesn't do it by itself.
    async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// What is counted: for good, and of the moment.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// All counts, in the order of their names.
    async fn counts(&self) -> Result<Vec<Count>, StoreError>;

    /// Sets a count to what another store had.
    async fn import_count(&self, count: &Count) -> Result<(), StoreError>;

    /// What routing needs to know of the moment: open requests of each branch, those sent today and
    /// on the seven days before (UTC), and mailboxes that mail came back from. It may be as old as
    /// the last [`Ledger::refresh_snapshot`]. What it reads MUST NOT grow with the cases kept.
    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError>;

    /// Counts a request that was sent, and whose branch has been told so, where the store doesn't
    /// count its cases: that is left to whoever delivers, as a patron waits for each call. One that
    /// is counted twice only makes its branch seem busier.
    async fn count_sent(&self, branch: &BranchId, sent: Timestamp) -> Result<(), StoreError>;

    /// Counts what the snapshot holds of these branches, where the store doesn't count at each
    /// question.
    async fn refresh_snapshot(
        &self,
        branches: &[BranchId],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// All five ports of one place, which is what the desk is handed.
///
/// What a method acknowledges MUST survive a crash right after it. Nothing is half written: a case and
/// the mail that it must send are one write; what must be atomic across ports is a method of [`Cases`].
#[async_trait]
pub trait Store: Cases + Outbox + Keys + Records + Ledger {
    /// What a form that is sent looks at first: the case, the keys of two days, the snapshot. A
    /// store that can answers all at once.
    async fn first_look(
        &self,
        id: Reference,
        days: [Date; 2],
        now: Timestamp,
    ) -> Result<FirstLook, StoreError> {
        let [today, yesterday] = days;
        Ok(FirstLook {
            stored: self.find(id).await?,
            day_keys: [self.day_key(today).await?, self.day_key(yesterday).await?],
            snapshot: self.snapshot(now).await?,
        })
    }

    /// Lets come at `now` what lies further ahead than anything puts it (`ahead`): a clock wrote it
    /// that was ahead. Mail is ready then, cases and tombstones wake, records count as gone.
    async fn pull_in(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Whether the store can be read and written, all of it is there, and it is this desk's. What is
    /// wrong is said for the log; `Unopened` if it is a few requests alone. However often it is
    /// asked, it looks about once a second.
    async fn health(&self, desk: &DeskId) -> Result<(), StoreError>;
}

/// What a form that is sent looks at first.
#[derive(Debug, Clone)]
pub struct FirstLook {
    /// What there is of its reference.
    pub stored: Option<Stored>,
    /// The keys of the two days.
    pub day_keys: [SecretKey; 2],
    /// What routing knows of the moment.
    pub snapshot: Snapshot,
}

/// How many days before today belong to "this week". Whole days: a store keeps one number for each.
const WEEK: i64 = 7;

/// The day of a moment, UTC, counted from 1970.
fn day_number(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(24 * 60 * 60)
}

/// The days whose requests a snapshot counts as sent this week.
fn week(now: Timestamp) -> RangeInclusive<i64> {
    let today = day_number(now);
    today - WEEK..=today
}
