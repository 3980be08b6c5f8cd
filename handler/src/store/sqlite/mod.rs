//! Cases in SQLite: for a single server. Cases and mail in `desk.sqlite`, keys in `keys.sqlite`, so
//! that their back-ups can be kept for different times.

mod ahead;
mod cases;
mod checkpoint;
mod health;
mod keys;
mod load;
mod notices;
mod open;
pub(crate) mod pair;
#[cfg(test)]
mod plans;
mod queue;
mod room;
mod rows;
mod small;
mod whole;
mod worker;

pub(crate) use health::watched;
pub use open::{Access, OpenError};

use super::day_keys::DayKeys;
use super::{
    Cases, Count, Created, FirstLook, Held, Keys, Leased, Ledger, Outbox, QueuePlace, Queued,
    Record, RecordKey, Records, Replaced, Replacement, Store, StoreError,
};
use crate::case::{Case, LeaseId, PendingNotice, Stored, Tombstone};
use crate::crypto::secrets::{DeskId, SecretKey};
use async_trait::async_trait;
use domain::routing::{Destination, Snapshot};
use domain::{BranchId, Reference};
use health::{Health, Watched};
use jiff::Timestamp;
use jiff::civil::Date;
use open::Sharing;
use pair::Pair;
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use whole::Opens;
use worker::Worker;

/// A store in two SQLite files of one folder.
pub struct SqliteStore {
    /// The only writer of `desk.sqlite`.
    writer: Worker,
    /// Reads `desk.sqlite` while the writer waits for the disk.
    reader: Worker,
    /// The only writer of `keys.sqlite`.
    keys: Worker,
    /// Reads `keys.sqlite` meanwhile.
    keys_reader: Worker,
    /// A cache of day keys.
    days: DayKeys,
    /// Checks both files.
    health: Health,
}

/// How many expired records are deleted per transaction, so that other writes fit in between.
const EXPIRED: usize = 500;

impl SqliteStore {
    /// Opens both files in this folder, and creates missing ones. It doesn't check that they and
    /// the secrets belong together: where requests could be lost, use [`crate::folder::open`].
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        pair::make(folder, None)?;
        Pair::open(folder, Access::Writes)?.into_store(Access::Writes, None)
    }

    fn of(
        [writer, beside, reader, keys, keys_reader]: [Connection; 5],
        paths: [PathBuf; 2],
        sharing: Sharing,
        access: Access,
        old: Option<String>,
    ) -> Result<Self, OpenError> {
        let access = if old.is_some() { Access::Reads } else { access };
        let (writer, keys) = match access {
            Access::Reads => (
                Worker::start_reading("desk reader too", writer)?,
                Worker::start_reading("keys reader too", keys)?,
            ),
            Access::Writes => (
                Worker::start_writing("desk writer", writer, beside)?,
                Worker::start("keys writer", keys)?,
            ),
        };
        Ok(Self {
            writer,
            reader: Worker::start_reading("desk reader", reader)?,
            keys,
            keys_reader: Worker::start_reading("keys reader", keys_reader)?,
            days: DayKeys::default(),
            health: Health::of(paths, sharing, old)?,
        })
    }

    /// Why nothing can be stored, if an older version wrote the files and there is no room to
    /// migrate them.
    pub fn is_old(&self) -> Option<&str> {
        self.health.old.as_deref()
    }

    /// Makes each health check cover the secrets' file, too, and now and then whether each request
    /// opens.
    pub(crate) fn beside(mut self, secrets: Watched, opens: Opens) -> Self {
        self.health.with(secrets, opens);
        self
    }

    /// Ends all leases, so that mail leased by a stopped process is ready at `now`. Only for a
    /// process that knows it is alone: otherwise it would send another's mail again.
    pub async fn end_leases(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.run(move |desk| notices::end_leases(desk, now)).await
    }
}

#[async_trait]
impl Cases for SqliteStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let (case, records) = (case.clone(), records.to_vec());
        self.writer.run(move |desk| cases::create(desk, &case, &records)).await
    }

    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError> {
        self.reader.run(move |desk| cases::find(desk, id)).await
    }

    async fn replace(&self, replacement: &Replacement) -> Result<Replaced, StoreError> {
        let replacement = replacement.clone();
        self.writer.run(move |desk| cases::replace(desk, &replacement)).await
    }

    async fn queue(
        &self,
        of: &Destination,
        after: Option<&QueuePlace>,
        limit: usize,
    ) -> Result<Queued, StoreError> {
        let (of, after) = (of.clone(), after.copied());
        self.reader.run(move |desk| queue::page(desk, &of, after, limit)).await
    }

    async fn wake_at(
        &self,
        id: Reference,
        read_version: u64,
        wake: Timestamp,
    ) -> Result<Replaced, StoreError> {
        self.writer.run(move |desk| cases::wake_at(desk, id, read_version, wake)).await
    }

    async fn woken(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        self.reader.run(move |desk| cases::woken(desk, now, limit)).await
    }

    async fn erase(
        &self,
        tombstone: &Tombstone,
        read_version: u64,
        counts: &[Count],
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let (tombstone, counts) = (tombstone.clone(), counts.to_vec());
        self.writer
            .run(move |desk| cases::erase(desk, &tombstone, read_version, &counts, now))
            .await
    }

    async fn ids_after(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        self.reader.run(move |desk| cases::ids_after(desk, after, limit)).await
    }

    async fn import(
        &self,
        stored: &Stored,
        key: Option<&SecretKey>,
    ) -> Result<Created, StoreError> {
        let (id, stored) = (stored.id(), stored.clone());
        if self.find(id).await?.is_some() {
            return Ok(Created::AlreadyExists);
        }
        if let Some(key) = key.cloned() {
            self.keys
                .run(move |keys| {
                    keys.prepare_cached(
                        "INSERT OR REPLACE INTO case_keys (id, key) VALUES (?, ?)",
                    )?
                    .execute(params![id.compact(), key.as_bytes()])?;
                    Ok(())
                })
                .await?;
        }
        self.writer.run(move |desk| cases::import(desk, &stored)).await
    }
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        self.writer.run(move |desk| notices::lease(desk, now, until, limit, lease)).await
    }

    async fn lease_of(
        &self,
        id: Reference,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        self.writer.run(move |desk| notices::lease_of(desk, id, now, until, lease)).await
    }

    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError> {
        let leased = leased.clone();
        self.writer.run(move |desk| notices::mark_sent(desk, &leased)).await
    }

    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError> {
        let leased = leased.clone();
        self.writer.run(move |desk| notices::mark_failed(desk, &leased, next_try)).await
    }

    async fn release(&self, leased: &Leased, ready: Timestamp) -> Result<Held, StoreError> {
        let leased = leased.clone();
        self.writer.run(move |desk| notices::release(desk, &leased, ready)).await
    }

    async fn put_back(&self, id: Reference, notice: &PendingNotice) -> Result<Held, StoreError> {
        let notice = notice.clone();
        self.writer.run(move |desk| notices::put_back(desk, id, &notice)).await
    }

    async fn waiting(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingNotice>, StoreError> {
        self.reader.run(move |desk| notices::waiting(desk, now, limit)).await
    }

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reader.run(notices::next_ready).await
    }
}

#[async_trait]
impl Records for SqliteStore {
    async fn records(&self, keys: &[RecordKey], now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let keys = keys.to_vec();
        self.reader
            .run(move |desk| {
                let found = keys.iter().map(|key| small::read_record(desk, key, now));
                found.filter_map(Result::transpose).collect()
            })
            .await
    }

    async fn put_record(&self, record: &Record) -> Result<(), StoreError> {
        let record = record.clone();
        self.writer.run(move |desk| small::put_record(desk, &record)).await
    }

    async fn claim_record(&self, record: &Record, now: Timestamp) -> Result<Created, StoreError> {
        let record = record.clone();
        self.writer.run(move |desk| small::claim_record(desk, &record, now)).await
    }

    async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let piece = move |desk: &Connection| small::delete_expired(desk, now, EXPIRED);
        while self.writer.run(piece).await? == EXPIRED {}
        Ok(())
    }
}

#[async_trait]
impl Ledger for SqliteStore {
    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        self.reader.run(small::counts).await
    }

    async fn import_count(&self, count: &Count) -> Result<(), StoreError> {
        let count = count.clone();
        self.writer.run(move |desk| small::set_count(desk, &count)).await
    }

    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError> {
        self.reader.run(move |desk| load::snapshot(desk, now)).await
    }

    async fn count_sent(&self, _: &BranchId, _: Timestamp) -> Result<(), StoreError> {
        // Each write keeps the count.
        Ok(())
    }

    async fn refresh_snapshot(&self, _: &[BranchId], _: Timestamp) -> Result<(), StoreError> {
        // Each write keeps the count.
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn first_look(
        &self,
        id: Reference,
        days: [Date; 2],
        now: Timestamp,
    ) -> Result<FirstLook, StoreError> {
        let [today, yesterday] = days;
        let day_keys = [self.day_key(today).await?, self.day_key(yesterday).await?];
        let look = move |desk: &Connection| {
            let stored = cases::find(desk, id)?;
            Ok(FirstLook { stored, day_keys, snapshot: load::snapshot(desk, now)? })
        };
        self.reader.run(look).await
    }

    async fn pull_in(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.run(move |desk| ahead::pull_in(desk, now)).await
    }

    async fn health(&self, desk: &DeskId) -> Result<(), StoreError> {
        self.health.of_last_second(self.look(desk)).await
    }
}
