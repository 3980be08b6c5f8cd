//! The first reads of a form that is sent, in one call over all three tables: a patron waits for
//! each call, and a fresh process for each connection, too.

use super::attributes::{Item, secret, text};
use super::table::{self, away};
use super::{DynamoDbStore, items, keys, records, snapshot};
use crate::crypto::secrets::SecretKey;
use crate::store::{FirstLook, Keys, RecordKey, StoreError};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::Reference;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;

pub(super) async fn first_look(
    store: &DynamoDbStore,
    id: Reference,
    days: [Date; 2],
    now: Timestamp,
) -> Result<FirstLook, StoreError> {
    let known = days.map(|day| store.days.get(day));
    let mut wanted = HashMap::from([
        (store.cases.name.clone(), vec![items::key(id)]),
        (store.records.name.clone(), vec![records::key(&RecordKey::snapshot())]),
    ]);
    let unknown: Vec<_> = days.iter().zip(&known).filter(|(_, key)| key.is_none()).collect();
    if !unknown.is_empty() {
        let keys = unknown.iter().map(|(day, _)| keys::key(&keys::of_day(**day))).collect();
        wanted.insert(store.keys.name.clone(), keys);
    }
    let mut found = read(store, wanted).await?;
    let mut take = |table: &str| found.remove(table).unwrap_or_default();
    let case = take(&store.cases.name).pop();
    let snapshot = take(&store.records.name);
    let read_keys = take(&store.keys.name);
    let [today, yesterday] = days;
    let [known_today, known_yesterday] = known;
    Ok(FirstLook {
        stored: case.as_ref().map(items::found).transpose()?.map(items::Found::stored),
        day_keys: [
            day_key(store, today, known_today, &read_keys).await?,
            day_key(store, yesterday, known_yesterday, &read_keys).await?,
        ],
        snapshot: snapshot::of(&snapshot, now)?,
    })
}

/// Reads the items of these keys, by table. Retries what the batch left out.
async fn read(
    store: &DynamoDbStore,
    mut wanted: HashMap<String, Vec<Item>>,
) -> Result<HashMap<String, Vec<Item>>, StoreError> {
    let mut found: HashMap<String, Vec<Item>> = HashMap::new();
    let mut round = 0;
    while !wanted.is_empty() {
        if round > 0 {
            table::again("BatchGetItem", round).await?;
        }
        round += 1;
        let mut call = store.cases.client.batch_get_item();
        for (table, keys) in wanted.drain().collect::<Vec<_>>() {
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
            let keys = keys.build().map_err(|error| StoreError::Away(error.to_string()))?;
            call = call.request_items(table, keys);
        }
        let answer = call.send().await.map_err(|error| away("BatchGetItem", &error))?;
        for (table, items) in answer.responses.unwrap_or_default().into_iter().collect::<Vec<_>>() {
            found.entry(table).or_default().extend(items);
        }
        let undone = answer.unprocessed_keys.unwrap_or_default().into_iter();
        wanted = undone.map(|(table, keys)| (table, keys.keys)).collect();
    }
    Ok(found)
}

/// A day's key: cached, just read, or made now.
async fn day_key(
    store: &DynamoDbStore,
    day: Date,
    known: Option<SecretKey>,
    read: &[Item],
) -> Result<SecretKey, StoreError> {
    if let Some(known) = known {
        return Ok(known);
    }
    let id = keys::of_day(day);
    match read.iter().find(|item| text(item, "id").is_ok_and(|found| found == id)) {
        Some(item) => {
            let key = secret(item, "key")?;
            store.days.put(day, &key);
            Ok(key)
        }
        None => store.day_key(day).await,
    }
}
