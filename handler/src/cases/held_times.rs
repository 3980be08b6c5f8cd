//! The staff times that cases hold, so that no time is promised twice. One small record per staff
//! member (identified by desk and initials) lists them; it changes in the same write as the case,
//! or not at all.

use super::AppendError;
use crate::store::{Record, RecordKey, Store, StoreError, Swap, ahead};
use domain::Reference;
use domain::request::{Hold, HoldChanges, Keeper};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The newest format of the record that this version knows, and the one it writes.
const FORMAT: u32 = 1;

/// The held times of one staff member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    format: u32,
    /// Incremented by each write, so that no two writes leave the same value.
    version: u64,
    held: Vec<Span>,
}

/// A time that a case holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    case: Reference,
    from: Timestamp,
    until: Timestamp,
}

/// The format alone: a newer record may have any shape.
#[derive(Deserialize)]
struct Numbered {
    format: u32,
}

/// The records to swap along with a case that holds and frees these times.
pub(super) async fn swaps(
    store: &dyn Store,
    case: Reference,
    changes: &HoldChanges,
    now: Timestamp,
) -> Result<Vec<Swap>, AppendError> {
    let all = changes.held.iter().chain(&changes.freed);
    let keepers: BTreeSet<&Keeper> = all.map(|hold| &hold.keeper).collect();
    if keepers.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = keepers.iter().map(|keeper| RecordKey::times_of(keeper)).collect();
    let records = store.records(&keys, now).await?;
    let mut swaps = Vec::new();
    for (keeper, key) in keepers.into_iter().zip(keys) {
        let was = records.iter().find(|record| record.key == key).map(|it| it.value.clone());
        let mut times = was.as_deref().map_or(Ok(Times::default()), |it| read(&key, it))?;
        let of = |holds: &BTreeSet<Hold>| -> Vec<Hold> {
            holds.iter().filter(|hold| hold.keeper == *keeper).cloned().collect()
        };
        times.free(case, &of(&changes.freed), now);
        times.hold(case, &of(&changes.held))?;
        swaps.push(Swap { record: times.record(key, now)?, was, now });
    }
    Ok(swaps)
}

fn read(key: &RecordKey, value: &str) -> Result<Times, StoreError> {
    let unreadable = |error: String| StoreError::Unreadable { what: key.to_string(), error };
    let Numbered { format } =
        serde_json::from_str(value).map_err(|error| unreadable(error.to_string()))?;
    if format > FORMAT {
        let known =
            format!("format {format}, this version knows up to {FORMAT}: use the newer one");
        return Err(unreadable(known));
    }
    serde_json::from_str(value).map_err(|error| unreadable(error.to_string()))
}

impl Times {
    /// Removes what the case no longer holds, and what is over.
    fn free(&mut self, case: Reference, freed: &[Hold], now: Timestamp) {
        let is_freed = |span: &Span| {
            span.case == case
                && freed.iter().any(|hold| (hold.from, hold.until) == (span.from, span.until))
        };
        self.held.retain(|span| now < span.until && !is_freed(span));
    }

    /// Adds what the case holds. Times of one case may overlap, as the patron picks only one of
    /// those on offer.
    fn hold(&mut self, case: Reference, held: &[Hold]) -> Result<(), AppendError> {
        for &Hold { from, until, .. } in held {
            let overlaps = |span: &&Span| span.from < until && from < span.until;
            if self.held.iter().filter(overlaps).any(|span| span.case != case) {
                return Err(AppendError::TimeTaken { from, until });
            }
            let span = Span { case, from, until };
            if !self.held.contains(&span) {
                self.held.push(span);
            }
        }
        Ok(())
    }

    /// The new record. It expires when the last of its times is over.
    fn record(mut self, key: RecordKey, now: Timestamp) -> Result<Record, StoreError> {
        self.format = FORMAT;
        self.version += 1;
        self.held.sort_by_key(|span| (span.from, span.until, span.case));
        let last = self.held.iter().map(|span| span.until).max().unwrap_or(now);
        // A record that expires later counts for nothing: a wrong clock might have written it.
        let expires = last.min(ahead::furthest(now, ahead::EXPIRES));
        let value = serde_json::to_string(&self).map_err(|error| StoreError::Unreadable {
            what: key.to_string(),
            error: error.to_string(),
        })?;
        Ok(Record { key, value, expires })
    }
}
