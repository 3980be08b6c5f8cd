//! What the tests of stores, mailers and delivery share: a request to keep.

#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses a part of it")]

#[cfg(feature = "aws")]
pub(crate) mod calls;
#[cfg(feature = "aws")]
pub(crate) mod emulators;
pub(crate) mod faulty;
pub(crate) mod refusing;
pub(crate) mod set;
pub(crate) mod site;
pub(crate) mod stored;

use domain::answers::{Answers, Prefer};
use domain::request::{Actor, Closing, Event, EventId, Initials, Minutes, Notice, Signals};
use domain::routing::{Because, Decision, Destination, Receipt};
use domain::{BranchId, Email, Reach, Reference, Request, TopicId};
use handler::LiveRenderer;
use handler::case::{Case, CaseKind, NonceHash};
use handler::cases::{AppendError, Happening, Writer};
use handler::crypto::secrets::Secrets;
use handler::mail::compose::Composer;
use handler::mail::deliver::{Deliverer, Limits};
use handler::mail::mailer::Mailer;
use handler::store::Store;
use jiff::{SignedDuration, Timestamp};
pub(crate) use site::RENDERER;
use std::sync::Arc;

/// The site of these tests with the real templates.
pub(crate) fn renderer() -> LiveRenderer {
    LiveRenderer::new(Arc::clone(&RENDERER))
}

/// Delivers what waits in a store.
pub(crate) fn deliverer(
    store: Arc<dyn Store>,
    mailer: Arc<dyn Mailer>,
    secrets: &Arc<Secrets>,
) -> Deliverer {
    Deliverer {
        store,
        mailer,
        secrets: Arc::clone(secrets),
        compose: Arc::new(Composer {
            renderer: renderer(),
            secrets: Arc::clone(secrets),
            base_url: "https://help.library.example".to_owned(),
        }),
        lease: SignedDuration::from_mins(10),
        limits: Limits::default(),
    }
}

/// Noon of a Tuesday in Washington.
pub(crate) fn noon() -> Timestamp {
    "2026-11-24T20:00:00Z".parse().unwrap()
}

pub(crate) fn reference(number: u32) -> Reference {
    Reference::from_number(number)
}

pub(crate) fn event_id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

/// Lets something happen to a stored request.
pub(crate) async fn happens(
    store: &dyn Store,
    secrets: &Secrets,
    id: Reference,
    happening: &Happening,
    now: Timestamp,
) -> Result<Request, AppendError> {
    let renderer = renderer().current();
    let service = &renderer.directory().service;
    Writer { store, secrets, service, bell: None }.happens(id, happening, now).await
}

fn initials() -> Initials {
    Initials::parse("JD").unwrap()
}

/// Somebody at the branch that [`decision`] names.
pub(crate) fn staff() -> Actor {
    Actor::Staff { branch: BranchId::parse("oak-harbor").unwrap(), initials: initials() }
}

pub(crate) fn coordinator() -> Actor {
    Actor::Coordinator { initials: initials() }
}

/// What somebody does one after the other to close a request whose session took place.
pub(crate) fn claimed_and_closed() -> [(EventId, Event); 2] {
    let minutes = Some(Minutes::new(45).unwrap());
    let closed = Event::Closed(Closing::Completed { minutes });
    [(event_id("claimed"), Event::Claimed), (event_id("closed"), closed)]
}

/// What a patron answered.
pub(crate) fn answers() -> Answers {
    let reach = Reach::new(Some(Email::parse("lan@example.com").unwrap()), None, None).unwrap();
    Answers::least(TopicId::parse("genealogy").unwrap(), reach)
}

/// The same of another patron for each number: one address gets one mail a day that says so.
fn answers_of(number: u32) -> Answers {
    let address =
        if number == 1 { "lan@example.com" } else { &format!("lan-{number}@example.com") };
    let reach = Reach::new(Some(Email::parse(address).unwrap()), None, None).unwrap();
    Answers { reach, ..answers() }
}

pub(crate) fn decision() -> Decision {
    Decision {
        to: Destination::Branch(BranchId::parse("oak-harbor").unwrap()),
        receipt: Receipt {
            preferred: None,
            prefer: Prefer::Soonest,
            considered: Vec::new(),
            relaxed: Vec::new(),
            because: Because::Soonest,
        },
    }
}

/// A request that was sent with these answers, the event's id and its notices.
pub(crate) fn request_with(
    number: u32,
    answers: Answers,
    at: Timestamp,
) -> (Request, EventId, Vec<Notice>) {
    let mut request = Request::new(Reference::from_number(number));
    let id = EventId::parse("sent").unwrap();
    let event = Event::Sent {
        answers: Box::new(answers),
        as_of: at,
        due: at,
        decision: Box::new(decision()),
        signals: Signals::default(),
        held: None,
        after: None,
    };
    let notices = request.apply(id.clone(), event, Actor::Patron, at).unwrap();
    (request, id, notices)
}

/// A request that was sent at noon, and the case that keeps it.
pub(crate) async fn sent(store: &dyn Store, secrets: &Secrets, number: u32) -> (Request, Case) {
    let (request, id, notices) = request_with(number, answers_of(number), noon());
    let key = store.key(request.id()).await.unwrap();
    let case = Case::new(CaseKind::Request, &request, secrets, &key, NonceHash([7; 32])).unwrap();
    (request, case.with_notices(&id, notices, noon()))
}
