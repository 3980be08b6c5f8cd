//! The state of a request: everything that is ever read from its history. [`State::of`] is the only
//! fold; no other code reads through a history.

use super::event::{ClosedDays, HeldFor, LinkRole, Signals, Solved, TryResult};
use super::session::{Offers, Session};
use super::words::{Findings, MessageText, Words};
use super::{Actor, Audience, Entry, EventId, Initials, Matter, Outcome, Phase};
use crate::routing::{Decision, Destination};
use crate::{Answers, BranchId, Email, Phone, Reach, Reference};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long a branch that took a call may read and work on a request that another branch has.
pub const CALL_TAKEN_FOR: SignedDuration = SignedDuration::from_mins(30);

/// Everything that is ever read from a request's history.
#[derive(Debug, Clone, PartialEq)]
pub struct State<'h> {
    /// Where it stands.
    pub phase: Phase,
    /// The holder; of a closed request, the last one.
    pub holder: Option<Destination>,
    /// Since when they have it.
    pub holder_since: Option<Timestamp>,
    /// Who has taken it on.
    pub initials: Option<Initials>,
    /// The colleague who helps with it.
    pub partner: Option<&'h Initials>,
    /// How it was sent.
    pub sent: Option<SentState<'h>>,
    /// The current answers.
    pub given: Option<Given<'h>>,
    /// The routing decision that put it where it is; `None` if a person did.
    pub decision: Option<&'h Decision>,
    /// The current round: since the request was sent, or reopened.
    pub round: Option<Round>,
    /// Whether the patron was asked a question and has not answered.
    pub question_open: bool,
    /// The times from which the patron can choose.
    pub offering: Option<Offering<'h>>,
    /// The session that is set.
    pub booking: Option<Booking<'h>>,
    /// What the patron wrote after they had sent it, oldest first.
    pub messages: Vec<Said<'h, MessageText>>,
    /// What the patron was asked, oldest first.
    pub questions: Vec<Said<'h, Words>>,
    /// What was left for the patron, oldest first.
    pub findings: Vec<Said<'h, Findings>>,
    /// What staff noted for each other, oldest first.
    pub notes: Vec<Said<'h, MessageText>>,
    /// The branches that had it and gave it up or lost it: routing leaves them out.
    pub tried: BTreeSet<BranchId>,
    /// The audiences whose mail bounced.
    pub returned: BTreeSet<&'h Audience>,
    /// Whether somebody reached at the current contact says that the request isn't theirs.
    pub not_mine: bool,
    /// Whether the patron asked for its erasure, and when.
    pub erase_asked: Option<Timestamp>,
    /// Whether a legal hold stands.
    pub legal_hold: LegalHold,
    /// How it ended, while it is closed.
    pub closed: Option<ClosedState>,
    /// What the patron said of the help since it was last closed.
    pub solved: Option<Solved>,
    /// The branches that took a call about it, and when.
    pub calls_taken: BTreeMap<&'h BranchId, Timestamp>,
    /// Who looked at sealed contents, and when.
    pub looks: Vec<Said<'h, ()>>,
    /// What the patron must be called about, as mail can't reach them.
    pub call_task: Option<Matter>,
    /// Whether the patron doesn't want to be called.
    pub calls_declined: bool,
    /// Which generation of links is valid.
    pub links: LinkGenerations,
    /// The last event that undo considers, and later ones that don't block its undo.
    pub last: Vec<&'h Entry>,
    /// When the last event happened.
    pub as_of: Option<Timestamp>,
}

/// Whether a legal hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalHold {
    /// It is set.
    Stands,
    /// It isn't.
    None,
}

/// How a request was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SentState<'h> {
    /// When.
    pub at: Timestamp,
    /// By whom: staff enter it for a caller.
    pub actor: &'h Actor,
    /// The answers as they were sent.
    pub answers: &'h Answers,
    /// How the form was filled in.
    pub signals: &'h Signals,
    /// Why the coordinator saw it first.
    pub held: Option<HeldFor>,
    /// The earlier request to which this one asks for another session.
    pub after: Option<Reference>,
}

/// The current answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given<'h> {
    /// The answers, with the current contact.
    pub answers: &'h Answers,
    /// The event that brought the answers: for a sent form, its token's id.
    pub by: &'h EventId,
    /// When they became current.
    pub since: Timestamp,
    /// The event that brought the contact.
    pub contact_by: &'h EventId,
    /// The event that gave the current address, or the first to omit it. Of all "received" mails,
    /// only this event's may still be sent.
    pub email_by: &'h EventId,
}

/// A round: from sending or reopening to the next closing.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// When it began.
    pub since: Timestamp,
    /// By when a librarian gets in touch.
    pub due: Timestamp,
    /// The date that the patron was told first.
    pub first_due: Timestamp,
    /// The closures that moved the deadline.
    pub moved_by: BTreeSet<ClosedDays>,
    /// How the patron was contacted, oldest first.
    pub contacts: Vec<Contact>,
    /// The attempts to reach the patron, oldest first.
    pub tries: Vec<Try>,
    /// How many tries in a row had no answer, since the patron last answered or acted.
    pub unanswered: usize,
    /// The sessions to which the patron didn't come.
    pub no_shows: Vec<Timestamp>,
    /// When the patron or staff last did something.
    pub last_act: Timestamp,
    /// Whether the holder was reminded to claim it.
    pub nudged: bool,
    /// Whether they were told that the patron has not been reached.
    pub overdue_told: bool,
    /// Whether the patron was told of a delay.
    pub delay_told: bool,
    /// Whether the holder was told that nothing has happened since the last act.
    pub stalled: bool,
}

/// A contact with the patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// When.
    pub at: Timestamp,
    /// How.
    pub by: ContactBy,
}

/// How a patron was contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactBy {
    /// On the phone, or by agreement: remains a contact even if a mail bounces.
    Answer,
    /// By mail alone: if it bounces, it doesn't count.
    Mail,
}

/// An attempt to reach the patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub result: TryResult,
}

/// Times from which the patron can choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Offering<'h> {
    /// The event that offered them.
    pub id: &'h EventId,
    /// The times.
    pub offers: &'h Offers,
    /// When they lapse.
    pub lapse: Timestamp,
    /// Whose time it is.
    pub keeper: Keeper,
}

impl Offering<'_> {
    /// When none of the times can be picked any more.
    pub fn over_at(&self) -> Timestamp {
        let last = self.offers.times().iter().map(|time| time.at).max();
        last.map_or(self.lapse, |last| last.min(self.lapse))
    }
}

/// A session that is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking<'h> {
    /// The session.
    pub session: &'h Session,
    /// When it was set or last changed.
    pub since: Timestamp,
    /// Whose time it is.
    pub keeper: Keeper,
    /// Whether the patron was reminded of it.
    pub reminded: bool,
}

/// A member of staff whose time is held, identified by desk and initials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keeper {
    /// Where they work.
    pub desk: Destination,
    /// Who they are.
    pub initials: Initials,
}

/// Something that somebody said or did.
#[derive(Debug, PartialEq)]
pub struct Said<'h, T> {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: &'h Actor,
    /// What.
    pub what: &'h T,
}

impl<T> Clone for Said<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Said<'_, T> {}

/// How a request ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedState {
    /// How.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// The branch that closed it, or had it then; `None` for the coordinator.
    pub by: Option<BranchId>,
}

/// How often the links of each role were renewed: links of earlier generations are revoked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkGenerations {
    /// Those on receipts.
    pub receipt: u32,
    /// Those in mails.
    pub mail: u32,
}

impl LinkGenerations {
    /// The generation of a role's links.
    pub fn of(self, role: LinkRole) -> u32 {
        match role {
            LinkRole::Receipt => self.receipt,
            LinkRole::Mail => self.mail,
        }
    }
}

impl State<'_> {
    /// The current answers. `None` before it was sent.
    pub fn answers(&self) -> Option<&Answers> {
        self.given.map(|given| given.answers)
    }

    /// How to reach the patron.
    pub fn reach(&self) -> Option<&Reach> {
        self.given.map(|given| &given.answers.reach)
    }

    /// The patron's address, unless its reader says that the request isn't theirs.
    pub fn mail_to(&self) -> Option<&Email> {
        self.given.and_then(|given| given.answers.reach.email()).filter(|_| !self.not_mine)
    }

    /// The patron's number, unless they don't want to be called or it isn't theirs.
    pub fn call_to(&self) -> Option<&Phone> {
        let may_call = !self.not_mine && !self.calls_declined;
        self.given.and_then(|given| given.answers.reach.phone()).filter(|_| may_call)
    }

    /// Whether mail reaches the patron, as far as is known.
    pub fn mail_works(&self) -> bool {
        self.mail_to().is_some() && !self.returned.contains(&Audience::Patron)
    }

    /// By when a librarian gets in touch.
    pub fn due(&self) -> Option<Timestamp> {
        self.round.as_ref().map(|round| round.due)
    }

    /// When the patron was first contacted in this round. A claim doesn't count.
    pub fn first_contact(&self) -> Option<Timestamp> {
        self.round.as_ref()?.contacts.first().map(|contact| contact.at)
    }

    /// Whether a branch may act because it took a call about the request.
    pub fn took_a_call(&self, branch: &BranchId, now: Timestamp) -> bool {
        let taken = self.calls_taken.get(branch);
        taken.is_some_and(|at| *at <= now && now.duration_since(*at) < CALL_TAKEN_FOR)
    }

    /// Whether the current address itself asked about this topic within a day before. Only then may
    /// a mail to it say so: to anybody else that is a secret.
    pub fn address_wrote_before(&self) -> bool {
        let folded = |answers: &Answers| answers.reach.email().map(Email::folded);
        let (Some(sent), Some(now)) = (&self.sent, self.answers()) else { return false };
        sent.signals.earlier_by_email.is_some()
            && now.topic == sent.answers.topic
            && folded(now) == folded(sent.answers)
    }
}
