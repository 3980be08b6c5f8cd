//! The routing receipt: which branches were considered, and why or why not. Ids and numbers only;
//! the pages supply the words.

use crate::answers::Prefer;
use crate::branch::SkillLevel;
use crate::{BranchId, WayToMeet};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a decision came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The library that the patron prefers.
    pub preferred: Option<BranchId>,
    /// The priority that was applied: the patron's choice or the default.
    pub prefer: Prefer,
    /// Every branch of the directory, once: the ranked ones in their order, then the others by id.
    pub considered: Vec<Considered>,
    /// What was relaxed because no branch was left, in order.
    pub relaxed: Vec<Relaxation>,
    /// Why this destination won.
    pub because: Because,
}

impl Receipt {
    /// Why a branch was excluded; empty if it wasn't.
    pub fn exclusions(&self, branch: &BranchId) -> &[Exclusion] {
        let found = self.considered.iter().find(|considered| &considered.branch == branch);
        match found.map(|considered| &considered.outcome) {
            Some(Candidate::Excluded(reasons)) => reasons,
            _ => &[],
        }
    }
}

/// One branch's part in a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The branch.
    pub branch: BranchId,
    /// Its rank, or why it was excluded.
    pub outcome: Candidate,
}

/// A branch's rank, or why it was excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// It can take the request.
    Ranked(Standing),
    /// It can't, for all of these reasons; at least one.
    Excluded(Vec<Exclusion>),
}

/// Where a branch that can take the request stands among the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its place, from 1.
    pub rank: u32,
    /// How near it is to what the patron asked for.
    pub tier: Tier,
    /// How well it knows the topic, if listed.
    pub skill: Option<SkillLevel>,
    /// How the language is spoken.
    pub language: LanguageHelp,
    /// The ways to meet that are left.
    pub ways: BTreeSet<WayToMeet>,
    /// The earliest time at which it can answer.
    pub answers_at: Timestamp,
    /// Whether it answers at a time that suits the patron.
    pub suits_times: bool,
    /// Open requests per hundred answering hours of the next seven days.
    pub load: u32,
}

/// How near a branch is to the library that the patron prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// That library itself.
    Preferred,
    /// The n-th of its neighbors, from 1.
    Neighbor(u32),
    /// Neither.
    Other,
}

/// How a language is spoken at a branch, the better way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageHelp {
    /// By somebody there.
    Speaker,
    /// Through an interpreter.
    Interpreter,
}

/// Why a branch was excluded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// It takes part from this day on.
    NotYet(Date),
    /// It has been off the pages since this day.
    Retired(Date),
    /// It takes no part in the pilot.
    NotInPilot,
    /// It was tried for this request.
    Tried,
    /// It takes no new requests for now.
    Paused,
    /// Its staff are away up to and including this day.
    StaffAway(Date),
    /// Nobody there answers before the deadline.
    ClosedUntilDeadline,
    /// No way to meet that the patron can use is open and offered there.
    NoWayToMeet(Vec<WayClosed>),
    /// It doesn't list the topic.
    SkillMissing,
    /// Nobody who knows the topic is there before the deadline.
    SkillNotInTime,
    /// A session with an interpreter of American Sign Language can't be held there.
    NoAsl,
    /// Nobody there speaks the language, and no interpreter can be booked.
    NoLanguage,
    /// It has had as many requests this week as it can take.
    WeekFull {
        /// How many it had.
        sent: u32,
        /// How many it takes.
        limit: u32,
    },
    /// Its mailbox has not confirmed a test mail.
    MailboxUnconfirmed,
    /// Mail to it bounces.
    MailboxUnhealthy,
}

/// Why a way to meet can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayClosed {
    /// A service mode suspends it everywhere.
    Suspended(WayToMeet),
    /// The branch doesn't offer it.
    NotOffered(WayToMeet),
    /// The building has steps, and the patron can't use them.
    Steps,
    /// The building is closed.
    BuildingClosed,
}

/// A filter that is relaxed when no branch is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relaxation {
    /// The weekly limits.
    PerWeek,
    /// The requirement to list the topic.
    Skill,
}

impl Relaxation {
    /// The only order in which filters are relaxed.
    pub const IN_ORDER: [Self; 2] = [Self::PerWeek, Self::Skill];
}

/// Why a destination won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// It is the library that the patron prefers.
    Preferred,
    /// It is the nearest neighbor of the preferred library that can take it.
    NearestNeighbor(BranchId),
    /// The preferred library and its neighbors can't take it; this is the first of the others.
    FirstOfOthers,
    /// It can answer first.
    Soonest,
    /// Somebody there speaks the language.
    SpeaksLanguage,
    /// It has an expert, and the topic wants experts first.
    ExpertFirst,
    /// It helped with the earlier request to which this one asks for another session.
    HelpedBefore,
    /// No branch can take it; the coordinator finds a way.
    NobodyElseCan,
}
