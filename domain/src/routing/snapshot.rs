//! What routing knows beyond the directory: current load, pauses, mailboxes.

use crate::BranchId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The current situation of each branch. Empty by default: no load, every mailbox works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What is known of each branch; a missing one has the defaults.
    pub branches: BTreeMap<BranchId, BranchSnapshot>,
    /// The branches that have been tried for this request.
    pub tried: BTreeSet<BranchId>,
    /// The branch that helped with the earlier request to which this one asks for another session.
    #[serde(default)]
    pub helped: Option<BranchId>,
}

impl Snapshot {
    /// What is known of a branch.
    pub fn of(&self, branch: &BranchId) -> BranchSnapshot {
        self.branches.get(branch).cloned().unwrap_or_default()
    }
}

/// What is known of a branch now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchSnapshot {
    /// Requests that are not closed.
    pub open_requests: u32,
    /// Requests that were sent to it in the last seven days.
    pub sent_this_week: u32,
    /// Whether it takes no new requests for now.
    pub paused: bool,
    /// The building is closed up to and including this day: nobody meets in person.
    pub building_closed_until: Option<Date>,
    /// Its staff are away up to and including this day.
    pub staff_away_until: Option<Date>,
    /// Whether its mailbox takes mail.
    pub mailbox: MailboxHealth,
}

/// Whether a mailbox takes mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxHealth {
    /// It confirmed a test mail and none has bounced.
    #[default]
    Healthy,
    /// It has not confirmed a test mail yet.
    Unconfirmed,
    /// Mail to it bounces.
    Unhealthy,
}
