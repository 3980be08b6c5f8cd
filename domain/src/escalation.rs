//! What is due when, so that no request is forgotten. [`timers`] lists everything that will become
//! due for a state; the sweep does what [`due`] says, as an event that the table still has to
//! allow.

use crate::answers::Prefer;
use crate::branch::Branch;
use crate::calendar::{self, Calendar};
use crate::directory::Directory;
use crate::request::{Event, NO_SHOWS, Phase, Round, State, TRIES};
use crate::retention;
use crate::routing::Destination;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The answering minutes that a branch has before a request is taken from it.
const MINUTES_BEFORE_A_MOVE: i64 = 120;

/// How long before a session the patron is reminded of it.
const REMINDED_BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// The answering days without an act after which the holder is told.
const STALLED_DAYS: u8 = 3;

/// The answering days without an act after which the request goes to the coordinator.
const GIVEN_UP_DAYS: u8 = 5;

/// The answering days after the last try, or the last session without the patron, before a request
/// is closed.
const CLOSED_AFTER_DAYS: u8 = 5;

/// What the service does by itself at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The patron is told of a delay.
    TellDelay,
    /// A held request that nobody has looked at is let in: a few a day, none of a large group.
    PassUnseen,
    /// The holder is reminded to claim it.
    Nudge,
    /// It goes where routing decides: to a branch that hasn't had it, else to the coordinator.
    Move,
    /// It goes to the coordinator.
    GiveToCoordinator,
    /// The holder is told that the patron has not been reached.
    TellContactOverdue,
    /// Offered times that nobody picked are freed.
    LapseOffers,
    /// The patron is reminded of the session.
    Remind,
    /// Nothing has happened for days.
    Stall,
    /// It is closed, as the patron can't be reached.
    CloseNotReached,
    /// It is closed, as the patron missed two sessions.
    CloseNoShow,
    /// It is erased.
    Erase,
}

/// When times offered now lapse unless one is picked: after one answering day.
pub fn offers_lapse(offered: Timestamp, directory: &Directory) -> Timestamp {
    calendar::after_answering_days(offered, 1, directory)
}

/// The earliest thing that is due now.
pub fn due(state: &State<'_>, directory: &Directory, now: Timestamp) -> Option<Timer> {
    let next = timers(state, directory).into_iter().min()?;
    (next.0 <= now).then_some(next.1)
}

/// Everything that will become due without further acts, with its time.
pub fn timers(state: &State<'_>, directory: &Directory) -> Vec<(Timestamp, Timer)> {
    let Some(round) = &state.round else { return Vec::new() };
    let clock = Clock { state, round, directory };
    let mut timers = Vec::new();
    timers.extend(clock.tell_delay());
    match state.phase {
        Phase::Unsent | Phase::Erased => {}
        Phase::Held => timers.push((clock.share(0), Timer::PassUnseen)),
        Phase::Waiting => {
            timers.extend(clock.nudge());
            timers.extend(clock.move_on());
        }
        Phase::Claimed | Phase::Asked | Phase::Scheduled => {
            timers.extend(clock.unreached());
            timers.extend(clock.close());
            timers.extend(clock.lapse());
            timers.extend(clock.remind());
            timers.extend(clock.stall());
        }
        Phase::Closed(_) => timers.extend(clock.erase()),
    }
    timers
}

struct Clock<'a> {
    state: &'a State<'a>,
    round: &'a Round,
    directory: &'a Directory,
}

type Timed = Option<(Timestamp, Timer)>;

impl Clock<'_> {
    /// The moment of the n-th of the shares in `escalate`.
    fn share(&self, n: usize) -> Timestamp {
        let share = self.directory.service.escalate.get(n).copied().unwrap_or(1.0);
        calendar::share_of_promise(self.round.since, self.round.due, share, self.directory)
    }

    fn days_after(&self, from: Timestamp, days: u8) -> Timestamp {
        calendar::after_answering_days(from, days, self.directory)
    }

    fn contacted(&self) -> bool {
        !self.round.contacts.is_empty()
    }

    fn branch(&self) -> Option<&Branch> {
        match self.state.holder.as_ref()? {
            Destination::Branch(id) => self.directory.branches.get(id),
            Destination::Coordinator => None,
        }
    }

    fn is_with_coordinator(&self) -> bool {
        self.state.holder == Some(Destination::Coordinator)
    }

    /// When the current holder has had two answering hours with the request.
    fn had_their_time(&self) -> Timestamp {
        let since = self.state.holder_since.unwrap_or(self.round.since);
        let service = &self.directory.service;
        let calendar = match self.branch() {
            Some(branch) => Calendar::of_branch(branch, service),
            None => Calendar::of_service(service),
        };
        // A branch that never answers has had its time already.
        calendar::after_minutes(calendar, since, MINUTES_BEFORE_A_MOVE).unwrap_or(since)
    }

    fn tell_delay(&self) -> Timed {
        let waits = self.state.phase.is_open() && !self.contacted() && !self.round.delay_told;
        waits.then_some((self.round.first_due, Timer::TellDelay))
    }

    /// A holder who got the request late has their full time before the reminder.
    fn nudge(&self) -> Timed {
        let came_late = self.state.holder_since > Some(self.round.since);
        let at = if came_late { self.share(0).max(self.had_their_time()) } else { self.share(0) };
        (!self.round.nudged).then_some((at, Timer::Nudge))
    }

    /// An unclaimed request goes to the next branch, unless the patron chose this one, then to the
    /// coordinator; never before a branch has had its time.
    fn move_on(&self) -> Timed {
        if self.is_with_coordinator() {
            return None;
        }
        let chose_it = self.state.given.is_some_and(|given| {
            let chosen = given.answers.library.branch();
            given.answers.prefer == Some(Prefer::MyLibrary)
                && chosen.is_some()
                && chosen == self.branch().map(|branch| &branch.id)
        });
        let to_coordinator = self.share(2).max(self.had_their_time());
        let to_next = self.share(1).max(self.had_their_time());
        if chose_it || to_next >= to_coordinator {
            Some((to_coordinator, Timer::GiveToCoordinator))
        } else {
            Some((to_next, Timer::Move))
        }
    }

    /// Taken on, but not reached: the holder is told, and at the deadline the request goes to the
    /// coordinator. Not after three tries, nor while a session is set.
    fn unreached(&self) -> Timed {
        let session_stands = self.state.booking.is_some();
        if self.contacted() || session_stands || self.was_tried_enough() {
            None
        } else if !self.round.overdue_told {
            Some((self.share(2), Timer::TellContactOverdue))
        } else if !self.is_with_coordinator() {
            Some((self.round.due, Timer::GiveToCoordinator))
        } else {
            None
        }
    }

    /// Whether the unanswered tries were on three different days.
    fn was_tried_enough(&self) -> bool {
        let zone = &self.directory.service.time_zone;
        let last = self.round.tries.iter().rev().take(self.round.unanswered);
        let days: BTreeSet<_> =
            last.map(|attempt| attempt.at.to_zoned_datetime(zone.clone()).date()).collect();
        days.len() >= TRIES
    }

    fn close(&self) -> Timed {
        if self.state.phase != Phase::Claimed {
            return None;
        }
        let at = self.days_after(self.round.last_act, CLOSED_AFTER_DAYS);
        if self.was_tried_enough() {
            Some((at, Timer::CloseNotReached))
        } else if self.round.no_shows.len() >= NO_SHOWS {
            Some((at, Timer::CloseNoShow))
        } else {
            None
        }
    }

    fn lapse(&self) -> Timed {
        let offering = self.state.offering.as_ref()?;
        (self.state.phase == Phase::Asked).then(|| (offering.over_at(), Timer::LapseOffers))
    }

    /// A session set less than a day ahead needs no reminder.
    fn remind(&self) -> Timed {
        let booking = self.state.booking.as_ref()?;
        let at = booking.session.at.checked_sub(REMINDED_BEFORE).ok()?;
        (!booking.reminded && booking.since < at).then_some((at, Timer::Remind))
    }

    /// Idle since the last act, or since the session was over.
    fn stall(&self) -> Timed {
        let phase = self.state.phase;
        let waits = match phase {
            Phase::Claimed => self.contacted() && self.close().is_none(),
            Phase::Asked | Phase::Scheduled => self.state.offering.is_none(),
            _ => false,
        };
        if !waits || (self.round.stalled && self.is_with_coordinator()) {
            return None;
        }
        let ends = self.state.booking.as_ref().map(|booking| booking.session.until());
        let idle_since = ends.unwrap_or(self.round.last_act).max(self.round.last_act);
        let days = if self.round.stalled { GIVEN_UP_DAYS } else { STALLED_DAYS };
        Some((self.days_after(idle_since, days), Timer::Stall))
    }

    fn erase(&self) -> Timed {
        let service = &self.directory.service;
        let erasure = retention::erasure_of_state(self.state, service)?;
        let midnight = erasure.erased_on.to_zoned_datetime(service.time_zone.clone()).ok()?;
        Some((midnight.timestamp(), Timer::Erase))
    }
}

impl Timer {
    /// The event of this timer, where it needs no further data.
    pub fn event(self) -> Option<Event> {
        use crate::request::Closing;
        match self {
            Self::TellDelay => Some(Event::DelayTold),
            Self::Nudge => Some(Event::Nudged),
            Self::GiveToCoordinator => Some(Event::GivenToCoordinator),
            Self::TellContactOverdue => Some(Event::ContactOverdue),
            Self::LapseOffers => Some(Event::OffersLapsed),
            Self::Remind => Some(Event::Reminded),
            Self::Stall => Some(Event::Stalled),
            Self::CloseNotReached => Some(Event::Closed(Closing::NotReached)),
            Self::CloseNoShow => Some(Event::Closed(Closing::NoShow)),
            // Needs a routing decision.
            Self::PassUnseen | Self::Move => None,
            // No history is left for it.
            Self::Erase => None,
        }
    }
}
