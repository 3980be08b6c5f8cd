//! A patron's answers: what they want help with and how to reach them. [`parse`] makes them from
//! a form's fields, or names everything that is wrong with the fields at once.

mod parse;
mod problem;

pub use parse::{Fields, parse};
pub use problem::{Field, Problem, ProblemKind};

use crate::choice::choice;
use crate::text::Text;
use crate::{BranchId, LanguageTag, Reach, TopicId, WayToMeet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest `details`, in characters.
pub const DETAILS_MAX: usize = 4_000;
/// The longest `name`, in characters.
pub const NAME_MAX: usize = 200;
/// The longest `language_other`, in characters.
pub const LANGUAGE_OTHER_MAX: usize = 60;
/// The longest `access_details`, in characters.
pub const ACCESS_DETAILS_MAX: usize = 500;

/// What a patron answered. Only `topic` and `reach` are always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// What they want help with.
    pub topic: TopicId,
    /// What they wrote about it.
    pub details: Option<Text<DETAILS_MAX>>,
    /// What to call them, and whom to ask for.
    pub name: Option<Text<NAME_MAX>>,
    /// How to reach them.
    pub reach: Reach,
    /// Whether a message may be left.
    pub voicemail: Voicemail,
    /// The library they prefer.
    pub library: LibraryChoice,
    /// The ways to meet they chose; empty means any open way.
    pub meet: BTreeSet<WayToMeet>,
    /// The language they want help in.
    pub language: SpokenLanguage,
    /// The language of the page they filled in: pages and mails to them are in it.
    pub page_language: LanguageTag,
    /// What matters most to them.
    pub prefer: Option<Prefer>,
    /// When we may call and meet; empty means any time.
    pub times: BTreeSet<PartOfWeek>,
    /// The day by which they need it.
    pub needed_by: Option<Date>,
    /// What would make it possible or easier for them.
    pub access: BTreeSet<AccessNeed>,
    /// What they wrote about that.
    pub access_details: Option<Text<ACCESS_DETAILS_MAX>>,
}

impl Answers {
    /// The fewest answers a patron can give, in the source language; all others are defaults.
    pub fn least(topic: TopicId, reach: Reach) -> Self {
        Self {
            topic,
            details: None,
            name: None,
            reach,
            voicemail: Voicemail::No,
            library: LibraryChoice::Any,
            meet: BTreeSet::new(),
            language: SpokenLanguage::Tag(LanguageTag::source()),
            page_language: LanguageTag::source(),
            prefer: None,
            times: BTreeSet::new(),
            needed_by: None,
            access: BTreeSet::new(),
            access_details: None,
        }
    }

    /// Whether a change from `self` to `newer` touches what routing reads, so that the request is
    /// routed again while nobody has claimed it.
    pub fn routes_differently(&self, newer: &Self) -> bool {
        self.topic != newer.topic
            || self.library != newer.library
            || self.meet != newer.meet
            || self.language != newer.language
            || self.access != newer.access
            || self.prefer != newer.prefer
    }
}

/// The library a patron prefers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LibraryChoice {
    /// Any will do.
    Any,
    /// This one.
    Branch(BranchId),
}

impl LibraryChoice {
    /// The branch, if one was chosen.
    pub fn branch(&self) -> Option<&BranchId> {
        match self {
            Self::Any => None,
            Self::Branch(id) => Some(id),
        }
    }
}

/// The language a patron wants help in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenLanguage {
    /// One of the site's languages.
    Tag(LanguageTag),
    /// Another one, as they named it.
    Other(Text<LANGUAGE_OTHER_MAX>),
}

choice! {
    /// Whether a message may be left.
    Voicemail {
        /// With the neutral words that the form shows.
        Yes = "yes",
        /// No message.
        No = "no",
    }
}

choice! {
    /// What matters most to a patron.
    Prefer {
        /// The library they chose, then those near it.
        MyLibrary = "my_library",
        /// The branch that can answer first.
        Soonest = "soonest",
        /// Somebody who speaks their language.
        MyLanguage = "my_language",
    }
}

choice! {
    /// Parts of the week in which we may call and meet.
    PartOfWeek {
        /// Monday to Friday before noon.
        WeekdayMorning = "weekday_morning",
        /// Monday to Friday from noon to 5 p.m.
        WeekdayAfternoon = "weekday_afternoon",
        /// Monday to Friday from 5 p.m.
        WeekdayEvening = "weekday_evening",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

choice! {
    /// What makes a session possible or easier. Routing reads `asl` and `step_free` alone; the
    /// others are for the librarian.
    AccessNeed {
        /// An interpreter of American Sign Language.
        Asl = "asl",
        /// A videophone or relay call.
        Relay = "relay",
        /// Can't use the phone by voice: write.
        Write = "write",
        /// Captions in a video call.
        Captions = "captions",
        /// More time or plain words.
        Slower = "slower",
        /// Uses a screen reader.
        ScreenReader = "screen_reader",
        /// No steps.
        StepFree = "step_free",
        /// Something else, told in `access_details`.
        Other = "other",
    }
}
