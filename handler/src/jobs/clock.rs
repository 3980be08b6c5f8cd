//! Whether the clock can be trusted with what can't be undone. A server may start in the wrong year:
//! what it would erase then is gone when the clock is right again. So nothing is erased until the
//! clock has run for some days without a jump, and what a clock ahead of its time has put off is
//! pulled in as soon as it is back.

use crate::store::{Record, RecordKey, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

/// How long the clock must have run: over a weekend, so that somebody has time to notice.
const TRUSTED_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A longer way ahead, without a sweep, is a jump; or the service stood still for as long.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 24);

/// A longer way back is a jump.
const BACK: SignedDuration = SignedDuration::from_hours(1);

/// How often it is written down that the clock runs, and looked for what it has put off too far.
const NOTED_EACH: SignedDuration = SignedDuration::from_hours(1);

/// What the clock may be trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// It has run for days without a jump.
    Trusted,
    /// It has jumped, or has not been watched for long enough: nothing that can't be undone.
    Doubted,
}

/// When it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Watch {
    /// Since when it has run without a jump.
    since: Timestamp,
    /// When it was last noted.
    seen: Timestamp,
}

/// Looks at the clock, as each sweep does before anything else.
pub(super) async fn look(store: &dyn Store, now: Timestamp) -> Result<Clock, StoreError> {
    let noted = store.records(&[RecordKey::clock()], now).await?;
    let before = noted.first().and_then(|record| Watch::parse(&record.value));
    let watch = Watch::after(before, now);
    if before.is_none_or(|before| !before.is_fresh(now)) {
        store.pull_in(now).await?;
        store.put_record(&watch.record(now)).await?;
    }
    Ok(watch.trust(now))
}

impl Watch {
    fn after(before: Option<Self>, now: Timestamp) -> Self {
        let continues = |before: &Self| {
            let passed = now.duration_since(before.seen);
            passed <= AHEAD && passed >= -BACK
        };
        let since = before.filter(continues).map_or(now, |before| before.since);
        Self { since, seen: now }
    }

    fn is_fresh(self, now: Timestamp) -> bool {
        self.seen <= now && now.duration_since(self.seen) < NOTED_EACH
    }

    fn trust(self, now: Timestamp) -> Clock {
        match now.duration_since(self.since) >= TRUSTED_AFTER {
            true => Clock::Trusted,
            false => Clock::Doubted,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (since, seen) = text.split_once(' ')?;
        Some(Self { since: since.parse().ok()?, seen: seen.parse().ok()? })
    }

    fn record(self, now: Timestamp) -> Record {
        let expires = now.checked_add(AHEAD + NOTED_EACH).unwrap_or(now);
        Record { key: RecordKey::clock(), value: format!("{} {}", self.since, self.seen), expires }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    /// What the clock may be trusted with after it has shown these hours.
    fn shown(hours: &[i64]) -> Clock {
        let mut watch = None;
        for hour in hours {
            watch = Some(Watch::after(watch, at(*hour)));
        }
        let last = hours.last().copied().unwrap_or_default();
        watch.map_or(Clock::Doubted, |watch| watch.trust(at(last)))
    }

    #[test]
    fn a_clock_is_trusted_once_it_has_run_for_three_days() {
        assert_eq!(shown(&[1000]), Clock::Doubted);
        assert_eq!(shown(&[1000, 1024, 1048, 1071]), Clock::Doubted);
        assert_eq!(shown(&[1000, 1024, 1048, 1072]), Clock::Trusted);
        assert_eq!(shown(&[1000, 1048, 1096]), Clock::Trusted, "two days without a sweep");
        assert_eq!(shown(&[1000, 1048, 1047, 1094]), Clock::Trusted, "an hour back");
    }

    #[test]
    fn a_clock_that_jumps_is_doubted_for_three_days() {
        let run = [1000, 1048, 1096];
        let then = |more: &[i64]| shown(&[&run[..], more].concat());
        assert_eq!(then(&[1145]), Clock::Doubted, "more than two days ahead");
        assert_eq!(then(&[10_696]), Clock::Doubted);
        assert_eq!(then(&[10_696, 1097]), Clock::Doubted, "and back");
        assert_eq!(then(&[10_696, 9_000]), Clock::Doubted, "back, but not far enough");
        assert_eq!(then(&[10_696, 1097, 1145, 1169]), Clock::Trusted);
    }

    #[test]
    fn what_is_noted_is_read_back() {
        let watch = Watch { since: at(3), seen: at(5) };
        assert_eq!(Watch::parse(&watch.record(at(5)).value), Some(watch));
        assert_eq!(Watch::parse("nonsense"), None);
    }
}
