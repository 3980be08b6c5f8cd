//! How histories are stored: what is written is read again, and what earlier releases wrote, too.

use crate::samples::{actors, events, id, in_phase, later, start};
use domain::request::{Actor, Closing, Entry, Event, Initials, Outcome, Phase, Signals, State};
use domain::routing::Destination;

#[test]
fn every_event_and_actor_is_read_as_it_was_written() {
    let request = in_phase("asked");
    for event in events(&request.state(), start()) {
        for (_, actor) in actors() {
            let undo_until = Some(later(start(), 2));
            let entry = Entry { id: id("e"), at: start(), actor, event: event.clone(), undo_until };
            let stored = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&stored).unwrap(), entry, "{stored}");
        }
    }
}

#[test]
fn histories_of_before_are_read() {
    let entry = |actor: &str, event: &str| {
        let stored = format!(
            r#"{{"id":"a-1","at":"2026-11-24T17:12:00Z","actor":{actor},"event":{event}}}"#
        );
        serde_json::from_str::<Entry>(&stored).unwrap_or_else(|error| panic!("{stored}: {error}"))
    };
    for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Rejected) {
        let event = format!(r#"{{"closed":{{"outcome":"{}"}}}}"#, outcome.as_str());
        let Event::Closed(closing) = entry(r#""coordinator""#, &event).event else { panic!() };
        assert_eq!(closing.outcome(), *outcome);
        assert!(closing != Closing::CancelledByPatron || !closing.is_complete());
    }
    assert_eq!(entry(r#""patron""#, r#""legal_hold_set""#).event, Event::LegalHoldSet);
    assert_eq!(entry(r#""service""#, r#"{"mail_returned":{"to":"patron"}}"#).actor, Actor::Service);
    let unsigned = entry(r#""coordinator""#, r#""legal_hold_released""#);
    let again = serde_json::to_string(&unsigned).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&again).unwrap(), unsigned);
    assert_eq!(unsigned.undo_until, None);
}

/// A sent request as the first releases wrote it: no reason to be held, no earlier request.
#[test]
fn a_sent_request_of_before_is_read() {
    let mut stored = serde_json::to_value(in_phase("waiting").history()).unwrap();
    let sent = stored[0]["event"]["sent"].as_object_mut().unwrap();
    assert!(!sent.contains_key("held") && !sent.contains_key("after"), "{sent:?}");
    sent["signals"] = serde_json::json!({ "honeypot_filled": false, "token_age_seconds": 9 });
    let history: Vec<Entry> = serde_json::from_value(stored).unwrap();
    let Event::Sent { signals, .. } = &history[0].event else { panic!() };
    assert_eq!(*signals, Signals { token_age_seconds: 9, ..Signals::default() });
}

/// A request that was closed before anybody could claim it: the table refuses that now, the fold
/// reads it.
#[test]
fn a_history_of_before_is_folded_as_it_is() {
    let mut stored = serde_json::to_value(in_phase("waiting").history()).unwrap();
    for (n, (actor, event)) in [
        ("service", serde_json::json!({ "mail_returned": { "to": "patron" } })),
        ("coordinator", serde_json::json!("legal_hold_set")),
        ("coordinator", serde_json::json!("legal_hold_released")),
        ("coordinator", serde_json::json!({ "closed": { "outcome": "completed" } })),
    ]
    .into_iter()
    .enumerate()
    {
        stored.as_array_mut().unwrap().push(serde_json::json!({
            "id": format!("old-{n}"), "at": "2026-11-25T17:12:00Z", "actor": actor, "event": event,
        }));
    }
    let history: Vec<Entry> = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&history).unwrap()[1], stored[1], "written as it was read");
    let state = State::of(&history);
    assert_eq!(state.phase, Phase::Closed(Outcome::Completed));
    assert_eq!(state.holder, Some(Destination::Branch(crate::support::branch_id("ash"))));
    assert_eq!(state.closed.map(|closed| closed.at), history.last().map(|entry| entry.at));
}

#[test]
fn initials_are_one_to_four_letters() {
    let read = |text| Initials::parse(text).map(|initials| initials.as_str().to_owned());
    assert_eq!(read(" j. d.").as_deref(), Ok("JD"));
    assert_eq!(read("đn").as_deref(), Ok("ĐN"));
    for text in ["", "-", "J1", "JDOES", "<b>"] {
        assert!(read(text).is_err(), "{text}");
    }
}
