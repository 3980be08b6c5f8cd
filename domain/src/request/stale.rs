//! Whether a form is stale: what it was rendered from has changed in a way that matters.

use super::{EventId, Phase, State};
use crate::routing::Destination;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What a form was rendered from. A colleague's look or a timer's nudge changes none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glimpse {
    phase: Phase,
    holder: Option<Destination>,
    answers: Option<EventId>,
    contact: Option<EventId>,
    session: Option<Timestamp>,
}

/// What has changed since a form was rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// Where it stands.
    Phase,
    /// Who has it.
    Holder,
    /// What the patron answered.
    Answers,
    /// How to reach them.
    Contact,
    /// The session.
    Session,
}

impl Glimpse {
    /// The part of a state that counts.
    pub fn of(state: &State<'_>) -> Self {
        Self {
            phase: state.phase,
            holder: state.holder.clone(),
            answers: state.given.map(|given| given.by.clone()),
            contact: state.given.map(|given| given.contact_by.clone()),
            session: state.booking.as_ref().map(|booking| booking.since),
        }
    }

    /// What has changed since; if nothing, the form counts as if it had just been made.
    pub fn changes(&self, now: &State<'_>) -> BTreeSet<Changed> {
        let now = Self::of(now);
        let differences = [
            (self.phase != now.phase, Changed::Phase),
            (self.holder != now.holder, Changed::Holder),
            (self.answers != now.answers, Changed::Answers),
            (self.contact != now.contact, Changed::Contact),
            (self.session != now.session, Changed::Session),
        ];
        differences.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
    }
}
