//! Cases in memory: for tests. Nothing survives the process.

use super::{Created, Held, Leased, Record, Replaced, Store, StoreError};
use crate::case::{Case, LeaseId, PendingNotice};
use crate::secrets::SecretKey;
use async_trait::async_trait;
use domain::Reference;
use domain::routing::Snapshot;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    cases: BTreeMap<Reference, Case>,
    keys: BTreeMap<Reference, SecretKey>,
    day_keys: BTreeMap<Date, SecretKey>,
    records: BTreeMap<String, Record>,
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn leased(&mut self, leased: &Leased) -> Option<(&mut Vec<PendingNotice>, usize)> {
        let outbox = &mut self.cases.get_mut(&leased.case)?.outbox;
        let place = outbox.iter().position(|pending| {
            pending.id == leased.notice.id && pending.lease == Some(leased.lease)
        })?;
        Some((outbox, place))
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let mut inside = self.inside();
        if inside.cases.contains_key(&case.id) {
            return Ok(Created::AlreadyExists);
        }
        inside.cases.insert(case.id, case.clone());
        for record in records {
            inside.records.insert(record.key.clone(), record.clone());
        }
        Ok(Created::Created)
    }

    async fn read(&self, id: Reference) -> Result<Option<Case>, StoreError> {
        Ok(self.inside().cases.get(&id).cloned())
    }

    async fn replace(&self, case: &Case, read_version: u64) -> Result<Replaced, StoreError> {
        let mut inside = self.inside();
        match inside.cases.get_mut(&case.id) {
            Some(stored) if stored.version == read_version => {
                let mut outbox = std::mem::take(&mut stored.outbox);
                outbox.extend(case.outbox.iter().cloned());
                *stored = Case { outbox, ..case.clone() };
                Ok(Replaced::Replaced)
            }
            _ => Ok(Replaced::Conflict),
        }
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().keys.entry(id).or_insert(fresh).clone())
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        Ok(self.inside().keys.get(&id).cloned())
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        let mut inside = self.inside();
        let ready = inside.cases.values_mut().flat_map(|case| {
            let id = case.id;
            case.outbox.iter_mut().filter(|pending| pending.ready <= now).map(move |p| (id, p))
        });
        Ok(ready
            .take(limit)
            .map(|(case, pending)| {
                pending.lease = Some(lease);
                pending.ready = until;
                Leased { case, notice: pending.clone(), lease }
            })
            .collect())
    }

    async fn end_leases(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut inside = self.inside();
        let outboxes = inside.cases.values_mut().flat_map(|case| case.outbox.iter_mut());
        for pending in outboxes.filter(|pending| pending.lease.is_some()) {
            pending.lease = None;
            pending.ready = now;
        }
        Ok(())
    }

    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError> {
        match self.inside().leased(leased) {
            Some((outbox, place)) => {
                outbox.remove(place);
                Ok(Held::Held)
            }
            None => Ok(Held::Lost),
        }
    }

    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError> {
        let mut inside = self.inside();
        let Some((outbox, place)) = inside.leased(leased) else {
            return Ok(Held::Lost);
        };
        if let Some(pending) = outbox.get_mut(place) {
            pending.tries += 1;
            pending.ready = next_try;
            pending.lease = None;
        }
        Ok(Held::Held)
    }

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        let inside = self.inside();
        Ok(inside.cases.values().flat_map(|case| &case.outbox).map(|pending| pending.ready).min())
    }

    async fn record(&self, key: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let inside = self.inside();
        let record = inside.records.get(key).filter(|record| now < record.expires);
        Ok(record.map(|record| record.value.clone()))
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().day_keys.entry(day).or_insert(fresh).clone())
    }

    async fn delete_day_keys_before(&self, day: Date) -> Result<(), StoreError> {
        self.inside().day_keys.retain(|of, _| *of >= day);
        Ok(())
    }

    async fn snapshot(&self, week_ago: Timestamp) -> Result<Snapshot, StoreError> {
        let mut snapshot = Snapshot::default();
        for case in self.inside().cases.values() {
            let Some(branch) = &case.summary.branch else {
                continue;
            };
            let counts = snapshot.branches.entry(branch.clone()).or_default();
            counts.open_requests += 1;
            counts.sent_this_week += u32::from(case.summary.sent >= week_ago);
        }
        Ok(snapshot)
    }

    async fn health(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
