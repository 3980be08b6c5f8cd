//! Small records, which expire, and counts, which stay.

use super::RecordKey;
use jiff::{SignedDuration, Timestamp};

/// A small record with an expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its key.
    pub key: RecordKey,
    /// Its value.
    pub value: String,
    /// From this moment it counts as gone.
    pub expires: Timestamp,
}

/// The expiry of what begins now and lasts this long.
pub(crate) fn after(now: Timestamp, life: SignedDuration) -> Timestamp {
    now.checked_add(life).unwrap_or(now)
}

/// A number that only grows: of a month's requests by one dimension, never combined, or of the
/// cases destroyed on a day. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Count {
    /// What is counted: words separated by spaces.
    pub name: String,
    /// How often.
    pub number: u64,
}
