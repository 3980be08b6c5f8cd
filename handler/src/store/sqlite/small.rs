//! Small records and counts.

use super::rows::moment;
use crate::store::{Count, Created, Record, RecordKey, StoreError, ahead};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn put_record(connection: &Connection, record: &Record) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO records (key, value, expires) VALUES (?, ?, ?)")?
        .execute(params![record.key.as_str(), record.value, record.expires.as_millisecond()])?;
    Ok(())
}

pub(super) fn claim_record(
    connection: &Connection,
    record: &Record,
    now: Timestamp,
) -> Result<Created, StoreError> {
    if read_record(connection, &record.key, now)?.is_some() {
        return Ok(Created::AlreadyExists);
    }
    put_record(connection, record)?;
    Ok(Created::Created)
}

pub(super) fn read_record(
    connection: &Connection,
    key: &RecordKey,
    now: Timestamp,
) -> Result<Option<Record>, StoreError> {
    let furthest = ahead::furthest(now, ahead::EXPIRES);
    let found: Option<(String, i64)> = connection
        .prepare_cached(
            "SELECT value, expires FROM records WHERE key = ? AND expires > ? AND expires <= ?",
        )?
        .query_row(params![key.as_str(), now.as_millisecond(), furthest.as_millisecond()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(value, expires)| Ok(Record { key: key.clone(), value, expires: moment(expires)? }))
        .transpose()
}

pub(super) fn records_beginning_with(
    connection: &Connection,
    prefix: &str,
) -> Result<Vec<Record>, StoreError> {
    let mut found = connection.prepare_cached(
        "SELECT key, value, expires FROM records WHERE key >= ?1 AND key < ?1 || char(1114111)",
    )?;
    let rows = found.query_map([prefix], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
    })?;
    rows.map(|row| {
        let (key, value, expires) = row?;
        Ok(Record { key: RecordKey::from_stored(key), value, expires: moment(expires)? })
    })
    .collect()
}

/// Deletes at most `limit` expired records; returns how many.
pub(super) fn delete_expired(
    connection: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection
        .prepare_cached(
            "DELETE FROM records
             WHERE key IN (SELECT key FROM records WHERE expires <= ? ORDER BY expires LIMIT ?)",
        )?
        .execute([now.as_millisecond(), limit])?)
}

pub(super) fn add_count(connection: &Connection, count: &Count) -> Result<(), StoreError> {
    write_count(
        connection,
        "INSERT INTO counts (name, number) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET number = number + ?2",
        count,
    )
}

pub(super) fn set_count(connection: &Connection, count: &Count) -> Result<(), StoreError> {
    write_count(connection, "INSERT OR REPLACE INTO counts (name, number) VALUES (?1, ?2)", count)
}

fn write_count(connection: &Connection, sql: &str, count: &Count) -> Result<(), StoreError> {
    let number = i64::try_from(count.number).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.execute(params![count.name, number])?;
    Ok(())
}

pub(super) fn counts(connection: &Connection) -> Result<Vec<Count>, StoreError> {
    let mut all = connection.prepare_cached("SELECT name, number FROM counts ORDER BY name")?;
    let rows = all.query_map([], |row| {
        let number: i64 = row.get(1)?;
        Ok(Count { name: row.get(0)?, number: u64::try_from(number).unwrap_or_default() })
    })?;
    rows.map(|row| Ok(row?)).collect()
}
