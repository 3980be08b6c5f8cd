//! Mail that waits, in the item of its case, and who has it.

use super::attributes::{millis, moment, n};
use super::cases::{self, ROUNDS};
use super::items::{self, Found, MAIL, Read};
use super::table::{Answer, Table, Written};
use super::update::Update;
use crate::case::LeaseId;
use crate::store::{Held, Leased, StoreError};
use domain::Reference;
use jiff::Timestamp;

/// How many keys of what is awake are read at once.
const PAGE: i32 = 100;

pub(super) async fn lease(
    table: &Table,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Leased>, StoreError> {
    let mut leased = Vec::new();
    let mut from = None;
    loop {
        let (page, next) = cases::awake(table, MAIL, Some(now), PAGE, from).await?;
        for item in &page {
            if leased.len() >= limit {
                return Ok(leased);
            }
            match lease_of(table, items::id(item)?, now, until).await {
                Ok(taken) => leased.extend(taken),
                // One item that can't be read keeps no other's mail back.
                Err(error @ StoreError::Unreadable { .. }) => {
                    tracing::error!(%error, "the mail of a case was left out");
                }
                Err(error) => return Err(error),
            }
        }
        if next.is_none() {
            return Ok(leased);
        }
        from = next;
    }
}

pub(super) async fn lease_of(
    table: &Table,
    id: Reference,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Leased>, StoreError> {
    let lease = LeaseId::random()?;
    for _ in 0..ROUNDS {
        let Some(Found::Case(read)) = cases::read(table, id).await? else {
            return Ok(Vec::new());
        };
        let Read { mut case, revision } = *read;
        let mut update = Update::default();
        let mut leased = Vec::new();
        for pending in case.outbox.iter_mut().filter(|pending| pending.ready <= now) {
            pending.lease = Some(lease);
            pending.ready = until;
            let path = ["outbox", pending.id.as_str()];
            update.set(&[path[0], path[1], "lease"], n(lease.number()));
            update.set(&[path[0], path[1], "ready"], millis(until));
            leased.push(Leased { case: id, notice: pending.clone(), lease });
        }
        if leased.is_empty() {
            return Ok(leased);
        }
        update.set(&["awake_at"], millis(items::awake_at(&case)));
        // Whoever listens to the table is rung for new mail alone.
        update.remove(&["mail"]);
        update.add("revision", n(1));
        update.only_if(&["revision"], "=", n(revision));
        if let Written::Done(_) = table.update(items::key(id), update, Answer::Nothing).await? {
            return Ok(leased);
        }
    }
    // The next sweep takes it up.
    Ok(Vec::new())
}

pub(super) async fn mark_sent(table: &Table, leased: &Leased) -> Result<Held, StoreError> {
    let mut update = Update::default();
    update.remove(&["outbox", leased.id().as_str()]);
    held(table, leased, update, Answer::Nothing).await.map(|(held, _)| held)
}

pub(super) async fn mark_failed(
    table: &Table,
    leased: &Leased,
    next_try: Timestamp,
) -> Result<Held, StoreError> {
    let path = ["outbox", leased.id().as_str()];
    let mut update = Update::default();
    update.set(&[path[0], path[1], "tries"], n(leased.notice.tries + 1));
    update.set(&[path[0], path[1], "ready"], millis(next_try));
    update.remove(&[path[0], path[1], "lease"]);
    let (held, awake_at) = held(table, leased, update, Answer::NewItem).await?;
    if awake_at.is_some_and(|at| next_try < at) {
        let mut earlier = Update::default();
        earlier.set(&["awake_at"], millis(next_try));
        earlier.only_if(&["awake_at"], ">", millis(next_try));
        table.update(items::key(leased.case), earlier, Answer::Nothing).await?;
    }
    Ok(held)
}

/// Writes to a notice, if this lease still holds it; and when its case wakes, if asked.
async fn held(
    table: &Table,
    leased: &Leased,
    mut update: Update,
    answer: Answer,
) -> Result<(Held, Option<Timestamp>), StoreError> {
    let path = ["outbox", leased.id().as_str(), "lease"];
    update.add("revision", n(1));
    update.only_if(&path, "=", n(leased.lease.number()));
    match table.update(items::key(leased.case), update, answer).await? {
        Written::Done(None) => Ok((Held::Held, None)),
        Written::Done(Some(item)) => Ok((Held::Held, Some(moment(&item, "awake_at")?))),
        Written::ConditionFailed => Ok((Held::Lost, None)),
    }
}
