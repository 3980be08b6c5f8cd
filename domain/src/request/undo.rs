//! Undo of a person's last act, within minutes, while none of its notices has left.

use super::state::State;
use super::{Actor, Entry, Event, EventId, Refusal, Role};
use crate::directory::Service;
use jiff::{SignedDuration, Timestamp};

/// For how long an act can be undone. Its notices are held back that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoWindow(SignedDuration);

impl UndoWindow {
    /// A window of this many minutes.
    pub fn of_minutes(minutes: u8) -> Self {
        Self(SignedDuration::from_mins(i64::from(minutes)))
    }

    /// Until when an act of this moment can be undone.
    pub fn from(self, at: Timestamp) -> Timestamp {
        at.checked_add(self.0).unwrap_or(at)
    }
}

impl Default for UndoWindow {
    /// The default where `site.yaml` has none.
    fn default() -> Self {
        Self::of_minutes(Service::undo_minutes_unless_said())
    }
}

/// Whether an event of this kind, by this actor, can be undone.
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
    /// What the history allows to undo now: the last event, and notes after it.
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
