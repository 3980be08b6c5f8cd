//! What can be wrong with a form's fields, as ids and numbers; the pages supply the words.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is named as its field is")]
pub enum Field {
    Topic,
    Details,
    Name,
    Email,
    Phone,
    Contact,
    Voicemail,
    Library,
    Meet,
    Language,
    LanguageOther,
    Prefer,
    Times,
    NeededBy,
    Access,
    AccessDetails,
}

impl Field {
    /// All fields in the order in which the form asks them.
    pub const ALL: [Self; 16] = [
        Self::Topic,
        Self::Details,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Contact,
        Self::Voicemail,
        Self::Library,
        Self::Meet,
        Self::Language,
        Self::LanguageOther,
        Self::Prefer,
        Self::Times,
        Self::NeededBy,
        Self::Access,
        Self::AccessDetails,
    ];

    /// The field's name in the form, which is also the id of its first control.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Details => "details",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Contact => "contact",
            Self::Voicemail => "voicemail",
            Self::Library => "library",
            Self::Meet => "meet",
            Self::Language => "language",
            Self::LanguageOther => "language_other",
            Self::Prefer => "prefer",
            Self::Times => "times",
            Self::NeededBy => "needed_by",
            Self::Access => "access",
            Self::AccessDetails => "access_details",
        }
    }
}

/// Something that a patron has to correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What.
    pub kind: ProblemKind,
}

/// What is wrong. The string key of its message is `error-` and [`ProblemKind::key`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ProblemKind {
    /// No topic was chosen.
    TopicMissing,
    /// No such topic.
    TopicUnknown,
    /// The topic is no longer on offer.
    TopicRetired,
    /// "Something else" by e-mail needs a word about what.
    DetailsMissing,
    /// Too many characters.
    TooLong {
        /// The number of characters sent.
        has: usize,
        /// The most allowed.
        max: usize,
    },
    /// Neither an e-mail address nor a phone number.
    ReachMissing,
    /// Not an e-mail address.
    EmailUnreadable,
    /// Characters that no phone number has.
    PhoneCharacters,
    /// Too few or too many digits.
    PhoneLength,
    /// No such area code or exchange.
    PhoneNotInPlan,
    /// An extension of other than one to six digits.
    PhoneExtension,
    /// E-mail was chosen, but no address given.
    EmailMissing,
    /// A call or text was chosen, but no number given.
    PhoneMissing,
    /// Text messages were chosen, but the library doesn't offer them.
    TextNotOffered,
    /// No such library.
    LibraryUnknown,
    /// The library is no longer on the list.
    LibraryRetired,
    /// A way to meet is suspended.
    WaySuspended {
        /// The way's value in the form.
        way: crate::WayToMeet,
        /// The first day on which it is open again, if that is known.
        until: Option<Date>,
    },
    /// "Another language", without saying which.
    LanguageOtherMissing,
    /// Not a date.
    DateUnreadable,
    /// A day that is over.
    DatePast,
    /// A value that isn't one of the choices.
    ChoiceUnknown,
}

impl ProblemKind {
    /// The part of its string key after `error-`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TopicMissing => "topic-missing",
            Self::TopicUnknown => "topic-unknown",
            Self::TopicRetired => "topic-retired",
            Self::DetailsMissing => "details-missing",
            Self::TooLong { .. } => "too-long",
            Self::ReachMissing => "reach-missing",
            Self::EmailUnreadable => "email-unreadable",
            Self::PhoneCharacters => "phone-characters",
            Self::PhoneLength => "phone-length",
            Self::PhoneNotInPlan => "phone-not-in-plan",
            Self::PhoneExtension => "phone-extension",
            Self::EmailMissing => "email-missing",
            Self::PhoneMissing => "phone-missing",
            Self::TextNotOffered => "text-not-offered",
            Self::LibraryUnknown => "library-unknown",
            Self::LibraryRetired => "library-retired",
            Self::WaySuspended { .. } => "way-suspended",
            Self::LanguageOtherMissing => "language-other-missing",
            Self::DateUnreadable => "date-unreadable",
            Self::DatePast => "date-past",
            Self::ChoiceUnknown => "choice-unknown",
        }
    }
}
