//! An index that is behind, as DynamoDB's may be: it shows cases as they were a while ago. What is
//! read from it is only where to look; mail goes out once, a case is erased once, and all in the end.

#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod behind;
#[path = "../support/mod.rs"]
mod support;

use behind::Behind;
use handler::cases::Happening;
use handler::crypto::secrets::Secrets;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::MemoryMailer;
use handler::store::{DynamoDbStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use support::{claimed_and_closed, emulators, noon, renderer, sent, staff};

fn sweep(store: &Arc<dyn Store>, secrets: &Arc<Secrets>, mailer: &Arc<MemoryMailer>) -> Sweep {
    let deliverer = support::deliverer(Arc::clone(store), Arc::clone(mailer) as _, secrets);
    let deliverer = Deliverer { lease: SignedDuration::from_mins(1), ..deliverer };
    Sweep { deliverer: Arc::new(deliverer), renderer: renderer(), canaries: Canaries::NotSent }
}

#[tokio::test]
async fn an_index_that_is_behind_delays_mail_and_erasure_and_doubles_neither() {
    let emulator = emulators::dynoxide();
    let tables = emulators::tables_in(&emulator).await;
    // Each answer of an index is the one that was due two calls before.
    let behind = Behind::start(&emulator.url, 2).await;
    let client = emulators::clients(&behind.url).dynamodb;
    let store: Arc<dyn Store> = Arc::new(DynamoDbStore::new(&client, tables));
    let secrets = Arc::new(Secrets::random().unwrap());
    let mailer = Arc::new(MemoryMailer::new());
    let sweep = sweep(&store, &secrets, &mailer);
    let mut ids = Vec::new();
    for number in 1..=5 {
        let (_, case) = sent(&*store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
        ids.push(case.id);
    }
    let minutes = |from: Timestamp, n: i64| from + SignedDuration::from_mins(n);
    for minute in 0..12 {
        sweep.sweep(minutes(noon(), minute)).await.unwrap();
    }
    assert_eq!(mailer.sent().len(), 10, "each mail once");
    for id in &ids {
        for (event_id, event) in claimed_and_closed() {
            let happening = Happening { id: event_id, event, actor: staff() };
            let now = minutes(noon(), 20);
            support::happens(&*store, &secrets, *id, &happening, now).await.unwrap();
        }
    }
    let days = |days: i64| noon() + SignedDuration::from_hours(24 * days);
    // An erasure wants a clock that has run for some days.
    for day in 26..=29 {
        sweep.sweep(days(day)).await.unwrap();
    }
    let day = days(31);
    let mut erased = 0;
    for minute in 0..12 {
        erased += sweep.sweep(minutes(day, minute)).await.unwrap().erased;
    }
    assert_eq!(erased, 5, "each case once");
    let counts = store.counts().await.unwrap();
    let requests = counts.iter().find(|count| count.name == "2026-11 requests").unwrap();
    assert_eq!(requests.number, 5);
    assert!(behind.stale() > 0, "the index was behind");
}
