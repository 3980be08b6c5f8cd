//! The id of an event.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The id of an event: up to 64 letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventId(String);

/// A text that is no event id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("an event id has 1 to 64 letters, digits and hyphens")]
pub struct EventIdError;

impl EventId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, EventIdError> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(EventIdError) }
    }

    /// The id of a form's event: from 16 hexadecimal digits of the form's hash and the moment in
    /// which it was rendered.
    pub fn of(form: &str, rendered: Timestamp) -> Self {
        let digits = form.chars().filter(char::is_ascii_hexdigit).take(16).collect::<String>();
        Self(format!("{digits}-{}", rendered.as_millisecond()))
    }

    /// The id of an event caused by something with this digest.
    pub fn of_digest(digest: &[u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(*digest)))
    }

    /// The id as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EventId {
    type Error = EventIdError;
    fn try_from(text: String) -> Result<Self, EventIdError> {
        Self::parse(&text)
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> String {
        id.0
    }
}
