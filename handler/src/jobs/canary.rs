//! The canary: each day the service sends itself a request. It is routed like any other, mailed to
//! a sink, erased, and counted nowhere; if it comes through, all of that works.

use super::erase::{self, EraseError};
use super::sweep::{Canary, Looked, Sweep};
use crate::case::{Case, CaseKind, NonceHash, Stored, Tombstone};
use crate::cases::{self, AppendError, Happening, New};
use crate::jobs::status::CanaryStatus;
use crate::store::{Created, Record, RecordKey, Store, StoreError, after};
use domain::directory::Service;
use domain::request::{Actor, Event, EventId, Signals};
use domain::{Answers, Directory, Email, Reach, Reference, calendar, routing};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};

/// How long a day's success is remembered.
const LIFE: SignedDuration = SignedDuration::from_hours(49);

/// The hour of its day by which it should have come through: it takes minutes from midnight on, and
/// the mail server may ask for a retry.
const DUE_HOUR: i8 = 2;

/// How many references are tried.
const TRIES: u32 = 32;

/// Makes the day's canary, or takes its next step. Once erased, it is added to the cases whose keys
/// are to be deleted.
pub(super) async fn look_after(
    sweep: &Sweep,
    directory: &Directory,
    erased: &mut Vec<Reference>,
    now: Timestamp,
) -> Result<Canary, StoreError> {
    let Some(sink) = &directory.service.roles.canary else {
        return Ok(Canary::Quiet);
    };
    let today = directory.service.at(now).date();
    let came_through = Record {
        key: RecordKey::canary_came_through(today),
        value: String::new(),
        expires: after(now, LIFE),
    };
    if !sweep.store().records(std::slice::from_ref(&came_through.key), now).await?.is_empty() {
        return Ok(Canary::Quiet);
    }
    let nonce_hash = NonceHash(Sha256::digest(format!("canary {today}")).into());
    for k in 0..TRIES {
        // The same id for every concurrent sweep.
        let id = cases::reference(sweep.secrets(), "canary", today.to_string().as_bytes(), k);
        match sweep.store().find(id).await? {
            // A patron's request has this reference.
            Some(stored) if stored.nonce_hash() != nonce_hash => {}
            None => {
                make(sweep, directory, sink, id, nonce_hash, now).await?;
                return Ok(Canary::Quiet);
            }
            Some(Stored::Case(case)) if case.outbox.is_empty() => {
                match erase(sweep, &case, today, now).await {
                    Ok(Looked::Erased) => erased.push(id),
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, "the canary was not erased"),
                }
                return Ok(Canary::Quiet);
            }
            // Its mail is still waiting.
            Some(Stored::Case(_)) => return Ok(Canary::Quiet),
            // Its mail was refused for good, so it was erased without having come through.
            Some(Stored::Erased(_)) if !was_mailed(sweep, id, now).await? => {
                return Ok(Canary::Quiet);
            }
            Some(Stored::Erased(_)) => {
                let claimed = sweep.store().claim_record(&came_through, now).await?;
                return Ok(match claimed {
                    Created::Created => Canary::CameThrough,
                    Created::AlreadyExists => Canary::Quiet,
                });
            }
        }
    }
    Ok(Canary::Quiet)
}

/// The state of the day's canary.
pub(crate) async fn status(
    store: &dyn Store,
    service: &Service,
    now: Timestamp,
) -> Result<CanaryStatus, StoreError> {
    if service.roles.canary.is_none() {
        return Ok(CanaryStatus::NotSent);
    }
    let today = service.at(now);
    let keys = [RecordKey::canary_came_through(today.date())];
    if !store.records(&keys, now).await?.is_empty() {
        return Ok(CanaryStatus::CameThrough);
    }
    Ok(if today.hour() < DUE_HOUR { CanaryStatus::NotYet } else { CanaryStatus::Due })
}

/// Whether the canary's mail was taken.
async fn was_mailed(sweep: &Sweep, id: Reference, now: Timestamp) -> Result<bool, StoreError> {
    Ok(!sweep.store().records(&[RecordKey::canary_mailed(id)], now).await?.is_empty())
}

/// Whether it is a canary of another day: its time is over, whatever became of its mail, or its
/// clock was ahead.
pub(super) fn is_over(case: &Case, today: Date, zone: &TimeZone) -> bool {
    let made = case.summary.sent.to_zoned_datetime(zone.clone()).date();
    let tomorrow = today.saturating_add(1.day());
    case.kind == CaseKind::Canary && !(today..=tomorrow).contains(&made)
}

/// Erases a canary, without counting it. It is opened first: a request that somebody marked as a
/// canary in the store must not be erased.
pub(super) async fn erase(
    sweep: &Sweep,
    case: &Case,
    today: Date,
    now: Timestamp,
) -> Result<Looked, EraseError> {
    let series = "canary".to_owned();
    let (id, nonce_hash) = (case.id, case.nonce_hash);
    sweep.opened(case).await?;
    let tombstone = Tombstone { id, nonce_hash, series, erased_on: today, answered_by: None };
    erase::finish(sweep.store(), &tombstone, case.version, &[], now).await
}

async fn make(
    sweep: &Sweep,
    directory: &Directory,
    sink: &Email,
    id: Reference,
    nonce_hash: NonceHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(answers) = answers(directory, sink, now) else {
        return Ok(());
    };
    let snapshot = sweep.store().snapshot(now).await?;
    let due = calendar::deadline(now, directory);
    let event = Event::Sent {
        as_of: now,
        due,
        decision: Box::new(routing::route(&answers, directory, &snapshot, now, due)),
        answers: Box::new(answers),
        signals: Signals::default(),
        held: None,
        after: None,
    };
    let event_id = EventId::of(&nonce_hash.to_hex(), now);
    let first = Happening { id: event_id, event, actor: Actor::Service };
    let new = New { kind: CaseKind::Canary, id, first, nonce_hash, records: &[] };
    match sweep.writer(&directory.service).create(new, now).await {
        // If another sweep made it first, that is as good.
        Ok(Some(_) | None) => Ok(()),
        Err(AppendError::Store(error)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "the canary could not be made");
            Ok(())
        }
    }
}

/// A request that any patron could send. `None` if there is no topic.
fn answers(directory: &Directory, sink: &Email, now: Timestamp) -> Option<Answers> {
    let today = directory.service.at(now).date();
    let topic = directory.topics_on(today).first()?.id.clone();
    Some(Answers::least(topic, Reach::new(Some(sink.clone()), None, None).ok()?))
}
