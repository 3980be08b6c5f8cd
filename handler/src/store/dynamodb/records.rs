//! The table of small records: each expires by itself, and none is backed up.

use super::attributes::{Item, n, number, s, text, unreadable};
use super::table::{self, Table, Written};
use crate::store::{Created, Record, RecordKey, StoreError, Swap, ahead};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::Put;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn key(key: &RecordKey) -> Item {
    table::item([("key", s(key.as_str()))])
}

/// DynamoDB's time to live counts in seconds.
fn item(record: &Record) -> Item {
    let expires = n(record.expires.as_second());
    table::item([
        ("key", s(record.key.as_str())),
        ("value", s(&record.value)),
        ("expires", expires),
    ])
}

pub(super) fn record(item: &Item) -> Result<Record, StoreError> {
    let expires = Timestamp::from_second(number(item, "expires")?);
    Ok(Record {
        key: RecordKey::from_stored(text(item, "key")?),
        value: text(item, "value")?.to_owned(),
        expires: expires.map_err(|error| unreadable("a record's expires", error))?,
    })
}

pub(super) async fn put_all(table: &Table, records: &[Record]) -> Result<(), StoreError> {
    match records {
        [] => Ok(()),
        [one] => table.put_over(item(one)).await,
        _ => table.put_many(records.iter().map(item).collect()).await,
    }
}

pub(super) async fn claim(
    table: &Table,
    record: &Record,
    now: Timestamp,
) -> Result<Created, StoreError> {
    // DynamoDB may take days to delete an expired record, which counts as gone already.
    let condition = "attribute_not_exists(#key) OR #expires <= :now OR #expires > :furthest";
    let furthest = ahead::furthest(now, ahead::EXPIRES);
    let values =
        table::item([(":now", n(now.as_second())), (":furthest", n(furthest.as_second()))]);
    let names = [("#key", "key"), ("#expires", "expires")];
    Ok(match table.put(item(record), condition, Some(values), &names).await? {
        Written::Done(_) => Created::Created,
        Written::ConditionFailed => Created::AlreadyExists,
    })
}

/// A conditional write of a record that must be as it was read.
pub(super) fn swapped(table: &str, swap: &Swap) -> Result<Put, BuildError> {
    let put = Put::builder().table_name(table).set_item(Some(item(&swap.record)));
    let put = put.expression_attribute_names("#expires", "expires");
    let now = n(swap.now.as_second());
    let furthest = n(ahead::furthest(swap.now, ahead::EXPIRES).as_second());
    let put = put
        .expression_attribute_values(":now", now)
        .expression_attribute_values(":furthest", furthest);
    match &swap.was {
        None => put.expression_attribute_names("#key", "key").condition_expression(
            "attribute_not_exists(#key) OR #expires <= :now OR #expires > :furthest",
        ),
        Some(was) => put
            .expression_attribute_names("#value", "value")
            .expression_attribute_values(":was", s(was))
            .condition_expression("#value = :was AND #expires > :now AND #expires <= :furthest"),
    }
    .build()
}

pub(super) async fn get_many(
    table: &Table,
    keys: &[RecordKey],
    now: Timestamp,
) -> Result<Vec<Record>, StoreError> {
    // A batch may not contain the same key twice.
    let different: BTreeSet<_> = keys.iter().collect();
    let items = table.get_many(different.into_iter().map(key).collect()).await?;
    let mut found = BTreeMap::new();
    for item in &items {
        let record = record(item)?;
        if ahead::counts(record.expires, now) {
            found.insert(record.key.clone(), record);
        }
    }
    Ok(keys.iter().filter_map(|key| found.get(key).cloned()).collect())
}
