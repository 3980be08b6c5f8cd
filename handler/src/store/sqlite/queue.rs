//! Queues: open requests by holder.

use super::rows::{from_json, moment, reference};
use crate::case::Case;
use crate::store::{QueueEntry, QueuePlace, Queued, StoreError, queue_name};
use domain::Reference;
use domain::routing::Destination;
use rusqlite::{Connection, params};

/// A page of a queue. The index holds only open requests, in this order.
pub(super) fn page(
    connection: &Connection,
    of: &Destination,
    after: Option<QueuePlace>,
    limit: usize,
) -> Result<Queued, StoreError> {
    let mut page = connection.prepare_cached(
        "SELECT id, due, body FROM cases
         WHERE queue = ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?",
    )?;
    let (due, id) = match after {
        Some(place) => (place.due.as_millisecond(), place.id.compact()),
        None => (i64::MIN, String::new()),
    };
    // One more row shows whether this is the last page.
    let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let rows = page.query_map(params![queue_name(of), due, id, most], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut entries: Vec<QueueEntry> = Vec::new();
    let mut last: Option<QueuePlace> = None;
    for (number, row) in rows.enumerate() {
        if number == limit {
            return Ok(Queued { entries, next: last });
        }
        let (id, due, body) = row?;
        let id: Reference = reference(&id)?;
        last = Some(QueuePlace { due: moment(due)?, id });
        match from_json::<Case>(&format!("case {id}"), &body) {
            Ok(case) => entries.push(QueueEntry { id, summary: case.summary }),
            // An unreadable one must not hide the others.
            Err(error) => tracing::error!(%error, "a request was left out of a queue"),
        }
    }
    Ok(Queued { entries, next: None })
}
