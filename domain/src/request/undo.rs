//! Taking an event back: what a person did last, within minutes, while nothing of it has been said.

use super::state::State;
use super::{Actor, Entry, Event, EventId, Refusal, Role};
use crate::directory::Service;
use jiff::{SignedDuration, Timestamp};

/// For how long an act can be taken back. What it says to somebody waits so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoWindow(SignedDuration);

impl UndoWindow {
    /// So many minutes.
    pub fn of_minutes(minutes: u8) -> Self {
        Self(SignedDuration::from_mins(i64::from(minutes)))
    }

    /// Until when an act of this moment can be taken back.
    pub fn from(self, at: Timestamp) -> Timestamp {
        at.checked_add(self.0).unwrap_or(at)
    }
}

impl Default for UndoWindow {
    /// What holds where `site.yaml` doesn't say.
    fn default() -> Self {
        Self::of_minutes(Service::undo_minutes_unless_said())
    }
}

/// Whether an event is of a kind that can be taken back when this actor did it.
pub fn is_undoable(event: &Event, actor: &Actor) -> bool {
    match (event, actor.role()) {
        (_, Role::Service) => false,
        (Event::Cancelled, _) => true,
        (_, Role::Patron) => false,
        (event, Role::Staff | Role::Coordinator) => matches!(
            event,
            Event::Picked { .. }
                | Event::Claimed
                | Event::Released
                | Event::TakenOver
                | Event::Tried { .. }
                | Event::Noted { .. }
                | Event::QuestionAsked { .. }
                | Event::Told { .. }
                | Event::Offered { .. }
                | Event::SessionSet { .. }
                | Event::SessionMoved { .. }
                | Event::SessionCancelled { .. }
                | Event::NoShow
                | Event::Closed(_)
                | Event::Referred { .. }
                | Event::PassedUp { .. }
                | Event::Partner { .. }
                | Event::SentOn { .. }
                | Event::Accepted { .. }
                | Event::Rejected
        ),
    }
}

impl State<'_> {
    /// What can be taken back now, as far as the history says: the last event, and what was noted
    /// after it.
    pub fn undoable(&self, actor: &Actor, now: Timestamp) -> Vec<&Entry> {
        let can = |entry: &&&Entry| check(self, &entry.id, actor, now).is_ok();
        self.last.iter().filter(can).copied().collect()
    }
}

/// The table's row of `undone`.
pub(super) fn check(
    state: &State<'_>,
    event: &EventId,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let entry = state.last.iter().find(|entry| &entry.id == event).ok_or(Refusal::NotLast)?;
    if !is_undoable(&entry.event, &entry.actor) {
        return Err(Refusal::NotUndoable);
    }
    if !entry.actor.is_colleague_of(actor) {
        return Err(Refusal::NotTheirs);
    }
    match entry.undo_until {
        Some(until) if now < until => Ok(()),
        Some(_) | None => Err(Refusal::TooLateToUndo),
    }
}
