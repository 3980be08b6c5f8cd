//! The ways to meet, and the dated modes that open and suspend them.

use crate::Period;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A way in which patron and librarian meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayToMeet {
    /// On the phone.
    Phone,
    /// By video with screen sharing.
    Video,
    /// In the library.
    InPerson,
}

impl WayToMeet {
    /// All ways in the order in which pages show them.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Video, Self::InPerson];

    /// The value in forms and flags.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Video => "video",
            Self::InPerson => "in_person",
        }
    }

    /// Reads a value of a form or flag.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

/// A dated suspension of a way to meet. A way without a mode for the day is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceMode {
    /// The way that is suspended.
    pub suspended: WayToMeet,
    /// The first day without it.
    pub from: Date,
    /// The first day on which it is open again; `None`: until further notice.
    pub until: Option<Date>,
}

impl ServiceMode {
    /// The days on which it suspends its way.
    pub fn period(&self) -> Period {
        Period { from: Some(self.from), until: self.until }
    }

    /// Whether it suspends its way on this day.
    pub fn covers(&self, day: Date) -> bool {
        self.period().covers(day)
    }
}
