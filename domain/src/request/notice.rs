//! The notices that an event needs, and for whom. Other code turns a notice into a mail.
//!
//! A patron without an e-mail address gets no notice: urgent matters become a
//! [`State::call_task`], the rest stands on their page.

use super::session::Agreement;
use super::state::State;
use super::{Entry, Event, Outcome, Phase, undo};
use crate::routing::Destination;
use crate::{BranchId, Email};
use jiff::{SignedDuration, Timestamp};
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
    /// The reader of the address that the patron had before the contact was changed.
    FormerPatron,
    /// The staff of a branch.
    Branch(BranchId),
    /// The coordinator.
    Coordinator,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// To staff: a new request is yours.
    NewRequest,
    /// To staff: the patron changed their answers.
    AnswersChanged,
    /// To staff: the patron can be reached elsewhere. To the former address: if that wasn't you,
    /// call.
    ContactChanged,
    /// To staff: the request has gone to somebody else.
    MovedOn,
    /// To staff: a mail about it bounced.
    MailReturned,
    /// To staff: the patron wrote.
    Message,
    /// To staff: the patron picked a time.
    Picked,
    /// To staff: no time suits the patron.
    NoneFits,
    /// To staff: the patron cancelled.
    Cancelled,
    /// To staff: the person reached at this contact says that the request isn't theirs.
    NotMine,
    /// To staff: the patron wants it erased.
    EraseAsked,
    /// To staff: a request that was closed goes on.
    Reopened,
    /// To staff: another branch took a call about it.
    CallTaken,
    /// To staff: it is still unclaimed.
    Nudged,
    /// To the coordinator: a branch asks you to take it.
    PassedUp,
    /// To staff: the patron has not been reached, and the time runs out.
    ContactOverdue,
    /// To staff: the patron must be called, as mail can't reach them.
    CallNeeded,
    /// To staff: nobody picked a time.
    OffersLapsed,
    /// To staff: nothing has happened for days.
    Stalled,
    /// To the patron: we have your request.
    Received,
    /// To the patron: the librarian asks you something.
    Question,
    /// To the patron: your librarian left you something.
    Left,
    /// To the patron: choose a time.
    ChooseTime,
    /// To the patron: the times that were offered can no longer be picked.
    OffersWithdrawn,
    /// To the patron: a session is set.
    SessionSet,
    /// To the patron: the session has changed.
    SessionMoved,
    /// To the patron: there is no session.
    SessionCancelled,
    /// To the patron: remember your session.
    Reminder,
    /// To the patron: we missed you; here is another time.
    Missed,
    /// To the patron: another library goes on with it.
    Referred,
    /// To the patron: we promised to be in touch by now, and are late.
    Delay,
    /// To the patron: the library was closed, the date has moved.
    DateMoved,
    /// To the patron: it is closed, and erased on this day.
    Closing,
}

impl From<Destination> for Audience {
    fn from(to: Destination) -> Self {
        match to {
            Destination::Branch(id) => Self::Branch(id),
            Destination::Coordinator => Self::Coordinator,
        }
    }
}

/// What notices need to know of the state before an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'h> {
    email: Option<&'h Email>,
    session_until: Option<Timestamp>,
    had_offers: bool,
    was_contacted: bool,
    delay_told: bool,
}

impl<'h> Before<'h> {
    pub(super) fn of(state: &State<'h>) -> Self {
        let round = state.round.as_ref();
        Self {
            email: state.given.and_then(|given| given.answers.reach.email()),
            session_until: state.booking.as_ref().map(|booking| booking.session.until()),
            had_offers: state.offering.is_some(),
            was_contacted: round.is_some_and(|round| !round.contacts.is_empty()),
            delay_told: round.is_some_and(|round| round.delay_told),
        }
    }
}

/// The notices needed once `event` has turned `before` into `after`, those to staff first. No
/// reader is told the same thing twice.
pub fn notices(before: &State<'_>, event: &Event, after: &State<'_>) -> Vec<Notice> {
    let mut notices = to_staff(before, event, after);
    let facts = Before::of(before);
    let email = after.given.and_then(|given| given.answers.reach.email());
    if let Event::ContactChanged { .. } = event
        && facts.email.is_some()
        && facts.email != email
        && before.mail_works()
    {
        notices.push(Notice { to: Audience::FormerPatron, what: Matter::ContactChanged });
    }
    if let Some(what) = to_patron(&facts, event, after).filter(|_| after.mail_to().is_some()) {
        notices.push(Notice { to: Audience::Patron, what });
    }
    notices
}

fn to_staff(before: &State<'_>, event: &Event, after: &State<'_>) -> Vec<Notice> {
    let holder = |what| {
        let to = after.holder.clone().map(Audience::from);
        to.map(|to| Notice { to, what }).into_iter().collect::<Vec<_>>()
    };
    let coordinator = |what| Notice { to: Audience::Coordinator, what };
    match event {
        Event::Sent { .. }
        | Event::Referred { .. }
        | Event::SentOn { .. }
        | Event::Accepted { .. }
        | Event::PassedUnseen { .. }
        | Event::GivenToCoordinator => holder(Matter::NewRequest),
        Event::AnswersChanged { .. } if before.holder == after.holder => {
            holder(Matter::AnswersChanged)
        }
        Event::AnswersChanged { .. } | Event::Moved { .. } => {
            let old = before.holder.clone().map(Audience::from);
            let mut notices: Vec<_> =
                old.into_iter().map(|to| Notice { to, what: Matter::MovedOn }).collect();
            notices.extend(holder(Matter::NewRequest));
            notices
        }
        Event::ContactChanged { .. } => holder(Matter::ContactChanged),
        Event::Message { reopens: Some(_), .. } | Event::Reopened(_) => holder(Matter::Reopened),
        Event::Message { reopens: None, .. } => holder(Matter::Message),
        Event::Solved { .. } if after.phase.is_open() => holder(Matter::Reopened),
        Event::Picked { .. } => holder(Matter::Picked),
        Event::NoneFits => holder(Matter::NoneFits),
        Event::Cancelled => holder(Matter::Cancelled),
        Event::EraseAsked if before.phase.is_open() => holder(Matter::EraseAsked),
        Event::NotMine => {
            let mut notices = holder(Matter::NotMine);
            let unclaimed = matches!(before.phase, Phase::Held | Phase::Waiting);
            if unclaimed && after.holder != Some(Destination::Coordinator) {
                notices.push(coordinator(Matter::NotMine));
            }
            notices
        }
        Event::CallTaken => holder(Matter::CallTaken),
        Event::PassedUp { .. } => holder(Matter::PassedUp),
        Event::Nudged => holder(Matter::Nudged),
        Event::ContactOverdue => holder(Matter::ContactOverdue),
        Event::OffersLapsed => holder(Matter::OffersLapsed),
        Event::Stalled => holder(Matter::Stalled),
        // The service does this, so nobody would see the call task.
        Event::DelayTold | Event::DeadlineMoved { .. } if after.call_task != before.call_task => {
            holder(Matter::CallNeeded)
        }
        // Once per audience: a full mailbox bounces every mail.
        Event::MailReturned { to } if before.returned.contains(to) => Vec::new(),
        Event::MailReturned { to: Audience::Patron } => holder(Matter::MailReturned),
        Event::MailReturned { to: Audience::Branch(_) } => {
            vec![coordinator(Matter::MailReturned)]
        }
        // Nobody is left to tell about the coordinator, and a former address doesn't matter.
        Event::MailReturned { to: Audience::Coordinator | Audience::FormerPatron } => Vec::new(),
        _ => Vec::new(),
    }
}

/// What the patron must be told of an event, by mail or otherwise. Their own acts already show
/// on their page.
pub(super) fn to_patron(before: &Before<'_>, event: &Event, after: &State<'_>) -> Option<Matter> {
    match event {
        Event::Sent { .. } | Event::AnswersChanged { .. } | Event::ContactChanged { .. } => {
            // An address that we have not written to yet gets the reference and the link.
            let email = after.given.and_then(|given| given.answers.reach.email());
            (email.is_some() && email != before.email).then_some(Matter::Received)
        }
        Event::Picked { .. } | Event::SessionSet { .. } => Some(Matter::SessionSet),
        Event::SessionMoved { .. } => Some(Matter::SessionMoved),
        Event::SessionCancelled { .. } => Some(Matter::SessionCancelled),
        Event::QuestionAsked { .. } => Some(Matter::Question),
        Event::Told { .. } => Some(Matter::Left),
        Event::Offered { .. } => Some(Matter::ChooseTime),
        Event::NoShow => Some(Matter::Missed),
        Event::Closed(closing) => match closing.outcome() {
            Outcome::Duplicate | Outcome::NotTheirs => None,
            _ => Some(Matter::Closing),
        },
        Event::Referred { .. } => {
            let contacted = before.was_contacted.then_some(Matter::Referred);
            lost_times(before, after).or(contacted)
        }
        Event::Released
        | Event::PassedUp { .. }
        | Event::SentOn { .. }
        | Event::GivenToCoordinator
        | Event::OffersLapsed
        | Event::Stalled => lost_times(before, after),
        Event::DeadlineMoved { .. } => {
            let told_now = after.round.as_ref().is_some_and(|round| round.delay_told);
            (told_now && !before.delay_told).then_some(Matter::DateMoved)
        }
        Event::DelayTold => Some(Matter::Delay),
        Event::Reminded => Some(Matter::Reminder),
        _ => None,
    }
}

/// What to tell a patron who has lost offered times or a session. Nothing if the session is
/// over.
fn lost_times(before: &Before<'_>, after: &State<'_>) -> Option<Matter> {
    let was_ahead = before.session_until.is_some_and(|until| after.as_of < Some(until));
    if was_ahead && after.booking.is_none() {
        Some(Matter::SessionCancelled)
    } else if before.had_offers && after.offering.is_none() {
        Some(Matter::OffersWithdrawn)
    } else {
        None
    }
}

/// Whether a patron without e-mail must be called about it. Not if they agreed to it on the
/// phone.
pub(super) fn needs_a_call(matter: Matter, event: &Event) -> bool {
    match (matter, event) {
        (
            Matter::SessionSet | Matter::SessionMoved,
            Event::SessionSet { agreed, .. } | Event::SessionMoved { agreed, .. },
        ) => *agreed == Agreement::Proposed,
        (
            Matter::Question
            | Matter::ChooseTime
            | Matter::SessionCancelled
            | Matter::Delay
            | Matter::DateMoved,
            _,
        ) => true,
        _ => false,
    }
}

/// Cancelling a session nearer than this is told at once.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// When a notice of this entry may leave: at once, or when the entry can no longer be undone.
pub fn ready(before: &State<'_>, entry: &Entry, notice: &Notice) -> Timestamp {
    let to_staff = !matches!(notice.to, Audience::Patron | Audience::FormerPatron);
    let at_once = match &entry.event {
        Event::Referred { .. } => to_staff,
        Event::Cancelled => before
            .booking
            .as_ref()
            .is_some_and(|booking| booking.session.at.duration_since(entry.at) < SOON),
        event => !undo::is_undoable(event, &entry.actor),
    };
    entry.undo_until.filter(|_| !at_once).unwrap_or(entry.at)
}
