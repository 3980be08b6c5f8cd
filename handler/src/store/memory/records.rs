//! Small records, and counts.

use super::MemoryStore;
use crate::case::SummaryState;
use crate::store::{
    Count, Created, Ledger, Record, RecordKey, Records, StoreError, ahead, day_number, mailboxes,
    week,
};
use async_trait::async_trait;
use domain::BranchId;
use domain::routing::Snapshot;
use jiff::Timestamp;

#[async_trait]
impl Records for MemoryStore {
    async fn records(&self, keys: &[RecordKey], now: Timestamp) -> Result<Vec<Record>, StoreError> {
        let inside = self.inside();
        let found = keys.iter().filter_map(|key| inside.records.get(key));
        Ok(found.filter(|record| ahead::counts(record.expires, now)).cloned().collect())
    }

    async fn put_record(&self, record: &Record) -> Result<(), StoreError> {
        self.inside().records.insert(record.key.clone(), record.clone());
        Ok(())
    }

    async fn claim_record(&self, record: &Record, now: Timestamp) -> Result<Created, StoreError> {
        let mut inside = self.inside();
        if inside.records.get(&record.key).is_some_and(|there| ahead::counts(there.expires, now)) {
            return Ok(Created::AlreadyExists);
        }
        inside.records.insert(record.key.clone(), record.clone());
        Ok(Created::Created)
    }

    async fn delete_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        self.inside().records.retain(|_, record| now < record.expires);
        Ok(())
    }
}

#[async_trait]
impl Ledger for MemoryStore {
    async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let inside = self.inside();
        let count = |(name, number): (&String, &u64)| Count { name: name.clone(), number: *number };
        Ok(inside.counts.iter().map(count).collect())
    }

    async fn import_count(&self, count: &Count) -> Result<(), StoreError> {
        self.inside().counts.insert(count.name.clone(), count.number);
        Ok(())
    }

    async fn snapshot(&self, now: Timestamp) -> Result<Snapshot, StoreError> {
        let days = week(now);
        let mut snapshot = Snapshot::default();
        let inside = self.inside();
        for case in inside.cases() {
            let Some(branch) = &case.summary.branch else {
                continue;
            };
            let counts = snapshot.branches.entry(branch.clone()).or_default();
            counts.open_requests += u32::from(case.summary.state == SummaryState::Open);
            counts.sent_this_week += u32::from(days.contains(&day_number(case.summary.sent)));
        }
        mailboxes::merge(&mut snapshot, inside.records.values(), now);
        Ok(snapshot)
    }

    async fn count_sent(&self, _: &BranchId, _: Timestamp) -> Result<(), StoreError> {
        // Each write keeps the count.
        Ok(())
    }

    async fn refresh_snapshot(&self, _: &[BranchId], _: Timestamp) -> Result<(), StoreError> {
        // Counted at each call.
        Ok(())
    }
}
