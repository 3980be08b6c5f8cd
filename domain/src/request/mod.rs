//! A request and its life. **The history is the truth**: [`State::of`] folds it into everything
//! that is ever read from it, [`allowed`] says what can happen next, [`notices`] what must be said
//! of it, and [`Request::apply`] is the only way to append to it.

mod access;
mod actor;
mod ask;
mod event;
mod event_id;
mod fold;
mod holds;
mod notice;
mod outcome;
mod phase;
mod refusal;
mod session;
mod stale;
mod state;
mod steps;
mod table;
mod undo;
mod wake;
mod words;

pub use access::{Grant, Right, Viewer, may};
pub use actor::{Actor, Initials, InitialsError, Role};
pub(crate) use ask::{NO_SHOWS, TRIES};
pub use event::{
    ClosedDays, Entry, Event, HeldFor, LinkRole, Referral, Reopening, Signals, Solved, TryResult,
};
pub use event_id::{EventId, EventIdError};
pub use holds::{Hold, HoldChanges};
pub use notice::{Audience, Matter, Notice, notices, ready};
pub use outcome::{CancelReason, Closing, DeclineReason, Outcome};
pub use phase::Phase;
pub use refusal::Refusal;
pub use session::{
    Agreement, Minutes, MinutesError, OfferId, Offers, OffersError, PLACE_MAX, Session, Venue,
    WebLink, WebLinkError,
};
pub use stale::{Changed, Glimpse};
pub use state::{
    Booking, CALL_TAKEN_FOR, ClosedState, Contact, ContactBy, Given, Keeper, LegalHold,
    LinkGenerations, Offering, Round, Said, SentState, State, Try,
};
pub use table::allowed;
pub use undo::{UndoWindow, is_undoable};
pub use wake::next_wake;
pub use words::{
    Findings, FindingsParts, FoundLink, ITEMS_MAX, MESSAGE_MAX, MESSAGES_MAX, MessageText,
    TITLE_MAX, TitleText, Words, WordsError,
};

use crate::routing::{Decision, Destination};
use crate::{Answers, Reference};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A patron's request: its reference and its events, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    id: Reference,
    history: Vec<Entry>,
}

/// What undoing an event changes besides, in the same write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undoing {
    /// The event's notices by index, from 0: all of them are withdrawn.
    pub withdrawn: Vec<usize>,
    /// The times that are held again, or free again.
    pub holds: HoldChanges,
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

    /// All its events, oldest first.
    pub fn history(&self) -> &[Entry] {
        &self.history
    }

    /// The state that its history folds to.
    pub fn state(&self) -> State<'_> {
        State::of(&self.history)
    }

    /// What all that happened before the last event comes to.
    pub fn state_before_last(&self) -> State<'_> {
        State::of(self.history.split_last().map_or(&[], |(_, earlier)| earlier))
    }

    /// Whether an event of this id has happened: a repeated form then succeeds without a change.
    pub fn has_event(&self, id: &EventId) -> bool {
        self.history.iter().any(|entry| &entry.id == id)
    }

    /// Whether this very event has happened under this id. The id of a different event is
    /// refused.
    pub fn is_repeated(&self, id: &EventId, event: &Event, actor: &Actor) -> Result<bool, Refusal> {
        match self.history.iter().find(|entry| &entry.id == id) {
            None => Ok(false),
            Some(entry) if entry.event.is_same_act(event) && entry.actor.is_colleague_of(actor) => {
                Ok(true)
            }
            Some(_) => Err(Refusal::IdUsed),
        }
    }

    /// Appends an event, and returns the notices it needs. A refusal says why and changes nothing.
    /// An undoable act can be undone for two minutes.
    pub fn apply(
        &mut self,
        id: EventId,
        event: Event,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Vec<Notice>, Refusal> {
        self.apply_within(UndoWindow::default(), id, event, actor, now)
    }

    /// [`Self::apply`] with another time in which an act can be undone.
    pub fn apply_within(
        &mut self,
        window: UndoWindow,
        id: EventId,
        event: Event,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Vec<Notice>, Refusal> {
        if self.has_event(&id) {
            return Err(Refusal::IdUsed);
        }
        allowed(&self.state(), &event, &actor, now)?;
        let undo_until = is_undoable(&event, &actor).then(|| window.from(now));
        self.history.push(Entry { id, at: now, actor, event, undo_until });
        Ok(self.last_notices())
    }

    /// The notices of the last event, from the state before it, folded anew.
    fn last_notices(&self) -> Vec<Notice> {
        let Some(last) = self.history.last() else { return Vec::new() };
        notices(&self.state_before_last(), &last.event, &self.state())
    }

    /// Undoes an event and withdraws its notices. `has_left` says of each notice, by its index from
    /// 0, whether it was taken up for sending; if any was, the undo is refused.
    pub fn undo(
        &mut self,
        id: EventId,
        event: &EventId,
        actor: Actor,
        now: Timestamp,
        has_left: impl Fn(usize) -> bool,
    ) -> Result<Undoing, Refusal> {
        let undone = Event::Undone { event: event.clone() };
        allowed(&self.state(), &undone, &actor, now)?;
        let count = self.notices_of(event).len();
        if (0..count).any(has_left) {
            return Err(Refusal::NoticeLeft);
        }
        let holds = self.state().holds();
        self.apply(id, undone, actor, now)?;
        let holds = HoldChanges::of(&holds, &self.state().holds());
        Ok(Undoing { withdrawn: (0..count).collect(), holds })
    }

    /// The notices that an event made when it happened.
    pub fn notices_of(&self, event: &EventId) -> Vec<Notice> {
        let Some(at) = self.history.iter().position(|entry| &entry.id == event) else {
            return Vec::new();
        };
        let (before, through) = (&self.history[..at], &self.history[..=at]);
        notices(&State::of(before), &self.history[at].event, &State::of(through))
    }

    /// The n-th notice that an event made, from 0, and when.
    pub fn notice(&self, event: &EventId, n: usize) -> Option<(Notice, Timestamp)> {
        let entry = self.history.iter().find(|entry| &entry.id == event)?;
        Some((self.notices_of(event).into_iter().nth(n)?, entry.at))
    }

    /// The patron's answers, as last changed. `None` before it was sent.
    pub fn answers(&self) -> Option<&Answers> {
        self.state().given.map(|given| given.answers)
    }

    /// The event that brought the current answers: for a sent form, its token's id.
    pub fn answered_by(&self) -> Option<&EventId> {
        self.state().given.map(|given| given.by)
    }

    /// Whether the current address itself asked about this topic within a day before
    /// ([`State::address_wrote_before`]).
    pub fn address_wrote_before(&self) -> bool {
        self.state().address_wrote_before()
    }

    /// The event that gave the current address, if it is one that we write to
    /// ([`Given::email_by`]).
    pub fn addressed_by(&self) -> Option<&EventId> {
        let given = self.state().given.filter(|given| given.answers.reach.email().is_some());
        given.map(|given| given.email_by)
    }

    /// When it was sent.
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.state().sent.map(|sent| sent.at)
    }

    /// By when a librarian gets in touch.
    pub fn due(&self) -> Option<Timestamp> {
        self.state().due()
    }

    /// When it was closed. `None` while it is open.
    pub fn closed_at(&self) -> Option<Timestamp> {
        self.state().closed.map(|closed| closed.at)
    }

    /// Whether a legal hold stands.
    pub fn legal_hold(&self) -> LegalHold {
        self.state().legal_hold
    }

    /// The holder; of a closed request, the last one.
    pub fn holder(&self) -> Option<Destination> {
        self.state().holder
    }

    /// The routing decision that put it where it is; `None` if a person did.
    pub fn decision(&self) -> Option<&Decision> {
        self.state().decision
    }

    /// Whether a mail to this audience bounced.
    pub fn mail_returned(&self, audience: &Audience) -> bool {
        self.state().returned.contains(audience)
    }
}
