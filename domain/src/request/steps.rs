//! The steps that the fold is made of.

use super::event::{Reopening, TryResult};
use super::session::{Agreement, Session};
use super::state::{Booking, ClosedState, Contact, ContactBy, Given, Keeper, Round, State, Try};
use super::{Actor, Audience, Entry, Event, EventId, Matter, Outcome, Phase};
use crate::Answers;
use crate::routing::Destination;
use jiff::Timestamp;
use std::collections::BTreeSet;

impl<'h> State<'h> {
    /// Makes these answers current, with the contact that `contact_by` brought.
    pub(super) fn give(
        &mut self,
        answers: &'h Answers,
        (by, since): (&'h EventId, Timestamp),
        contact_by: &'h EventId,
    ) {
        let known = self.given.filter(|given| given.answers.reach.email() == answers.reach.email());
        let email_by = known.map_or(contact_by, |given| given.email_by);
        if let Some(old) = self.given.map(|given| &given.answers.reach) {
            let new = &answers.reach;
            let other_email = old.email() != new.email();
            if other_email {
                self.returned.remove(&Audience::Patron);
            }
            if other_email || (new.email().is_none() && old.phone() != new.phone()) {
                self.not_mine = false;
            }
            if old.phone() != new.phone() {
                self.calls_declined = false;
            }
        }
        self.given = Some(Given { answers, by, since, contact_by, email_by });
    }

    pub(super) fn begin_round(&mut self, at: Timestamp, due: Timestamp) {
        self.initials = None;
        self.round = Some(Round {
            since: at,
            due,
            first_due: due,
            moved_by: BTreeSet::new(),
            contacts: Vec::new(),
            tries: Vec::new(),
            unanswered: 0,
            no_shows: Vec::new(),
            last_act: at,
            nudged: false,
            overdue_told: false,
            delay_told: false,
            stalled: false,
        });
    }

    /// Changes the round, if there is one.
    pub(super) fn in_round(&mut self, change: impl FnOnce(&mut Round)) {
        if let Some(round) = &mut self.round {
            change(round);
        }
    }

    /// The request waits at `to` to be claimed.
    pub(super) fn go_to(&mut self, to: &Destination, at: Timestamp) {
        if self.holder.as_ref() != Some(to) {
            self.holder = Some(to.clone());
            self.holder_since = Some(at);
            self.in_round(|round| round.nudged = false);
        }
        self.phase = Phase::Waiting;
        self.initials = None;
        self.partner = None;
        self.question_open = false;
        self.free_times();
    }

    /// The same, when a person or a timer put it there rather than a routing decision.
    pub(super) fn give_to(&mut self, to: &Destination, at: Timestamp) {
        self.go_to(to, at);
        self.decision = None;
    }

    /// The holding branch gives it up or loses it: the service doesn't send it there again.
    pub(super) fn has_tried(&mut self) {
        if let Some(Destination::Branch(branch)) = &self.holder {
            self.tried.insert(branch.clone());
        }
    }

    pub(super) fn free_times(&mut self) {
        self.offering = None;
        self.booking = None;
    }

    /// The patron answered, or is no longer waited for. A session that is set stays.
    pub(super) fn leave_asked(&mut self) {
        self.offering = None;
        self.question_open = false;
        if self.phase == Phase::Asked {
            let stays = self.booking.is_some();
            self.phase = if stays { Phase::Scheduled } else { Phase::Claimed };
        }
    }

    pub(super) fn patron_acted(&mut self) {
        self.in_round(|round| round.unanswered = 0);
    }

    /// The patron said something, so no call is needed.
    pub(super) fn patron_answered(&mut self) {
        self.patron_acted();
        self.call_task = None;
    }

    pub(super) fn claim(&mut self, actor: &Actor, at: Timestamp) {
        self.phase = Phase::Claimed;
        self.initials = actor.initials().cloned();
        self.hold_as(actor, at);
    }

    /// If the coordinator takes it on, the coordinator becomes its holder.
    fn hold_as(&mut self, actor: &Actor, at: Timestamp) {
        if matches!(actor, Actor::Coordinator { .. })
            && self.holder != Some(Destination::Coordinator)
        {
            self.holder = Some(Destination::Coordinator);
            self.holder_since = Some(at);
        }
    }

    /// The new colleague's time is held for offers and session.
    pub(super) fn take_over(&mut self, actor: &Actor, at: Timestamp) {
        self.initials = actor.initials().cloned();
        self.hold_as(actor, at);
        if let Some(keeper) = self.keeper(actor) {
            if let Some(offering) = &mut self.offering {
                offering.keeper = keeper.clone();
            }
            if let Some(booking) = &mut self.booking {
                booking.keeper = keeper;
            }
        }
    }

    /// The keeper of the actor's own time.
    pub(super) fn keeper(&self, actor: &Actor) -> Option<Keeper> {
        let desk = actor.desk().or_else(|| self.holder.clone())?;
        let initials = actor.initials().or(self.initials.as_ref())?.clone();
        Some(Keeper { desk, initials })
    }

    /// A session is set, and the patron has nothing left to answer.
    pub(super) fn book(&mut self, session: &'h Session, keeper: Keeper, at: Timestamp) {
        self.offering = None;
        self.question_open = false;
        self.booking = Some(Booking { session, since: at, keeper, reminded: false });
        self.phase = Phase::Scheduled;
    }

    pub(super) fn agreed(&mut self, agreed: Agreement, at: Timestamp) {
        match agreed {
            Agreement::Agreed => self.contacted(at, ContactBy::Answer),
            Agreement::Proposed => self.contacted(at, ContactBy::Mail),
        }
    }

    /// Writing to a patron without e-mail is no contact.
    pub(super) fn contacted(&mut self, at: Timestamp, by: ContactBy) {
        if by == ContactBy::Answer || self.mail_works() {
            self.in_round(|round| round.contacts.push(Contact { at, by }));
        }
    }

    pub(super) fn note_try(&mut self, result: TryResult, actor: &Actor, at: Timestamp) {
        self.in_round(|round| {
            round.tries.push(Try { at, result });
            round.unanswered += 1;
        });
        match result {
            TryResult::Reached => {
                self.patron_answered();
                self.contacted(at, ContactBy::Answer);
            }
            TryResult::MessageLeft | TryResult::Texted => self.contacted(at, ContactBy::Answer),
            TryResult::DontCall => {
                self.patron_answered();
                self.calls_declined = true;
            }
            TryResult::NoAnswer | TryResult::WrongNumber | TryResult::SomebodyElse => {}
        }
        let is_theirs = actor.desk() == self.holder || matches!(actor, Actor::Coordinator { .. });
        if self.phase == Phase::Waiting && is_theirs {
            self.claim(actor, at);
        }
    }

    pub(super) fn close(&mut self, outcome: Outcome, at: Timestamp, actor: &Actor) {
        let desk = actor.desk().or_else(|| self.holder.clone());
        let by = match desk {
            Some(Destination::Branch(branch)) => Some(branch),
            Some(Destination::Coordinator) | None => None,
        };
        self.phase = Phase::Closed(outcome);
        self.closed = Some(ClosedState { outcome, at, by });
        self.solved = None;
        self.question_open = false;
        self.call_task = None;
        self.free_times();
    }

    pub(super) fn reopen(&mut self, reopening: Reopening, at: Timestamp) {
        let by = self.closed.take().and_then(|closed| closed.by);
        self.begin_round(at, reopening.due);
        let to = by.map_or(Destination::Coordinator, Destination::Branch);
        self.give_to(&to, at);
    }

    /// Contacts by mail alone no longer count.
    pub(super) fn mail_returned(&mut self, to: &'h Audience) {
        self.returned.insert(to);
        if *to == Audience::Patron {
            self.in_round(|round| {
                round.contacts.retain(|contact| contact.by == ContactBy::Answer);
            });
            if self.phase.is_open() {
                self.call_task = Some(Matter::MailReturned);
            }
        }
    }

    /// Drops calls without a number, and calls about an address that has since changed.
    pub(super) fn drop_calls_that_lead_nowhere(&mut self) {
        let works_again = self.call_task == Some(Matter::MailReturned)
            && !self.returned.contains(&Audience::Patron);
        if works_again || self.call_to().is_none() {
            self.call_task = None;
        }
    }

    /// Recorded for every event.
    pub(super) fn note_act(&mut self, entry: &'h Entry) {
        let Entry { at, actor, event, .. } = entry;
        self.as_of = Some(*at);
        if *actor != Actor::Service && !matches!(event, Event::Shown) {
            self.in_round(|round| {
                round.last_act = *at;
                round.stalled = false;
            });
        }
        if !matches!(event, Event::Shown | Event::Noted { .. } | Event::MailReturned { .. }) {
            self.last.clear();
        }
        self.last.push(entry);
    }
}
