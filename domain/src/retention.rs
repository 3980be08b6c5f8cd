//! How long records are kept: from a request's closing to its erasure here and in all back-ups.

use crate::Request;
use crate::directory::{RecordsSeries, Service};
use crate::request::{LegalHold, State};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The two days that a patron is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The day on which the record is erased here.
    pub erased_on: Date,
    /// The first day on which no back-up has it either.
    pub gone_from_backups_on: Date,
}

/// When a request that is closed on this day is erased. Dates saturate at the end of the
/// calendar.
pub fn erasure(closed_on: Date, records: &RecordsSeries) -> Erasure {
    let erased_on = closed_on.saturating_add(i64::from(records.keep_days).days());
    Erasure { erased_on, gone_from_backups_on: gone_from_backups_on(erased_on, records) }
}

/// The first day on which no back-up has a record erased on this day.
pub fn gone_from_backups_on(erased_on: Date, records: &RecordsSeries) -> Date {
    erased_on.saturating_add(i64::from(records.backup_days).days())
}

/// When this request is erased: known once it is closed, and not while a legal hold stands.
pub fn erasure_of(request: &Request, service: &Service) -> Option<Erasure> {
    erasure_of_state(&request.state(), service)
}

/// The same for a state. After a patron's erasure request only the series' minimum applies.
pub fn erasure_of_state(state: &State<'_>, service: &Service) -> Option<Erasure> {
    let closed_at = state.closed.as_ref()?.at;
    let closed = service.at(closed_at).date();
    let records = &service.records;
    match (state.legal_hold, state.erase_asked) {
        (LegalHold::Stands, _) => None,
        (LegalHold::None, None) => Some(erasure(closed, records)),
        (LegalHold::None, Some(_)) => {
            let days = records.minimum_days.min(records.keep_days);
            let erased_on = closed.saturating_add(i64::from(days).days());
            let gone_from_backups_on = gone_from_backups_on(erased_on, records);
            Some(Erasure { erased_on, gone_from_backups_on })
        }
    }
}

/// Every request is looked at this often, whatever it waits for: so a wake time further ahead
/// proves that a clock was wrong.
pub const LOOKED_AT_EACH: SignedDuration = SignedDuration::from_hours(35 * 24);

/// When somebody must look at this request next, never too late: an open one at its deadline and
/// each day after it, a closed one on the day of its erasure.
pub fn wake(request: &Request, service: &Service, now: Timestamp) -> Timestamp {
    let latest = now.checked_add(LOOKED_AT_EACH).unwrap_or(now);
    next_act(request, service, now).min(latest)
}

fn next_act(request: &Request, service: &Service, now: Timestamp) -> Timestamp {
    let tomorrow = now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now);
    if let Some(erasure) = erasure_of(request, service) {
        let midnight = erasure.erased_on.to_zoned_datetime(service.time_zone.clone());
        return midnight.map_or(tomorrow, |midnight| midnight.timestamp());
    }
    match request.due() {
        Some(due) if request.closed_at().is_none() && now < due => due,
        _ => tomorrow,
    }
}
