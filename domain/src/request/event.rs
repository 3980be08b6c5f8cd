//! What can happen to a request.

use super::Audience;
use crate::routing::Decision;
use crate::{Answers, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id, made when its form was rendered: a form that is sent twice happens once.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub event: Event,
}

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

    /// The id of what a form did: from the form's hash (of its hexadecimal digits 16 are taken)
    /// and the moment in which it was rendered.
    pub fn of(form: &str, rendered: Timestamp) -> Self {
        let digits = form.chars().filter(char::is_ascii_hexdigit).take(16).collect::<String>();
        Self(format!("{digits}-{}", rendered.as_millisecond()))
    }

    /// The id of what was done with something that has this digest.
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

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The patron, on the form.
    Patron,
    /// The coordinator.
    Coordinator,
    /// The service itself, when its time came.
    Service,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The session took place.
    Completed,
    /// The answer was written: no session was needed.
    AnsweredInWriting,
    /// The patron didn't come.
    NoShow,
    /// Three tries on three open days without an answer.
    NotReached,
    /// The patron cancelled.
    CancelledByPatron,
    /// The library cancelled.
    CancelledByLibrary,
    /// It is nothing that the service helps with.
    Declined,
    /// Another request is the same.
    Duplicate,
    /// Whoever was reached hadn't sent it.
    NotTheirs,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Completed,
        Self::AnsweredInWriting,
        Self::NoShow,
        Self::NotReached,
        Self::CancelledByPatron,
        Self::CancelledByLibrary,
        Self::Declined,
        Self::Duplicate,
        Self::NotTheirs,
    ];

    /// The name in the history, in counts and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::AnsweredInWriting => "answered_in_writing",
            Self::NoShow => "no_show",
            Self::NotReached => "not_reached",
            Self::CancelledByPatron => "cancelled_by_patron",
            Self::CancelledByLibrary => "cancelled_by_library",
            Self::Declined => "declined",
            Self::Duplicate => "duplicate",
            Self::NotTheirs => "not_theirs",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The patron sent the request.
    Sent {
        /// What they answered.
        answers: Box<Answers>,
        /// When they confirmed the answers: their token's time.
        as_of: Timestamp,
        /// By when a librarian gets in touch ([`crate::calendar::deadline`]).
        due: Timestamp,
        /// Who gets it, and why.
        decision: Box<Decision>,
        /// What the spam gate will look at.
        signals: Signals,
    },
    /// The patron sent other answers with the same form.
    AnswersChanged {
        /// What they answer now.
        answers: Box<Answers>,
        /// When they confirmed these answers.
        as_of: Timestamp,
        /// Who gets it now, if the change touches what routing reads.
        decision: Option<Box<Decision>>,
    },
    /// A mail that told of it came back.
    MailReturned {
        /// Whom it was for.
        to: Audience,
    },
    /// It came to an end: the records series' time begins.
    Closed {
        /// How.
        outcome: Outcome,
    },
    /// It must not be erased until released, whatever the records series says.
    LegalHoldSet,
    /// It may be erased again when its time comes.
    LegalHoldReleased,
}

/// What is known of how a form was filled in, for staff alone: whoever sends one sees the same page
/// and gets the same library whatever stands here, so nobody learns of another's request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// Something stood in the field that is to be left empty.
    pub honeypot_filled: bool,
    /// The seconds between the check page and the press on *Send*.
    pub token_age_seconds: u32,
    /// The latest request about the same topic that this e-mail address sent within a day before.
    #[serde(default)]
    pub earlier_by_email: Option<Reference>,
    /// The same of the phone number.
    #[serde(default)]
    pub earlier_by_phone: Option<Reference>,
}
