//! Where a request stands, and which event is legal where.

use super::{Event, Outcome};
use crate::routing::Destination;
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
    /// It has ended.
    Closed(Outcome),
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
    /// It has ended.
    #[error("the request is closed")]
    Closed,
    /// A legal hold stands already.
    #[error("a legal hold stands already")]
    OnHold,
    /// No legal hold stands.
    #[error("no legal hold stands")]
    NotOnHold,
}

/// Whether a legal hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalHold {
    /// It does.
    Stands,
    /// It doesn't.
    None,
}

/// The table of states and events.
pub(super) fn check(state: &State, hold: LegalHold, event: &Event) -> Result<(), Refusal> {
    match (state, event) {
        (State::Unsent, Event::Sent { .. }) => Ok(()),
        (State::Unsent, _) => Err(Refusal::NotSent),
        (State::Routed(_) | State::Closed(_), Event::Sent { .. }) => Err(Refusal::AlreadySent),
        (State::Routed(_), Event::AnswersChanged { .. } | Event::Closed { .. }) => Ok(()),
        (State::Routed(_) | State::Closed(_), Event::MailReturned { .. }) => Ok(()),
        (State::Closed(_), Event::AnswersChanged { .. } | Event::Closed { .. }) => {
            Err(Refusal::Closed)
        }
        (State::Routed(_) | State::Closed(_), Event::LegalHoldSet) => match hold {
            LegalHold::None => Ok(()),
            LegalHold::Stands => Err(Refusal::OnHold),
        },
        (State::Routed(_) | State::Closed(_), Event::LegalHoldReleased) => match hold {
            LegalHold::Stands => Ok(()),
            LegalHold::None => Err(Refusal::NotOnHold),
        },
    }
}

impl State {
    /// Where it stands once the event has happened.
    pub(super) fn after(self, event: &Event) -> Self {
        match event {
            Event::Sent { decision, .. }
            | Event::AnswersChanged { decision: Some(decision), .. } => {
                Self::Routed(decision.to.clone())
            }
            Event::Closed { outcome } => Self::Closed(*outcome),
            Event::AnswersChanged { decision: None, .. }
            | Event::MailReturned { .. }
            | Event::LegalHoldSet
            | Event::LegalHoldReleased => self,
        }
    }
}
