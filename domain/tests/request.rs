//! The life of a request, as far as it goes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::request::{Actor, Audience, Event, EventId, Matter, Phase, Refusal, Signals};
use domain::routing::Snapshot;
use domain::{Answers, Email, Reach, Reference, Request};
use jiff::Timestamp;
use support::{asks, at, branch, branch_id, directory, routed, topic_id};

fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

fn sent(answers: Answers, now: Timestamp) -> Event {
    let directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let decision = routed(&answers, &directory, &Snapshot::default(), now);
    Event::Sent {
        as_of: now,
        due: domain::calendar::deadline(now, &directory),
        decision: Box::new(decision),
        answers: Box::new(answers),
        signals: Signals::default(),
        held: None,
        after: None,
    }
}

fn a_request() -> Request {
    let now = at("2026-11-24T09:12");
    let mut request = Request::new(Reference::from_number(1));
    request.apply(id("sent"), sent(asks("catalog"), now), Actor::Patron, now).unwrap();
    request
}

fn changed(answers: Answers, as_of: &str) -> Event {
    Event::AnswersChanged { answers: Box::new(answers), as_of: at(as_of), decision: None }
}

#[test]
fn a_sent_request_is_with_somebody_and_has_a_date() {
    let request = a_request();
    assert_eq!(request.state().phase, Phase::Waiting);
    assert_eq!(request.due(), Some(at("2026-11-26T17:00")));
    assert!(request.has_event(&id("sent")) && !request.has_event(&id("other")));
}

#[test]
fn who_gave_only_a_number_gets_no_mail() {
    let now = at("2026-11-24T09:12");
    let mut request = Request::new(Reference::from_number(1));
    let event = sent(asks("catalog"), now);
    let notices = request.apply(id("sent"), event, Actor::Patron, now).unwrap();
    let told: Vec<_> = notices.iter().map(|notice| notice.what).collect();
    assert_eq!(told, [Matter::NewRequest]);
}

#[test]
fn changed_answers_are_told_to_whoever_has_it_and_the_date_stays() {
    let mut request = a_request();
    let due = request.due();
    let now = at("2026-11-24T10:00");
    let event = changed(asks("something-else"), "2026-11-24T10:00");
    let notices = request.apply(id("changed"), event, Actor::Patron, now).unwrap();
    assert_eq!(notices[0].what, Matter::AnswersChanged);
    assert_eq!(request.answers().unwrap().topic, topic_id("something-else"));
    assert_eq!(request.due(), due);
}

#[test]
fn a_new_address_gets_the_number_too() {
    let mut request = a_request();
    let email = Email::parse("lan@example.com").unwrap();
    let reach = Reach::new(Some(email), None, None).unwrap();
    let event = changed(Answers { reach, ..asks("catalog") }, "2026-11-24T10:00");
    let notices = request.apply(id("c"), event, Actor::Patron, at("2026-11-24T10:00")).unwrap();
    assert_eq!(notices.last().unwrap().to, Audience::Patron);
}

#[test]
fn a_request_that_moves_is_told_to_both() {
    let mut request = a_request();
    let now = at("2026-11-24T10:00");
    let answers = Answers {
        library: domain::answers::LibraryChoice::Branch(branch_id("birch")),
        ..asks("catalog")
    };
    let Event::Sent { decision, .. } = sent(answers.clone(), now) else { unreachable!() };
    let event =
        Event::AnswersChanged { answers: Box::new(answers), as_of: now, decision: Some(decision) };
    let notices = request.apply(id("moved"), event, Actor::Patron, now).unwrap();
    let told: Vec<_> = notices.iter().map(|notice| (notice.to.clone(), notice.what)).collect();
    let to = |id| Audience::Branch(branch_id(id));
    assert_eq!(told, [(to("ash"), Matter::MovedOn), (to("birch"), Matter::NewRequest)]);
}

#[test]
fn a_change_counts_though_the_clock_went_back() {
    let mut request = a_request();
    let event = changed(asks("something-else"), "2026-11-24T09:09");
    request.apply(id("changed"), event, Actor::Patron, at("2026-11-24T09:09")).unwrap();
    assert_eq!(request.answers().unwrap().topic, topic_id("something-else"));
    assert_eq!(request.answered_by(), Some(&id("changed")));
}

#[test]
fn what_is_refused_leaves_the_request_as_it_was() {
    let mut request = a_request();
    let before = request.clone();
    let now = at("2026-11-24T10:00");
    let again = request.apply(id("2"), sent(asks("catalog"), now), Actor::Patron, now);
    assert_eq!(again, Err(Refusal::AlreadySent));
    assert_eq!(request, before);
    let mut unsent = Request::new(Reference::from_number(2));
    let early = changed(asks("catalog"), "2026-11-24T10:00");
    assert_eq!(unsent.apply(id("4"), early, Actor::Patron, now), Err(Refusal::NotSent));
}
