//! Daily clean-up of expired small records and of past days' hash keys.

use crate::store::{Created, Record, RecordKey, Store, StoreError, after};
use domain::directory::Service;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A little longer than a day: the record's own day ends first.
const LIFE: SignedDuration = SignedDuration::from_hours(49);

/// Cleans up once a day, by the sure moment.
pub(super) async fn tidy(
    store: &dyn Store,
    service: &Service,
    sure: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let day = |moment: Timestamp| service.at(moment).date();
    let today = day(now);
    let tidied =
        Record { key: RecordKey::tidied(today), value: String::new(), expires: after(now, LIFE) };
    if !store.records(std::slice::from_ref(&tidied.key), now).await?.is_empty() {
        return Ok(());
    }
    // Yesterday's key is still needed to look up what was sent within 24 hours. A key of a day far
    // ahead was made by a clock that was ahead.
    let needed = day(sure).saturating_sub(1.day())..=today.saturating_add(1.day());
    store.delete_day_keys_outside(needed).await?;
    store.delete_expired(sure).await?;
    // Claimed last: if a sweep is stopped before, the next one does it.
    let (Created::Created | Created::AlreadyExists) = store.claim_record(&tidied, now).await?;
    Ok(())
}
