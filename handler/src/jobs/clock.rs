//! How far the clock is trusted with erasure, which can't be undone. If a server starts in the
//! wrong year, what it erases then is lost. So erasure goes by a *sure* moment, and whatever a
//! clock that was ahead has postponed is pulled in as soon as the clock is right again.
//!
//! After a gap nobody can tell whether the clock jumped or the desk was off. The gap is doubted
//! until the clock has run for some days; until then the sure moment is the clock minus doubted
//! gaps. Only running counts, so a desk that is off each week still erases, late by as long as it
//! was off. A step back is harmless: it cancels the jump before it.

use crate::store::{Record, RecordKey, Store, StoreError, after};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long the clock must run until a gap is believed: over a weekend, so that somebody has time
/// to notice.
const BELIEVED_AFTER: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A longer gap between sweeps is doubted.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 24);

/// A longer step back is a jump.
const BACK: SignedDuration = SignedDuration::from_hours(1);

/// How often the clock is recorded, and moments too far ahead are pulled in.
const NOTED_EACH: SignedDuration = SignedDuration::from_hours(1);

/// How long that is kept. After a longer gap, or a step further back, the watch starts anew.
const LIFE: SignedDuration = SignedDuration::from_hours(200 * 24);

/// How many gaps are tracked separately. Beyond that, the last ones are merged.
const DOUBTS: usize = 16;

/// How long the record of waiting erasures is valid: each case is looked at once an hour.
const WAITS_FOR: SignedDuration = SignedDuration::from_hours(2);

/// The recorded state of the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Watch {
    /// The time last recorded.
    seen: Timestamp,
    /// The gaps after which it hasn't run long enough yet, oldest first.
    doubts: Vec<Doubt>,
}

/// A gap in the clock's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Doubt {
    /// Its length.
    skipped: SignedDuration,
    /// How long the clock has run since.
    ran: SignedDuration,
}

/// Before the first record anything may have happened.
const ALL: Doubt = Doubt { skipped: SignedDuration::MAX, ran: SignedDuration::ZERO };

/// Why erasure waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ErasureWaits {
    /// What was due by this moment is erased anyway; `None`: nothing is.
    pub sure: Option<Timestamp>,
    /// How many more hours the clock must run.
    pub hours: i64,
}

/// Checks the clock, first thing in each sweep. Returns the sure moment.
pub(super) async fn look(
    store: &dyn Store,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let before = noted(store, now).await?;
    let is_fresh = before.as_ref().is_some_and(|before| before.is_fresh(now));
    let watch = Watch::after(before, now);
    if !is_fresh {
        store.pull_in(now).await?;
        store.put_record(&watch.record(now)?).await?;
    }
    Ok(watch.sure())
}

/// Records that cases wait to be erased.
pub(super) async fn note_waiting(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let expires = after(now, WAITS_FOR);
    store
        .put_record(&Record { key: RecordKey::erasure_waits(), value: String::new(), expires })
        .await
}

/// Whether cases wait to be erased, and why. Read-only.
pub(crate) async fn erasure_waits(
    store: &dyn Store,
    now: Timestamp,
) -> Result<Option<ErasureWaits>, StoreError> {
    if store.records(&[RecordKey::erasure_waits()], now).await?.is_empty() {
        return Ok(None);
    }
    let before = noted(store, now).await?;
    Ok(before.and_then(|before| Watch::after(Some(before), now).waits()))
}

async fn noted(store: &dyn Store, now: Timestamp) -> Result<Option<Watch>, StoreError> {
    let noted = store.records(&[RecordKey::clock()], now).await?;
    // A record of an earlier release counts as none.
    Ok(noted.first().and_then(|record| serde_json::from_str(&record.value).ok()))
}

impl Watch {
    fn after(before: Option<Self>, now: Timestamp) -> Self {
        let Some(Self { seen, mut doubts }) = before else {
            return Self { seen: now, doubts: vec![ALL] };
        };
        let passed = now.duration_since(seen);
        if passed > AHEAD {
            let last = if doubts.len() < DOUBTS { None } else { doubts.pop() };
            let before = last.map_or(SignedDuration::ZERO, |last| last.skipped);
            doubts
                .push(Doubt { skipped: before.saturating_add(passed), ran: SignedDuration::ZERO });
        } else if passed < -BACK {
            give_back(&mut doubts, passed.abs());
        } else {
            for doubt in &mut doubts {
                doubt.ran = doubt.ran.saturating_add(passed);
            }
        }
        doubts.retain(|doubt| doubt.ran < BELIEVED_AFTER && doubt.skipped.is_positive());
        Self { seen: now, doubts }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.seen <= now && now.duration_since(self.seen) < NOTED_EACH
    }

    /// The clock without the doubted gaps.
    fn sure(&self) -> Option<Timestamp> {
        let skipped = self
            .doubts
            .iter()
            .fold(SignedDuration::ZERO, |all, doubt| all.saturating_add(doubt.skipped));
        self.seen.checked_sub(skipped).ok()
    }

    fn waits(&self) -> Option<ErasureWaits> {
        let ran = self.doubts.iter().map(|doubt| doubt.ran).min()?;
        // Round up to whole hours.
        let seconds = BELIEVED_AFTER.saturating_sub(ran).as_secs();
        Some(ErasureWaits { sure: self.sure(), hours: (seconds + 3599) / 3600 })
    }

    fn record(&self, now: Timestamp) -> Result<Record, StoreError> {
        let value = serde_json::to_string(self)
            .map_err(|error| StoreError::Away(format!("the clock can't be noted: {error}")))?;
        let expires = after(now, LIFE);
        Ok(Record { key: RecordKey::clock(), value, expires })
    }
}

/// Subtracts a step back from the latest gaps.
fn give_back(doubts: &mut [Doubt], mut back: SignedDuration) {
    for doubt in doubts.iter_mut().rev() {
        let given = back.min(doubt.skipped);
        doubt.skipped = doubt.skipped.saturating_sub(given);
        back = back.saturating_sub(given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn shown(hours: &[i64]) -> Watch {
        let watch = hours.iter().fold(None, |watch, hour| Some(Watch::after(watch, at(*hour))));
        watch.unwrap_or(Watch { seen: at(0), doubts: vec![ALL] })
    }

    /// The sure hour after the clock has shown these.
    fn sure(hours: &[i64]) -> Option<i64> {
        shown(hours).sure().map(|sure| sure.as_second() / 3600)
    }

    const RUN: [i64; 3] = [1000, 1048, 1096];

    fn then(more: &[i64]) -> Option<i64> {
        sure(&[&RUN[..], more].concat())
    }

    #[test]
    fn a_clock_is_trusted_once_it_has_run_for_three_days() {
        assert_eq!(sure(&[1000]), None);
        assert_eq!(sure(&[1000, 1024, 1048, 1071]), None);
        assert_eq!(sure(&[1000, 1024, 1048, 1072]), Some(1072));
        assert_eq!(sure(&[1000, 1048, 1096]), Some(1096), "two days without a sweep");
        assert_eq!(sure(&[1000, 1048, 1047, 1095]), Some(1095), "an hour back");
    }

    #[test]
    fn what_a_clock_skips_is_doubted_until_it_has_run_for_three_days() {
        assert_eq!(then(&[1145]), Some(1096), "more than two days ahead");
        assert_eq!(then(&[10_696]), Some(1096));
        assert_eq!(then(&[10_696, 10_744, 10_767]), Some(1167), "what was due by then is erased");
        assert_eq!(then(&[10_696, 10_744, 10_768]), Some(10_768));
    }

    #[test]
    fn a_clock_that_goes_back_again_is_as_sure_as_before() {
        assert_eq!(then(&[10_696, 1_096]), Some(1_096));
        assert_eq!(then(&[10_696, 1_097]), Some(1_096), "no later than before");
        assert_eq!(then(&[10_696, 9_000]), Some(1_096), "back, but not far enough");
        assert_eq!(then(&[900]), Some(900), "back alone erases nothing early");
        assert_eq!(then(&[900, 1_097]), Some(900), "and what it skips then is doubted");
    }

    #[test]
    fn a_desk_that_is_off_most_of_each_week_erases_what_is_due_a_week_or_two_later() {
        // Each week it runs from Tuesday, 9:00, to Thursday, 17:00, with an hourly sweep.
        let hours: Vec<_> =
            (0..20).flat_map(|week| (0..=56).map(move |hour| 168 * week + hour)).collect();
        // From hour 73 on it has run for three days.
        for running in 73..hours.len() {
            let now = hours[running];
            let sure = sure(&hours[..=running]);
            let late = now - sure.unwrap_or_default();
            assert!(late <= 2 * 112, "{late} h late at {now}");
        }
    }

    #[test]
    fn however_often_it_was_off_no_more_is_kept_and_nothing_is_believed_early() {
        let hours: Vec<_> = (0..100).map(|time| 1096 + 60 * time).collect();
        let watch = shown(&[&RUN[..], &hours].concat());
        assert_eq!(watch.doubts.len(), DOUBTS);
        assert_eq!(watch.sure(), Some(at(1096)));
    }

    #[test]
    fn it_says_how_long_erasure_waits() {
        assert_eq!(shown(&RUN).waits(), None);
        let waits = shown(&[1000, 1048, 1096, 1196, 1200]).waits();
        assert_eq!(waits, Some(ErasureWaits { sure: Some(at(1100)), hours: 68 }));
        assert_eq!(shown(&[1000]).waits(), Some(ErasureWaits { sure: None, hours: 72 }));
    }

    #[test]
    fn what_is_noted_is_read_back() {
        for hours in [&[1000][..], &[1000, 1048, 1096, 1196, 1200]] {
            let watch = shown(hours);
            let record = watch.record(at(5)).map(|record| record.value).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Watch>(&record).ok(), Some(watch));
        }
    }
}
