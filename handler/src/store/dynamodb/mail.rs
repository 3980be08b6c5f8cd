//! Waiting mail, in the item of its case, and its leases.

use super::attributes::{Item, millis, moment, n, s};
use super::cases::{self, ROUNDS};
use super::items::{self, AWAKE, Found, MAIL, Read};
use super::table::{Answer, Table, Written};
use super::update::Update;
use crate::case::{LeaseId, PendingNotice};
use crate::store::{Held, Leased, StoreError, ahead, in_order};
use domain::Reference;
use jiff::Timestamp;

/// The fewest cases read to choose those to lease first: the index knows when each is ready, not
/// how often it was tried.
const LOOK_AT_LEAST: usize = 20;

/// The most cases read to tell what waits: the cost of reading grows with size.
const WAITING_MAX: usize = 100;

pub(super) async fn lease(
    table: &Table,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Leased>, StoreError> {
    let mut leased = Vec::new();
    let mut from = None;
    loop {
        let (mut found, next) = page(table, Some(now), limit.max(LOOK_AT_LEAST), from).await?;
        let order = |read: &Read| {
            let ready = read.case.outbox.iter().filter(|pending| pending.ready <= now);
            ready.map(|pending| (pending.tries, pending.ready)).min()
        };
        // The index may name cases that have no ready mail any more.
        found.retain(|read| order(read).is_some());
        found.sort_by_key(order);
        for read in found {
            if leased.len() >= limit {
                break;
            }
            leased.extend(take(table, read, now, until).await?);
        }
        if leased.len() >= limit || next.is_none() {
            in_order(&mut leased);
            return Ok(leased);
        }
        from = next;
    }
}

/// The cases of a page of the mail index.
async fn page(
    table: &Table,
    up_to: Option<Timestamp>,
    limit: usize,
    from: Option<Item>,
) -> Result<(Vec<Read>, Option<Item>), StoreError> {
    let most = i32::try_from(limit).unwrap_or(i32::MAX);
    let (page, next) = cases::awake(table, MAIL, up_to, most, from).await?;
    let ids = page.iter().map(items::id).collect::<Result<Vec<_>, _>>()?;
    let mut reads = Vec::new();
    for item in table.get_many(ids.into_iter().map(items::key).collect()).await? {
        match items::found(&item) {
            Ok(Found::Case(read)) => reads.push(*read),
            Ok(Found::Tombstone(_)) => {}
            // An unreadable item must not block others' mail.
            Err(error) => tracing::error!(%error, "the mail of a case was left out"),
        }
    }
    Ok((reads, next))
}

pub(super) async fn lease_of(
    table: &Table,
    id: Reference,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Leased>, StoreError> {
    match cases::read(table, id).await? {
        Some(Found::Case(read)) => take(table, *read, now, until).await,
        _ => Ok(Vec::new()),
    }
}

/// Leases the ready mail of a case as it was read; after a conflict, as it is then.
async fn take(
    table: &Table,
    read: Read,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Leased>, StoreError> {
    let lease = LeaseId::random()?;
    let id = read.case.id;
    let mut read = read;
    for _ in 0..ROUNDS {
        let Read { mut case, revision } = read;
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
        // The stream rings for new mail only.
        update.remove(&["mail"]);
        update.add("revision", n(1));
        update.only_if(&["revision"], "=", n(revision));
        if let Written::Done(_) = table.update(items::key(id), update, Answer::Nothing).await? {
            return Ok(leased);
        }
        let Some(Found::Case(again)) = cases::read(table, id).await? else {
            return Ok(Vec::new());
        };
        read = *again;
    }
    // The next sweep leases it.
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
    let mut update = Update::default();
    update.set(&["outbox", leased.id().as_str(), "tries"], n(leased.notice.tries + 1));
    give_back(table, leased, update, next_try).await
}

pub(super) async fn release(
    table: &Table,
    leased: &Leased,
    ready: Timestamp,
) -> Result<Held, StoreError> {
    give_back(table, leased, Update::default(), ready).await
}

async fn give_back(
    table: &Table,
    leased: &Leased,
    mut update: Update,
    ready: Timestamp,
) -> Result<Held, StoreError> {
    let path = ["outbox", leased.id().as_str()];
    update.set(&[path[0], path[1], "ready"], millis(ready));
    update.remove(&[path[0], path[1], "lease"]);
    let (held, awake_at) = held(table, leased, update, Answer::NewItem).await?;
    if awake_at.is_some_and(|at| ready < at) {
        let mut earlier = Update::default();
        earlier.set(&["awake_at"], millis(ready));
        earlier.only_if(&["awake_at"], ">", millis(ready));
        table.update(items::key(leased.case), earlier, Answer::Nothing).await?;
    }
    Ok(held)
}

pub(super) async fn put_back(
    table: &Table,
    id: Reference,
    notice: &PendingNotice,
) -> Result<Held, StoreError> {
    for _ in 0..ROUNDS {
        let Some(Found::Case(mut read)) = cases::read(table, id).await? else {
            return Ok(Held::Lost);
        };
        if read.case.outbox.iter().any(|pending| pending.id == notice.id) {
            return Ok(Held::Lost);
        }
        read.case.outbox.push(notice.clone());
        let mut update = Update::default();
        update.set(&["outbox", notice.id.as_str()], items::notice(notice)?);
        update.set(&[AWAKE], s(MAIL));
        // Rings no bell: it waits for its time, and the sweep looks.
        update.set(&["awake_at"], millis(items::awake_at(&read.case)));
        update.add("revision", n(1));
        update.only_if(&["revision"], "=", n(read.revision));
        if let Written::Done(_) = table.update(items::key(id), update, Answer::Nothing).await? {
            return Ok(Held::Held);
        }
    }
    Err(StoreError::Away(format!("others were faster {ROUNDS} times")))
}

pub(super) async fn waiting(
    table: &Table,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<PendingNotice>, StoreError> {
    let (reads, _) = page(table, None, limit.min(WAITING_MAX), None).await?;
    let mut waiting: Vec<_> = reads.into_iter().flat_map(|read| read.case.outbox).collect();
    waiting.retain(|pending| !ahead::is_put_off(pending, now));
    waiting.sort_unstable_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    waiting.truncate(limit);
    Ok(waiting)
}

/// Updates a notice, if the lease still holds it; and its case's wake time, if asked.
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
