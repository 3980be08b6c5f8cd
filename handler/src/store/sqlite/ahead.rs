//! Pulling in times that were stored by a clock that was ahead.

use super::notices;
use super::rows::to_json;
use crate::store::{StoreError, ahead};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// The most cases that are woken at once: other writes wait meanwhile.
const CASES_MAX: i64 = 10_000;

pub(super) fn pull_in(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let furthest = |bound| ahead::furthest(now, bound).as_millisecond();
    let now = now.as_millisecond();
    for tries in notices::numbers_of_tries(connection)? {
        connection
            .prepare_cached(
                "UPDATE notices SET ready = ?1, lease = NULL,
                     tries = CASE WHEN lease IS NULL THEN tries ELSE max(tries, 1) END
                 WHERE tries = ?2 AND ready > ?3 AND (ready > ?4 OR notice <> ?5)",
            )?
            .execute(params![
                now,
                tries,
                furthest(ahead::TRIED),
                furthest(ahead::READY),
                to_json(&ahead::RECEIVED)?
            ])?;
    }
    for table in ["cases", "tombstones"] {
        connection
            .prepare_cached(&format!(
                "UPDATE {table} SET wake = ?1 WHERE id IN
                     (SELECT id FROM {table} WHERE wake > ?2 LIMIT ?3)"
            ))?
            .execute(params![now, furthest(ahead::WAKE), CASES_MAX])?;
    }
    connection
        .prepare_cached("DELETE FROM records WHERE expires > ?")?
        .execute([furthest(ahead::EXPIRES)])?;
    Ok(())
}
