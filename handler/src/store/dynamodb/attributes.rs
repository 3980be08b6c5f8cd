//! Converts between attributes and values.

use crate::crypto::secrets::SecretKey;
use crate::store::StoreError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::str::FromStr;

/// An item, or a map in one.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn bytes(bytes: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(super) fn millis(moment: Timestamp) -> AttributeValue {
    n(moment.as_millisecond())
}

/// A value as JSON, as SQLite stores it, too.
pub(super) fn json(value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_json::to_string(value)
        .map(AttributeValue::S)
        .map_err(|error| unreadable("what was to be written", error))
}

pub(super) fn unreadable(what: impl Into<String>, error: impl ToString) -> StoreError {
    StoreError::Unreadable { what: what.into(), error: error.to_string() }
}

fn attribute<'a>(item: &'a Item, name: &str) -> Result<&'a AttributeValue, StoreError> {
    item.get(name).ok_or_else(|| unreadable(format!("an item's {name}"), "it is missing"))
}

fn wrong(name: &str) -> StoreError {
    unreadable(format!("an item's {name}"), "it is of another type")
}

pub(super) fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, StoreError> {
    attribute(item, name)?.as_s().map(String::as_str).map_err(|_| wrong(name))
}

pub(super) fn number<T: FromStr>(item: &Item, name: &str) -> Result<T, StoreError> {
    let text = attribute(item, name)?.as_n().map_err(|_| wrong(name))?;
    text.parse().map_err(|_| wrong(name))
}

pub(super) fn moment(item: &Item, name: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(number(item, name)?)
        .map_err(|error| unreadable(format!("an item's {name}"), error))
}

pub(super) fn blob(item: &Item, name: &str) -> Result<Vec<u8>, StoreError> {
    let blob = attribute(item, name)?.as_b().map_err(|_| wrong(name))?;
    Ok(blob.as_ref().to_vec())
}

pub(super) fn secret(item: &Item, name: &str) -> Result<SecretKey, StoreError> {
    let bytes = blob(item, name)?.try_into().map_err(|_| wrong(name))?;
    Ok(SecretKey::from_bytes(bytes))
}

pub(super) fn map<'a>(item: &'a Item, name: &str) -> Result<&'a Item, StoreError> {
    attribute(item, name)?.as_m().map_err(|_| wrong(name))
}

pub(super) fn parsed<T: DeserializeOwned>(item: &Item, name: &str) -> Result<T, StoreError> {
    serde_json::from_str(text(item, name)?)
        .map_err(|error| unreadable(format!("an item's {name}"), error))
}
