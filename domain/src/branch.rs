//! Branches: the community libraries, what their staff can do and when they answer.

use crate::hours::{Day, WeeklyHours};
use crate::{AreaId, BranchId, Email, LanguageTag, Period, Phone, TopicId, WayToMeet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A branch. Pages say "library".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Its id, the name of its file.
    pub id: BranchId,
    /// Its name, the same in every language.
    pub name: String,
    /// The shared mailbox in which its staff read requests.
    pub mailbox: Email,
    /// Its phone number.
    pub phone: Phone,
    /// The area it lies in, one of the service's.
    pub area: AreaId,
    /// The branches that are asked next, nearest first.
    pub neighbors: Vec<BranchId>,
    /// What its staff know well.
    pub skills: BTreeMap<TopicId, Skill>,
    /// The languages its staff speak besides English, with the days on which a speaker is there.
    pub speaks: BTreeMap<LanguageTag, Days>,
    /// Whether a session with an interpreter of American Sign Language can be held there.
    pub asl: bool,
    /// Whether the building can be entered and used without steps.
    pub step_free: bool,
    /// The ways to meet that it offers.
    pub meet: BTreeSet<WayToMeet>,
    /// When its staff answer requests.
    pub answering_hours: WeeklyHours,
    /// When the building is open.
    pub open_hours: WeeklyHours,
    /// How many new requests a week it can take.
    pub per_week: u32,
    /// Days on which nobody answers.
    pub closures: Vec<Closure>,
    /// From this day it is on the pages and forms and takes requests; `None`: always.
    #[serde(default)]
    pub published: Option<Date>,
    /// From this day it is off the pages and forms; open cases keep its name.
    pub retired: Option<Date>,
}

impl Branch {
    /// The days on which it takes part.
    pub fn period(&self) -> Period {
        Period { from: self.published, until: self.retired }
    }

    /// Whether it takes part on a day.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.period().covers(day)
    }
}

/// How well a branch knows a topic, and on which days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// How well.
    pub level: SkillLevel,
    /// The days on which somebody with this skill is there.
    pub days: Days,
}

/// How well somebody knows a topic, the better level first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillLevel {
    /// Knows the topic as few do.
    Expert,
    /// Can help with it.
    Able,
}

/// Some days of the week, or every day on which the branch answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Every answering day.
    Every,
    /// These days only.
    Only(BTreeSet<Day>),
}

impl Days {
    /// Whether a weekday is one of them.
    pub fn include(&self, day: Day) -> bool {
        match self {
            Self::Every => true,
            Self::Only(days) => days.contains(&day),
        }
    }
}

/// Days on which a branch, or the whole service, doesn't answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Why, in a word or two, for staff.
    pub reason: String,
}

impl Closure {
    /// Its days.
    pub fn period(&self) -> Period {
        Period::of_days(self.from, self.until)
    }

    /// Whether it covers this day.
    pub fn covers(&self, day: Date) -> bool {
        self.period().covers(day)
    }
}
