//! Waiting mail, and its leases.

use super::rows::{NOTICE_COLUMNS, moment, notice_row, pending, to_json};
use crate::case::{LeaseId, NoticeId, PendingNotice};
use crate::store::{Held, Leased, StoreError, ahead, in_order};
use domain::Reference;
use jiff::Timestamp;
use rusqlite::{Connection, params};

pub(super) fn lease(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    let mut leased = Vec::new();
    for case in first_ready(connection, now, limit)? {
        // All of a case are leased with its first.
        leased.extend(take(connection, &case, now, until, lease)?);
    }
    in_order(&mut leased);
    Ok(leased)
}

/// The cases of the notices that are ready at `now`, those with the fewest tries first. Each number
/// of tries is searched separately, so that notices waiting for a later time are never read.
fn first_ready(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let mut ready = connection.prepare_cached(
        "SELECT case_id FROM notices WHERE tries = ? AND ready <= ? ORDER BY ready, id LIMIT ?",
    )?;
    let mut cases = Vec::new();
    for tries in numbers_of_tries(connection)? {
        if cases.len() >= limit {
            break;
        }
        let left = i64::try_from(limit - cases.len()).unwrap_or(i64::MAX);
        let found =
            ready.query_map(params![tries, now.as_millisecond(), left], |row| row.get(0))?;
        for case in found {
            cases.push(case?);
        }
    }
    Ok(cases)
}

/// The different numbers of tries of waiting mail, ascending. There are few, however much waits; by
/// the index each leads to what is ready.
pub(super) fn numbers_of_tries(connection: &Connection) -> Result<Vec<i64>, StoreError> {
    let mut next = connection.prepare_cached("SELECT min(tries) FROM notices WHERE tries > ?")?;
    let mut numbers = Vec::new();
    let mut after: i64 = -1;
    while let Some(tries) = next.query_row([after], |row| row.get::<_, Option<i64>>(0))? {
        numbers.push(tries);
        after = tries;
    }
    Ok(numbers)
}

pub(super) fn lease_of(
    connection: &Connection,
    id: Reference,
    now: Timestamp,
    until: Timestamp,
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    take(connection, &id.compact(), now, until, lease)
}

fn take(
    connection: &Connection,
    case: &str,
    now: Timestamp,
    until: Timestamp,
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    let mut taken = connection.prepare_cached(&format!(
        "UPDATE notices SET ready = ?1, lease = ?2 WHERE ready <= ?3 AND case_id = ?4
         RETURNING {NOTICE_COLUMNS}"
    ))?;
    let (until, now) = (until.as_millisecond(), now.as_millisecond());
    let rows = taken.query_map(params![until, lease.number(), now, case], notice_row)?;
    let mut leased = Vec::new();
    for row in rows {
        match pending(row?) {
            Ok((case, notice)) => leased.push(Leased { case, notice, lease }),
            // One that a newer version wrote and we can't read must not block others.
            Err(error) => tracing::error!(%error, "a notice was left out"),
        }
    }
    Ok(leased)
}

pub(super) fn end_leases(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    connection
        // It may be sent from now on, so it can't be withdrawn.
        .prepare_cached(
            "UPDATE notices SET lease = NULL, ready = ?, tries = max(tries, 1) \
             WHERE lease IS NOT NULL",
        )?
        .execute([now.as_millisecond()])?;
    Ok(())
}

/// Whether it waits, was never tried, and isn't leased.
pub(super) fn is_untried(
    connection: &Connection,
    case: Reference,
    id: &NoticeId,
) -> Result<bool, StoreError> {
    let mut untried = connection.prepare_cached(
        "SELECT 1 FROM notices WHERE id = ? AND case_id = ? AND tries = 0 AND lease IS NULL",
    )?;
    Ok(untried.exists(params![id.as_str(), case.compact()])?)
}

/// Withdraws a notice.
pub(super) fn withdraw(connection: &Connection, id: &NoticeId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM notices WHERE id = ?")?.execute([id.as_str()])?;
    Ok(())
}

pub(super) fn mark_sent(connection: &Connection, leased: &Leased) -> Result<Held, StoreError> {
    let changed = connection
        .prepare_cached("DELETE FROM notices WHERE id = ? AND lease = ?")?
        .execute(params![leased.id().as_str(), leased.lease.number()])?;
    Ok(if changed == 1 { Held::Held } else { Held::Lost })
}

pub(super) fn mark_failed(
    connection: &Connection,
    leased: &Leased,
    next_try: Timestamp,
) -> Result<Held, StoreError> {
    let changed = connection
        .prepare_cached(
            "UPDATE notices SET tries = tries + 1, ready = ?, lease = NULL
             WHERE id = ? AND lease = ?",
        )?
        .execute(params![next_try.as_millisecond(), leased.id().as_str(), leased.lease.number()])?;
    Ok(if changed == 1 { Held::Held } else { Held::Lost })
}

pub(super) fn release(
    connection: &Connection,
    leased: &Leased,
    ready: Timestamp,
) -> Result<Held, StoreError> {
    let changed = connection
        .prepare_cached("UPDATE notices SET ready = ?, lease = NULL WHERE id = ? AND lease = ?")?
        .execute(params![ready.as_millisecond(), leased.id().as_str(), leased.lease.number()])?;
    Ok(if changed == 1 { Held::Held } else { Held::Lost })
}

pub(super) fn put_back(
    connection: &Connection,
    id: Reference,
    notice: &PendingNotice,
) -> Result<Held, StoreError> {
    let changed = connection
        .prepare_cached(
            "INSERT INTO notices (id, case_id, notice, since, tries, ready, lease)
             SELECT ?1, id, ?3, ?4, ?5, ?6, NULL FROM cases WHERE id = ?2
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            notice.id.as_str(),
            id.compact(),
            to_json(&notice.notice)?,
            notice.since.as_millisecond(),
            notice.tries,
            notice.ready.as_millisecond(),
        ])?;
    Ok(if changed == 1 { Held::Held } else { Held::Lost })
}

pub(super) fn waiting(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<PendingNotice>, StoreError> {
    let mut waiting = connection.prepare_cached(&format!(
        "SELECT {NOTICE_COLUMNS} FROM notices
         WHERE NOT (tries = 0 AND lease IS NULL AND ready > ? AND ready <= ? AND notice = ?)
         ORDER BY since, id LIMIT ?"
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = waiting.query_map(
        params![
            ahead::furthest(now, ahead::PUT_OFF).as_millisecond(),
            ahead::furthest(now, ahead::READY).as_millisecond(),
            to_json(&ahead::RECEIVED)?,
            limit
        ],
        notice_row,
    )?;
    let mut all = Vec::new();
    for row in rows {
        match pending(row?) {
            Ok((_, notice)) => all.push(notice),
            Err(error) => tracing::error!(%error, "a notice was left out"),
        }
    }
    Ok(all)
}

pub(super) fn next_ready(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut ready = connection.prepare_cached("SELECT min(ready) FROM notices WHERE tries = ?")?;
    let mut first: Option<i64> = None;
    for tries in numbers_of_tries(connection)? {
        let earliest: Option<i64> = ready.query_row([tries], |row| row.get(0))?;
        first = first.into_iter().chain(earliest).min();
    }
    first.map(moment).transpose()
}
