//! A period of days in which something is available.

use jiff::ToSpan;
use jiff::civil::Date;

/// The days from `from` until before `until`. A missing end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day; `None`: it always was.
    pub from: Option<Date>,
    /// The first day after it; `None`: it never ends.
    pub until: Option<Date>,
}

impl Period {
    /// The days from `first` to `last`, both included.
    pub fn of_days(first: Date, last: Date) -> Self {
        Self { from: Some(first), until: last.checked_add(1.day()).ok() }
    }

    /// Whether a day is in it.
    pub fn covers(self, day: Date) -> bool {
        !self.is_ahead_on(day) && !self.is_over_on(day)
    }

    /// Whether it hasn't begun on a day.
    pub fn is_ahead_on(self, day: Date) -> bool {
        self.from.is_some_and(|from| day < from)
    }

    /// Whether it has ended by a day.
    pub fn is_over_on(self, day: Date) -> bool {
        self.until.is_some_and(|until| until <= day)
    }

    /// Whether it contains no day: its end isn't after its beginning.
    pub fn is_empty(self) -> bool {
        self.from.zip(self.until).is_some_and(|(from, until)| until <= from)
    }

    /// The days in both.
    pub fn both(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { from: self.from.max(other.from), until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn day(day: i8) -> Date {
        date(2026, 12, day)
    }

    fn period(from: Option<i8>, until: Option<i8>) -> Period {
        Period { from: from.map(day), until: until.map(day) }
    }

    #[test]
    fn the_first_day_belongs_to_it_and_the_day_of_its_end_does_not() {
        let days = period(Some(3), Some(5));
        let covered: Vec<_> = (1..8).filter(|at| days.covers(day(*at))).collect();
        assert_eq!(covered, [3, 4]);
        assert!(days.is_ahead_on(day(2)) && !days.is_ahead_on(day(3)));
        assert!(days.is_over_on(day(5)) && !days.is_over_on(day(4)));
    }

    #[test]
    fn both_the_first_and_the_last_day_of_a_closure_belong_to_it() {
        assert_eq!(Period::of_days(day(3), day(4)), period(Some(3), Some(5)));
        assert!(Period::of_days(day(3), Date::MAX).covers(Date::MAX));
        assert!(Period::of_days(day(4), day(3)).is_empty());
    }

    #[test]
    fn an_open_end_is_never_reached() {
        assert!(Period::default().covers(Date::MIN) && Period::default().covers(Date::MAX));
        assert!(!period(Some(3), None).is_over_on(Date::MAX));
        assert!(!period(None, Some(3)).is_empty());
    }

    proptest! {
        #[test]
        fn the_days_of_both_are_those_that_each_covers(
            ends in prop::array::uniform4(prop::option::of(1_i8..9)),
            at in 1_i8..9,
        ) {
            let [a, b, c, d] = ends;
            let (one, two) = (period(a, b), period(c, d));
            let both = one.covers(day(at)) && two.covers(day(at));
            prop_assert_eq!(one.both(two).covers(day(at)), both);
            prop_assert!(!one.is_empty() || !one.covers(day(at)));
        }
    }
}
