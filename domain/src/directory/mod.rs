//! The directory: what `content/` says of the service, its topics and its branches, as one value.
//! The desk's bundle holds it; pages, routing and timers all read the same one.

mod coverage;

pub use coverage::{Cause, Gap};

use crate::branch::Closure;
use crate::hours::WeeklyHours;
use crate::language::Language;
use crate::{
    AreaId, Branch, BranchId, Email, GroupId, LanguageTag, Phone, ServiceMode, Topic, TopicId,
    WayToMeet,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The service, its topics and its branches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Settings of the whole service: `content/site.yaml`.
    pub service: Service,
    /// The topics, retired ones too.
    pub topics: BTreeMap<TopicId, Topic>,
    /// The branches, retired ones too.
    pub branches: BTreeMap<BranchId, Branch>,
}

/// Settings of the whole service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The service's name: "Book a Librarian".
    pub name: String,
    /// The library system's name.
    pub system: String,
    /// Whether every page says that this is a sample site.
    pub sample: bool,
    /// The time zone of its clocks.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub time_zone: TimeZone,
    /// The number to call on every page.
    pub phone: Phone,
    /// How long a session is.
    pub session_minutes: u16,
    /// By when a librarian gets in touch.
    pub promise: Promise,
    /// The shares of the promise at which an unclaimed request is nudged, moved, and given to the
    /// coordinator; each between 0 and 1, growing.
    pub escalate: [f64; 3],
    /// Under this age a guardian sends the request and stays.
    pub guardian_under: u8,
    /// For how many minutes staff can undo an act. Its notices are held back that long.
    #[serde(default = "Service::undo_minutes_unless_said")]
    pub undo_minutes: u8,
    /// Whether staff can send text messages.
    pub text_messages: bool,
    /// The hosts that a video link may lead to.
    pub video_hosts: Vec<String>,
    /// When librarians answer: the calendar of the promise.
    pub answering_hours: WeeklyHours,
    /// Planned days on which nobody answers.
    pub holidays: Vec<Holiday>,
    /// Unplanned days on which nobody answers.
    pub closures: Vec<Closure>,
    /// The ways to meet that are suspended, with dates.
    pub modes: Vec<ServiceMode>,
    /// The languages of the site, in the order of the switcher.
    pub languages: Vec<Language>,
    /// The languages for which an interpreter can be booked.
    pub interpreters: BTreeSet<LanguageTag>,
    /// The areas of the libraries, in the order of lists.
    pub areas: Vec<Area>,
    /// The groups of topics, in the order of lists.
    pub topic_groups: Vec<TopicGroup>,
    /// Who fills the roles besides the branches.
    pub roles: Roles,
    /// The branches of the pilot; `None`: all take part.
    pub pilot: Option<BTreeSet<BranchId>>,
    /// How long records are kept.
    pub records: RecordsSeries,
}

impl Service {
    /// The default of `undo_minutes` in `site.yaml`.
    pub const fn undo_minutes_unless_said() -> u8 {
        2
    }

    /// A moment in the service's time zone.
    pub fn at(&self, moment: Timestamp) -> ZonedDateTime {
        moment.to_zoned_datetime(self.time_zone.clone())
    }
}

/// The promise: contact within this many answering days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Days on which librarians answer; at least 1.
    pub answering_days: u8,
}

/// A day on which nobody answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its name in the source language.
    pub name: String,
}

/// An area: a heading in the list of libraries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its id. Branches name it.
    pub id: AreaId,
    /// Its name in the source language.
    pub name: String,
}

/// A group: a heading in lists of topics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicGroup {
    /// Its id. Topics name it.
    pub id: GroupId,
    /// Its name in the source language.
    pub name: String,
}

/// The roles besides the branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// The address that mail comes from.
    pub sender: Email,
    /// Takes requests that no branch can.
    pub coordinator: Email,
    /// Reads comments before they are shown.
    pub moderator: Email,
    /// The sink for the mail of the daily canary request; `None`: no canary is sent.
    pub canary: Option<Email>,
}

/// The records series that requests belong to, and its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsSeries {
    /// The series by name or number in the library's retention schedule.
    pub series: String,
    /// Days from a request's closing to its erasure.
    pub keep_days: u16,
    /// Days from a request's closing before which it isn't erased even if the patron asks for it.
    pub minimum_days: u16,
    /// Days from erasure until it is gone from back-ups too.
    pub backup_days: u16,
}

impl Directory {
    /// The topics on offer on a day, by group and order.
    pub fn topics_on(&self, day: Date) -> Vec<&Topic> {
        let mut topics: Vec<_> =
            self.topics.values().filter(|topic| topic.is_offered_on(day)).collect();
        let groups = &self.service.topic_groups;
        let place = |topic: &Topic| groups.iter().position(|group| group.id == topic.group);
        topics.sort_by_cached_key(|topic| {
            (place(topic).unwrap_or(groups.len()), topic.order, topic.id.clone())
        });
        topics
    }

    /// The branches on a day, by name.
    pub fn branches_on(&self, day: Date) -> Vec<&Branch> {
        let mut branches: Vec<_> =
            self.branches.values().filter(|branch| branch.is_open_on(day)).collect();
        branches.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        branches
    }

    /// The ways to meet that no mode suspends on a day.
    pub fn ways_open_on(&self, day: Date) -> BTreeSet<WayToMeet> {
        WayToMeet::ALL.into_iter().filter(|way| self.suspension(*way, day).is_none()).collect()
    }

    /// The mode that suspends a way on a day, if one does.
    pub fn suspension(&self, way: WayToMeet, day: Date) -> Option<&ServiceMode> {
        self.service.modes.iter().find(|mode| mode.suspended == way && mode.covers(day))
    }

    /// The site's language of this tag.
    pub fn language(&self, tag: &LanguageTag) -> Option<&Language> {
        self.service.languages.iter().find(|language| &language.tag == tag)
    }

    /// How long a session of this topic is.
    pub fn session_minutes(&self, topic: &Topic) -> u16 {
        topic.session_minutes.unwrap_or(self.service.session_minutes)
    }
}
