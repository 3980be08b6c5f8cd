//! The stores that the suite runs against, and what its stories need.

#[cfg(feature = "aws")]
use crate::support::emulators;
use crate::support::{answers, claimed_and_closed, event_id, noon, staff};
use domain::Reference;
use domain::request::{Actor, Event, EventId};
use handler::case::body;
use handler::case::{Case, Tombstone};
use handler::crypto::secrets::Secrets;
use handler::store::{Count, MemoryStore, SqliteStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::any::Any;
use std::sync::Arc;

/// A store, and what it lives in: a folder, an emulator.
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) secrets: Secrets,
    _lives_in: Box<dyn Any + Send + Sync>,
}

pub(crate) async fn in_memory() -> Kept {
    kept(Arc::new(MemoryStore::new()), ())
}

pub(crate) async fn in_sqlite() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    kept(store, folder)
}

#[cfg(feature = "aws")]
pub(crate) async fn in_dynoxide() -> Kept {
    in_emulator(emulators::dynoxide()).await
}

#[cfg(feature = "aws")]
pub(crate) async fn in_ministack() -> Kept {
    in_emulator(emulators::ministack()).await
}

#[cfg(feature = "aws")]
async fn in_emulator(emulator: emulators::Emulator) -> Kept {
    kept(Arc::new(emulators::store_in(&emulator).await), emulator)
}

fn kept(store: Arc<dyn Store>, lives_in: impl Any + Send + Sync) -> Kept {
    Kept { store, secrets: Secrets::random().unwrap(), _lives_in: Box::new(lives_in) }
}

pub(crate) fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

/// The case with an *answers changed* event.
pub(crate) async fn changed(kept: &Kept, case: &Case, event: &str, at: Timestamp) -> Case {
    let key = kept.store.existing_key(case.id).await.unwrap().unwrap();
    let mut request = body::open(&kept.secrets, &key, case).unwrap();
    let id = EventId::parse(event).unwrap();
    let event = Event::AnswersChanged { answers: Box::new(answers()), as_of: at, decision: None };
    let notices = request.apply(id.clone(), event, Actor::Patron, at).unwrap();
    case.next(&request, &kept.secrets, &key).unwrap().with_notices(&id, notices, at)
}

/// The next version of a case, closed.
pub(crate) async fn closed(kept: &Kept, id: Reference, event: &str) -> Case {
    let case = kept.store.read(id).await.unwrap().unwrap();
    let key = kept.store.existing_key(id).await.unwrap().unwrap();
    let mut request = body::open(&kept.secrets, &key, &case).unwrap();
    let [(_, claimed), (_, closed)] = claimed_and_closed();
    request.apply(event_id("claimed"), claimed, staff(), later(1)).unwrap();
    request.apply(event_id(event), closed, staff(), later(1)).unwrap();
    case.next(&request, &kept.secrets, &key).unwrap()
}

pub(crate) fn tombstone(case: &Case) -> Tombstone {
    Tombstone {
        id: case.id,
        nonce_hash: case.nonce_hash,
        series: "Requests".to_owned(),
        erased_on: "2026-12-24".parse().unwrap(),
        answered_by: None,
    }
}

pub(crate) fn count(name: &str, number: u64) -> Count {
    Count { name: name.to_owned(), number }
}
