//! Cases: a map by number.

use super::{Inside, MemoryStore};
use crate::case::{Case, NoticeId, Stored, Tombstone};
use crate::crypto::secrets::SecretKey;
use crate::store::queue::queue_of;
use crate::store::{
    Cases, Count, Created, QueueEntry, QueuePlace, Queued, Record, Replaced, Replacement,
    StoreError, Swap, ahead,
};
use async_trait::async_trait;
use domain::Reference;
use domain::routing::Destination;
use jiff::Timestamp;
use std::ops::Bound;

impl Inside {
    fn is_as_read(&self, swap: &Swap) -> bool {
        let there = self.records.get(&swap.record.key);
        let there = there.filter(|record| ahead::counts(record.expires, swap.now));
        there.map(|record| &record.value) == swap.was.as_ref()
    }
}

#[async_trait]
impl Cases for MemoryStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let mut inside = self.inside();
        if inside.stored.contains_key(&case.id) {
            return Ok(Created::AlreadyExists);
        }
        inside.stored.insert(case.id, Stored::Case(Box::new(case.clone())));
        for record in records {
            inside.records.insert(record.key.clone(), record.clone());
        }
        Ok(Created::Created)
    }

    async fn find(&self, id: Reference) -> Result<Option<Stored>, StoreError> {
        Ok(self.inside().stored.get(&id).cloned())
    }

    async fn replace(&self, replacement: &Replacement) -> Result<Replaced, StoreError> {
        let Replacement { case, read_version, withdrawn, swaps, rings: _ } = replacement;
        let mut inside = self.inside();
        let is_as_read = swaps.iter().all(|swap| inside.is_as_read(swap));
        let Some(stored) = inside.of_version(case.id, *read_version).filter(|_| is_as_read) else {
            return Ok(Replaced::Conflict);
        };
        let is_untried = |id: &NoticeId| {
            let mut outbox = stored.outbox.iter();
            outbox.any(|it| it.id == *id && it.tries == 0 && it.lease.is_none())
        };
        if !withdrawn.iter().all(is_untried) {
            return Ok(Replaced::Conflict);
        }
        let mut outbox = std::mem::take(&mut stored.outbox);
        outbox.retain(|pending| !withdrawn.contains(&pending.id));
        outbox.extend(case.outbox.iter().cloned());
        *stored = Case { outbox, ..case.clone() };
        for Swap { record, .. } in swaps {
            inside.records.insert(record.key.clone(), record.clone());
        }
        Ok(Replaced::Replaced)
    }

    async fn queue(
        &self,
        of: &Destination,
        after: Option<&QueuePlace>,
        limit: usize,
    ) -> Result<Queued, StoreError> {
        let inside = self.inside();
        let cases = inside.cases().filter(|case| queue_of(case).as_ref() == Some(of));
        let mut entries: Vec<_> = cases
            .map(|case| QueueEntry { id: case.id, summary: case.summary.clone() })
            .filter(|entry| after.is_none_or(|after| *after < entry.place()))
            .collect();
        entries.sort_unstable_by_key(QueueEntry::place);
        let is_last = entries.len() <= limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| !is_last).map(QueueEntry::place);
        Ok(Queued { entries, next })
    }

    async fn wake_at(
        &self,
        id: Reference,
        read_version: u64,
        wake: Timestamp,
    ) -> Result<Replaced, StoreError> {
        match self.inside().of_version(id, read_version) {
            Some(stored) => {
                stored.wake = wake;
                Ok(Replaced::Replaced)
            }
            None => Ok(Replaced::Conflict),
        }
    }

    async fn woken(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        let inside = self.inside();
        let mut woken: Vec<_> = inside.cases().map(|case| (case.wake, case.id)).collect();
        woken.retain(|(wake, _)| *wake <= now);
        woken.sort_unstable();
        let cases = woken.into_iter().map(|(_, id)| id);
        Ok(inside.unforgotten.iter().copied().chain(cases).take(limit).collect())
    }

    async fn erase(
        &self,
        tombstone: &Tombstone,
        read_version: u64,
        counts: &[Count],
        _now: Timestamp,
    ) -> Result<Replaced, StoreError> {
        let mut inside = self.inside();
        if inside.of_version(tombstone.id, read_version).is_none() {
            return Ok(Replaced::Conflict);
        }
        inside.stored.insert(tombstone.id, Stored::Erased(tombstone.clone()));
        inside.unforgotten.insert(tombstone.id);
        for count in counts {
            *inside.counts.entry(count.name.clone()).or_default() += count.number;
        }
        Ok(Replaced::Replaced)
    }

    async fn ids_after(
        &self,
        after: Option<Reference>,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let inside = self.inside();
        let ids = inside.stored.range((from, Bound::Unbounded)).map(|(id, _)| *id);
        Ok(ids.take(limit).collect())
    }

    async fn import(
        &self,
        stored: &Stored,
        key: Option<&SecretKey>,
    ) -> Result<Created, StoreError> {
        let mut inside = self.inside();
        if inside.stored.contains_key(&stored.id()) {
            return Ok(Created::AlreadyExists);
        }
        if let Some(key) = key {
            inside.keys.insert(stored.id(), key.clone());
        }
        inside.stored.insert(stored.id(), stored.clone());
        Ok(Created::Created)
    }
}
