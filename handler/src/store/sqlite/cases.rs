//! Cases and tombstones.

use super::rows::{NOTICE_COLUMNS, from_json, moment, notice_row, pending, reference, to_json};
use super::{notices, small};
use crate::case::{Case, LeaseId, Stored, SummaryState, Tombstone};
use crate::store::{
    Count, Created, Record, Replaced, Replacement, StoreError, Swap, queue_name, queue_of,
};
use domain::{BranchId, Reference};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn create(
    connection: &Connection,
    case: &Case,
    records: &[Record],
) -> Result<Created, StoreError> {
    if exists(connection, case.id)? {
        return Ok(Created::AlreadyExists);
    }
    write(connection, case)?;
    for record in records {
        small::put_record(connection, record)?;
    }
    Ok(Created::Created)
}

pub(super) fn import(connection: &Connection, stored: &Stored) -> Result<Created, StoreError> {
    if exists(connection, stored.id())? {
        return Ok(Created::AlreadyExists);
    }
    match stored {
        Stored::Case(case) => write(connection, case)?,
        Stored::Erased(tombstone) => write_tombstone(connection, tombstone, None)?,
    }
    Ok(Created::Created)
}

pub(super) fn replace(
    connection: &Connection,
    replacement: &Replacement,
) -> Result<Replaced, StoreError> {
    let Replacement { case, read_version, withdrawn, swaps, rings: _ } = replacement;
    if version_of(connection, case.id)? != Some(*read_version) {
        return Ok(Replaced::Conflict);
    }
    for Swap { record, was, now } in swaps {
        let there = small::read_record(connection, &record.key, *now)?;
        if there.map(|there| there.value) != *was {
            return Ok(Replaced::Conflict);
        }
    }
    for id in withdrawn {
        if !notices::is_untried(connection, case.id, id)? {
            return Ok(Replaced::Conflict);
        }
    }
    for id in withdrawn {
        notices::withdraw(connection, id)?;
    }
    write(connection, case)?;
    for Swap { record, .. } in swaps {
        small::put_record(connection, record)?;
    }
    Ok(Replaced::Replaced)
}

pub(super) fn wake_at(
    connection: &Connection,
    id: Reference,
    read_version: u64,
    wake: Timestamp,
) -> Result<Replaced, StoreError> {
    let changed = connection
        .prepare_cached("UPDATE cases SET wake = ? WHERE id = ? AND version = ?")?
        .execute(params![wake.as_millisecond(), id.compact(), number(read_version)])?;
    Ok(if changed == 1 { Replaced::Replaced } else { Replaced::Conflict })
}

pub(super) fn woken(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    // Each part is read in this order from its index, no further than the limit.
    let mut woken = connection.prepare_cached(
        "SELECT id FROM (
             SELECT * FROM (SELECT id, wake FROM cases WHERE wake <= ?1 ORDER BY wake, id LIMIT ?2)
             UNION ALL
             SELECT * FROM
                 (SELECT id, wake FROM tombstones WHERE wake <= ?1 ORDER BY wake, id LIMIT ?2)
         ) ORDER BY wake, id LIMIT ?2",
    )?;
    ids(&mut woken, params![now.as_millisecond(), i64::try_from(limit).unwrap_or(i64::MAX)])
}

pub(super) fn ids_after(
    connection: &Connection,
    after: Option<Reference>,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let mut stored = connection.prepare_cached(
        "SELECT id FROM (
             SELECT * FROM (SELECT id FROM cases WHERE id > ?1 ORDER BY id LIMIT ?2)
             UNION ALL
             SELECT * FROM (SELECT id FROM tombstones WHERE id > ?1 ORDER BY id LIMIT ?2)
         ) ORDER BY id LIMIT ?2",
    )?;
    let after = after.map(Reference::compact).unwrap_or_default();
    ids(&mut stored, params![after, i64::try_from(limit).unwrap_or(i64::MAX)])
}

fn ids(
    statement: &mut rusqlite::Statement<'_>,
    params: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Reference>, StoreError> {
    let rows = statement.query_map(params, |row| row.get::<_, String>(0))?;
    rows.map(|row| reference(&row?)).collect()
}

pub(super) fn erase(
    connection: &Connection,
    tombstone: &Tombstone,
    read_version: u64,
    counts: &[Count],
    now: Timestamp,
) -> Result<Replaced, StoreError> {
    if version_of(connection, tombstone.id)? != Some(read_version) {
        return Ok(Replaced::Conflict);
    }
    let id = tombstone.id.compact();
    connection.prepare_cached("DELETE FROM notices WHERE case_id = ?")?.execute([&id])?;
    connection.prepare_cached("DELETE FROM cases WHERE id = ?")?.execute([&id])?;
    write_tombstone(connection, tombstone, Some(now))?;
    for count in counts {
        small::add_count(connection, count)?;
    }
    Ok(Replaced::Replaced)
}

/// Which of these cases were erased.
pub(super) fn erased_of(
    connection: &Connection,
    ids: &[Reference],
) -> Result<Vec<Reference>, StoreError> {
    let mut erased = Vec::new();
    for id in ids {
        if is_erased(connection, *id)? {
            erased.push(*id);
        }
    }
    Ok(erased)
}

fn is_erased(connection: &Connection, id: Reference) -> Result<bool, StoreError> {
    Ok(tombstone(connection, id)?.is_some())
}

/// Puts tombstones to sleep.
pub(super) fn sleep(connection: &Connection, ids: &[Reference]) -> Result<(), StoreError> {
    let mut sleep = connection.prepare_cached("UPDATE tombstones SET wake = NULL WHERE id = ?")?;
    for id in ids {
        sleep.execute([id.compact()])?;
    }
    Ok(())
}

pub(super) fn find(connection: &Connection, id: Reference) -> Result<Option<Stored>, StoreError> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT body, wake FROM cases WHERE id = ?")?
        .query_row([id.compact()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((body, wake)) = found else {
        return Ok(tombstone(connection, id)?.map(Stored::Erased));
    };
    let mut case: Case = from_json(&format!("case {id}"), &body)?;
    case.wake = moment(wake)?;
    let mut notices = connection.prepare_cached(&format!(
        "SELECT {NOTICE_COLUMNS} FROM notices WHERE case_id = ? ORDER BY id"
    ))?;
    for row in notices.query_map([id.compact()], notice_row)? {
        case.outbox.push(pending(row?)?.1);
    }
    Ok(Some(Stored::Case(Box::new(case))))
}

fn write(connection: &Connection, case: &Case) -> Result<(), StoreError> {
    let body = to_json(&Case { outbox: Vec::new(), ..case.clone() })?;
    connection
        .prepare_cached(
            "INSERT INTO cases (id, version, wake, branch, sent, open, body, queue, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO UPDATE SET version = ?2, wake = ?3, branch = ?4, sent = ?5,
                 open = ?6, body = ?7, queue = ?8, due = ?9",
        )?
        .execute(params![
            case.id.compact(),
            number(case.version),
            case.wake.as_millisecond(),
            case.summary.branch.as_ref().map(BranchId::as_str),
            case.summary.sent.as_millisecond(),
            case.summary.state == SummaryState::Open,
            body,
            queue_of(case).as_ref().map(queue_name),
            case.summary.due.as_millisecond()
        ])?;
    for pending in &case.outbox {
        connection
            .prepare_cached(
                "INSERT INTO notices (id, case_id, notice, since, tries, ready, lease)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                pending.id.as_str(),
                case.id.compact(),
                to_json(&pending.notice)?,
                pending.since.as_millisecond(),
                pending.tries,
                pending.ready.as_millisecond(),
                pending.lease.map(LeaseId::number)
            ])?;
    }
    Ok(())
}

fn write_tombstone(
    connection: &Connection,
    tombstone: &Tombstone,
    wake: Option<Timestamp>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO tombstones (id, wake, body) VALUES (?, ?, ?)")?
        .execute(params![
            tombstone.id.compact(),
            wake.map(Timestamp::as_millisecond),
            to_json(tombstone)?
        ])?;
    Ok(())
}

fn tombstone(connection: &Connection, id: Reference) -> Result<Option<Tombstone>, StoreError> {
    let body: Option<String> = connection
        .prepare_cached("SELECT body FROM tombstones WHERE id = ?")?
        .query_row([id.compact()], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&format!("tombstone {id}"), &body)).transpose()
}

fn exists(connection: &Connection, id: Reference) -> Result<bool, StoreError> {
    Ok(version_of(connection, id)?.is_some() || is_erased(connection, id)?)
}

fn version_of(connection: &Connection, id: Reference) -> Result<Option<u64>, StoreError> {
    let version: Option<i64> = connection
        .prepare_cached("SELECT version FROM cases WHERE id = ?")?
        .query_row([id.compact()], |row| row.get(0))
        .optional()?;
    Ok(version.and_then(|version| u64::try_from(version).ok()))
}

fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
