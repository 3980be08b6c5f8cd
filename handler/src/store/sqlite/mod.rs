//! Cases in SQLite: for one server. Cases and mail in `desk.sqlite`, keys in `keys.sqlite`, so that
//! their copies can be kept for different times.

mod cases;
mod notices;
mod open;
mod rows;
mod small;
mod worker;

pub use open::OpenError;

use super::{Count, Created, Held, Leased, Record, Replaced, Store, StoreError};
use crate::case::{Case, LeaseId, Stored, Tombstone};
use crate::secrets::SecretKey;
use async_trait::async_trait;
use domain::routing::Snapshot;
use domain::{BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;
use std::path::Path;
use worker::Worker;

/// A store in two SQLite files of one folder.
pub struct SqliteStore {
    /// The only writer of `desk.sqlite`.
    writer: Worker,
    /// Reads `desk.sqlite` while the writer waits for the disk.
    reader: Worker,
    /// The only writer and reader of `keys.sqlite`.
    keys: Worker,
}

impl SqliteStore {
    /// Opens, or makes, both files in this folder.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let desk = folder.join("desk.sqlite");
        let writer = open::open(&desk, open::DESK)?;
        let reader = open::open(&desk, open::DESK)?;
        let keys = open::open(&folder.join("keys.sqlite"), open::KEYS)?;
        Ok(Self {
            writer: Worker::start("desk writer", writer)?,
            reader: Worker::start_reading("desk reader", reader)?,
            keys: Worker::start("keys", keys)?,
        })
    }

    /// Ends all leases, so that what a stopped process had taken up is ready at `now`. Only for a
    /// process that knows it is alone: of two that deliver, one would send the other's mail again.
    pub async fn end_leases(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer.run(move |desk| notices::end_leases(desk, now)).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let (case, records) = (case.clone(), records.to_vec());
        self.writer.run(move |desk| cases::create(desk, &case, &records)).await
    }

    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError> {
        self.reader.run(move |desk| cases::find(desk, id)).await
    }

    async fn replace(&self, case: &Case, read_version: u64) -> Result<Replaced, StoreError> {
        let case = case.clone();
        self.writer.run(move |desk| cases::replace(desk, &case, read_version)).await
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

    async fn forget_key(&self, id: Reference) -> Result<(), StoreError> {
        if !self.reader.run(move |desk| cases::is_erased(desk, id)).await? {
            return Ok(());
        }
        self.keys
            .run(move |keys| {
                keys.prepare_cached("DELETE FROM case_keys WHERE id = ?")?
                    .execute([id.compact()])?;
                Ok(())
            })
            .await?;
        // What was deleted still stands in the logs. Only once both are empty does it sleep.
        self.keys.empty_log().await?;
        self.writer.empty_log().await?;
        self.writer.run(move |desk| cases::sleep(desk, id)).await
    }

    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        self.reader.run(small::counts).await
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

    async fn import_count(&self, count: &Count) -> Result<(), StoreError> {
        let count = count.clone();
        self.writer.run(move |desk| small::set_count(desk, &count)).await
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        const SQL: [&str; 2] = [
            "INSERT OR IGNORE INTO case_keys (id, key) VALUES (?, ?)",
            "SELECT key FROM case_keys WHERE id = ?",
        ];
        self.keys.run(move |keys| small::get_or_make_key(keys, SQL, &id.compact())).await
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        self.keys.run(move |keys| small::case_key(keys, &id.compact())).await
    }

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

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reader.run(notices::next_ready).await
    }

    async fn records(&self, keys: &[String], now: Timestamp) -> Result<Vec<Record>, StoreError> {
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
        self.writer.run(move |desk| small::delete_expired(desk, now)).await
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        const SQL: [&str; 2] = [
            "INSERT OR IGNORE INTO day_keys (day, key) VALUES (?, ?)",
            "SELECT key FROM day_keys WHERE day = ?",
        ];
        self.keys.run(move |keys| small::get_or_make_key(keys, SQL, &day.to_string())).await
    }

    async fn delete_day_keys_before(&self, day: Date) -> Result<(), StoreError> {
        self.keys
            .run(move |keys| {
                keys.prepare_cached("DELETE FROM day_keys WHERE day < ?")?
                    .execute([day.to_string()])?;
                Ok(())
            })
            .await?;
        self.keys.empty_log().await
    }

    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError> {
        self.reader.run(move |desk| cases::snapshot(desk, now)).await
    }

    async fn refresh_snapshot(&self, _: &[BranchId], _: Timestamp) -> Result<(), StoreError> {
        // It is counted at each question.
        Ok(())
    }

    async fn health(&self) -> Result<(), StoreError> {
        let look = |connection: &rusqlite::Connection| {
            Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)
        };
        self.reader.run(look).await?;
        self.keys.run(look).await
    }
}
