//! Topics: what help is on offer. Facts only; the texts hold the words of each language.

use crate::{GroupId, Period, TopicId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A topic of help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id, the name of its file.
    pub id: TopicId,
    /// The heading under which it is listed, one of the service's groups.
    pub group: GroupId,
    /// Who can take it.
    pub who: WhoCanHelp,
    /// Whether a library card is needed to use the help, not to ask for it.
    pub library_card: LibraryCard,
    /// Its place among the topics, small first.
    pub order: i32,
    /// How long a session is, if not the service's usual time.
    pub session_minutes: Option<u16>,
    /// Whether an expert elsewhere ranks above the preferred library.
    pub experts_first: bool,
    /// From this day it is on the pages and forms; `None`: it always was.
    #[serde(default)]
    pub published: Option<Date>,
    /// From this day it is off the pages and forms; open cases keep its name.
    pub retired: Option<Date>,
}

impl Topic {
    /// The days on which patrons can ask for it.
    pub fn period(&self) -> Period {
        Period { from: self.published, until: self.retired }
    }

    /// Whether patrons can ask for it on a day.
    pub fn is_offered_on(&self, day: Date) -> bool {
        self.period().covers(day)
    }
}

/// Who can take a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoCanHelp {
    /// Staff at any branch.
    Any,
    /// Only branches that list the skill.
    Listed,
}

/// Whether a library card is needed to use what the topic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LibraryCard {
    /// It can't be used without one.
    Needed,
    /// It gives more options.
    Helpful,
    /// It plays no part.
    No,
}
