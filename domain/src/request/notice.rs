//! What must be said after an event, and to whom. Turning a notice into a mail is done elsewhere.

use super::{Event, Request};
use crate::BranchId;
use crate::routing::Destination;
use serde::{Deserialize, Serialize};

/// Something that must be said. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub to: Audience,
    /// What.
    pub what: Matter,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The patron.
    Patron,
    /// The staff of a branch.
    Branch(BranchId),
    /// The coordinator.
    Coordinator,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// To staff: a new request is yours.
    NewRequest,
    /// To staff: the patron changed their answers.
    AnswersChanged,
    /// To staff: the request has gone to somebody else.
    MovedOn,
    /// To staff: a mail about it came back.
    MailReturned,
    /// To the patron: we have your request.
    Received,
}

impl From<Destination> for Audience {
    fn from(to: Destination) -> Self {
        match to {
            Destination::Branch(id) => Self::Branch(id),
            Destination::Coordinator => Self::Coordinator,
        }
    }
}

/// What must be said once `event` happens to `before`.
pub(super) fn after(before: &Request, event: &Event) -> Vec<Notice> {
    let staff = |to: &Destination, what| Notice { to: to.clone().into(), what };
    let received = || Notice { to: Audience::Patron, what: Matter::Received };
    let mut notices = Vec::new();
    match event {
        Event::Sent { answers, decision, .. } => {
            notices.push(staff(&decision.to, Matter::NewRequest));
            if answers.reach.email().is_some() {
                notices.push(received());
            }
        }
        Event::AnswersChanged { answers, decision, .. } => {
            let holder = before.holder();
            match (holder, decision) {
                (Some(holder), Some(decision)) if holder != decision.to => {
                    notices.push(staff(&holder, Matter::MovedOn));
                    notices.push(staff(&decision.to, Matter::NewRequest));
                }
                (Some(holder), _) => notices.push(staff(&holder, Matter::AnswersChanged)),
                (None, _) => {}
            }
            // An address that we have not written to yet gets the number and the link.
            let old = before.answers().and_then(|answers| answers.reach.email());
            if answers.reach.email().is_some_and(|new| Some(new) != old) {
                notices.push(received());
            }
        }
        // Once for each: a mailbox that is full sends back every mail.
        Event::MailReturned { to } if before.mail_returned(to) => {}
        Event::MailReturned { to: Audience::Patron } => {
            let holder = before.holder();
            notices.extend(holder.map(|holder| staff(&holder, Matter::MailReturned)));
        }
        Event::MailReturned { to: Audience::Branch(_) } => {
            notices.push(staff(&Destination::Coordinator, Matter::MailReturned));
        }
        // Nobody is left to be told.
        Event::MailReturned { to: Audience::Coordinator } => {}
        Event::Closed { .. } | Event::LegalHoldSet | Event::LegalHoldReleased => {}
    }
    notices
}
