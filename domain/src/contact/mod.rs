//! How to reach a patron: an e-mail address, a phone number, or both.

mod email;
mod phone;

pub use email::{Email, EmailError};
pub use phone::{Phone, PhoneError};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The way in which a patron wants to be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactWay {
    /// By e-mail.
    Email,
    /// By a call.
    Phone,
    /// By a text message, where the library offers it.
    Text,
}

impl ContactWay {
    /// All ways in the order in which pages show them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Text];

    /// The value in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Text => "text",
        }
    }

    /// Reads a value of a form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

/// How to reach a patron. Has at least one detail, and always the one its chosen way needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReachParts", into = "ReachParts")]
pub struct Reach {
    email: Option<Email>,
    phone: Option<Phone>,
    contact: ContactWay,
}

/// A detail that is needed is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReachError {
    /// Neither an address nor a number.
    #[error("an e-mail address or a phone number is needed")]
    Nothing,
    /// E-mail was chosen, but there is no address.
    #[error("the chosen way is e-mail, but there is no address")]
    EmailMissing,
    /// A call or text was chosen, but there is no number.
    #[error("the chosen way needs a phone number, but there is none")]
    PhoneMissing,
}

impl Reach {
    /// Joins the details. Without a choice the way is the detail that was given; with both, e-mail.
    pub fn new(
        email: Option<Email>,
        phone: Option<Phone>,
        contact: Option<ContactWay>,
    ) -> Result<Self, ReachError> {
        let contact = match (contact, &email, &phone) {
            (_, None, None) => return Err(ReachError::Nothing),
            (Some(ContactWay::Email), None, _) => return Err(ReachError::EmailMissing),
            (Some(ContactWay::Phone | ContactWay::Text), _, None) => {
                return Err(ReachError::PhoneMissing);
            }
            (Some(way), _, _) => way,
            (None, Some(_), _) => ContactWay::Email,
            (None, None, Some(_)) => ContactWay::Phone,
        };
        Ok(Self { email, phone, contact })
    }

    /// The address, if one was given.
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// The number, if one was given.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// The way to use.
    pub fn contact(&self) -> ContactWay {
        self.contact
    }
}

#[derive(Serialize, Deserialize)]
struct ReachParts {
    email: Option<Email>,
    phone: Option<Phone>,
    contact: ContactWay,
}

impl TryFrom<ReachParts> for Reach {
    type Error = ReachError;
    fn try_from(parts: ReachParts) -> Result<Self, ReachError> {
        Self::new(parts.email, parts.phone, Some(parts.contact))
    }
}

impl From<Reach> for ReachParts {
    fn from(reach: Reach) -> Self {
        Self { email: reach.email, phone: reach.phone, contact: reach.contact }
    }
}
