//! Mail that waits, and who has it.

use super::rows::{NOTICE_COLUMNS, moment, notice_row, pending};
use crate::case::LeaseId;
use crate::store::{Held, Leased, StoreError};
use domain::Reference;
use jiff::Timestamp;
use rusqlite::{Connection, ToSql, params};

pub(super) fn lease(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    take(
        connection,
        "UPDATE notices SET ready = ?1, lease = ?2 WHERE ready <= ?3 AND case_id IN
             (SELECT case_id FROM notices WHERE ready <= ?3 ORDER BY ready, id LIMIT ?4)",
        params![
            until.as_millisecond(),
            lease.number(),
            now.as_millisecond(),
            i64::try_from(limit).unwrap_or(i64::MAX)
        ],
        lease,
    )
}

pub(super) fn lease_of(
    connection: &Connection,
    id: Reference,
    now: Timestamp,
    until: Timestamp,
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    take(
        connection,
        "UPDATE notices SET ready = ?1, lease = ?2 WHERE ready <= ?3 AND case_id = ?4",
        params![until.as_millisecond(), lease.number(), now.as_millisecond(), id.compact()],
        lease,
    )
}

fn take(
    connection: &Connection,
    sql: &str,
    params: &[&dyn ToSql],
    lease: LeaseId,
) -> Result<Vec<Leased>, StoreError> {
    let mut taken = connection.prepare_cached(&format!("{sql} RETURNING {NOTICE_COLUMNS}"))?;
    let rows = taken.query_map(params, notice_row)?;
    rows.map(|row| {
        let (case, notice) = pending(row?)?;
        Ok(Leased { case, notice, lease })
    })
    .collect()
}

pub(super) fn end_leases(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE notices SET lease = NULL, ready = ? WHERE lease IS NOT NULL")?
        .execute([now.as_millisecond()])?;
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

pub(super) fn next_ready(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let ready: Option<i64> = connection
        .prepare_cached("SELECT min(ready) FROM notices")?
        .query_row([], |row| row.get(0))?;
    ready.map(moment).transpose()
}
