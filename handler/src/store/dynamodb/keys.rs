//! The table of keys: one item per case, one per day.

use super::attributes::{Item, bytes, n, s, secret};
use super::table::{self, Answer, Table, Written};
use super::update::Update;
use crate::crypto::secrets::SecretKey;
use crate::store::StoreError;
use domain::Reference;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many days back day keys are deleted by name. Older ones, from when no sweep ran for so long,
/// DynamoDB's time to live has deleted.
const DAYS_BACK: i64 = 14;

pub(super) fn of_case(id: Reference) -> String {
    format!("case {}", id.compact())
}

pub(super) fn of_day(day: Date) -> String {
    format!("day {day}")
}

pub(super) fn key(id: &str) -> Item {
    table::item([("id", s(id))])
}

/// The latest deletion of a day's key, in seconds, by DynamoDB's time to live.
pub(super) fn expiry(day: Date) -> i64 {
    let after = day.saturating_add(4.days()).to_zoned_datetime(TimeZone::UTC);
    after.map_or(i64::MAX, |after| after.timestamp().as_second())
}

/// The existing key, else a new one: one atomic write, so that all callers get the same.
pub(super) async fn get_or_make(
    table: &Table,
    id: &str,
    expires: Option<i64>,
) -> Result<SecretKey, StoreError> {
    let mut update = Update::default();
    update.set_if_absent("key", bytes(*SecretKey::random()?.as_bytes()));
    if let Some(expires) = expires {
        update.set(&["expires"], n(expires));
    }
    match table.update(key(id), update, Answer::NewItem).await? {
        Written::Done(Some(item)) => secret(&item, "key"),
        Written::Done(None) | Written::ConditionFailed => {
            Err(StoreError::Away("UpdateItem: a key was not answered".to_owned()))
        }
    }
}

pub(super) async fn get(table: &Table, id: Reference) -> Result<Option<SecretKey>, StoreError> {
    let item = table.get(key(&of_case(id))).await?;
    // Contacts may be recorded before there is a key.
    let item = item.filter(|item| item.contains_key("key"));
    item.map(|item| secret(&item, "key")).transpose()
}

pub(super) async fn put(
    table: &Table,
    id: Reference,
    secret: &SecretKey,
) -> Result<(), StoreError> {
    let mut item = key(&of_case(id));
    item.insert("key".to_owned(), bytes(*secret.as_bytes()));
    table.put_over(item).await
}

pub(super) async fn forget(table: &Table, id: Reference) -> Result<(), StoreError> {
    table.delete(key(&of_case(id))).await
}

pub(super) async fn forget_days_before(table: &Table, day: Date) -> Result<(), StoreError> {
    for back in 1..=DAYS_BACK {
        table.delete(key(&of_day(day.saturating_sub(back.days())))).await?;
    }
    Ok(())
}
