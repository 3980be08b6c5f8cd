//! A data folder of an earlier release, opened by this one: what that promised is kept.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use domain::Reference;
use handler::case::Stored;
use handler::cases::Happening;
use handler::folder;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::MemoryMailer;
use handler::store::Access;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use support::faulty::FaultyStore;
use support::set::{Set, set_over};
use support::{claimed_and_closed, coordinator, renderer, stored};
use tempfile::TempDir;

/// A desk over such a folder, and its sweep.
struct Desk {
    set: Set,
    sweep: Sweep,
    mailer: Arc<MemoryMailer>,
    folder: TempDir,
}

/// As a process opens it that knows it is alone.
async fn desk() -> Desk {
    let folder = stored::folder();
    let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
    opened.store.end_leases(that_day(0)).await.unwrap();
    let mut set = set_over(FaultyStore::new(Arc::new(opened.store)));
    set.desk.secrets = Arc::new(opened.secrets);
    let mailer = Arc::new(MemoryMailer::new());
    let store = Arc::clone(&set.desk.store);
    let deliverer = support::deliverer(store, Arc::clone(&mailer) as _, &set.desk.secrets);
    let deliverer = Deliverer { lease: SignedDuration::from_mins(1), ..deliverer };
    let sweep =
        Sweep { deliverer: Arc::new(deliverer), renderer: renderer(), canaries: Canaries::NotSent };
    Desk { set, sweep, mailer, folder }
}

/// Some days after it was written.
fn that_day(days: i64) -> Timestamp {
    let written: Timestamp = "2026-11-28T00:00:00Z".parse().unwrap();
    written + SignedDuration::from_hours(24 * days)
}

/// The numbers of its requests.
fn numbers() -> [Reference; 2] {
    stored::RECEIPTS.map(|receipt| {
        let locator = receipt.rsplit('/').next().unwrap();
        Reference::parse(locator.split('.').next().unwrap()).unwrap()
    })
}

#[tokio::test]
async fn receipts_of_an_earlier_release_open_by_the_links_that_it_gave() {
    let desk = desk().await;
    for (receipt, number) in stored::RECEIPTS.into_iter().zip(numbers()) {
        let page = desk.set.get(receipt).await;
        assert_eq!(page.status, StatusCode::OK, "{receipt}");
        assert!(page.body.contains(&number.to_string()), "{number}: {}", page.body);
        let other = format!("{}A", &receipt[..receipt.len() - 1]);
        assert_eq!(desk.set.get(&other).await.status, StatusCode::GONE, "{other}");
    }
}

#[tokio::test]
async fn mail_that_waited_in_an_earlier_release_is_sent_once() {
    let desk = desk().await;
    desk.sweep.sweep(that_day(1)).await.unwrap();
    let sent: Vec<_> =
        desk.mailer.sent().iter().map(|mail| String::from_utf8_lossy(mail).into_owned()).collect();
    for number in numbers() {
        let told = sent.iter().filter(|mail| mail.contains(&number.to_string())).count();
        assert!(told > 0, "{number}: nobody heard of it");
    }
    assert_eq!(desk.sweep.sweep(that_day(2)).await.unwrap().mail.sent, 0, "once");
    assert_eq!(desk.mailer.sent().len(), sent.len());
}

#[tokio::test]
async fn a_request_of_an_earlier_release_is_closed_and_erased_with_its_key() {
    let desk = desk().await;
    let store = &desk.set.desk.store;
    let [id, other] = numbers();
    let sealed = store.read(id).await.unwrap().unwrap().sealed.bytes;
    let key = store.existing_key(id).await.unwrap().unwrap().as_bytes().to_vec();
    desk.sweep.sweep(that_day(1)).await.unwrap();
    for (event_id, event) in claimed_and_closed() {
        let happening = Happening { id: event_id, event, actor: coordinator() };
        let secrets = &desk.set.desk.secrets;
        support::happens(&**store, secrets, id, &happening, that_day(1)).await.unwrap();
    }
    let mut erased = 0;
    for day in 2..=40 {
        erased += desk.sweep.sweep(that_day(day)).await.unwrap().erased;
    }
    assert!(erased > 0);
    assert!(matches!(store.find(id).await.unwrap(), Some(Stored::Erased(_))));
    assert!(store.existing_key(id).await.unwrap().is_none());
    assert_eq!(desk.set.get(stored::RECEIPTS[1]).await.status, StatusCode::OK, "the other is kept");
    assert!(store.read(other).await.unwrap().is_some());
    // Neither stands in what its old rows left.
    let text = data_encoding::BASE64.encode(&sealed[..60]);
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for gone in [text.as_bytes(), &key, &sealed[..60]] {
            let stands = bytes.windows(gone.len()).any(|window| window == gone);
            assert!(!stands, "{}", path.display());
        }
    }
}
