//! What is still to be done on a request of the release before.

use crate::desk::{Earlier, days_later, soon};
use crate::support::{claimed_and_closed, coordinator, noon};
use axum::http::StatusCode;
use domain::answers::Answers;
use domain::request::{Actor, Event};
use domain::routing::Destination;
use domain::text::Text;
use domain::{BranchId, Reference};
use handler::case::Stored;
use jiff::SignedDuration;
use std::collections::BTreeSet;

pub(crate) async fn an_open_request_takes_other_answers_and_its_library_hears_of_it(
    earlier: Earlier,
) {
    let old = earlier.request("open").await;
    let details = Text::parse("the lighthouse, not the ferry").ok();
    let answers = Answers { details, ..old.answers().unwrap().clone() };
    let changed = Event::AnswersChanged { answers: answers.into(), as_of: soon(), decision: None };
    let new = earlier.happens("open", changed, Actor::Patron, soon()).await;
    assert_eq!(new.history()[..old.history().len()], *old.history(), "what was is kept");
    assert_eq!(new.due(), old.due(), "the promise stands");
    let page = earlier.set.get(earlier.receipt("open")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("the lighthouse, not the ferry"), "{}", page.body);
    earlier.sweep(soon() + SignedDuration::from_mins(1)).await;
    let number = earlier.number("open");
    assert!(earlier.sent().iter().any(|mail| mail.is_of(number, "langley")));
}

pub(crate) async fn an_open_request_is_claimed_closed_and_erased_on_its_day(earlier: Earlier) {
    for (minute, (_, event)) in (0..).zip(claimed_and_closed()) {
        let now = days_later(1) + SignedDuration::from_mins(minute);
        earlier.happens("open", event, coordinator(), now).await;
    }
    let id = earlier.number("open");
    for day in 1..=30 {
        earlier.sweep(days_later(day)).await;
        assert!(earlier.store.read(id).await.unwrap().is_some(), "{day} days later");
    }
    // A month after the day on which it was closed.
    earlier.sweep(days_later(31)).await;
    assert!(matches!(earlier.store.find(id).await.unwrap(), Some(Stored::Erased(_))));
    assert_eq!(earlier.store.existing_key(id).await.unwrap(), None);
    assert_eq!(earlier.set.get(earlier.receipt("open")).await.status, StatusCode::GONE);
}

async fn queue(earlier: &Earlier, of: &Destination) -> Vec<Reference> {
    let page = earlier.store.queue(of, None, 100).await.unwrap();
    assert_eq!(page.next, None);
    page.entries.into_iter().map(|entry| entry.id).collect()
}

pub(crate) async fn queues_hold_the_open_requests_of_each_library_and_no_others(earlier: Earlier) {
    let held_by = |library: &str| Destination::Branch(BranchId::parse(library).unwrap());
    let libraries =
        ["arlington", "coupeville", "edmonds", "langley", "mariner", "oak-harbor"].map(held_by);
    let mut queued = BTreeSet::new();
    for of in libraries.into_iter().chain([Destination::Coordinator]) {
        for id in queue(&earlier, &of).await {
            queued.insert((format!("{of:?}"), id));
        }
    }
    let expected = [
        ("langley", "open"),
        ("mariner", "open-returned"),
        ("oak-harbor", "open-changed"),
        ("edmonds", "open-twin"),
    ]
    .map(|(library, state)| (format!("{:?}", held_by(library)), earlier.number(state)));
    assert_eq!(queued, BTreeSet::from(expected));
}

pub(crate) async fn requests_of_one_library_stand_in_its_queue_by_their_deadlines(
    earlier: Earlier,
) {
    let langley = BranchId::parse("langley").unwrap();
    // The later deadline comes there first.
    for state in ["open-twin", "open-returned"] {
        let sent_on = Event::SentOn { to: langley.clone() };
        earlier.happens(state, sent_on, coordinator(), noon()).await;
    }
    let mut expected = ["open", "open-returned", "open-twin"].map(|state| earlier.number(state));
    expected[..2].sort_unstable();
    assert_eq!(queue(&earlier, &Destination::Branch(langley)).await, expected);
    let dues: Vec<_> = {
        let of = Destination::Branch(BranchId::parse("langley").unwrap());
        let page = earlier.store.queue(&of, None, 100).await.unwrap();
        page.entries.into_iter().map(|entry| entry.summary.due).collect()
    };
    assert!(dues.is_sorted(), "{dues:?}");
}
