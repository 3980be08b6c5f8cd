//! Small records: what a desk leaves of a few days, with what is random in them left out. They are read
//! as texts, by whoever wrote them, so a change of one shows here alone.

use crate::desk::faulty::FaultyStore;
use crate::desk::set::{Set, hidden, set_over};
use crate::desk::{coordinator, deliverer, event_id, happens, noon, renderer};
use crate::pin::pinned;
use axum::http::StatusCode;
use domain::WayToMeet;
use domain::request::{Event, Minutes, Offers, Session};
use handler::cases::Happening;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::mailer::MemoryMailer;
use handler::store::{Cases, SqliteStore};
use jiff::SignedDuration;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const DAY: i64 = 24 * 60;

async fn send(set: &Set, topic: &str) {
    let asked = format!("topic={topic}&email=lan%40example.com&library=langley");
    let checked = set.post("/desk/en/check", asked).await;
    let sent = set.post("/desk/en/send", hidden(&checked.body)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

/// Somebody offers times for a request.
async fn offer_times(set: &Set) {
    let id = set.store.ids_after(None, 1).await.unwrap()[0];
    let (secrets, now) = (&set.desk.secrets, noon());
    let at = "2026-11-26T20:00:00Z".parse().unwrap();
    let minutes = Minutes::new(45).unwrap();
    let offers = Offers::new(vec![Session { at, way: WayToMeet::Phone, minutes, venue: None }]);
    let offered = Event::Offered { offers: offers.unwrap(), lapse: at };
    for (name, event) in [("claimed", Event::Claimed), ("offered", offered)] {
        let happening = Happening { id: event_id(name), event, actor: coordinator() };
        happens(&*set.store, secrets, id, &happening, now).await.unwrap();
    }
}

/// Three days: requests of one address, words that find nothing, canaries.
async fn some_days(folder: &Path) {
    let store = Arc::new(SqliteStore::open(folder).unwrap());
    let set = set_over(FaultyStore::new(store));
    let store = Arc::clone(&set.desk.store);
    let deliverer = deliverer(store, Arc::new(MemoryMailer::new()), &set.desk.secrets);
    let canaries = Canaries::Sent;
    let sweep = Sweep { deliverer: Arc::new(deliverer), renderer: renderer(), canaries };
    for day in 0..3 {
        set.minutes.store(day * DAY, Ordering::SeqCst);
        assert_eq!(set.get("/desk/en/find?q=tarot").await.status, StatusCode::OK);
        if day == 0 {
            send(&set, "genealogy").await;
            send(&set, "catalog").await;
            offer_times(&set).await;
        }
        for minute in 1..4 {
            let now = noon() + SignedDuration::from_mins(day * DAY + minute);
            sweep.sweep(now).await.unwrap();
        }
    }
}

/// A text without what differs each time: hashes and ids of events, numbers of requests, places.
fn without_chance(text: &str) -> String {
    if let Some((place, _)) = text.rsplit_once(' ')
        && place.starts_with("found-nothing place ")
    {
        return format!("{place} PLACE");
    }
    if let Some((before, rest)) = text.split_once("\"case\":\"")
        && let Some((_, after)) = rest.split_once('"')
    {
        return format!("{before}\"case\":\"NUMBER\"{after}");
    }
    let is_digit = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = |text: &str| text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let part = |part: &str| match part {
        part if is_hex(part) => "HASH".to_owned(),
        part if part.len() == 9 && is_digit(part) => "NUMBER".to_owned(),
        part => part.to_owned(),
    };
    // Dates hold hyphens, too, and no part of one is as long.
    let word = |word: &str| word.split('-').map(part).collect::<Vec<_>>().join("-");
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn small_records_are_written_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    some_days(folder.path()).await;
    let desk = Connection::open(folder.path().join("desk.sqlite")).unwrap();
    let mut rows = desk.prepare("SELECT key, value FROM records").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut kinds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        let (key, value): (String, String) = row.unwrap();
        kinds.entry(without_chance(&key)).or_default().insert(without_chance(&value));
    }
    pinned("records.json", &kinds.into_iter().collect::<Vec<_>>());
}
