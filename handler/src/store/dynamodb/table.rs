//! The calls and their results: a failed condition is a result, anything else means that the store
//! is away. DynamoDB's messages are kept out of errors: they may quote an item.

use super::attributes::{Item, s};
use super::update::Update;
use crate::store::StoreError;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, PutRequest, ReturnValue, WriteRequest,
};
use std::collections::HashMap;
use std::time::Duration;

/// How often the unprocessed part of a batch is sent again.
const ROUNDS: u32 = 6;

/// The most reads, and writes, in a batch.
const READS: usize = 100;
const WRITES: usize = 25;

/// One table.
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

/// The result of a conditional write.
pub(super) enum Written {
    /// Done; with the new item, if it was asked for.
    Done(Option<Item>),
    /// The condition failed, and nothing was changed.
    ConditionFailed,
}

/// Whether to return the new item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Nothing,
    NewItem,
}

pub(super) fn away<E: ProvideErrorMetadata>(call: &str, error: &SdkError<E>) -> StoreError {
    let kind = match error {
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(_) => "not reached",
        SdkError::ServiceError(service) => service.err().code().unwrap_or("refused"),
        _ => "no readable answer",
    };
    StoreError::Away(format!("{call}: {kind}"))
}

/// A growing wait with jitter, so that writers that collided don't collide again.
pub(super) async fn pause(round: u32) {
    let longest = 20_u64 << round.min(6);
    let share = getrandom::u64().unwrap_or(longest) % longest;
    tokio::time::sleep(Duration::from_millis(longest / 2 + share / 2)).await;
}

fn is_condition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

fn is_conflict<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("TransactionConflictException")
}

impl Table {
    /// The item by a consistent read: it includes every acknowledged write.
    pub(super) async fn get(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let get = self.client.get_item().table_name(&self.name).set_key(Some(key));
        let answer = get.consistent_read(true).send().await;
        Ok(answer.map_err(|error| away("GetItem", &error))?.item)
    }

    /// Writes an item if the condition holds. Its names and values come from `condition`.
    pub(super) async fn put(
        &self,
        item: Item,
        condition: &str,
        values: Option<Item>,
        names: &[(&str, &str)],
    ) -> Result<Written, StoreError> {
        let mut put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put = put.condition_expression(condition).set_expression_attribute_values(values);
        for (place, name) in names {
            put = put.expression_attribute_names(*place, *name);
        }
        match put.send().await {
            Ok(_) => Ok(Written::Done(None)),
            Err(error) if is_condition(&error) => Ok(Written::ConditionFailed),
            Err(error) => Err(away("PutItem", &error)),
        }
    }

    /// Writes an item unconditionally.
    pub(super) async fn put_over(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| away("PutItem", &error))
    }

    pub(super) async fn update(
        &self,
        key: Item,
        update: Update,
        answer: Answer,
    ) -> Result<Written, StoreError> {
        let mut round = 0;
        loop {
            let call = self
                .client
                .update_item()
                .table_name(&self.name)
                .set_key(Some(key.clone()))
                .update_expression(update.expression())
                .set_condition_expression(update.condition())
                .set_expression_attribute_names(Some(update.names.clone()))
                .set_expression_attribute_values(
                    (!update.values.is_empty()).then(|| update.values.clone()),
                )
                .return_values(match answer {
                    Answer::Nothing => ReturnValue::None,
                    Answer::NewItem => ReturnValue::AllNew,
                });
            match call.send().await {
                Ok(done) => return Ok(Written::Done(done.attributes)),
                Err(error) if is_condition(&error) => return Ok(Written::ConditionFailed),
                // An erasure touches the same item: retry in a moment.
                Err(error) if is_conflict(&error) && round < ROUNDS => {
                    pause(round).await;
                    round += 1;
                }
                Err(error) => return Err(away("UpdateItem", &error)),
            }
        }
    }

    pub(super) async fn delete(&self, key: Item) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key));
        delete.send().await.map(drop).map_err(|error| away("DeleteItem", &error))
    }

    /// Deletes an item unless it has this attribute.
    pub(super) async fn delete_if_absent(&self, key: Item, name: &str) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key));
        let delete = delete.expression_attribute_names("#name", name);
        match delete.condition_expression("attribute_not_exists(#name)").send().await {
            Ok(_) => Ok(()),
            Err(error) if is_condition(&error) => Ok(()),
            Err(error) => Err(away("DeleteItem", &error)),
        }
    }

    /// Those of these items that exist, unordered. Retries what a batch left out.
    pub(super) async fn get_many(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for chunk in keys.chunks(READS) {
            let mut left = chunk.to_vec();
            let mut round = 0;
            while !left.is_empty() {
                if round > 0 {
                    again("BatchGetItem", round).await?;
                }
                round += 1;
                let wanted =
                    KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true);
                let wanted = wanted.build().map_err(|error| StoreError::Away(error.to_string()))?;
                let answer = self.client.batch_get_item().request_items(&self.name, wanted).send();
                let answer = answer.await.map_err(|error| away("BatchGetItem", &error))?;
                let mut found = answer.responses.unwrap_or_default();
                items.extend(found.remove(&self.name).unwrap_or_default());
                let mut undone = answer.unprocessed_keys.unwrap_or_default();
                left = undone.remove(&self.name).map(|keys| keys.keys).unwrap_or_default();
            }
        }
        Ok(items)
    }

    /// Writes these items unconditionally. Retries what a batch left out.
    pub(super) async fn put_many(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let mut requests = Vec::new();
        for item in items {
            let put = PutRequest::builder().set_item(Some(item)).build();
            let put = put.map_err(|error| StoreError::Away(error.to_string()))?;
            requests.push(WriteRequest::builder().put_request(put).build());
        }
        for chunk in requests.chunks(WRITES) {
            let mut left = chunk.to_vec();
            let mut round = 0;
            while !left.is_empty() {
                if round > 0 {
                    again("BatchWriteItem", round).await?;
                }
                round += 1;
                let write = self.client.batch_write_item().request_items(&self.name, left);
                let answer = write.send().await.map_err(|error| away("BatchWriteItem", &error))?;
                let mut undone = answer.unprocessed_items.unwrap_or_default();
                left = undone.remove(&self.name).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// One page of an index in ascending order of the range key: at most `limit` items, and where
    /// the next page begins.
    pub(super) async fn query(
        &self,
        query: &Query<'_>,
        limit: i32,
        from: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut call = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(query.index)
            .expression_attribute_names("#hash", query.hash.0)
            .expression_attribute_values(":hash", s(query.hash.1))
            .limit(limit)
            .set_exclusive_start_key(from);
        call = match &query.range {
            None => call.key_condition_expression("#hash = :hash"),
            Some((name, is, value)) => call
                .key_condition_expression(format!("#hash = :hash AND #range {is} :range"))
                .expression_attribute_names("#range", *name)
                .expression_attribute_values(":range", value.clone()),
        };
        let page = call.send().await.map_err(|error| away("Query", &error))?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }

    /// One page of all items, or of an index, in DynamoDB's own order.
    pub(super) async fn scan(
        &self,
        index: Option<&str>,
        limit: Option<i32>,
        from: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut call = self.client.scan().table_name(&self.name);
        call = call.set_exclusive_start_key(from).set_limit(limit);
        call = call.set_index_name(index.map(str::to_owned)).consistent_read(index.is_none());
        let page = call.send().await.map_err(|error| away("Scan", &error))?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }
}

/// A part of an index.
pub(super) struct Query<'a> {
    pub(super) index: &'a str,
    pub(super) hash: (&'a str, &'a str),
    /// A name, a comparison operator and a value.
    pub(super) range: Option<(&'a str, &'a str, AttributeValue)>,
}

pub(super) async fn again(call: &str, round: u32) -> Result<(), StoreError> {
    if round > ROUNDS {
        return Err(StoreError::Away(format!("{call}: left a part undone {ROUNDS} times")));
    }
    pause(round).await;
    Ok(())
}

/// An item with these attributes.
pub(super) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    HashMap::from(attributes.map(|(name, value)| (name.to_owned(), value)))
}
