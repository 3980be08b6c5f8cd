//! What a patron must be called about, and when nobody needs to call any more.

use crate::samples::*;
use domain::request::*;
use domain::{Answers, Request};

/// Lets something happen so many hours after it was sent.
fn happens(request: &mut Request, hours: i64, event: Event, actor: Actor) -> Vec<Notice> {
    let id = id(&format!("c-{}", request.history().len()));
    request.apply(id, event, actor, later(start(), 60 * hours)).unwrap()
}

/// Claimed, and the mail that was sent to the patron came back.
fn unreachable_by_mail() -> Request {
    let mut request = in_phase("claimed");
    let returned = Event::MailReturned { to: Audience::Patron };
    happens(&mut request, 4, returned, Actor::Service);
    assert_eq!(request.state().call_task, Some(Matter::MailReturned));
    request
}

fn other_contact(request: &Request, email: Option<&str>, phone: bool) -> Event {
    let old = request.answers().unwrap().clone();
    Event::ContactChanged { answers: Box::new(Answers { reach: reach(email, phone), ..old }) }
}

#[test]
fn where_mail_comes_back_a_question_is_one_for_the_phone() {
    let mut request = unreachable_by_mail();
    happens(&mut request, 5, Event::QuestionAsked { words: words() }, staff("ash", "BB"));
    let state = request.state();
    assert_eq!((state.call_task, state.first_contact()), (Some(Matter::Question), None));
}

#[test]
fn an_address_that_works_again_needs_no_call() {
    let mut request = unreachable_by_mail();
    let changed = other_contact(&request, Some("new@example.com"), true);
    happens(&mut request, 5, changed, Actor::Patron);
    assert_eq!(request.state().call_task, None);
}

#[test]
fn nobody_is_called_without_a_number_or_where_the_request_is_not_theirs() {
    let mut request = unreachable_by_mail();
    let changed = other_contact(&request, Some("new@example.com"), false);
    happens(&mut request, 5, changed, Actor::Patron);
    assert_eq!(request.state().call_task, None);
    let mut request = unreachable_by_mail();
    happens(&mut request, 5, Event::NotMine, Actor::Patron);
    assert_eq!(request.state().call_task, None);
}

#[test]
fn other_answers_with_another_address_shut_the_links_that_were_mailed() {
    let mut request = in_phase("claimed");
    let changed = |email: &str| {
        let answers = Box::new(answers(Some(email), true));
        Event::AnswersChanged { answers, as_of: start(), decision: None }
    };
    happens(&mut request, 4, changed("lan@example.com"), Actor::Patron);
    assert_eq!(request.state().links, LinkGenerations::default());
    happens(&mut request, 5, changed("new@example.com"), Actor::Patron);
    assert_eq!(request.state().links, LinkGenerations { receipt: 0, mail: 1 });
}

#[test]
fn what_was_said_of_the_help_is_asked_again_of_the_next_closing() {
    let mut request = in_phase("closed");
    let solved = || Event::Solved { answer: Solved::Yes };
    happens(&mut request, 4, solved(), Actor::Patron);
    let again = allowed(&request.state(), &solved(), &Actor::Patron, later(start(), 300));
    assert_eq!(again, Err(Refusal::AlreadyDone));
    let due = later(start(), 10_000);
    happens(&mut request, 5, Event::Reopened(Reopening { due }), staff("ash", "BB"));
    happens(&mut request, 6, Event::Claimed, staff("ash", "BB"));
    let closing = Event::Closed(Closing::AnsweredInWriting);
    happens(&mut request, 7, closing, staff("ash", "BB"));
    happens(&mut request, 8, solved(), Actor::Patron);
    assert_eq!(request.state().solved, Some(Solved::Yes));
}

#[test]
fn past_the_coordinator_a_request_stalls_no_further() {
    let mut request = in_phase("claimed");
    let reached = Event::Tried { result: TryResult::Reached };
    happens(&mut request, 4, reached.clone(), staff("ash", "BB"));
    happens(&mut request, 100, Event::Stalled, Actor::Service);
    happens(&mut request, 200, Event::Stalled, Actor::Service);
    assert_eq!(request.state().phase, Phase::Waiting);
    happens(&mut request, 201, reached, coordinator());
    happens(&mut request, 300, Event::Stalled, Actor::Service);
    let later = later(start(), 60 * 400);
    let again = allowed(&request.state(), &Event::Stalled, &Actor::Service, later);
    assert_eq!(again, Err(Refusal::AlreadyThere));
}
