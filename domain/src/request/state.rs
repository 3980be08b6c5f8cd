//! Where a request stands, and which event is legal where.

use super::Event;
use crate::routing::Destination;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing has happened yet.
    Unsent,
    /// It waits for somebody there to claim it.
    Routed(Destination),
}

/// Why an event can't happen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It was sent before.
    #[error("the request was sent before")]
    AlreadySent,
    /// It has not been sent yet.
    #[error("the request has not been sent yet")]
    NotSent,
    /// The answers are older than those that count, or the same.
    #[error("newer answers have been sent since")]
    OlderAnswers,
}

/// The table of states and events.
pub(super) fn check(
    state: &State,
    event: &Event,
    answers_as_of: Option<Timestamp>,
) -> Result<(), Refusal> {
    match (state, event) {
        (State::Unsent, Event::Sent { .. }) => Ok(()),
        (State::Routed(_), Event::Sent { .. }) => Err(Refusal::AlreadySent),
        (State::Unsent, Event::AnswersChanged { .. }) => Err(Refusal::NotSent),
        (State::Routed(_), Event::AnswersChanged { as_of, .. }) => match answers_as_of {
            Some(count_from) if *as_of <= count_from => Err(Refusal::OlderAnswers),
            _ => Ok(()),
        },
    }
}

impl State {
    /// Where it stands once the event has happened.
    pub(super) fn after(self, event: &Event) -> Self {
        match event {
            Event::Sent { decision, .. } => Self::Routed(decision.to.clone()),
            Event::AnswersChanged { decision: Some(decision), .. } => {
                Self::Routed(decision.to.clone())
            }
            Event::AnswersChanged { decision: None, .. } => self,
        }
    }
}
