//! When a mailbox that refuses mail counts as one that nobody should be sent to.

use crate::calendar::Calendar;
use crate::directory::Service;
use jiff::Timestamp;

/// For how much answering time a mailbox may refuse: a wrong rule or a full disk is mended in less,
/// by people who are there.
const PATIENCE_MINUTES: i64 = 4 * 60;

/// Whether a mailbox that has refused mail since `since` is unhealthy by now. Nights and holidays
/// don't count: nobody is there to mend it, and nobody is there to miss the mail.
pub fn is_unhealthy(since: Timestamp, now: Timestamp, service: &Service) -> bool {
    Calendar::of_service(service).minutes_between(since, now) >= PATIENCE_MINUTES
}
