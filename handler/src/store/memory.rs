//! Cases in memory: for tests. Nothing survives the process.

use super::{
    Cases, Count, Created, Held, Keys, Leased, Ledger, Outbox, QueueEntry, QueuePlace, Queued,
    Record, RecordKey, Records, Replaced, Replacement, Store, StoreError, Swap, ahead, in_order,
    mailboxes, queue_of,
};
use crate::case::{Case, LeaseId, NoticeId, PendingNotice, Stored, SummaryState, Tombstone};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::{DeskId, SecretKey};
use async_trait::async_trait;
use domain::routing::{Destination, Snapshot};
use domain::{BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeInclusive};
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

    fn is_as_read(&self, swap: &Swap) -> bool {
        let there = self.records.get(&swap.record.key);
        let there = there.filter(|record| ahead::counts(record.expires, swap.now));
        there.map(|record| &record.value) == swap.was.as_ref()
    }

    fn leased(&mut self, leased: &Leased) -> Option<(&mut Vec<PendingNotice>, usize)> {
        let outbox = &mut self.case(leased.case)?.outbox;
        let place = outbox.iter().position(|pending| {
            pending.id == leased.notice.id && pending.lease == Some(leased.lease)
        })?;
        Some((outbox, place))
    }
}

/// Takes up what is ready.
fn take(case: &mut Case, now: Timestamp, until: Timestamp, lease: LeaseId) -> Vec<Leased> {
    let id = case.id;
    let ready = case.outbox.iter_mut().filter(|pending| pending.ready <= now);
    ready
        .map(|pending| {
            pending.lease = Some(lease);
            pending.ready = until;
            Leased { case: id, notice: pending.clone(), lease }
        })
        .collect()
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

#[async_trait]
impl Outbox for MemoryStore {
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        let mut inside = self.inside();
        let notices = inside.cases().flat_map(|case| case.outbox.iter().map(|it| (case.id, it)));
        let ready = notices.filter(|(_, pending)| pending.ready <= now);
        let mut first: Vec<_> =
            ready.map(|(id, it)| (it.tries, it.ready, it.id.clone(), id)).collect();
        first.sort_unstable();
        first.truncate(limit);
        let mut leased = Vec::new();
        for (.., id) in first {
            // All of a case are taken up at its first.
            leased.extend(
                inside.case(id).map(|case| take(case, now, until, lease)).unwrap_or_default(),
            );
        }
        in_order(&mut leased);
        Ok(leased)
    }

    async fn lease_of(
        &self,
        id: Reference,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        Ok(self.inside().case(id).map(|case| take(case, now, until, lease)).unwrap_or_default())
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

    async fn release(&self, leased: &Leased, ready: Timestamp) -> Result<Held, StoreError> {
        let mut inside = self.inside();
        let Some((outbox, place)) = inside.leased(leased) else {
            return Ok(Held::Lost);
        };
        if let Some(pending) = outbox.get_mut(place) {
            pending.ready = ready;
            pending.lease = None;
        }
        Ok(Held::Held)
    }

    async fn put_back(&self, id: Reference, notice: &PendingNotice) -> Result<Held, StoreError> {
        let mut inside = self.inside();
        Ok(match inside.case(id) {
            Some(case) if case.outbox.iter().all(|pending| pending.id != notice.id) => {
                case.outbox.push(notice.clone());
                Held::Held
            }
            _ => Held::Lost,
        })
    }

    async fn waiting(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<PendingNotice>, StoreError> {
        let inside = self.inside();
        let mut waiting: Vec<_> = inside.cases().flat_map(|case| &case.outbox).collect();
        waiting.retain(|pending| !ahead::is_put_off(pending, now));
        waiting.sort_unstable_by_key(|pending| (pending.since, &pending.id));
        Ok(waiting.into_iter().take(limit).cloned().collect())
    }

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        let inside = self.inside();
        Ok(inside.cases().flat_map(|case| &case.outbox).map(|pending| pending.ready).min())
    }
}

#[async_trait]
impl Keys for MemoryStore {
    async fn forget_keys(&self, ids: &[Reference]) -> Result<(), StoreError> {
        let mut inside = self.inside();
        for id in ids {
            if matches!(inside.stored.get(id), Some(Stored::Erased(_))) {
                inside.keys.remove(id);
                inside.contacts.remove(id);
                inside.unforgotten.remove(id);
            }
        }
        Ok(())
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().keys.entry(id).or_insert(fresh).clone())
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        Ok(self.inside().keys.get(&id).cloned())
    }

    async fn set_contacts(
        &self,
        id: Reference,
        contacts: &[ContactHash],
    ) -> Result<(), StoreError> {
        self.inside().contacts.insert(id, contacts.to_vec());
        Ok(())
    }

    async fn ids_of(&self, contact: &ContactHash) -> Result<Vec<Reference>, StoreError> {
        let inside = self.inside();
        let of = inside.contacts.iter().filter(|(_, contacts)| contacts.contains(contact));
        Ok(of.map(|(id, _)| *id).collect())
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        let fresh = SecretKey::random()?;
        Ok(self.inside().day_keys.entry(day).or_insert(fresh).clone())
    }

    async fn delete_day_keys_outside(
        &self,
        needed: RangeInclusive<Date>,
    ) -> Result<(), StoreError> {
        self.inside().day_keys.retain(|day, _| needed.contains(day));
        Ok(())
    }
}

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
        let week = super::week(now);
        let mut snapshot = Snapshot::default();
        let inside = self.inside();
        for case in inside.cases() {
            let Some(branch) = &case.summary.branch else {
                continue;
            };
            let counts = snapshot.branches.entry(branch.clone()).or_default();
            counts.open_requests += u32::from(case.summary.state == SummaryState::Open);
            counts.sent_this_week +=
                u32::from(week.contains(&super::day_number(case.summary.sent)));
        }
        mailboxes::merge(&mut snapshot, inside.records.values(), now);
        Ok(snapshot)
    }

    async fn count_sent(&self, _: &BranchId, _: Timestamp) -> Result<(), StoreError> {
        // Each write counts.
        Ok(())
    }

    async fn refresh_snapshot(&self, _: &[BranchId], _: Timestamp) -> Result<(), StoreError> {
        // It is counted at each question.
        Ok(())
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
                        pending.lease = None;
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
