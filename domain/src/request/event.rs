//! What can happen to a request. [`super::allowed`] says which events are legal when;
//! [`super::State`] says what they make of the request.

use super::outcome::{CancelReason, Closing};
use super::session::{Agreement, OfferId, Offers, Session};
use super::words::{Findings, MessageText, Words};
use super::{Actor, Audience, EventId, Initials};
use crate::choice::choice;
use crate::routing::Decision;
use crate::{Answers, BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id, made when its form was rendered: a form that is sent twice takes effect once.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub event: Event,
    /// Until when it can be undone; `None`: it can't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
}

/// What happened, in the past tense. An event that moves a request carries its caller's
/// routing decision ([`crate::routing::route`]); one that begins a round carries its deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The patron sent the request, or staff did for a caller; the entry's actor says who.
    Sent {
        /// What they answered.
        answers: Box<Answers>,
        /// When they confirmed the answers: their token's time.
        as_of: Timestamp,
        /// By when a librarian gets in touch ([`crate::calendar::deadline`]).
        due: Timestamp,
        /// Who gets it, and why; for a held request, who would get it.
        decision: Box<Decision>,
        /// What the spam gate looked at.
        signals: Signals,
        /// Why the coordinator sees it first; `None`: it goes where the decision says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<HeldFor>,
        /// The earlier request to which this one asks for another session.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Reference>,
    },
    /// The patron sent other answers with the same form.
    AnswersChanged {
        /// What they answer now.
        answers: Box<Answers>,
        /// When they confirmed these answers.
        as_of: Timestamp,
        /// Who gets it now, if nobody had claimed it and the change touches what routing reads.
        decision: Option<Box<Decision>>,
    },
    /// Only the patron's contact was changed.
    ContactChanged {
        /// The current answers with the new contact.
        answers: Box<Answers>,
    },
    /// The patron wrote, or said it on the phone.
    Message {
        /// What.
        text: MessageText,
        /// The round that it begins, if the request was closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reopens: Option<Reopening>,
    },
    /// The patron chose one of the times that were offered.
    Picked {
        /// Which.
        offer: OfferId,
    },
    /// None of the times that were offered suits the patron.
    NoneFits,
    /// The patron needs no help any more.
    Cancelled,
    /// Somebody who got our mail or call says that the request isn't theirs.
    NotMine,
    /// The patron wants the record erased as soon as that is lawful.
    EraseAsked,
    /// The patron said whether the help solved it.
    Solved {
        /// What they said.
        answer: Solved,
    },
    /// The patron wanted a new link: earlier links of its role are revoked.
    LinkRenewed {
        /// Which links.
        role: LinkRole,
    },
    /// A request that was closed goes on.
    Reopened(Reopening),
    /// Somebody takes it on.
    Claimed,
    /// The colleague who had taken it on gives it back.
    Released,
    /// Somebody takes it on in a colleague's place.
    TakenOver,
    /// Somebody looked at sealed contents.
    Shown,
    /// A branch took a call about a request that another one has.
    CallTaken,
    /// Somebody tried to reach the patron.
    Tried {
        /// What came of it.
        result: TryResult,
    },
    /// Somebody wrote a note for colleagues.
    Noted {
        /// The note.
        text: MessageText,
    },
    /// The patron was asked something.
    QuestionAsked {
        /// What.
        words: Words,
    },
    /// The librarian left something on the patron's page.
    Told {
        /// What.
        findings: Box<Findings>,
    },
    /// The patron was offered times to choose from.
    Offered {
        /// The times.
        offers: Offers,
        /// When those that weren't picked lapse ([`crate::escalation::offers_lapse`]).
        lapse: Timestamp,
    },
    /// A session was set.
    SessionSet {
        /// The session.
        session: Box<Session>,
        /// Whether the patron has agreed to it.
        agreed: Agreement,
    },
    /// The session has another time, way or place.
    SessionMoved {
        /// The session as it is now.
        session: Box<Session>,
        /// Whether the patron has agreed to it.
        agreed: Agreement,
    },
    /// The library cancelled the session.
    SessionCancelled {
        /// Why.
        why: CancelReason,
    },
    /// The patron didn't come to the session.
    NoShow,
    /// It came to an end: the records series' time begins.
    Closed(Closing),
    /// A branch passed it on.
    Referred {
        /// Where to.
        to: Referral,
    },
    /// A branch passed it to the coordinator.
    PassedUp {
        /// What the coordinator should know.
        note: MessageText,
    },
    /// A colleague helps with it.
    Partner {
        /// Who.
        initials: Initials,
    },
    /// The coordinator gave it to a branch.
    SentOn {
        /// Which.
        to: BranchId,
    },
    /// The coordinator let a held request in.
    Accepted {
        /// Who gets it, and why.
        decision: Box<Decision>,
    },
    /// The coordinator found that a held request asks for no help.
    Rejected,
    /// It must not be erased until released, whatever the records series says.
    LegalHoldSet,
    /// It may be erased again when its time comes.
    LegalHoldReleased,
    /// A closure that nobody had foreseen moved the deadline.
    DeadlineMoved {
        /// The days of the closure: each closure moves a deadline once.
        closure: ClosedDays,
        /// The deadline now.
        due: Timestamp,
    },
    /// It was unclaimed: the holder was reminded.
    Nudged,
    /// Nobody claimed it in time: it went to the next branch.
    Moved {
        /// Which, and why.
        decision: Box<Decision>,
    },
    /// Nobody claimed it, or reached the patron, in time: the coordinator has it.
    GivenToCoordinator,
    /// It was claimed, but the patron has not been reached and the time runs out.
    ContactOverdue,
    /// The promised date passed: the patron was told.
    DelayTold,
    /// The patron was reminded of the session.
    Reminded,
    /// Nobody picked a time: those that were offered are free again.
    OffersLapsed,
    /// The coordinator hadn't looked at a held request in time: it was let in.
    PassedUnseen {
        /// Who gets it, and why.
        decision: Box<Decision>,
    },
    /// Nothing has happened for days. The first time the holder is told; the second time it goes to
    /// the coordinator.
    Stalled,
    /// A mail about it bounced.
    MailReturned {
        /// Whom it was for.
        to: Audience,
    },
    /// An event was undone: it counts as if it had never happened.
    Undone {
        /// Which.
        event: EventId,
    },
}

/// The beginning of a new round of a request that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopening {
    /// By when a librarian gets in touch ([`crate::calendar::deadline`]).
    pub due: Timestamp,
}

/// Whether the help solved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    /// It did.
    Yes,
    /// Not yet: the request goes on.
    NotYet(Reopening),
}

/// Where a branch passes a request on to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Referral {
    /// To this branch, which somebody chose.
    Branch(BranchId),
    /// Where routing decides, leaving out branches that had it.
    Found(Box<Decision>),
}

/// The days of a closure, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClosedDays {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Event {
    /// Whether both are the same act of whoever does it. What is worked out when a form arrives (who
    /// gets it, by when) may differ when that form is sent once more.
    pub fn is_same_act(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sent { answers: one, .. }, Self::Sent { answers: other, .. })
            | (
                Self::AnswersChanged { answers: one, .. },
                Self::AnswersChanged { answers: other, .. },
            ) => one == other,
            (Self::Message { text: one, .. }, Self::Message { text: other, .. }) => one == other,
            (Self::Offered { offers: one, .. }, Self::Offered { offers: other, .. }) => {
                one == other
            }
            (
                Self::Solved { answer: Solved::NotYet(_) },
                Self::Solved { answer: Solved::NotYet(_) },
            )
            | (Self::Reopened(_), Self::Reopened(_))
            | (
                Self::Referred { to: Referral::Found(_) },
                Self::Referred { to: Referral::Found(_) },
            )
            | (Self::Accepted { .. }, Self::Accepted { .. })
            | (Self::PassedUnseen { .. }, Self::PassedUnseen { .. })
            | (Self::Moved { .. }, Self::Moved { .. }) => true,
            (
                Self::DeadlineMoved { closure: one, .. },
                Self::DeadlineMoved { closure: other, .. },
            ) => one == other,
            (one, other) => one == other,
        }
    }

    /// Whether it brings words that somebody wrote: what is only a state is small.
    pub fn brings_words(&self) -> bool {
        matches!(
            self,
            Self::Sent { .. }
                | Self::AnswersChanged { .. }
                | Self::ContactChanged { .. }
                | Self::Message { .. }
                | Self::Noted { .. }
                | Self::QuestionAsked { .. }
                | Self::Told { .. }
                | Self::Offered { .. }
                | Self::SessionSet { .. }
                | Self::SessionMoved { .. }
                | Self::PassedUp { .. }
        )
    }
}

choice! {
    /// Why the coordinator sees a request before a branch does.
    HeldFor {
        /// The spam gate doubts that a person wrote it.
        Suspicious = "suspicious",
        /// This contact has as many open requests as are allowed at once.
        OpenLimit = "open_limit",
        /// This contact has had as many sessions this month as are allowed.
        SessionLimit = "session_limit",
    }
}

choice! {
    /// What a patron's link is for.
    LinkRole {
        /// On the receipt; shows everything.
        Receipt = "receipt",
        /// Mailed, so others who read that mailbox may open it.
        Mail = "mail",
    }
}

choice! {
    /// What came of an attempt to reach a patron.
    TryResult {
        /// They were on the phone.
        Reached = "reached",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// A message was left.
        MessageLeft = "message_left",
        /// The number is somebody else's.
        WrongNumber = "wrong_number",
        /// Somebody else answered.
        SomebodyElse = "somebody_else",
        /// A text message was sent.
        Texted = "texted",
        /// They don't want to be called.
        DontCall = "dont_call",
    }
}

/// How a form was filled in, for staff alone: the sender sees the same page and gets the same
/// library whatever these say, so nobody learns of another's request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signals {
    /// The field that must stay empty was filled in.
    pub honeypot_filled: bool,
    /// The seconds between the check page and the press on *Send*.
    pub token_age_seconds: u32,
    /// The latest request about the same topic that this e-mail address sent within a day before.
    #[serde(default)]
    pub earlier_by_email: Option<Reference>,
    /// The same for the phone number.
    #[serde(default)]
    pub earlier_by_phone: Option<Reference>,
}
