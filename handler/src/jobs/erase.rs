//! Erasure: the case becomes a tombstone, its summary a few counts, and the destruction log records
//! it, without naming a person. The keys of all erased cases are deleted at the end of the sweep.

use super::sweep::Looked;
use crate::case::body::SealError;
use crate::case::{Case, Tombstone};
use crate::store::{Count, Replaced, Store, StoreError};
use domain::directory::Service;
use domain::request::Phase;
use domain::{Request, WayToMeet, retention};
use jiff::Timestamp;
use thiserror::Error;

/// Why a woken case could not be processed.
#[derive(Debug, Error)]
pub enum EraseError {
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The body can't be opened: it may be under a legal hold, so it stays.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Erases a case whose day has come. After a conflict it stays for the next sweep.
pub(super) async fn erase(
    store: &dyn Store,
    service: &Service,
    case: &Case,
    request: &Request,
    now: Timestamp,
) -> Result<Looked, EraseError> {
    let today = service.at(now).date();
    let series = &service.records.series;
    let tombstone = Tombstone {
        id: case.id,
        nonce_hash: case.nonce_hash,
        series: series.clone(),
        erased_on: today,
        answered_by: request.answered_by().cloned(),
    };
    let gone = retention::gone_from_backups_on(today, &service.records);
    let mut counts = monthly(service, case, request);
    // The destruction log: how many, by series and day, and when they are gone from back-ups.
    counts.push(one(format!("destroyed {today} gone-from-backups {gone} {series}")));
    finish(store, &tombstone, case.version, &counts, now).await
}

/// Leaves a tombstone that stays awake until the key is deleted, too: if the sweep is stopped
/// before, the next one does it.
pub(super) async fn finish(
    store: &dyn Store,
    tombstone: &Tombstone,
    read_version: u64,
    counts: &[Count],
    now: Timestamp,
) -> Result<Looked, EraseError> {
    Ok(match store.erase(tombstone, read_version, counts, now).await? {
        Replaced::Replaced => Looked::Erased,
        Replaced::Conflict => Looked::Kept,
    })
}

/// The counts of the month in which it was sent: one per dimension, never combined.
fn monthly(service: &Service, case: &Case, request: &Request) -> Vec<Count> {
    let summary = &case.summary;
    let sent = service.at(summary.sent);
    let month = format!("{:04}-{:02}", sent.year(), sent.month());
    let branch = summary.branch.as_ref().map_or("coordinator", |branch| branch.as_str());
    let language = summary.language.as_ref().map_or("other", |language| language.as_str());
    let mut counts = vec![
        one(format!("{month} requests")),
        one(format!("{month} topic {}", summary.topic)),
        one(format!("{month} library {branch}")),
        one(format!("{month} language {language}")),
    ];
    if let Phase::Closed(outcome) = request.state().phase {
        counts.push(one(format!("{month} outcome {}", outcome.as_str())));
    }
    if summary.meet.is_empty() {
        counts.push(one(format!("{month} meet any")));
    }
    let ways = summary.meet.iter().copied().map(WayToMeet::as_str);
    counts.extend(ways.map(|way| one(format!("{month} meet {way}"))));
    counts
}

fn one(name: String) -> Count {
    Count { name, number: 1 }
}
