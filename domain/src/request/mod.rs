//! A request and its life. **The history is the truth**: answers, state, holder and deadline are
//! read by folding it, and [`Request::apply`] is the only way to make it longer.

mod event;
mod notice;
mod state;

pub use event::{Actor, Entry, Event, EventId, EventIdError, Outcome, Signals};
pub use notice::{Audience, Matter, Notice};
pub use state::{LegalHold, Refusal, State};

use crate::routing::Destination;
use crate::{Answers, Email, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A patron's request: its reference and all that happened to it, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    id: Reference,
    history: Vec<Entry>,
}

impl Request {
    /// A request to which nothing has happened yet.
    pub fn new(id: Reference) -> Self {
        Self { id, history: Vec::new() }
    }

    /// Its reference.
    pub fn id(&self) -> Reference {
        self.id
    }

    /// All that happened, oldest first.
    pub fn history(&self) -> &[Entry] {
        &self.history
    }

    /// Whether an event of this id has happened: then a repeated form is a success, not a change.
    pub fn has_event(&self, id: &EventId) -> bool {
        self.history.iter().any(|entry| &entry.id == id)
    }

    /// The n-th notice that an event made, and when.
    pub fn notice(&self, event: &EventId, n: usize) -> Option<(Notice, Timestamp)> {
        let place = self.history.iter().position(|entry| &entry.id == event)?;
        let (before, rest) = self.history.split_at(place);
        let before = Self { id: self.id, history: before.to_vec() };
        let entry = rest.first()?;
        let notice = notice::after(&before, &entry.event).into_iter().nth(n)?;
        Some((notice, entry.at))
    }

    /// Lets an event happen, and tells what must be said of it. A refusal names why and leaves the
    /// request as it was.
    pub fn apply(
        &mut self,
        id: EventId,
        event: Event,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Vec<Notice>, Refusal> {
        state::check(&self.state(), self.legal_hold(), &event)?;
        let notices = notice::after(self, &event);
        self.history.push(Entry { id, at: now, actor, event });
        Ok(notices)
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.history.iter().fold(State::Unsent, |state, entry| state.after(&entry.event))
    }

    /// The patron's answers, as last changed. `None` before it was sent.
    pub fn answers(&self) -> Option<&Answers> {
        self.latest(|entry| match &entry.event {
            Event::Sent { answers, .. } | Event::AnswersChanged { answers, .. } => Some(&**answers),
            _ => None,
        })
    }

    /// The event that brought the answers that count: of a form that was sent, its token's id.
    pub fn answered_by(&self) -> Option<&EventId> {
        self.latest(|entry| match &entry.event {
            Event::Sent { .. } | Event::AnswersChanged { .. } => Some(&entry.id),
            _ => None,
        })
    }

    /// Whether the address in the answers that count is itself one that had asked about this topic
    /// within a day before. Only then may a mail to it say so: to anybody else that is a secret.
    pub fn address_wrote_before(&self) -> bool {
        let folded = |answers: &Answers| answers.reach.email().map(Email::folded);
        let same = |sent: &Answers| {
            let now = self.answers();
            now.is_some_and(|now| now.topic == sent.topic && folded(now) == folded(sent))
        };
        let sent = self.latest(|entry| match &entry.event {
            Event::Sent { answers, signals, .. } => Some((answers, signals)),
            _ => None,
        });
        sent.is_some_and(|(sent, signals)| signals.earlier_by_email.is_some() && same(sent))
    }

    /// The event that gave the address which counts, if it is one that we write to: of all mails
    /// that say "received", only this event's is still to be sent.
    pub fn addressed_by(&self) -> Option<&EventId> {
        let mut by: Option<(&Email, &EventId)> = None;
        for entry in &self.history {
            if let Event::Sent { answers, .. } | Event::AnswersChanged { answers, .. } =
                &entry.event
            {
                let same = by.filter(|(known, _)| answers.reach.email() == Some(known));
                by = same.or_else(|| answers.reach.email().map(|email| (email, &entry.id)));
            }
        }
        by.map(|(_, id)| id)
    }

    /// When it was sent.
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.latest(|entry| matches!(entry.event, Event::Sent { .. }).then_some(entry.at))
    }

    /// By when a librarian gets in touch. Set once, when it was sent.
    pub fn due(&self) -> Option<Timestamp> {
        self.latest(|entry| match &entry.event {
            Event::Sent { due, .. } => Some(*due),
            _ => None,
        })
    }

    /// When it was closed. `None` while it is open.
    pub fn closed_at(&self) -> Option<Timestamp> {
        self.latest(|entry| matches!(entry.event, Event::Closed { .. }).then_some(entry.at))
    }

    /// Whether a legal hold stands.
    pub fn legal_hold(&self) -> LegalHold {
        let last = self.latest(|entry| match entry.event {
            Event::LegalHoldSet => Some(LegalHold::Stands),
            Event::LegalHoldReleased => Some(LegalHold::None),
            _ => None,
        });
        last.unwrap_or(LegalHold::None)
    }

    /// Who has it, or had it when it was closed.
    pub fn holder(&self) -> Option<Destination> {
        self.decision().map(|decision| decision.to.clone())
    }

    /// The routing decision that put it where it is.
    pub fn decision(&self) -> Option<&crate::routing::Decision> {
        self.latest(|entry| match &entry.event {
            Event::Sent { decision, .. } => Some(&**decision),
            Event::AnswersChanged { decision, .. } => decision.as_deref(),
            _ => None,
        })
    }

    /// Whether a mail to them came back.
    pub fn mail_returned(&self, audience: &Audience) -> bool {
        self.history
            .iter()
            .any(|entry| matches!(&entry.event, Event::MailReturned { to } if to == audience))
    }

    /// The latest entry that says something of a question.
    fn latest<'a, T>(&'a self, says: impl Fn(&'a Entry) -> Option<T>) -> Option<T> {
        self.history.iter().rev().find_map(says)
    }
}
