//! What is tidied once a day: small records that have expired, and the hash keys of days past.

use crate::store::{Created, Record, RecordKey, Store, StoreError};
use domain::directory::Service;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A little longer than a day: the record's own day ends first.
const LIFE: SignedDuration = SignedDuration::from_hours(49);

/// Tidies, if nobody has done it today.
pub(super) async fn tidy(
    store: &dyn Store,
    service: &Service,
    now: Timestamp,
) -> Result<(), StoreError> {
    let today = now.to_zoned_datetime(service.time_zone.clone()).date();
    let tidied = Record {
        key: RecordKey::tidied(today),
        value: String::new(),
        expires: now.checked_add(LIFE).unwrap_or(now),
    };
    if !store.records(std::slice::from_ref(&tidied.key), now).await?.is_empty() {
        return Ok(());
    }
    // Yesterday's key is still needed: what was sent within 24 hours is looked up under it.
    store.delete_day_keys_before(today.saturating_sub(1.day())).await?;
    store.delete_expired(now).await?;
    // Only now: a sweep that is stopped before leaves it to the next.
    let (Created::Created | Created::AlreadyExists) = store.claim_record(&tidied, now).await?;
    Ok(())
}
