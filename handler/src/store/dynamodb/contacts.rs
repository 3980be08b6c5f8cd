//! Contacts as hashes, in the table of keys: one item per contact, with the ids of its cases. A
//! copy beside the case's key says what to delete with that key.

use super::attributes::Item;
use super::keys;
use super::table::{Answer, Table, Written};
use super::update::Update;
use crate::crypto::contact_hash::ContactHash;
use crate::store::StoreError;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Reference;
use std::collections::BTreeSet;

fn key(contact: &str) -> Item {
    keys::key(&format!("contact {contact}"))
}

/// A set of texts. A missing one is empty: DynamoDB stores no empty sets.
fn set_of(item: Option<&Item>, name: &str) -> BTreeSet<String> {
    let set = item.and_then(|item| item.get(name)).and_then(|set| set.as_ss().ok());
    set.into_iter().flatten().cloned().collect()
}

async fn noted(table: &Table, id: Reference) -> Result<BTreeSet<String>, StoreError> {
    let item = table.get(keys::key(&keys::of_case(id))).await?;
    Ok(set_of(item.as_ref(), "contacts"))
}

/// Written beside the key first: from there it is deleted even if the rest was never done.
pub(super) async fn set(
    table: &Table,
    id: Reference,
    contacts: &[ContactHash],
) -> Result<(), StoreError> {
    let before = noted(table, id).await?;
    let after: BTreeSet<_> = contacts.iter().map(ToString::to_string).collect();
    write_noted(table, id, before.union(&after)).await?;
    for contact in after.difference(&before) {
        let mut update = Update::default();
        update.add("ids", AttributeValue::Ss(vec![id.compact()]));
        table.update(key(contact), update, Answer::Nothing).await?;
    }
    for contact in before.difference(&after) {
        remove(table, contact, id).await?;
    }
    write_noted(table, id, after.iter()).await
}

async fn write_noted(
    table: &Table,
    id: Reference,
    contacts: impl Iterator<Item = &String>,
) -> Result<(), StoreError> {
    let all: Vec<_> = contacts.cloned().collect();
    let mut update = Update::default();
    match all.is_empty() {
        true => update.remove(&["contacts"]),
        false => update.set(&["contacts"], AttributeValue::Ss(all)),
    }
    table.update(keys::key(&keys::of_case(id)), update, Answer::Nothing).await.map(drop)
}

async fn remove(table: &Table, contact: &str, id: Reference) -> Result<(), StoreError> {
    let mut update = Update::default();
    update.delete("ids", AttributeValue::Ss(vec![id.compact()]));
    let left = match table.update(key(contact), update, Answer::NewItem).await? {
        Written::Done(item) => set_of(item.as_ref(), "ids"),
        Written::ConditionFailed => return Ok(()),
    };
    // A contact's hash is deleted with the last case that it leads to.
    if left.is_empty() { table.delete_if_absent(key(contact), "ids").await } else { Ok(()) }
}

/// Everything recorded of a case.
pub(super) async fn forget(table: &Table, id: Reference) -> Result<(), StoreError> {
    for contact in noted(table, id).await? {
        remove(table, &contact, id).await?;
    }
    Ok(())
}

pub(super) async fn ids_of(
    table: &Table,
    contact: &ContactHash,
) -> Result<Vec<Reference>, StoreError> {
    let item = table.get(key(&contact.to_string())).await?;
    // Sorted, as DynamoDB sets have no order.
    let ids = set_of(item.as_ref(), "ids");
    Ok(ids.iter().filter_map(|id| Reference::parse(id).ok()).collect())
}
