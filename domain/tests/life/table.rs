//! Every phase, event and actor: legal, or refused with its reason.

use crate::samples::{actors, events, id, in_phase, later, name, start};
use domain::request::{
    Actor, Event, Grant, Phase, Refusal, Right, Role, State, Viewer, allowed, is_undoable, may,
};
use std::collections::BTreeMap;

pub(crate) const PHASES: [&str; 7] =
    ["unsent", "held", "waiting", "claimed", "asked", "scheduled", "closed"];

/// Whom an event is for, in which phases, and what else keeps it from happening in the samples.
struct Row {
    event: &'static str,
    /// `p` patron, `t` staff there, `e` staff elsewhere, `c` coordinator, `s` service.
    who: &'static str,
    phases: &'static [&'static str],
    unless: &'static [(&'static str, Refusal)],
}

const OPEN: &[&str] = &["held", "waiting", "claimed", "asked", "scheduled"];
const ON_IT: &[&str] = &["claimed", "asked", "scheduled"];
const BUT_HELD: &[&str] = &["waiting", "claimed", "asked", "scheduled"];
const ANY: &[&str] = &["held", "waiting", "claimed", "asked", "scheduled", "closed"];

const fn row(event: &'static str, who: &'static str, phases: &'static [&'static str]) -> Row {
    Row { event, who, phases, unless: &[] }
}

const fn but(row: Row, unless: &'static [(&'static str, Refusal)]) -> Row {
    Row { unless, ..row }
}

/// In the order of [`events`].
fn rows() -> Vec<Row> {
    use Refusal::{
        AlreadyThere, Contacted, NoSession, NotContacted, NotDue, NotOnHold, OffersStand,
        SessionAhead,
    };
    let with_closed: &[&str] = &["claimed", "asked", "scheduled", "closed"];
    vec![
        row("sent", "ptecs", &["unsent"]),
        row("answers_changed", "p", OPEN),
        row("contact_changed", "ptc", OPEN),
        row("message", "ptc", ANY),
        row("picked", "ptc", &["asked"]),
        row("none_fits", "ptc", &["asked"]),
        row("cancelled", "ptc", OPEN),
        row("not_mine", "p", ANY),
        row("erase_asked", "pc", ANY),
        row("solved", "p", &["closed"]),
        row("link_renewed", "p", ANY),
        row("reopened", "tc", &["closed"]),
        row("claimed", "tc", &["waiting"]),
        row("released", "tc", ON_IT),
        row("taken_over", "tc", ON_IT),
        row("shown", "tc", ANY),
        row("call_taken", "te", OPEN),
        row("tried", "tc", BUT_HELD),
        row("noted", "tc", OPEN),
        row("question_asked", "tc", &["claimed", "scheduled"]),
        row("told", "tc", with_closed),
        row("offered", "tc", ON_IT),
        row("session_set", "tc", &["claimed", "asked"]),
        but(row("session_moved", "tc", &["asked", "scheduled"]), &[("asked", NoSession)]),
        but(row("session_cancelled", "tc", &["asked", "scheduled"]), &[("asked", NoSession)]),
        but(
            row("no_show", "tc", &["asked", "scheduled"]),
            &[("asked", NoSession), ("scheduled", SessionAhead)],
        ),
        row("closed", "tc", ON_IT),
        row("closed", "tc", BUT_HELD),
        row("closed", "tc", ON_IT),
        row("closed", "tc", ON_IT),
        row("referred", "tc", BUT_HELD),
        but(row("passed_up", "tc", OPEN), &[("held", AlreadyThere)]),
        row("partner", "tc", ON_IT),
        row("sent_on", "c", OPEN),
        row("accepted", "c", &["held"]),
        row("rejected", "c", &["held"]),
        row("legal_hold_set", "c", ANY),
        but(
            row("legal_hold_released", "c", ANY),
            &[
                ("held", NotOnHold),
                ("waiting", NotOnHold),
                ("claimed", NotOnHold),
                ("asked", NotOnHold),
                ("scheduled", NotOnHold),
                ("closed", NotOnHold),
            ],
        ),
        row("deadline_moved", "c", ANY),
        row("nudged", "s", &["waiting"]),
        row("moved", "s", &["waiting"]),
        but(
            row("given_to_coordinator", "s", &["waiting", "claimed", "asked"]),
            &[("asked", Contacted)],
        ),
        but(row("contact_overdue", "s", &["claimed", "asked"]), &[("asked", Contacted)]),
        but(
            row("delay_told", "s", OPEN),
            &[
                ("held", NotDue),
                ("waiting", NotDue),
                ("claimed", NotDue),
                ("asked", Contacted),
                ("scheduled", Contacted),
            ],
        ),
        but(row("reminded", "s", &["asked", "scheduled"]), &[("asked", NoSession)]),
        but(row("offers_lapsed", "s", &["asked"]), &[("asked", NotDue)]),
        row("passed_unseen", "s", &["held"]),
        but(
            row("stalled", "s", ON_IT),
            &[("claimed", NotContacted), ("asked", OffersStand), ("scheduled", SessionAhead)],
        ),
        row("mail_returned", "s", ANY),
    ]
}

fn letter(actor: &str) -> char {
    match actor {
        "patron" => 'p',
        "staff there" => 't',
        "staff elsewhere" => 'e',
        "coordinator" => 'c',
        _ => 's',
    }
}

fn expected(
    row: &Row,
    phase: &str,
    who: &str,
    event: &Event,
    actual: Phase,
) -> Result<(), Refusal> {
    let letter = letter(who);
    if phase == "unsent" {
        return if row.event == "sent" { Ok(()) } else { Err(Refusal::NotSent) };
    }
    if row.event == "sent" {
        return Err(Refusal::AlreadySent);
    }
    // The service closes what nobody answers to, once there were tries enough.
    if letter == 's'
        && matches!(event, Event::Closed(how) if how.outcome().as_str() == "not_reached" || how.outcome().as_str() == "no_show")
    {
        return match phase {
            "claimed" => Err(Refusal::NotDue),
            "closed" => Err(Refusal::Closed),
            _ => Err(Refusal::NotWhile(actual)),
        };
    }
    let is_staff = matches!(letter, 't' | 'e');
    let of_branch = row.who.contains('t') && row.event != "call_taken";
    // A held request is at the coordinator's, so nobody's at a branch.
    let there = letter != 't' || phase != "held" || row.event == "call_taken";
    if !row.who.contains(letter) || !there {
        return Err(if is_staff && of_branch { Refusal::NotHere } else { Refusal::NotTheirs });
    }
    if row.event == "call_taken" && letter == 't' && !["held", "closed"].contains(&phase) {
        return Err(Refusal::AlreadyThere);
    }
    if !row.phases.contains(&phase) {
        return Err(match (phase, row.event) {
            (_, "solved" | "reopened") => Refusal::NotClosed,
            ("closed", _) => Refusal::Closed,
            _ => Refusal::NotWhile(actual),
        });
    }
    match row.unless.iter().find(|(at, _)| *at == phase) {
        Some((_, refusal)) => Err(*refusal),
        None => Ok(()),
    }
}

#[test]
fn every_phase_event_and_actor_is_legal_or_refused_with_its_reason() {
    let rows = rows();
    let mut legal = BTreeMap::new();
    for phase in PHASES {
        let request = in_phase(phase);
        let state = request.state();
        assert_eq!(state.phase.as_str(), phase);
        let now = later(start(), 60 * 4);
        let events = events(&state, now);
        assert_eq!(events.len(), rows.len());
        for (row, event) in rows.iter().zip(&events) {
            assert_eq!(name(event), row.event);
            for (who, actor) in actors() {
                let answer = allowed(&state, event, &actor, now);
                let expected = expected(row, phase, who, event, state.phase);
                assert_eq!(answer, expected, "{} by {who} while {phase}", row.event);
                *legal.entry(answer.is_ok()).or_insert(0) += 1;
                if answer.is_ok() {
                    check_it_happens(phase, event, &actor, now);
                }
            }
        }
    }
    assert!(legal[&true] > 150, "{legal:?}");
}

/// What the table allows the request takes, and what it then is can be asked.
fn check_it_happens(phase: &str, event: &Event, actor: &Actor, now: jiff::Timestamp) {
    let mut request = in_phase(phase);
    let before = request.history().len();
    request.apply(id("it"), event.clone(), actor.clone(), now).unwrap();
    assert_eq!(request.history().len(), before + 1);
}

#[test]
fn nothing_happens_to_what_was_erased() {
    let state = State::erased();
    let now = start();
    for event in events(&state, now) {
        for (_, actor) in actors() {
            assert_eq!(allowed(&state, &event, &actor, now), Err(Refusal::Erased));
        }
    }
}

/// All that is legal in some phase, by whom, done to a request of that phase.
fn each_deed(mut check: impl FnMut(&domain::Request, &Event, &Actor)) {
    let now = later(start(), 60 * 4);
    for phase in PHASES {
        let plain = in_phase(phase);
        for event in events(&plain.state(), now) {
            for (_, actor) in actors() {
                let mut request = plain.clone();
                if request.apply(id("it"), event.clone(), actor.clone(), now).is_ok() {
                    check(&request, &event, &actor);
                }
            }
        }
    }
}

#[test]
fn every_deed_is_taken_back_by_its_own_or_by_nobody() {
    let taken_back = |request: &domain::Request, by: &Actor, minutes: i64| {
        let undone = Event::Undone { event: id("it") };
        allowed(&request.state(), &undone, by, later(start(), 60 * 4 + minutes))
    };
    let mut undoable = 0;
    each_deed(|request, event, actor| {
        for (_, by) in actors() {
            let soon = taken_back(request, &by, 1);
            let late = taken_back(request, &by, 2);
            if !is_undoable(event, actor) {
                assert_eq!((soon, late), (Err(Refusal::NotUndoable), Err(Refusal::NotUndoable)));
            } else if by.is_colleague_of(actor) {
                assert_eq!((soon, late), (Ok(()), Err(Refusal::TooLateToUndo)), "{event:?}");
                undoable += 1;
            } else {
                assert_eq!((soon, late), (Err(Refusal::NotTheirs), Err(Refusal::NotTheirs)));
            }
        }
    });
    assert!(undoable > 80, "{undoable}");
}

#[test]
fn whoever_can_do_something_has_the_right_to() {
    each_deed(|_, event, actor| {
        let right = Right::of(event);
        let viewer = match actor.role() {
            Role::Patron => Viewer::ReceiptLink,
            Role::Staff => Viewer::Branch,
            Role::Coordinator => Viewer::Coordinator,
            Role::Service => return,
        };
        match right {
            Some(right) => assert_ne!(may(viewer, right), Grant::No, "{viewer:?}: {event:?}"),
            // A form has no link yet.
            None => assert!(matches!(event, Event::Sent { .. }), "{event:?}"),
        }
    });
}
