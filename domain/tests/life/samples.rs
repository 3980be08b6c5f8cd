//! Sample people, events and histories.

use crate::support::{asks, at, branch, branch_id, directory, routed};
use domain::answers::Answers;
use domain::directory::Directory;
use domain::request::*;
use domain::routing::{Decision, Destination, Snapshot};
use domain::text::Text;
use domain::{Email, Phone, PhraseId, Reach, Reference, Request, WayToMeet};
use jiff::{SignedDuration, Timestamp};
use std::sync::LazyLock;

pub(crate) fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

pub(crate) fn initials(text: &str) -> Initials {
    Initials::parse(text).unwrap()
}

pub(crate) fn staff(branch: &str, who: &str) -> Actor {
    Actor::Staff { branch: branch_id(branch), initials: initials(who) }
}

pub(crate) fn coordinator() -> Actor {
    Actor::Coordinator { initials: initials("CO") }
}

/// Everybody who may try something, by name.
pub(crate) fn actors() -> [(&'static str, Actor); 5] {
    [
        ("patron", Actor::Patron),
        ("staff there", staff("ash", "AA")),
        ("staff elsewhere", staff("cedar", "CC")),
        ("coordinator", coordinator()),
        ("service", Actor::Service),
    ]
}

static DIRECTORY: LazyLock<Directory> =
    LazyLock::new(|| directory(["ash", "birch", "cedar"].map(|id| branch(id, &[])).into()));

pub(crate) fn the_directory() -> &'static Directory {
    &DIRECTORY
}

static DECISION: LazyLock<Decision> =
    LazyLock::new(|| routed(&asks("catalog"), the_directory(), &Snapshot::default(), start()));

/// A Tuesday morning.
pub(crate) fn start() -> Timestamp {
    at("2026-11-24T09:12")
}

pub(crate) fn later(from: Timestamp, minutes: i64) -> Timestamp {
    from + SignedDuration::from_mins(minutes)
}

pub(crate) fn to_branch(id: &str) -> Box<Decision> {
    Box::new(Decision { to: Destination::Branch(branch_id(id)), ..DECISION.clone() })
}

pub(crate) fn reach(email: Option<&str>, phone: bool) -> Reach {
    let email = email.map(|email| Email::parse(email).unwrap());
    let phone = phone.then(|| Phone::parse("360-555-0142").unwrap());
    Reach::new(email, phone, None).unwrap()
}

pub(crate) fn answers(email: Option<&str>, phone: bool) -> Answers {
    Answers { reach: reach(email, phone), ..asks("catalog") }
}

pub(crate) fn sent(answers: Answers, now: Timestamp, held: Option<HeldFor>) -> Event {
    Event::Sent {
        as_of: now,
        due: domain::calendar::deadline(now, the_directory()),
        decision: to_branch("ash"),
        answers: Box::new(answers),
        signals: Signals::default(),
        held,
        after: None,
    }
}

pub(crate) fn text<const MAX: usize>() -> Text<MAX> {
    Text::parse("a few words").unwrap()
}

pub(crate) fn words() -> Words {
    Words::new(vec![PhraseId::parse("which-card").unwrap()], None).unwrap()
}

pub(crate) fn session(at: Timestamp) -> Session {
    Session { at, way: WayToMeet::Phone, minutes: Minutes::new(45).unwrap(), venue: None }
}

pub(crate) fn offered(now: Timestamp, days: i64, count: i64) -> Event {
    let time = |n: i64| session(later(now, days * 24 * 60 + n * 60));
    let offers = Offers::new((0..count).map(time).collect()).unwrap();
    Event::Offered { offers, lapse: later(now, 26 * 60) }
}

pub(crate) fn set(now: Timestamp, agreed: Agreement) -> Event {
    Event::SessionSet { session: Box::new(session(later(now, 3 * 24 * 60))), agreed }
}

/// How many kinds [`event`] knows.
pub(crate) const KINDS: usize = 49;

/// One event of each kind, well formed for what this state is, at this time.
pub(crate) fn events(state: &State<'_>, now: Timestamp) -> Vec<Event> {
    (0..KINDS).map(|kind| event(kind, state, now)).collect()
}

/// The event of a kind, from 0.
pub(crate) fn event(kind: usize, state: &State<'_>, now: Timestamp) -> Event {
    let given =
        || state.answers().cloned().unwrap_or_else(|| answers(Some("lan@example.com"), true));
    let reopening = Reopening { due: later(now, 3 * 24 * 60) };
    let day = jiff::civil::date(2026, 11, 30);
    let other = match &state.holder {
        Some(Destination::Branch(id)) if id.as_str() == "birch" => "cedar",
        _ => "birch",
    };
    match kind {
        0 => sent(given(), now, None),
        1 => Event::AnswersChanged { answers: Box::new(given()), as_of: now, decision: None },
        2 => Event::ContactChanged {
            answers: Box::new(Answers { reach: reach(Some("new@example.com"), true), ..given() }),
        },
        3 => Event::Message { text: text(), reopens: state.closed.is_some().then_some(reopening) },
        4 => Event::Picked { offer: offer(state) },
        5 => Event::NoneFits,
        6 => Event::Cancelled,
        7 => Event::NotMine,
        8 => Event::EraseAsked,
        9 => Event::Solved { answer: Solved::NotYet(reopening) },
        10 => Event::LinkRenewed { role: LinkRole::Mail },
        11 => Event::Reopened(reopening),
        12 => Event::Claimed,
        13 => Event::Released,
        14 => Event::TakenOver,
        15 => Event::Shown,
        16 => Event::CallTaken,
        17 => Event::Tried { result: TryResult::NoAnswer },
        18 => Event::Noted { text: text() },
        19 => Event::QuestionAsked { words: words() },
        20 => Event::Told { findings: Box::new(findings()) },
        21 => offered(now, 2, 2),
        22 => set(now, Agreement::Agreed),
        23 => Event::SessionMoved {
            session: Box::new(session(later(now, 4 * 24 * 60))),
            agreed: Agreement::Proposed,
        },
        24 => Event::SessionCancelled { why: CancelReason::StaffAway },
        25 => Event::NoShow,
        26 => Event::Closed(Closing::Completed { minutes: Some(Minutes::new(45).unwrap()) }),
        27 => Event::Closed(Closing::Duplicate { of: Some(Reference::from_number(7)) }),
        28 => Event::Closed(Closing::NotReached),
        29 => Event::Closed(Closing::NoShow),
        30 => Event::Referred { to: Referral::Branch(branch_id(other)) },
        31 => Event::PassedUp { note: text() },
        32 => Event::Partner { initials: initials("PP") },
        33 => Event::SentOn { to: branch_id(other) },
        34 => Event::Accepted { decision: to_branch("ash") },
        35 => Event::Rejected,
        36 => Event::LegalHoldSet,
        37 => Event::LegalHoldReleased,
        38 => Event::DeadlineMoved {
            closure: ClosedDays { from: day, until: day },
            due: later(state.due().unwrap_or(now), 480),
        },
        39 => Event::Nudged,
        40 => Event::Moved { decision: to_branch(other) },
        41 => Event::GivenToCoordinator,
        42 => Event::ContactOverdue,
        43 => Event::DelayTold,
        44 => Event::Reminded,
        45 => Event::OffersLapsed,
        46 => Event::PassedUnseen { decision: to_branch("ash") },
        47 => Event::Stalled,
        _ => Event::MailReturned { to: Audience::Patron },
    }
}

fn offer(state: &State<'_>) -> OfferId {
    let offered = state.offering.as_ref().map_or_else(|| id("none"), |it| it.id.clone());
    OfferId { offered, place: 0 }
}

fn findings() -> Findings {
    Findings::new(FindingsParts { own: Some(text()), ..FindingsParts::default() }).unwrap()
}

/// The stored name of an event, which is its name in the table.
pub(crate) fn name(event: &Event) -> String {
    let stored = serde_json::to_value(event).unwrap();
    match stored {
        serde_json::Value::String(name) => name,
        stored => stored.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

/// A request that came to a phase by legal events: one an hour.
pub(crate) fn in_phase(phase: &str) -> Request {
    let ash = staff("ash", "BB");
    let now = start();
    let hour = |n: i64| later(now, 60 * n);
    let email = answers(Some("lan@example.com"), true);
    let complete = Closing::Completed { minutes: Some(Minutes::new(45).unwrap()) };
    let steps: Vec<(Event, Actor)> = match phase {
        "unsent" => vec![],
        "held" => vec![(sent(email, now, Some(HeldFor::Suspicious)), Actor::Patron)],
        _ => {
            let mut steps = vec![(sent(email, now, None), Actor::Patron)];
            if phase != "waiting" {
                steps.push((Event::Claimed, ash.clone()));
            }
            match phase {
                "asked" => steps.push((offered(hour(2), 2, 2), ash)),
                "scheduled" => steps.push((set(hour(2), Agreement::Agreed), ash)),
                "closed" => steps.push((Event::Closed(complete), ash)),
                _ => {}
            }
            steps
        }
    };
    let mut request = Request::new(Reference::from_number(1));
    for (n, (event, actor)) in (0..).zip(steps) {
        request.apply(id(&format!("step-{n}")), event, actor, hour(n)).unwrap();
    }
    request
}
