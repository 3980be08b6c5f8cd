//! When a mailbox that refuses mail counts as unhealthy, so that nobody is routed to it.

use crate::calendar::Calendar;
use crate::directory::Service;
use jiff::Timestamp;

/// For how much answering time a mailbox may refuse mail: people who are there fix a wrong rule or
/// a full disk in less.
const PATIENCE_MINUTES: i64 = 4 * 60;

/// Whether a mailbox that has refused mail since `since` is unhealthy by now. Only answering time
/// counts: outside it nobody is there to fix the mailbox or to miss the mail.
pub fn is_unhealthy(since: Timestamp, now: Timestamp, service: &Service) -> bool {
    Calendar::of_service(service).minutes_between(since, now) >= PATIENCE_MINUTES
}
