//! Where cases are kept. [`Store`] is the port; each adapter passes the same suite
//! (`tests/store.rs`).

mod memory;
mod sqlite;

pub use memory::MemoryStore;
pub use sqlite::{OpenError, SqliteStore};

use crate::case::{Case, LeaseId, NoticeId, PendingNotice};
use crate::secrets::SecretKey;
use async_trait::async_trait;
use domain::Reference;
use domain::routing::Snapshot;
use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

/// Keeps cases, the mail that waits, keys and small records.
///
/// What a method acknowledges MUST survive a crash right after it. Nothing is half written: a case
/// and the mail that it must send are one write.
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a new case with its outbox and these records, all or nothing. MUST return
    /// `AlreadyExists`, and change nothing, if there is a case of this id.
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError>;

    /// The case as it is now, with the mail that waits. MUST see every acknowledged write.
    async fn read(&self, id: Reference) -> Result<Option<Case>, StoreError>;

    /// Puts the next version in place of `read_version` and *adds* its outbox to what waits. MUST
    /// return `Conflict`, and change nothing, if the stored version is another.
    async fn replace(&self, case: &Case, read_version: u64) -> Result<Replaced, StoreError>;

    /// The case's own key: the one that is there, else a new one. Of writers that ask at once, all
    /// MUST get the same.
    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError>;

    /// The case's own key, if it is there: it was deleted if the case was erased.
    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError>;

    /// Takes up at most `limit` notices that are ready at `now`. Until `until` nobody else MUST
    /// get them; after that, anybody may.
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError>;

    /// Ends all leases, so that what a stopped process had taken up is ready at `now`. Only for a
    /// process that knows it is alone: of two that deliver, one would send the other's mail again.
    async fn end_leases(&self, now: Timestamp) -> Result<(), StoreError>;

    /// A notice was sent: it no longer waits. MUST change nothing if the lease was lost.
    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError>;

    /// A notice could not be sent: it is ready again at `next_try`, with one try more. MUST change
    /// nothing if the lease was lost.
    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError>;

    /// When the next notice is ready.
    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError>;

    /// A small record, unless it has expired at `now`.
    async fn record(&self, key: &str, now: Timestamp) -> Result<Option<String>, StoreError>;

    /// The random key of a day, made when it is first asked for. It lives in the keys' store and
    /// is never derived.
    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError>;

    /// Deletes the keys of all days before this one.
    async fn delete_day_keys_before(&self, day: Date) -> Result<(), StoreError>;

    /// What routing needs to know of the moment: open requests of each branch, and those sent
    /// since `week_ago`.
    async fn snapshot(&self, week_ago: Timestamp) -> Result<Snapshot, StoreError>;

    /// Whether the store can be read.
    async fn health(&self) -> Result<(), StoreError>;
}

/// Whether a case was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is stored.
    Created,
    /// There was one of this id; nothing was changed.
    AlreadyExists,
}

/// Whether a version was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It is stored.
    Replaced,
    /// Somebody else was faster; nothing was changed.
    Conflict,
}

/// Whether a lease was still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It was, and the notice is marked.
    Held,
    /// It ran out and somebody else has the notice, or it is sent; nothing was changed.
    Lost,
}

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

/// A small record with an expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// From this moment it counts as gone.
    pub expires: Timestamp,
}

/// Why the store didn't do as asked. For the log: it names no person.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It can't be reached, is full, or failed.
    #[error("the store is away: {0}")]
    Away(String),
    /// It holds something that this version can't read.
    #[error("{what} can't be read: {error}")]
    Unreadable {
        /// What.
        what: String,
        /// Why not.
        error: String,
    },
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}
