//! Converts between rows and values.

use crate::case::{LeaseId, NoticeId, PendingNotice};
use crate::store::StoreError;
use domain::Reference;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        what: "what was to be written".to_owned(),
        error: error.to_string(),
    })
}

pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Unreadable { what: what.to_owned(), error: error.to_string() })
}

pub(super) fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|error| StoreError::Unreadable {
        what: format!("the moment {millis}"),
        error: error.to_string(),
    })
}

pub(super) fn reference(text: &str) -> Result<Reference, StoreError> {
    Reference::parse(text).map_err(|error| StoreError::Unreadable {
        what: format!("the reference {text}"),
        error: error.to_string(),
    })
}

/// A row of `notices` as text and numbers.
pub(super) type NoticeRow = (String, String, String, i64, u32, i64, Option<i64>);

/// Its columns.
pub(super) const NOTICE_COLUMNS: &str = "id, case_id, notice, since, tries, ready, lease";

pub(super) fn notice_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<NoticeRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}

pub(super) fn pending(row: NoticeRow) -> Result<(Reference, PendingNotice), StoreError> {
    let (id, case, notice, since, tries, ready, lease) = row;
    let pending = PendingNotice {
        notice: from_json(&format!("notice {id}"), &notice)?,
        since: moment(since)?,
        tries,
        ready: moment(ready)?,
        lease: lease.map(LeaseId::from_number),
        id: NoticeId::from_stored(&id),
    };
    Ok((reference(&case)?, pending))
}
