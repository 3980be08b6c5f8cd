//! The store. [`Store`] is the port, made of five; each adapter passes the same suite
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

/// Cases: reading and writing one by its number, and which of them are awake.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Stores a new case with its outbox. MUST return `AlreadyExists`, and change nothing, if a
    /// case with this id exists or was erased. The records are written in the same write, or right
    /// after it where a store can't do both at once: without their case they don't count.
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError>;

    /// What is stored under this id, with waiting mail. MUST see every acknowledged write.
    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError>;

    /// The current case, unless it was erased.
    async fn read(&self, id: Reference) -> Result<Option<Case>, StoreError> {
        Ok(match self.find(id).await? {
            Some(Stored::Case(case)) => Some(*case),
            Some(Stored::Erased(_)) | None => None,
        })
    }

    /// Replaces the version that was read by the next, *adds* its outbox to the waiting mail,
    /// withdraws notices, and swaps small records: all of it, or nothing. MUST return `Conflict`,
    /// and change nothing, if anything of it is not as it was read ([`Replacement`]).
    async fn replace(&self, replacement: &Replacement) -> Result<Replaced, StoreError>;

    /// Sets when the sweep looks next, without a new version. MUST return `Conflict`, and change
    /// nothing, if the stored version is another.
    async fn wake_at(
        &self,
        id: Reference,
        read_version: u64,
        wake: Timestamp,
    ) -> Result<Replaced, StoreError>;

    /// At most `limit` ids of cases that wake by `now`, and of tombstones whose key is still to be
    /// deleted; the earliest first. May be eventually consistent.
    async fn woken(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError>;

    /// A page of a holder's open requests, by their deadlines, then their numbers. May be
    /// eventually consistent. What it reads MUST NOT grow with other holders' requests.
    async fn queue(
        &self,
        of: &Destination,
        after: Option<&QueuePlace>,
        limit: usize,
    ) -> Result<Queued, StoreError>;

    /// Replaces the case and all its mail by a tombstone, and adds to these counts, all or nothing.
    /// The tombstone stays awake until [`Keys::forget_keys`]. MUST return `Conflict`, and change
    /// nothing, if the stored version is another.
    async fn erase(
        &self,
        tombstone: &Tombstone,
        read_version: u64,
        counts: &[Count],
        now: Timestamp,
    ) -> Result<Replaced, StoreError>;

    /// At most `limit` ids after this one of everything stored, in an order that is stable while
    /// nothing is written. For `export` alone.
    async fn ids_after(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError>;

    /// Stores what another store exported, unchanged, with its waiting mail and the case's key.
    /// MUST return `AlreadyExists`, and change nothing, if this id is in use.
    async fn import(&self, stored: &Stored, key: Option<&SecretKey>)
    -> Result<Created, StoreError>;
}

/// Waiting mail, and its leases.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Leases notices that are ready at `now`: about `limit`, and all of a case together. Those
    /// with the fewest tries come first, and among these the longest ready, so that mail that isn't
    /// taken blocks nothing else; as near to that as the store's indexes allow. Nobody else MUST
    /// get them until `until`; after that, anybody may. May be eventually consistent.
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError>;

    /// The same for the notices of one case, after a write has rung for it.
    async fn lease_of(
        &self,
        id: Reference,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError>;

    /// A notice was sent and no longer waits. MUST change nothing if the lease was lost.
    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError>;

    /// A notice could not be sent: it is ready again at `next_try`, with one more try counted. MUST
    /// change nothing if the lease was lost.
    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError>;

    /// A notice was not tried after all: it is ready again at `ready`, without counting a try. MUST
    /// change nothing if the lease was lost.
    async fn release(&self, leased: &Leased, ready: Timestamp) -> Result<Held, StoreError>;

    /// A notice whose mail was sent and bounced waits again, as it is given. MUST return `Lost`,
    /// and change nothing, if it waits already or its case no longer exists.
    async fn put_back(&self, id: Reference, notice: &PendingNotice) -> Result<Held, StoreError>;

    /// At most `limit` waiting notices, those that have waited longest first, as near to it as the
    /// store's indexes allow: for the operator. Leaves out what waits for the morning by design:
    /// strangers can create any number of these. May be eventually consistent, and MUST change
    /// nothing.
    async fn waiting(&self, now: Timestamp, limit: usize)
    -> Result<Vec<PendingNotice>, StoreError>;

    /// When the next notice is ready: perhaps too early, never too late.
    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// The keys of cases and of days, stored separately: without them nothing that is sealed opens.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Deletes the keys of erased cases, and puts their tombstones to sleep once no trace of the
    /// keys is left anywhere: if that fails they stay awake, and it can be retried. MUST NOT touch
    /// the key of an existing case.
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError>;

    /// The case's own key: the existing one, else a new one. Concurrent callers MUST all get the
    /// same.
    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError>;

    /// The case's own key, if it exists: erasing the case deletes it.
    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError>;

    /// Records these, and no others, as a case's contacts.
    async fn set_contacts(&self, id: Reference, contacts: &[ContactHash])
    -> Result<(), StoreError>;

    /// The cases recorded for a contact, ordered by number. The records of a case are deleted with
    /// its key; those of a case that was never stored don't count.
    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError>;

    /// The random key of a day, made on first use. It is stored with the keys and never
    /// derived.
    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError>;

    /// Deletes the keys of all days before these, and where the store can list them, of later days:
    /// those were made by a clock that was ahead.
    async fn delete_day_keys_outside(&self, needed: RangeInclusive<Date>)
    -> Result<(), StoreError>;
}

/// Small records that expire by themselves.
#[async_trait]
pub trait Records: Send + Sync {
    /// The small records with these keys that have not expired at `now`, in the order of the
    /// keys.
    async fn records(&self, keys: &[RecordKey], now: Timestamp) -> Result<Vec<Record>, StoreError>;

    /// Writes a small record, replacing one with its key.
    async fn put_record(&self, record: &Record) -> Result<(), StoreError>;

    /// Writes a small record unless one with its key exists that has not expired at `now`. Of
    /// concurrent callers, exactly one MUST get `Created`.
    async fn claim_record(&self, record: &Record, now: Timestamp) -> Result<Created, StoreError>;

    /// Deletes small records that have expired at `now`, where the store doesn't do it by itself.
    async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// Counts: permanent ones, and the snapshot of the moment.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// All counts, ordered by name.
    async fn counts(&self) -> Result<Vec<Count>, StoreError>;

    /// Sets a count to what another store had.
    async fn import_count(&self, count: &Count) -> Result<(), StoreError>;

    /// The current routing snapshot: open requests of each branch, those sent today and on the
    /// seven days before (UTC), and unhealthy mailboxes. May be as old as the last
    /// [`Ledger::refresh_snapshot`]. What it reads MUST NOT grow with the cases kept.
    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError>;

    /// Counts a sent request whose branch has been told of it, where the store doesn't count its
    /// cases. The deliverer calls this, as a patron waits for each call. Counting one twice only
    /// makes its branch seem busier.
    async fn count_sent(&self, branch: &BranchId, sent: Timestamp) -> Result<(), StoreError>;

    /// Recounts the snapshot for these branches, where the store doesn't count at each
    /// call.
    async fn refresh_snapshot(
        &self,
        branches: &[BranchId],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// All five ports of one store, as the desk uses it.
///
/// What a method acknowledges MUST survive a crash right after it. No write is partial: a case and
/// its mail are one write; what must be atomic across ports is a method of [`Cases`].
#[async_trait]
pub trait Store: Cases + Outbox + Keys + Records + Ledger {
    /// The first reads of a form that is sent: the case, the keys of two days, the snapshot. Stores
    /// that can do them in one call.
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

    /// Makes everything due at `now` that lies too far ahead (see `ahead`), which a clock that was
    /// ahead wrote. Mail becomes ready, cases and tombstones wake, records expire.
    async fn pull_in(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Whether the store can be read and written, is complete, and is this desk's. The error is for
    /// the log; `Unopened` if only a few requests are affected. Checks about once a second, however
    /// often it is called.
    async fn health(&self, desk: &DeskId) -> Result<(), StoreError>;
}

/// The first reads of a form that is sent.
#[derive(Debug, Clone)]
pub struct FirstLook {
    /// What is stored under its reference.
    pub stored: Option<Stored>,
    /// The keys of the two days.
    pub day_keys: [SecretKey; 2],
    /// The routing snapshot.
    pub snapshot: Snapshot,
}

/// How many days before today belong to "this week". Whole days: a store keeps one count per day.
const WEEK: i64 = 7;

/// The number of the UTC day of a moment, counted from 1970.
fn day_number(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(24 * 60 * 60)
}

/// The days whose requests a snapshot counts as sent this week.
fn week(now: Timestamp) -> RangeInclusive<i64> {
    let today = day_number(now);
    today - WEEK..=today
}
