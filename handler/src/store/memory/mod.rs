//! Cases in memory: for tests. Nothing survives the process.

mod cases;
mod keys;
mod outbox;
mod records;

use super::{Record, RecordKey, Store, StoreError, ahead};
use crate::case::{Case, Stored};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::{DeskId, SecretKey};
use async_trait::async_trait;
use domain::Reference;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    stored: BTreeMap<Reference, Stored>,
    /// Tombstones whose key is still to be deleted.
    unforgotten: BTreeSet<Reference>,
    keys: BTreeMap<Reference, SecretKey>,
    contacts: BTreeMap<Reference, Vec<ContactHash>>,
    day_keys: BTreeMap<Date, SecretKey>,
    records: BTreeMap<RecordKey, Record>,
    counts: BTreeMap<String, u64>,
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
    fn case(&mut self, id: Reference) -> Option<&mut Case> {
        match self.stored.get_mut(&id)? {
            Stored::Case(case) => Some(case),
            Stored::Erased(_) => None,
        }
    }

    fn of_version(&mut self, id: Reference, version: u64) -> Option<&mut Case> {
        self.case(id).filter(|case| case.version == version)
    }

    fn cases(&self) -> impl Iterator<Item = &Case> {
        self.stored.values().filter_map(|stored| match stored {
            Stored::Case(case) => Some(&**case),
            Stored::Erased(_) => None,
        })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn pull_in(&self, now: Timestamp) -> Result<(), StoreError> {
        let furthest = |bound| ahead::furthest(now, bound);
        let mut inside = self.inside();
        for stored in inside.stored.values_mut() {
            if let Stored::Case(case) = stored {
                if case.wake > furthest(ahead::WAKE) {
                    case.wake = now;
                }
                for pending in &mut case.outbox {
                    if pending.ready > furthest(ahead::bound(pending)) {
                        pending.ready = now;
                        if pending.lease.take().is_some() {
                            pending.tries = pending.tries.max(1);
                        }
                    }
                }
            }
        }
        inside.records.retain(|_, record| record.expires <= furthest(ahead::EXPIRES));
        Ok(())
    }

    async fn health(&self, _: &DeskId) -> Result<(), StoreError> {
        Ok(())
    }
}
