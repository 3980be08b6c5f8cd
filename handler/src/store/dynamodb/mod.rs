//! Cases in DynamoDB: for the cloud. Three tables, whose back-ups can be kept for different times:
//! cases with their mail, keys, small records. A case is one item, including its waiting mail, so
//! that one conditional write stores both.

mod ahead;
mod attributes;
mod belongs;
mod cases;
mod contacts;
mod first_look;
mod items;
mod keys;
mod mail;
mod records;
mod snapshot;
mod table;
mod update;

use super::day_keys::DayKeys;
use super::last_second::LastSecond;
use super::{
    Access, Cases, Count, Created, FirstLook, Held, Keys, Leased, Ledger, Outbox, QueuePlace,
    Queued, Record, RecordKey, Records, Replaced, Replacement, Store, StoreError,
};
use crate::case::{Case, PendingNotice, Stored, Tombstone};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::{DeskId, SecretKey};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::routing::{Destination, Snapshot};
use domain::{BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::RangeInclusive;
use table::Table;

/// The names of the three tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Cases, tombstones and counts.
    pub cases: String,
    /// The keys of cases and of days.
    pub keys: String,
    /// Small records, which are not backed up.
    pub records: String,
}

/// A store in DynamoDB.
pub struct DynamoDbStore {
    cases: Table,
    keys: Table,
    records: Table,
    /// A cache of day keys, which never change.
    days: DayKeys,
    last: LastSecond<()>,
}

impl DynamoDbStore {
    /// A store in these tables, which must exist. Makes no call.
    pub fn new(client: &Client, tables: Tables) -> Self {
        let table = |name| Table { client: client.clone(), name };
        Self {
            cases: table(tables.cases),
            keys: table(tables.keys),
            records: table(tables.records),
            days: DayKeys::default(),
            last: LastSecond::default(),
        }
    }

    /// Whether these tables are this desk's. With `Access::Writes`, tables without an owner become
    /// this desk's. Not called while a patron waits.
    pub async fn must_be_of(&self, desk: &DeskId, access: Access) -> Result<(), StoreError> {
        belongs::must_be_of(self, desk, access).await
    }
}

#[async_trait]
impl Cases for DynamoDbStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let created = cases::create(&self.cases, case).await?;
        if created == Created::Created {
            // The case is stored. Without the records only a duplicate goes unnoticed.
            if let Err(error) = records::put_all(&self.records, records).await {
                tracing::warn!(id = %case.id, %error, "small records were not written");
            }
        }
        Ok(created)
    }

    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError> {
        Ok(cases::read(&self.cases, id).await?.map(items::Found::stored))
    }

    async fn replace(&self, replacement: &Replacement) -> Result<Replaced, StoreError> {
        cases::replace(&self.cases, &self.records, replacement).await
    }

    async fn queue(
        &self,
        of: &Destination,
        after: Option<&QueuePlace>,
        limit: usize,
    ) -> Result<Queued, StoreError> {
        cases::queue(&self.cases, of, after, limit).await
    }

    async fn wake_at(
        &self,
        id: Reference,
        read_version: u64,
        wake: Timestamp,
    ) -> Result<Replaced, StoreError> {
        cases::wake_at(&self.cases, id, read_version, wake).await
    }

    async fn woken(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        cases::woken(&self.cases, now, limit).await
    }

    async fn erase(
        &self,
        tombstone: &Tombstone,
        read_version: u64,
        counts: &[Count],
        now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        cases::erase(&self.cases, tombstone, read_version, counts, now).await
    }

    async fn ids_after(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        cases::ids_after(&self.cases, after, limit).await
    }

    async fn import(
        &self,
        stored: &Stored,
        key: Option<&SecretKey>,
    ) -> Result<Created, StoreError> {
        if cases::read(&self.cases, stored.id()).await?.is_some() {
            return Ok(Created::AlreadyExists);
        }
        if let Some(key) = key {
            keys::put(&self.keys, stored.id(), key).await?;
        }
        cases::import(&self.cases, stored).await
    }
}

#[async_trait]
impl Outbox for DynamoDbStore {
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        mail::lease(&self.cases, now, until, limit).await
    }

    async fn lease_of(
        &self,
        id: Reference,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError> {
        mail::lease_of(&self.cases, id, now, until).await
    }

    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError> {
        mail::mark_sent(&self.cases, leased).await
    }

    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError> {
        mail::mark_failed(&self.cases, leased, next_try).await
    }

    async fn release(&self, leased: &Leased, ready: Timestamp) -> Result<Held, StoreError> {
        mail::release(&self.cases, leased, ready).await
    }

    async fn put_back(&self, id: Reference, notice: &PendingNotice) -> Result<Held, StoreError> {
        mail::put_back(&self.cases, id, notice).await
    }

    async fn waiting(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingNotice>, StoreError> {
        mail::waiting(&self.cases, now, limit).await
    }

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        cases::next_mail(&self.cases).await
    }
}

#[async_trait]
impl Keys for DynamoDbStore {
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError> {
        for &id in ids {
            if let Some(items::Found::Tombstone(_)) = cases::read(&self.cases, id).await? {
                contacts::forget(&self.keys, id).await?;
                keys::forget(&self.keys, id).await?;
                cases::sleep(&self.cases, id).await?;
            }
        }
        Ok(())
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        keys::get_or_make(&self.keys, &keys::of_case(id), None).await
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        keys::get(&self.keys, id).await
    }

    async fn set_contacts(
        &self,
        id: Reference,
        contacts: &[ContactHash],
    ) -> Result<(), StoreError> {
        contacts::set(&self.keys, id, contacts).await
    }

    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError> {
        contacts::ids_of(&self.keys, contact).await
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        if let Some(key) = self.days.get(day) {
            return Ok(key);
        }
        let expires = Some(keys::expiry(day));
        let key = keys::get_or_make(&self.keys, &keys::of_day(day), expires).await?;
        self.days.put(day, &key);
        Ok(key)
    }

    async fn delete_day_keys_outside(
        &self,
        needed: RangeInclusive<Date>,
    ) -> Result<(), StoreError> {
        self.days.forget_outside(&needed);
        keys::forget_days_before(&self.keys, *needed.start()).await
    }
}

#[async_trait]
impl Records for DynamoDbStore {
    async fn records(&self, keys: &[RecordKey], now: Timestamp) -> Result<Vec<Record>, StoreError> {
        records::get_many(&self.records, keys, now).await
    }

    async fn put_record(&self, record: &Record) -> Result<(), StoreError> {
        records::put_all(&self.records, std::slice::from_ref(record)).await
    }

    async fn claim_record(&self, record: &Record, now: Timestamp) -> Result<Created, StoreError> {
        records::claim(&self.records, record, now).await
    }

    async fn delete_expired(&self, _now: Timestamp) -> Result<(), StoreError> {
        // The table's time to live deletes them.
        Ok(())
    }
}

#[async_trait]
impl Ledger for DynamoDbStore {
    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        cases::counts(&self.cases).await
    }

    async fn import_count(&self, count: &Count) -> Result<(), StoreError> {
        cases::import_count(&self.cases, count).await
    }

    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError> {
        snapshot::read(&self.records, now).await
    }

    async fn count_sent(&self, branch: &BranchId, sent: Timestamp) -> Result<(), StoreError> {
        snapshot::count_sent(&self.records, branch, sent).await
    }

    async fn refresh_snapshot(
        &self,
        branches: &[BranchId],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        snapshot::refresh(&self.cases, &self.records, branches, now).await
    }
}

#[async_trait]
impl Store for DynamoDbStore {
    async fn first_look(
        &self,
        id: Reference,
        days: [Date; 2],
        now: Timestamp,
    ) -> Result<FirstLook, StoreError> {
        first_look::first_look(self, id, days, now).await
    }

    async fn pull_in(&self, now: Timestamp) -> Result<(), StoreError> {
        // Records too far ahead count as expired wherever they are read.
        ahead::pull_in(&self.cases, now).await
    }

    async fn health(&self, desk: &DeskId) -> Result<(), StoreError> {
        self.last.or(belongs::look(self, desk)).await
    }
}
