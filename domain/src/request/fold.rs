//! The fold: what each event makes of a request. It is total: any list of entries has a state,
//! whether or not they were legal when they happened.

use super::event::{Event, LinkRole, Referral, Solved};
use super::state::{ContactBy, LegalHold, LinkGenerations, Offering, Said, SentState, State};
use super::{Actor, Closing, Entry, EventId, Outcome, Phase, notice};
use crate::Reach;
use crate::routing::Destination;
use std::collections::{BTreeMap, BTreeSet};

impl<'h> State<'h> {
    /// The state of a history. Events that were undone count as if they had never happened.
    pub fn of(history: &'h [Entry]) -> Self {
        let undone: BTreeSet<&EventId> = history
            .iter()
            .filter_map(|entry| match &entry.event {
                Event::Undone { event } => Some(event),
                _ => None,
            })
            .collect();
        history
            .iter()
            .filter(|entry| !matches!(entry.event, Event::Undone { .. }))
            .filter(|entry| !undone.contains(&entry.id))
            .fold(Self::in_phase(Phase::Unsent), Self::after)
    }

    /// The state of a request that was erased: it has no history any more.
    pub fn erased() -> Self {
        Self::in_phase(Phase::Erased)
    }

    fn in_phase(phase: Phase) -> Self {
        Self {
            phase,
            holder: None,
            holder_since: None,
            initials: None,
            partner: None,
            sent: None,
            given: None,
            decision: None,
            round: None,
            question_open: false,
            offering: None,
            booking: None,
            messages: Vec::new(),
            questions: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
            tried: BTreeSet::new(),
            returned: BTreeSet::new(),
            not_mine: false,
            erase_asked: None,
            legal_hold: LegalHold::None,
            closed: None,
            solved: None,
            calls_taken: BTreeMap::new(),
            looks: Vec::new(),
            call_task: None,
            calls_declined: false,
            links: LinkGenerations::default(),
            last: Vec::new(),
            as_of: None,
        }
    }

    /// The state once one more event has happened.
    pub(super) fn after(mut self, entry: &'h Entry) -> Self {
        let before = notice::Before::of(&self);
        self.happen(entry);
        self.note_act(entry);
        let matter = notice::to_patron(&before, &entry.event, &self);
        if let Some(matter) = matter.filter(|_| !self.mail_works())
            && notice::needs_a_call(matter, &entry.event)
        {
            self.call_task = Some(matter);
        }
        self.drop_calls_that_lead_nowhere();
        self
    }

    fn happen(&mut self, entry: &'h Entry) {
        let Entry { id, at, actor, event, .. } = entry;
        match event {
            Event::Sent { answers, due, decision, signals, held, after, .. } => {
                let (held, after) = (*held, *after);
                self.sent = Some(SentState { at: *at, actor, answers, signals, held, after });
                self.give(answers, (id, *at), id);
                self.begin_round(*at, *due);
                self.decision = Some(decision);
                match held {
                    None => self.go_to(&decision.to, *at),
                    Some(_) => self.go_to(&Destination::Coordinator, *at),
                }
                if held.is_some() {
                    self.phase = Phase::Held;
                }
            }
            Event::AnswersChanged { answers, decision, .. } => {
                let old = self.reach().and_then(Reach::email);
                // Readers of the former address, perhaps a typo, lose access.
                if old.is_some() && old != answers.reach.email() {
                    self.links.mail += 1;
                }
                self.give(answers, (id, *at), id);
                self.patron_acted();
                if let Some(decision) = decision {
                    self.decision = Some(decision);
                    if self.phase != Phase::Held {
                        self.go_to(&decision.to, *at);
                    }
                }
            }
            Event::ContactChanged { answers } => {
                let by = self.given.map_or(id, |given| given.by);
                let since = self.given.map_or(*at, |given| given.since);
                let old = self.reach().and_then(Reach::email);
                if old != answers.reach.email() {
                    self.links.mail += 1;
                }
                self.give(answers, (by, since), id);
                self.patron_acted();
            }
            Event::Message { text, reopens } => {
                self.messages.push(Said { at: *at, actor, what: text });
                self.patron_answered();
                match reopens {
                    Some(reopening) => self.reopen(*reopening, *at),
                    None => self.leave_asked(),
                }
            }
            Event::Picked { offer } => {
                let picked = self.offering.take().and_then(|offering| {
                    let session = offering.offers.times().get(usize::from(offer.place))?;
                    Some((session, offering.keeper))
                });
                if let Some((session, keeper)) = picked {
                    self.book(session, keeper, *at);
                    self.contacted(*at, ContactBy::Answer);
                }
                self.patron_answered();
            }
            Event::NoneFits => {
                self.leave_asked();
                self.patron_answered();
            }
            Event::Cancelled => self.close(Outcome::CancelledByPatron, *at, actor),
            Event::NotMine => self.not_mine = true,
            Event::EraseAsked => {
                self.erase_asked = Some(*at);
                if self.phase.is_open() {
                    self.close(Outcome::CancelledByPatron, *at, actor);
                }
            }
            Event::Solved { answer } => {
                self.solved = Some(*answer);
                if let Solved::NotYet(reopening) = answer {
                    self.reopen(*reopening, *at);
                }
            }
            Event::LinkRenewed { role: LinkRole::Receipt } => self.links.receipt += 1,
            Event::LinkRenewed { role: LinkRole::Mail } => self.links.mail += 1,
            Event::Reopened(reopening) => self.reopen(*reopening, *at),
            Event::Claimed => self.claim(actor, *at),
            Event::Released => {
                if let Some(holder) = self.holder.clone() {
                    self.go_to(&holder, *at);
                }
            }
            Event::TakenOver => self.take_over(actor, *at),
            Event::Shown => self.looks.push(Said { at: *at, actor, what: &() }),
            Event::CallTaken => {
                if let Actor::Staff { branch, .. } = actor {
                    self.calls_taken.insert(branch, *at);
                }
            }
            Event::Tried { result } => self.note_try(*result, actor, *at),
            Event::Noted { text } => self.notes.push(Said { at: *at, actor, what: text }),
            Event::QuestionAsked { words } => {
                self.questions.push(Said { at: *at, actor, what: words });
                self.question_open = true;
                self.phase = Phase::Asked;
                self.contacted(*at, ContactBy::Mail);
            }
            Event::Told { findings } => {
                self.findings.push(Said { at: *at, actor, what: findings });
                self.contacted(*at, ContactBy::Mail);
            }
            Event::Offered { offers, lapse } => {
                let keeper = self.keeper(actor);
                self.offering = keeper.map(|keeper| Offering { id, offers, lapse: *lapse, keeper });
                self.phase = Phase::Asked;
                self.contacted(*at, ContactBy::Mail);
            }
            Event::SessionSet { session, agreed } => {
                if let Some(keeper) = self.keeper(actor) {
                    self.book(session, keeper, *at);
                }
                self.agreed(*agreed, *at);
            }
            Event::SessionMoved { session, agreed } => {
                let keeper = self.booking.take().map(|booking| booking.keeper);
                if let Some(keeper) = keeper.or_else(|| self.keeper(actor)) {
                    self.book(session, keeper, *at);
                }
                self.agreed(*agreed, *at);
            }
            Event::SessionCancelled { .. } => {
                self.booking = None;
                let waits = self.question_open || self.offering.is_some();
                self.phase = if waits { Phase::Asked } else { Phase::Claimed };
            }
            Event::NoShow => {
                self.free_times();
                self.question_open = false;
                self.phase = Phase::Claimed;
                if let Some(round) = &mut self.round {
                    round.no_shows.push(*at);
                }
            }
            Event::Closed(closing) => {
                match closing {
                    Closing::Completed { .. } => self.contacted(*at, ContactBy::Answer),
                    Closing::AnsweredInWriting => self.contacted(*at, ContactBy::Mail),
                    _ => {}
                }
                self.close(closing.outcome(), *at, actor);
            }
            Event::Referred { to } => {
                self.has_tried();
                match to {
                    Referral::Branch(branch) => {
                        self.give_to(&Destination::Branch(branch.clone()), *at)
                    }
                    Referral::Found(decision) => {
                        self.give_to(&decision.to, *at);
                        self.decision = Some(decision);
                    }
                }
            }
            Event::PassedUp { note } => {
                self.notes.push(Said { at: *at, actor, what: note });
                self.has_tried();
                self.give_to(&Destination::Coordinator, *at);
            }
            Event::Partner { initials } => self.partner = Some(initials),
            Event::SentOn { to } => {
                self.has_tried();
                self.give_to(&Destination::Branch(to.clone()), *at);
            }
            Event::Accepted { decision } | Event::PassedUnseen { decision } => {
                self.go_to(&decision.to, *at);
                self.decision = Some(decision);
            }
            Event::Rejected => self.close(Outcome::Rejected, *at, actor),
            Event::LegalHoldSet => self.legal_hold = LegalHold::Stands,
            Event::LegalHoldReleased => self.legal_hold = LegalHold::None,
            Event::DeadlineMoved { closure, due } => {
                let open = self.phase.is_open();
                if let Some(round) = &mut self.round {
                    round.moved_by.insert(*closure);
                    round.due = *due;
                    // The move is announced: after the first date that notice is enough.
                    round.delay_told |= open && *at >= round.first_due && round.contacts.is_empty();
                }
            }
            Event::Nudged => self.in_round(|round| round.nudged = true),
            Event::Moved { decision } => {
                self.has_tried();
                self.give_to(&decision.to, *at);
                self.decision = Some(decision);
            }
            Event::GivenToCoordinator => {
                self.has_tried();
                self.give_to(&Destination::Coordinator, *at);
            }
            Event::ContactOverdue => self.in_round(|round| round.overdue_told = true),
            Event::DelayTold => self.in_round(|round| round.delay_told = true),
            Event::Reminded => {
                if let Some(booking) = &mut self.booking {
                    booking.reminded = true;
                }
            }
            Event::OffersLapsed => self.leave_asked(),
            Event::Stalled => {
                let told = self.round.as_ref().is_some_and(|round| round.stalled);
                if told {
                    self.has_tried();
                    self.give_to(&Destination::Coordinator, *at);
                }
                self.in_round(|round| round.stalled = !told);
            }
            Event::MailReturned { to } => self.mail_returned(to),
            Event::Undone { .. } => {}
        }
    }
}
