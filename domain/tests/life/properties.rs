//! What holds of every life: ten thousand are lived by trying any event by anybody, as time goes on.

use crate::samples::{
    KINDS, answers, coordinator, event, id, initials, later, name, sent, staff, start,
};
use domain::request::{
    Actor, Audience, Closing, Entry, Event, EventId, HeldFor, HoldChanges, Notice, Phase, Refusal,
    Solved, State, allowed,
};
use domain::routing::Destination;
use domain::{Reference, Request};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What is tried: which event, by whom, how many minutes later, and whether the mail goes before.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    kind: usize,
    actor: usize,
    minutes: i64,
    delivers: bool,
}

/// The kinds beyond [`KINDS`] take the last event back.
const UNDO: usize = 12;

fn any_attempt() -> impl Strategy<Value = Attempt> {
    let minutes = proptest::sample::select(vec![0, 0, 1, 1, 2, 30, 240, 1_500, 4_000]);
    (0..KINDS + UNDO, 0_usize..5, minutes, proptest::bool::weighted(0.1))
        .prop_map(|(kind, actor, minutes, delivers)| Attempt { kind, actor, minutes, delivers })
}

/// A notice of a life's outbox.
struct Pending {
    event: EventId,
    place: usize,
    ready: Timestamp,
    left: bool,
}

/// A life, and all its mail.
pub(crate) struct Life {
    pub(crate) request: Request,
    outbox: Vec<Pending>,
    pub(crate) now: Timestamp,
    count: usize,
}

impl Life {
    fn begin(email: bool, phone: bool, held: bool) -> Self {
        let address = (email || !phone).then_some("lan@example.com");
        let event = sent(answers(address, phone), start(), held.then_some(HeldFor::Suspicious));
        let request = Request::new(Reference::from_number(1));
        let mut life = Self { request, outbox: Vec::new(), now: start(), count: 0 };
        life.happen(event, Actor::Patron).unwrap();
        life
    }

    fn actor(&self, which: usize) -> Actor {
        match which {
            0 => Actor::Patron,
            1 => match self.request.holder() {
                Some(Destination::Branch(branch)) => {
                    Actor::Staff { branch, initials: initials("AA") }
                }
                _ => coordinator(),
            },
            2 => staff("cedar", "CC"),
            3 => coordinator(),
            _ => Actor::Service,
        }
    }

    fn attempt(&mut self, attempt: Attempt) -> Result<(), TestCaseError> {
        self.now = later(self.now, attempt.minutes);
        if attempt.delivers {
            for pending in &mut self.outbox {
                pending.left |= pending.ready <= self.now;
            }
        }
        let actor = self.actor(attempt.actor);
        if attempt.kind >= KINDS {
            let last = self.request.history().last().map(|entry| entry.actor.clone());
            let own = last.filter(|_| attempt.kind.is_multiple_of(2));
            return self.take_back(own.unwrap_or(actor));
        }
        let event = event(attempt.kind, &self.request.state(), self.now);
        self.happen(event, actor)
    }

    fn next_id(&mut self) -> EventId {
        self.count += 1;
        id(&format!("e-{}", self.count))
    }

    fn happen(&mut self, event: Event, actor: Actor) -> Result<(), TestCaseError> {
        let id = self.next_id();
        let earlier = self.request.clone();
        let before = earlier.state();
        let answer = allowed(&before, &event, &actor, self.now);
        let told = self.request.apply(id.clone(), event.clone(), actor, self.now);
        // The table and the only way to make a history longer agree.
        prop_assert_eq!(told.as_ref().err(), answer.as_ref().err());
        let Ok(notices) = told else {
            prop_assert_eq!(&self.request, &earlier);
            return Ok(());
        };
        let after = self.request.state();
        check_due(&before, &event, &after)?;
        check_shape(&after)?;
        check_notices(&before, &event, &after, &notices)?;
        prop_assert_eq!(&self.request.notices_of(&id), &notices);
        let changes = HoldChanges::between(&before, &after);
        let kept: BTreeSet<_> = before.holds().difference(&changes.freed).cloned().collect();
        prop_assert_eq!(kept.union(&changes.held).cloned().collect::<BTreeSet<_>>(), after.holds());
        let entry = self.request.history().last().unwrap();
        for (place, notice) in notices.iter().enumerate() {
            let ready = domain::request::ready(&before, entry, notice);
            self.outbox.push(Pending { event: id.clone(), place, ready, left: false });
        }
        Ok(())
    }

    fn take_back(&mut self, actor: Actor) -> Result<(), TestCaseError> {
        let Some(last) = self.request.state().last.first().map(|entry| entry.id.clone()) else {
            return Ok(());
        };
        let earlier = self.request.clone();
        let undone = Event::Undone { event: last.clone() };
        let answer = allowed(&earlier.state(), &undone, &actor, self.now);
        let of_it = |pending: &&Pending| pending.event == last;
        let raced = self.outbox.iter().filter(of_it).any(|pending| pending.left);
        let has_left = |place| {
            self.outbox.iter().filter(of_it).any(|pending| pending.place == place && pending.left)
        };
        let id = EventId::parse(&format!("u-{}", self.count)).unwrap();
        self.count += 1;
        let undoing = self.request.undo(id, &last, actor, self.now, has_left);
        match (answer, raced, undoing) {
            (Ok(()), false, Ok(undoing)) => {
                let count = self.outbox.iter().filter(of_it).count();
                prop_assert_eq!(undoing.withdrawn, (0..count).collect::<Vec<_>>());
                self.outbox.retain(|pending| pending.event != last);
                let without: Vec<Entry> =
                    earlier.history().iter().filter(|entry| entry.id != last).cloned().collect();
                prop_assert_eq!(self.request.state(), State::of(&without));
                let between = HoldChanges::between(&earlier.state(), &self.request.state());
                prop_assert_eq!(undoing.holds, between);
            }
            (Ok(()), true, refused) => {
                prop_assert_eq!(refused, Err(Refusal::NoticeLeft));
                prop_assert_eq!(&self.request, &earlier);
            }
            (Err(refusal), _, refused) => {
                prop_assert_eq!(refused, Err(refusal));
                prop_assert_eq!(&self.request, &earlier);
            }
            (Ok(()), false, Err(refusal)) => prop_assert!(false, "{refusal}"),
        }
        Ok(())
    }
}

fn check_due(before: &State<'_>, event: &Event, after: &State<'_>) -> Result<(), TestCaseError> {
    let rule = match event {
        Event::Sent { due, .. } | Event::DeadlineMoved { due, .. } => Some(*due),
        Event::Reopened(new)
        | Event::Message { reopens: Some(new), .. }
        | Event::Solved { answer: Solved::NotYet(new) } => Some(new.due),
        _ => before.due(),
    };
    prop_assert_eq!(after.due(), rule, "{}", name(event));
    Ok(())
}

fn check_shape(state: &State<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(state.closed.is_some(), matches!(state.phase, Phase::Closed(_)));
    if state.booking.is_some() {
        prop_assert!(matches!(state.phase, Phase::Scheduled | Phase::Asked));
    }
    if state.offering.is_some() {
        prop_assert_eq!(state.phase, Phase::Asked);
    }
    match state.phase {
        Phase::Scheduled => prop_assert!(state.booking.is_some()),
        Phase::Asked => prop_assert!(state.offering.is_some() || state.question_open),
        Phase::Held | Phase::Waiting => prop_assert!(state.initials.is_none()),
        Phase::Claimed => prop_assert!(!state.question_open),
        _ => {}
    }
    Ok(())
}

fn check_notices(
    before: &State<'_>,
    event: &Event,
    after: &State<'_>,
    notices: &[Notice],
) -> Result<(), TestCaseError> {
    let told: BTreeSet<_> = notices.iter().map(|notice| &notice.to).collect();
    prop_assert_eq!(told.len(), notices.len(), "told twice: {:?}", notices);
    prop_assert!(after.mail_to().is_some() || !told.contains(&Audience::Patron));
    let takes_on = matches!(event, Event::Claimed | Event::TakenOver | Event::Tried { .. });
    if after.holder != before.holder && !takes_on {
        let holder = Audience::from(after.holder.clone().unwrap());
        prop_assert!(told.contains(&holder), "{}: {:?}", name(event), notices);
    }
    let by_patron = matches!(
        event,
        Event::Message { .. }
            | Event::NoneFits
            | Event::Cancelled
            | Event::EraseAsked
            | Event::Closed(Closing::Duplicate { .. } | Closing::NotTheirs)
    );
    let ahead = |until: Timestamp| after.as_of < Some(until);
    let session = before.booking.as_ref().map(|booking| booking.session.until());
    let lost_session = session.is_some_and(ahead) && after.booking.is_none();
    let lost_offers = before.offering.is_some() && after.offering.is_none();
    if (lost_session || lost_offers) && !by_patron && after.mail_to().is_some() {
        prop_assert!(told.contains(&Audience::Patron), "{}: {:?}", name(event), notices);
    }
    Ok(())
}

pub(crate) fn any_life() -> impl Strategy<Value = Result<Life, TestCaseError>> {
    let attempts = proptest::collection::vec(any_attempt(), 20..90);
    (attempts, any::<[bool; 2]>(), proptest::bool::weighted(0.1)).prop_map(
        |(attempts, [email, phone], held)| {
            let mut life = Life::begin(email, phone, held);
            for attempt in attempts {
                life.attempt(attempt)?;
            }
            Ok(life)
        },
    )
}

impl std::fmt::Debug for Life {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.request.history().iter().map(|entry| (name(&entry.event), &entry.actor));
        f.debug_list().entries(names).finish()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn every_life_keeps_the_rules(life in any_life()) {
        let life = life?;
        let stored = serde_json::to_string(&life.request).unwrap();
        let again: Request = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(&again, &life.request);
        // Every notice stands in the outbox once, and none of what was undone does.
        let ids: BTreeSet<_> = life.outbox.iter().map(|it| (&it.event, it.place)).collect();
        prop_assert_eq!(ids.len(), life.outbox.len());
        let history = life.request.history();
        let taken_back: BTreeSet<_> = history.iter().filter_map(|entry| match &entry.event {
            Event::Undone { event } => Some(event),
            _ => None,
        }).collect();
        for entry in history.iter().rev().take(10) {
            let due = if taken_back.contains(&entry.id) { vec![] } else {
                life.request.notices_of(&entry.id)
            };
            let kept = life.outbox.iter().filter(|it| it.event == entry.id).count();
            prop_assert_eq!(kept, due.len(), "{}", name(&entry.event));
        }
        // The fold is total: of any entries in any order.
        let mut backwards = life.request.history().to_vec();
        backwards.reverse();
        let _ = State::of(&backwards);
    }
}

#[test]
fn lives_go_far() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut undone) = (BTreeSet::new(), 0);
    for _ in 0..300 {
        let life = any_life().new_tree(&mut runner).unwrap().current().unwrap();
        for entry in life.request.history() {
            undone += usize::from(matches!(entry.event, Event::Undone { .. }));
            kinds.insert(name(&entry.event));
        }
    }
    assert!(undone > 20, "{undone}");
    assert!(kinds.len() > 35, "{} kinds: {kinds:?}", kinds.len());
}
