//! The conditions of the table, each as a named check.

use super::event::{ClosedDays, Event, Referral, Reopening};
use super::session::{OfferId, Offers, Session};
use super::state::{LegalHold, Round, State};
use super::words::MESSAGES_MAX;
use super::{Actor, Closing, Initials, Outcome, Phase, Refusal};
use crate::routing::Destination;
use crate::{Answers, BranchId};
use jiff::{SignedDuration, Timestamp};

/// For how long after closing a request can be reopened: two weeks.
const REOPENED_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How far ahead a session can be booked.
const BOOKED_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How many tries without an answer there are before a request is closed as not reached.
pub(crate) const TRIES: usize = 3;

/// How many missed sessions there are before the service closes a request.
pub(crate) const NO_SHOWS: usize = 2;

/// Who can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The patron.
    Patron,
    /// Staff of any branch.
    AnyBranch,
    /// Staff of the branch that has it, and the coordinator.
    Holder,
    /// The same, and staff of a branch that took a call about it.
    There,
    /// The coordinator.
    Coordinator,
    /// The service.
    Service,
}

/// All phases in which something is still to be done.
pub(super) const OPEN: &[Phase] =
    &[Phase::Held, Phase::Waiting, Phase::Claimed, Phase::Asked, Phase::Scheduled];

/// The phases in which somebody has taken it on.
pub(super) const ON_IT: &[Phase] = &[Phase::Claimed, Phase::Asked, Phase::Scheduled];

/// A check of one event against the table.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    state: &'a State<'a>,
    actor: &'a Actor,
    now: Timestamp,
}

type Answer = Result<(), Refusal>;

fn unless(wrong: bool, refusal: Refusal) -> Answer {
    if wrong { Err(refusal) } else { Ok(()) }
}

impl<'a> Ask<'a> {
    /// Begins a check with what holds for every event: the request must have been sent and not
    /// erased.
    pub(super) fn about(
        state: &'a State<'a>,
        event: &Event,
        actor: &'a Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let ask = Self { state, actor, now };
        match (state.phase, event) {
            (Phase::Erased, _) => Err(Refusal::Erased),
            (Phase::Unsent, Event::Sent { .. }) => Ok(ask),
            (Phase::Unsent, _) => Err(Refusal::NotSent),
            (_, Event::Sent { .. }) => Err(Refusal::AlreadySent),
            _ => Ok(ask),
        }
    }

    pub(super) fn ok(&self) -> Answer {
        Ok(())
    }

    /// The actor must be one of these. Staff for whom it would be enough to be at the right branch
    /// get [`Refusal::NotHere`].
    pub(super) fn by(&self, who: &[Who]) -> Result<&Self, Refusal> {
        if who.iter().any(|who| self.is(*who)) {
            return Ok(self);
        }
        let of_holder = who.contains(&Who::Holder) || who.contains(&Who::There);
        match self.actor {
            Actor::Staff { .. } if of_holder => Err(Refusal::NotHere),
            _ => Err(Refusal::NotTheirs),
        }
    }

    fn is(&self, who: Who) -> bool {
        match (who, self.actor) {
            (Who::Patron, Actor::Patron)
            | (Who::AnyBranch, Actor::Staff { .. })
            | (Who::Holder | Who::There | Who::Coordinator, Actor::Coordinator { .. })
            | (Who::Service, Actor::Service) => true,
            (Who::Holder, Actor::Staff { branch, .. }) => self.has(branch),
            (Who::There, Actor::Staff { branch, .. }) => {
                self.has(branch) || self.state.took_a_call(branch, self.now)
            }
            _ => false,
        }
    }

    /// What is closed, whoever closed it has, too: they took a call about it.
    fn has(&self, branch: &BranchId) -> bool {
        let holds =
            matches!(&self.state.holder, Some(Destination::Branch(holder)) if holder == branch);
        holds || self.state.closed.as_ref().is_some_and(|closed| closed.by.as_ref() == Some(branch))
    }

    /// It is in one of these phases.
    pub(super) fn within(&self, phases: &[Phase]) -> Result<&Self, Refusal> {
        match self.state.phase {
            phase if phases.contains(&phase) => Ok(self),
            Phase::Closed(_) => Err(Refusal::Closed),
            phase => Err(Refusal::NotWhile(phase)),
        }
    }

    /// Any phase will do: it exists.
    pub(super) fn in_any_phase(&self) -> Result<&Self, Refusal> {
        Ok(self)
    }

    /// It was closed, at most two weeks ago.
    pub(super) fn closed_lately(&self) -> Result<&Self, Refusal> {
        let closed = self.state.closed.as_ref().ok_or(Refusal::NotClosed)?;
        unless(self.now.duration_since(closed.at) > REOPENED_WITHIN, Refusal::ClosedTooLong)?;
        Ok(self)
    }

    pub(super) fn within_or_closed_lately(&self, phases: &[Phase]) -> Result<&Self, Refusal> {
        match self.state.phase {
            Phase::Closed(_) => self.closed_lately(),
            _ => self.within(phases),
        }
    }

    pub(super) fn once(&self, done: bool) -> Answer {
        unless(done, Refusal::AlreadyDone)
    }

    pub(super) fn once_a_round(&self, done: fn(&Round) -> bool) -> Answer {
        unless(self.state.round.as_ref().is_none_or(done), Refusal::AlreadyDone)
    }

    /// New answers may move the request only while nobody has taken it on.
    pub(super) fn unless_taken_on(&self, moves: bool) -> Answer {
        unless(moves && self.state.phase.is_taken_on(), Refusal::TakenOn)
    }

    pub(super) fn only_the_contact(&self, new: &Answers) -> Answer {
        let same = self.state.given.is_some_and(|given| {
            let old = given.answers;
            *new == Answers { reach: new.reach.clone(), ..old.clone() }
        });
        unless(!same, Refusal::MoreThanContact)
    }

    pub(super) fn takes_a_message(&self) -> Answer {
        unless(self.state.messages.len() >= MESSAGES_MAX, Refusal::TooManyMessages)
    }

    /// The outcome allows reopening.
    pub(super) fn can_reopen(&self, new: Reopening) -> Answer {
        let outcome = self.state.closed.as_ref().map(|closed| closed.outcome);
        let is_over =
            matches!(outcome, Some(Outcome::Rejected | Outcome::Duplicate | Outcome::NotTheirs));
        unless(is_over || self.state.erase_asked.is_some(), Refusal::NotReopenable)?;
        unless(new.due <= self.now, Refusal::DeadlineTooEarly)
    }

    pub(super) fn has_offers(&self) -> Answer {
        unless(self.state.offering.is_none(), Refusal::NotOffered)
    }

    /// The time is one of those on offer, and neither past nor lapsed.
    pub(super) fn can_pick(&self, offer: &OfferId) -> Answer {
        let offering = self.state.offering.as_ref().ok_or(Refusal::NotOffered)?;
        unless(offering.id != &offer.offered, Refusal::NotOffered)?;
        let time = offering.offers.times().get(usize::from(offer.place));
        let time = time.ok_or(Refusal::NotOffered)?;
        unless(self.now >= offering.lapse || self.now >= time.at, Refusal::TimeOver)
    }

    pub(super) fn are_ahead(&self, offers: &Offers, lapse: Timestamp) -> Answer {
        let past = offers.times().iter().any(|time| time.at <= self.now);
        unless(past || lapse <= self.now, Refusal::TimeOver)?;
        let far = offers.times().iter().any(|time| self.is_too_far(time.at));
        unless(far, Refusal::TooFarAhead)
    }

    /// A slip of the pen, more likely than a promise.
    fn is_too_far(&self, at: Timestamp) -> bool {
        at.duration_since(self.now) > BOOKED_AHEAD
    }

    pub(super) fn have_lapsed(&self) -> Answer {
        let offering = self.state.offering.as_ref().ok_or(Refusal::NotOffered)?;
        unless(self.now < offering.over_at(), Refusal::NotDue)
    }

    pub(super) fn is_ahead(&self, session: &Session) -> Answer {
        unless(session.until() <= self.now, Refusal::TimeOver)?;
        unless(self.is_too_far(session.at), Refusal::TooFarAhead)
    }

    pub(super) fn with_session(&self) -> Result<&Self, Refusal> {
        unless(self.state.booking.is_none(), Refusal::NoSession)?;
        Ok(self)
    }

    pub(super) fn without_session(&self) -> Result<&Self, Refusal> {
        unless(self.state.booking.is_some(), Refusal::SessionStands)?;
        Ok(self)
    }

    pub(super) fn after_its_time(&self) -> Answer {
        let ahead = |at: Timestamp| self.now < at;
        let at = self.state.booking.as_ref().map(|booking| booking.session.at);
        unless(at.is_some_and(ahead), Refusal::SessionAhead)
    }

    pub(super) fn can_remind(&self) -> Answer {
        let Some(booking) = &self.state.booking else { return Err(Refusal::NoSession) };
        unless(booking.reminded, Refusal::AlreadyDone)?;
        unless(self.now >= booking.session.at, Refusal::TimeOver)
    }

    pub(super) fn complete(&self, closing: &Closing) -> Answer {
        unless(!closing.is_complete(), Refusal::Incomplete)
    }

    pub(super) fn by_somebody_else(&self) -> Answer {
        let same_desk = self.actor.desk() == self.state.holder;
        let same = self.actor.initials() == self.state.initials.as_ref();
        unless(same && same_desk, Refusal::SameColleague)
    }

    /// The colleague has neither taken it on nor helps already.
    pub(super) fn another(&self, initials: &Initials) -> Answer {
        let same =
            self.state.initials.as_ref() == Some(initials) || self.state.partner == Some(initials);
        unless(same, Refusal::SameColleague)
    }

    pub(super) fn is_elsewhere(&self) -> Answer {
        unless(self.actor.desk() == self.state.holder, Refusal::AlreadyThere)
    }

    pub(super) fn leads_elsewhere(&self, to: &Referral) -> Answer {
        match to {
            Referral::Branch(branch) => self.leads_to(branch),
            Referral::Found(decision) => self.leads_to_untried(&decision.to),
        }
    }

    /// A person may send the request back to a branch that had it.
    pub(super) fn leads_to(&self, branch: &BranchId) -> Answer {
        unless(self.has(branch), Refusal::AlreadyThere)
    }

    pub(super) fn leads_to_coordinator(&self) -> Answer {
        let there = self.state.holder == Some(Destination::Coordinator);
        unless(there, Refusal::AlreadyThere)
    }

    pub(super) fn leads_to_untried(&self, to: &Destination) -> Answer {
        match to {
            Destination::Branch(branch) => {
                self.leads_to(branch)?;
                unless(self.state.tried.contains(branch), Refusal::AlreadyTried)
            }
            Destination::Coordinator => self.leads_to_coordinator(),
        }
    }

    pub(super) fn not_on_hold(&self) -> Answer {
        unless(self.state.legal_hold == LegalHold::Stands, Refusal::OnHold)
    }

    pub(super) fn on_hold(&self) -> Answer {
        unless(self.state.legal_hold == LegalHold::None, Refusal::NotOnHold)
    }

    /// Each closure moves a deadline once, and only to a later date.
    pub(super) fn moves_deadline(&self, closure: &ClosedDays, due: Timestamp) -> Answer {
        let round = self.state.round.as_ref().ok_or(Refusal::NotSent)?;
        unless(round.moved_by.contains(closure), Refusal::AlreadyDone)?;
        unless(due <= round.due, Refusal::DeadlineTooEarly)
    }

    fn contacted(&self) -> bool {
        self.state.first_contact().is_some()
    }

    /// Unclaimed, or claimed without contact and without a session.
    pub(super) fn unreached_if_taken_on(&self) -> Result<&Self, Refusal> {
        let taken_on = self.state.phase.is_taken_on();
        unless(taken_on && self.contacted(), Refusal::Contacted)?;
        unless(taken_on && self.state.booking.is_some(), Refusal::SessionStands)?;
        Ok(self)
    }

    /// The first date has passed without contact, and the patron hasn't been told.
    pub(super) fn has_a_late_date(&self) -> Answer {
        let round = self.state.round.as_ref().ok_or(Refusal::NotSent)?;
        unless(self.contacted(), Refusal::Contacted)?;
        unless(round.delay_told, Refusal::AlreadyDone)?;
        unless(self.now < round.first_due, Refusal::NotDue)
    }

    pub(super) fn after_three_tries(&self) -> Answer {
        let enough = self.state.round.as_ref().is_some_and(|round| round.unanswered >= TRIES);
        unless(!enough, Refusal::NotDue)
    }

    pub(super) fn after_two_no_shows(&self) -> Answer {
        let enough =
            self.state.round.as_ref().is_some_and(|round| round.no_shows.len() >= NO_SHOWS);
        unless(!enough, Refusal::NotDue)
    }

    /// No offer or session is pending. A request that is claimed without contact is covered by its
    /// deadline instead.
    pub(super) fn can_stall(&self) -> Answer {
        let claimed = self.state.phase == Phase::Claimed;
        unless(claimed && !self.contacted(), Refusal::NotContacted)?;
        unless(self.state.offering.is_some(), Refusal::OffersStand)?;
        let ends = self.state.booking.as_ref().map(|booking| booking.session.until());
        unless(ends.is_some_and(|ends| self.now < ends), Refusal::SessionAhead)?;
        // First the holder is told; the second time the coordinator gets it, once.
        let told = self.state.round.as_ref().is_some_and(|round| round.stalled);
        if told { self.leads_to_coordinator() } else { Ok(()) }
    }
}
