//! How long records are kept: from a request's closing to its erasure, and until no back-up has it.

use crate::directory::RecordsSeries;
use jiff::ToSpan;
use jiff::civil::Date;

/// The two days that a patron is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The day on which the record is erased here.
    pub erased_on: Date,
    /// The day from which no back-up has it either.
    pub gone_from_backups_on: Date,
}

/// When a request that is closed on this day is erased. A date past the end of the calendar is
/// the last one.
pub fn erasure(closed_on: Date, records: &RecordsSeries) -> Erasure {
    let erased_on = closed_on.saturating_add(i64::from(records.keep_days).days());
    let gone_from_backups_on = erased_on.saturating_add(i64::from(records.backup_days).days());
    Erasure { erased_on, gone_from_backups_on }
}
