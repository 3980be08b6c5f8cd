//! Queues of requests: a page of one, and the queue of a case.

use crate::case::{Case, CaseKind, Summary, SummaryState};
use domain::Reference;
use domain::routing::Destination;
use jiff::Timestamp;

/// A place in a queue: the next page begins after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuePlace {
    /// The deadline of the last request before it.
    pub due: Timestamp,
    /// Its number.
    pub id: Reference,
}

/// A page of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its requests.
    pub entries: Vec<QueueEntry>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<QueuePlace>,
}

/// A request in a queue. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// Its number.
    pub id: Reference,
    /// What is known of it without a key.
    pub summary: Summary,
}

impl QueueEntry {
    pub(super) fn place(&self) -> QueuePlace {
        QueuePlace { due: self.summary.due, id: self.id }
    }
}

/// The queue of a case: its holder's, while it is open.
pub(super) fn queue_of(case: &Case) -> Option<Destination> {
    match (case.summary.state, case.kind) {
        (SummaryState::Open, CaseKind::Request) => {
            Some(case.summary.branch.clone().map_or(Destination::Coordinator, Destination::Branch))
        }
        _ => None,
    }
}

/// The name of a queue in a store. The coordinator's can't be a branch's id.
pub(super) fn queue_name(of: &Destination) -> &str {
    match of {
        Destination::Branch(branch) => branch.as_str(),
        Destination::Coordinator => "coordinator",
    }
}
