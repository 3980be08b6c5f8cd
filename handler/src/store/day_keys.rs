//! A process's cache of day keys, which never change.

use crate::crypto::secrets::SecretKey;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A cache, so that not every form reads the keys.
#[derive(Default)]
pub(super) struct DayKeys(Mutex<BTreeMap<Date, SecretKey>>);

impl DayKeys {
    pub(super) fn get(&self, day: Date) -> Option<SecretKey> {
        self.inside().get(&day).cloned()
    }

    pub(super) fn put(&self, day: Date, key: &SecretKey) {
        let mut days = self.inside();
        // Only today's and yesterday's keys are ever asked for.
        days.retain(|of, _| of.saturating_add(2.days()) > day);
        days.insert(day, key.clone());
    }

    /// Forgets all other days.
    pub(super) fn forget_outside(&self, needed: &RangeInclusive<Date>) {
        self.inside().retain(|day, _| needed.contains(day));
    }

    fn inside(&self) -> MutexGuard<'_, BTreeMap<Date, SecretKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
