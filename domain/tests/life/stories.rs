//! Lives that need telling.

use crate::samples::*;
use crate::support::branch_id;
use domain::request::*;
use domain::routing::Destination;
use domain::{Answers, Request};

/// Lets something happen so many hours after it was sent, and says what is told to whom.
fn happens(request: &mut Request, hours: i64, event: Event, actor: Actor) -> Vec<Notice> {
    let id = id(&format!("h-{}", request.history().len()));
    request.apply(id, event, actor, later(start(), 60 * hours)).unwrap()
}

fn told(notices: &[Notice]) -> Vec<(Audience, Matter)> {
    notices.iter().map(|notice| (notice.to.clone(), notice.what)).collect()
}

fn ash() -> Audience {
    Audience::Branch(branch_id("ash"))
}

#[test]
fn a_time_that_lapsed_or_belongs_to_older_offers_is_not_picked() {
    let mut request = in_phase("asked");
    let state = request.state();
    let Some(old) = state.offering.clone() else { panic!() };
    let offer = |offered: &EventId, place| OfferId { offered: offered.clone(), place };
    let picked = |offer| Event::Picked { offer };
    let first = offer(old.id, 0);
    let at = old.lapse;
    assert_eq!(allowed(&state, &picked(first.clone()), &Actor::Patron, at), Err(Refusal::TimeOver));
    happens(&mut request, 4, offered(later(start(), 240), 3, 2), staff("ash", "BB"));
    let state = request.state();
    let now = later(start(), 300);
    assert_eq!(allowed(&state, &picked(first), &Actor::Patron, now), Err(Refusal::NotOffered));
    let new = state.offering.as_ref().unwrap().id;
    assert_eq!(allowed(&state, &picked(offer(new, 1)), &Actor::Patron, now), Ok(()));
    assert_eq!(
        allowed(&state, &picked(offer(new, 2)), &Actor::Patron, now),
        Err(Refusal::NotOffered)
    );
}

#[test]
fn a_picked_time_is_the_session_and_the_others_are_free() {
    let mut request = in_phase("asked");
    let before = request.clone();
    let offered = before.state().offering.unwrap().id.clone();
    let event = Event::Picked { offer: OfferId { offered, place: 1 } };
    let notices = happens(&mut request, 4, event, Actor::Patron);
    let expected = [(ash(), Matter::Picked), (Audience::Patron, Matter::SessionSet)];
    assert_eq!(told(&notices), expected);
    let changes = HoldChanges::between(&before.state(), &request.state());
    assert_eq!((changes.held.len(), changes.freed.len()), (0, 1));
}

#[test]
fn a_session_goes_over_to_whoever_takes_over_with_its_time() {
    let mut request = in_phase("scheduled");
    let before = request.clone();
    happens(&mut request, 5, Event::TakenOver, staff("ash", "AA"));
    let changes = HoldChanges::between(&before.state(), &request.state());
    let keepers = |holds: &std::collections::BTreeSet<Hold>| {
        holds.iter().map(|hold| hold.keeper.initials.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (keepers(&changes.freed), keepers(&changes.held)),
        (vec!["BB".into()], vec!["AA".into()])
    );
    assert_eq!(request.state().phase, Phase::Scheduled);
}

#[test]
fn an_answer_to_a_question_leaves_a_session_that_was_set() {
    let mut request = in_phase("scheduled");
    happens(&mut request, 4, Event::QuestionAsked { words: words() }, staff("ash", "BB"));
    assert_eq!(request.state().phase, Phase::Asked);
    let message = Event::Message { text: text(), reopens: None };
    happens(&mut request, 5, message, Actor::Patron);
    assert_eq!(request.state().phase, Phase::Scheduled);
}

#[test]
fn a_number_that_is_added_leaves_the_links_in_mails_alone() {
    let mut request = in_phase("claimed");
    let given = request.answers().unwrap().clone();
    let email = given.reach.email().unwrap().as_str().to_owned();
    let with = |email: &str| {
        let answers = Answers { reach: reach(Some(email), true), ..given.clone() };
        Event::ContactChanged { answers: Box::new(answers) }
    };
    happens(&mut request, 30, with(&email), staff("ash", "BB"));
    assert_eq!(request.state().links.mail, 0);
    happens(&mut request, 31, with("another@example.com"), staff("ash", "BB"));
    assert_eq!(request.state().links.mail, 1);
}

#[test]
fn a_session_that_was_missed_ends_the_question_that_was_open() {
    let mut request = in_phase("scheduled");
    happens(&mut request, 4, Event::QuestionAsked { words: words() }, staff("ash", "BB"));
    happens(&mut request, 24 * 14, Event::NoShow, staff("ash", "BB"));
    assert_eq!(request.state().phase, Phase::Claimed);
    assert!(!request.state().question_open);
}

#[test]
fn writing_to_somebody_without_an_address_contacts_nobody_but_asks_for_a_call() {
    let mut request = Request::new(domain::Reference::from_number(1));
    happens(&mut request, 0, sent(answers(None, true), start(), None), Actor::Patron);
    happens(&mut request, 1, Event::Claimed, staff("ash", "BB"));
    let event = Event::QuestionAsked { words: words() };
    assert_eq!(happens(&mut request, 2, event, staff("ash", "BB")), []);
    assert_eq!(request.state().first_contact(), None);
    assert_eq!(request.state().call_task, Some(Matter::Question));
    let reached = Event::Tried { result: TryResult::Reached };
    happens(&mut request, 3, reached, staff("ash", "BB"));
    assert_eq!(request.state().first_contact(), Some(later(start(), 180)));
    assert_eq!(request.state().call_task, None);
}

#[test]
fn a_contact_that_was_only_a_mail_that_came_back_is_none() {
    let mut request = in_phase("claimed");
    happens(&mut request, 4, Event::QuestionAsked { words: words() }, staff("ash", "BB"));
    assert!(request.state().first_contact().is_some());
    let returned = Event::MailReturned { to: Audience::Patron };
    let notices = happens(&mut request, 5, returned.clone(), Actor::Service);
    assert_eq!(told(&notices), [(ash(), Matter::MailReturned)]);
    assert_eq!(request.state().first_contact(), None);
    assert_eq!(request.state().call_task, Some(Matter::MailReturned));
    assert_eq!(happens(&mut request, 6, returned, Actor::Service), [], "once");
}

#[test]
fn a_changed_contact_is_told_to_the_address_of_before() {
    let mut request = in_phase("claimed");
    let old = request.answers().unwrap().clone();
    let changed = Answers { reach: reach(Some("new@example.com"), false), ..old.clone() };
    let more = Answers { details: Some(text()), ..changed.clone() };
    let event = Event::ContactChanged { answers: Box::new(more) };
    let refused = request.apply(id("more"), event, Actor::Patron, later(start(), 200));
    assert_eq!(refused, Err(Refusal::MoreThanContact));
    let event = Event::ContactChanged { answers: Box::new(changed) };
    let notices = happens(&mut request, 4, event, Actor::Patron);
    let expected = [
        (ash(), Matter::ContactChanged),
        (Audience::FormerPatron, Matter::ContactChanged),
        (Audience::Patron, Matter::Received),
    ];
    assert_eq!(told(&notices), expected);
    assert_eq!(request.state().links.of(LinkRole::Mail), 1);
    assert_eq!(request.answered_by(), Some(&id("step-0")), "its form is still the first");
}

#[test]
fn whose_it_is_not_gets_no_more_mail_of_it() {
    let mut request = in_phase("claimed");
    happens(&mut request, 4, Event::NotMine, Actor::Patron);
    let asked = Event::QuestionAsked { words: words() };
    assert_eq!(happens(&mut request, 5, asked, staff("ash", "BB")), []);
}

#[test]
fn a_closed_request_goes_on_where_it_was_closed_with_a_new_date() {
    let mut request = in_phase("closed");
    let due = later(start(), 10_000);
    let event = Event::Message { text: text(), reopens: Some(Reopening { due }) };
    let notices = happens(&mut request, 24, event.clone(), Actor::Patron);
    assert_eq!(told(&notices), [(ash(), Matter::Reopened)]);
    let state = request.state();
    assert_eq!(
        (state.phase, state.due(), state.first_contact()),
        (Phase::Waiting, Some(due), None)
    );
    assert_eq!(state.holder, Some(Destination::Branch(branch_id("ash"))));
    let closed = in_phase("closed");
    let late = later(start(), 60 * 24 * 15);
    assert_eq!(allowed(&closed.state(), &event, &Actor::Patron, late), Err(Refusal::ClosedTooLong));
    let mut erased = in_phase("closed");
    happens(&mut erased, 5, Event::EraseAsked, Actor::Patron);
    let now = later(start(), 360);
    assert_eq!(allowed(&erased.state(), &event, &Actor::Patron, now), Err(Refusal::NotReopenable));
}

#[test]
fn who_asks_for_erasure_waits_for_the_minimum_of_the_series() {
    let mut request = in_phase("claimed");
    let notices = happens(&mut request, 4, Event::EraseAsked, Actor::Patron);
    assert_eq!(told(&notices), [(ash(), Matter::EraseAsked)]);
    let service = &the_directory().service;
    let erasure = domain::retention::erasure_of(&request, service).unwrap();
    assert_eq!(erasure.erased_on, jiff::civil::date(2026, 11, 27));
    happens(&mut request, 5, Event::LegalHoldSet, coordinator());
    assert_eq!(domain::retention::erasure_of(&request, service), None);
}

#[test]
fn a_branch_that_took_a_call_may_act_for_half_an_hour() {
    let mut request = in_phase("claimed");
    let cedar = staff("cedar", "CC");
    let tried = Event::Tried { result: TryResult::Reached };
    let at = |minutes: i64| later(start(), 240 + minutes);
    assert_eq!(allowed(&request.state(), &tried, &cedar, at(0)), Err(Refusal::NotHere));
    let notices = happens(&mut request, 4, Event::CallTaken, cedar.clone());
    assert_eq!(told(&notices), [(ash(), Matter::CallTaken)]);
    assert_eq!(allowed(&request.state(), &tried, &cedar, at(29)), Ok(()));
    assert_eq!(allowed(&request.state(), &Event::Released, &cedar, at(29)), Err(Refusal::NotHere));
    assert_eq!(allowed(&request.state(), &tried, &cedar, at(30)), Err(Refusal::NotHere));
}

#[test]
fn undo_is_for_colleagues_and_two_minutes_and_the_last_act() {
    let mut request = in_phase("claimed");
    happens(&mut request, 4, set(later(start(), 240), Agreement::Agreed), staff("ash", "BB"));
    let session = request.history().last().unwrap().id.clone();
    happens(&mut request, 4, Event::Noted { text: text() }, staff("ash", "AA"));
    let undone = Event::Undone { event: session.clone() };
    let at = later(start(), 241);
    let state = request.state();
    let answer = |actor: &Actor, at| allowed(&state, &undone, actor, at);
    assert_eq!(answer(&staff("ash", "AA"), at), Ok(()));
    assert_eq!(answer(&staff("cedar", "CC"), at), Err(Refusal::NotTheirs));
    assert_eq!(answer(&coordinator(), at), Err(Refusal::NotTheirs));
    assert_eq!(answer(&staff("ash", "AA"), later(at, 1)), Err(Refusal::TooLateToUndo));
    let first = Event::Undone { event: id("step-1") };
    assert_eq!(allowed(&state, &first, &staff("ash", "BB"), at), Err(Refusal::NotLast));
    let mut raced = request.clone();
    let undo = |request: &mut Request, left| {
        request.undo(id("undo"), &session, staff("ash", "AA"), at, |_| left)
    };
    assert_eq!(undo(&mut raced, true), Err(Refusal::NoticeLeft));
    assert_eq!(raced, request);
    let undoing = undo(&mut request, false).unwrap();
    assert_eq!((undoing.withdrawn.len(), undoing.holds.freed.len()), (1, 1));
    assert_eq!(request.state().phase, Phase::Claimed);
    assert_eq!(request.state().notes.len(), 1);
}

#[test]
fn what_can_be_undone_is_told_when_it_no_longer_can() {
    let mut request = in_phase("scheduled");
    let before = request.clone();
    let notices = happens(&mut request, 5, Event::Cancelled, Actor::Patron);
    let entry = request.history().last().unwrap();
    assert_eq!(ready(&before.state(), entry, &notices[0]), later(entry.at, 2));
    let to = Referral::Branch(branch_id("birch"));
    let mut referred = before.clone();
    let notices = happens(&mut referred, 5, Event::Referred { to }, staff("ash", "BB"));
    let entry = referred.history().last().unwrap();
    let moments: Vec<_> =
        notices.iter().map(|notice| ready(&before.state(), entry, notice)).collect();
    assert_eq!(moments, [entry.at, later(entry.at, 2)], "{notices:?}");
}

#[test]
fn a_form_is_stale_only_if_what_it_was_shown_has_changed() {
    let mut request = in_phase("claimed");
    let glimpse = Glimpse::of(&request.state());
    happens(&mut request, 4, Event::Shown, staff("ash", "AA"));
    happens(&mut request, 4, Event::ContactOverdue, Actor::Service);
    assert!(glimpse.changes(&request.state()).is_empty());
    happens(&mut request, 5, set(later(start(), 300), Agreement::Agreed), staff("ash", "BB"));
    let changes: Vec<_> = glimpse.changes(&request.state()).into_iter().collect();
    assert_eq!(changes, [Changed::Phase, Changed::Session]);
}

#[test]
fn a_form_that_was_used_for_something_else_is_refused() {
    let mut request = in_phase("waiting");
    happens(&mut request, 1, Event::Claimed, staff("ash", "BB"));
    let used = request.history().last().unwrap().id.clone();
    let again = |event: &Event| request.is_repeated(&used, event, &staff("ash", "BB"));
    assert_eq!(again(&Event::Claimed), Ok(true));
    assert_eq!(again(&Event::Released), Err(Refusal::IdUsed));
}

#[test]
fn links_and_numbers_are_what_they_say() {
    for link in
        ["http://a.example", "https://", "https://a b", "https://me@evil.example/", "https://a..b"]
    {
        assert!(WebLink::parse(link).is_err(), "{link}");
    }
    let link = WebLink::parse(" https://meet.example:8443/room?x=1 ").unwrap();
    assert_eq!(link.host(), Some("meet.example"));
    assert!(Minutes::new(4).is_err() && Minutes::new(240).is_ok());
    let five: Vec<_> = (0..5).map(|n| session(later(start(), n * 60))).collect();
    assert!(Offers::new(five).is_err() && Offers::new(vec![]).is_err());
    assert!(Offers::new(vec![session(start()), session(later(start(), 30))]).is_err());
    assert!(Words::new(vec![], None).is_err());
    assert!(Findings::new(FindingsParts::default()).is_err());
}
