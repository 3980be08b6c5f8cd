//! The keys of days that a process has read. They never change.

use crate::crypto::secrets::SecretKey;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keys of days, so that not each form reads them.
#[derive(Default)]
pub(super) struct DayKeys(Mutex<BTreeMap<Date, SecretKey>>);

impl DayKeys {
    pub(super) fn get(&self, day: Date) -> Option<SecretKey> {
        self.inside().get(&day).cloned()
    }

    pub(super) fn put(&self, day: Date, key: &SecretKey) {
        let mut days = self.inside();
        // Today's and yesterday's are asked for, no others.
        days.retain(|of, _| of.saturating_add(2.days()) > day);
        days.insert(day, key.clone());
    }

    /// Forgets the days before this one, and those that a clock was ahead for.
    pub(super) fn forget_before(&self, day: Date) {
        let last = day.saturating_add(2.days());
        self.inside().retain(|of, _| (day..=last).contains(of));
    }

    fn inside(&self) -> MutexGuard<'_, BTreeMap<Date, SecretKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
