//! Waiting mail, which each case holds.

use super::{Inside, MemoryStore};
use crate::case::{Case, LeaseId, PendingNotice};
use crate::store::leased::in_order;
use crate::store::{Held, Leased, Outbox, StoreError, ahead};
use async_trait::async_trait;
use domain::Reference;
use jiff::Timestamp;

impl Inside {
    fn leased(&mut self, leased: &Leased) -> Option<(&mut Vec<PendingNotice>, usize)> {
        let outbox = &mut self.case(leased.case)?.outbox;
        let place = outbox.iter().position(|pending| {
            pending.id == leased.notice.id && pending.lease == Some(leased.lease)
        })?;
        Some((outbox, place))
    }
}

/// Leases what is ready.
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
            // All of a case are leased with its first.
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
