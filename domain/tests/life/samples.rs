//! Sample people, events and histories.

use crate::support::{asks, at, branch, branch_id, directory, routed};
use domain::answers::Answers;
use domain::directory::Directory;
use domain::request::*;
use domain::routing::{Decision, Destination, Snapshot};
use domain::text::Text;
use domain::{Email, Phone, PhraseId, Reach, Reference, Request, WayToMeet};
use jiff::{SignedDuration, Timestamp};

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

pub(crate) fn the_directory() -> Directory {
    directory(["ash", "birch", "cedar"].map(|id| branch(id, &[])).into())
}

/// A Tuesday morning.
pub(crate) fn start() -> Timestamp {
    at("2026-11-24T09:12")
}

pub(crate) fn later(from: Timestamp, minutes: i64) -> Timestamp {
    from + SignedDuration::from_mins(minutes)
}

pub(crate) fn to_branch(id: &str) -> Box<Decision> {
    let mut decision = routed(&asks("catalog"), &the_directory(), &Snapshot::default(), start());
    decision.to = Destination::Branch(branch_id(id));
    Box::new(decision)
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
        due: domain::calendar::deadline(now, &the_directory()),
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

/// One event of each kind, well formed for a request whose last answers are these, at this time.
pub(crate) fn events(state: &State<'_>, now: Timestamp) -> Vec<Event> {
    let given = state.answers().cloned().unwrap_or_else(|| answers(Some("lan@example.com"), true));
    let due = later(now, 3 * 24 * 60);
    let reopening = Reopening { due };
    let offer = OfferId {
        offered: state.offering.as_ref().map_or_else(|| id("none"), |it| it.id.clone()),
        place: 0,
    };
    let moved_due = later(state.due().unwrap_or(now), 480);
    let day = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let other = match &state.holder {
        Some(Destination::Branch(id)) if id.as_str() == "birch" => "cedar",
        _ => "birch",
    };
    let parts = FindingsParts { own: Some(text()), ..FindingsParts::default() };
    let closed = state.closed.is_some();
    vec![
        sent(given.clone(), now, None),
        Event::AnswersChanged { answers: Box::new(given.clone()), as_of: now, decision: None },
        Event::ContactChanged {
            answers: Box::new(Answers { reach: reach(Some("new@example.com"), true), ..given }),
        },
        Event::Message { text: text(), reopens: closed.then_some(reopening) },
        Event::Picked { offer },
        Event::NoneFits,
        Event::Cancelled,
        Event::NotMine,
        Event::EraseAsked,
        Event::Solved { answer: Solved::NotYet(reopening) },
        Event::LinkRenewed { role: LinkRole::Mail },
        Event::Reopened(reopening),
        Event::Claimed,
        Event::Released,
        Event::TakenOver,
        Event::Shown,
        Event::CallTaken,
        Event::Tried { result: TryResult::NoAnswer },
        Event::Noted { text: text() },
        Event::QuestionAsked { words: words() },
        Event::Told { findings: Box::new(Findings::new(parts).unwrap()) },
        offered(now, 2, 2),
        set(now, Agreement::Agreed),
        Event::SessionMoved {
            session: Box::new(session(later(now, 4 * 24 * 60))),
            agreed: Agreement::Proposed,
        },
        Event::SessionCancelled { why: CancelReason::StaffAway },
        Event::NoShow,
        Event::Closed(Closing::Completed { minutes: Some(Minutes::new(45).unwrap()) }),
        Event::Closed(Closing::Duplicate { of: Some(Reference::from_number(7)) }),
        Event::Closed(Closing::NotReached),
        Event::Closed(Closing::NoShow),
        Event::Referred { to: Referral::Branch(branch_id(other)) },
        Event::PassedUp { note: text() },
        Event::Partner { initials: initials("PP") },
        Event::SentOn { to: branch_id(other) },
        Event::Accepted { decision: to_branch("ash") },
        Event::Rejected,
        Event::LegalHoldSet,
        Event::LegalHoldReleased,
        Event::DeadlineMoved { closure: ClosedDays { from: day, until: day }, due: moved_due },
        Event::Nudged,
        Event::Moved { decision: to_branch(other) },
        Event::GivenToCoordinator,
        Event::ContactOverdue,
        Event::DelayTold,
        Event::Reminded,
        Event::OffersLapsed,
        Event::PassedUnseen { decision: to_branch("ash") },
        Event::Stalled,
        Event::MailReturned { to: Audience::Patron },
    ]
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
