//! The calendars of answering hours: the service's, which sets every deadline once, and each
//! branch's, which decides whether and when it is asked.

use crate::Directory;
use crate::answers::PartOfWeek;
use crate::branch::{Branch, Closure, Days};
use crate::directory::Service;
use crate::hours::{Day, WeeklyHours};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeSet;

/// How far ahead a calendar looks for the next answering day. The directory's checks report a
/// longer gap long before it matters.
const HORIZON_DAYS: usize = 400;

/// The part of a promise's time that a span of hours covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// Answering hours with the days off taken out.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    service: &'a Service,
    hours: &'a WeeklyHours,
    closures: &'a [Closure],
    days: &'a Days,
}

impl<'a> Calendar<'a> {
    /// The calendar of the whole service.
    pub fn of_service(service: &'a Service) -> Self {
        Self { service, hours: &service.answering_hours, closures: &[], days: &Days::Every }
    }

    /// The calendar of a branch.
    pub fn of_branch(branch: &'a Branch, service: &'a Service) -> Self {
        let (hours, closures) = (&branch.answering_hours, branch.closures.as_slice());
        Self { service, hours, closures, days: &Days::Every }
    }

    /// The same on some days of the week only: those on which somebody with a skill is there.
    pub fn on(self, days: &'a Days) -> Self {
        Self { days, ..self }
    }

    fn is_kept(&self, date: Date) -> bool {
        self.days.include(Day::of(date))
            && !self.service.holidays.iter().any(|holiday| holiday.date == date)
            && !self
                .service
                .closures
                .iter()
                .chain(self.closures)
                .any(|closure| closure.covers(date))
    }

    /// The hours of one day as moments. An hour that the clock skips or repeats is read as the
    /// zone's rules say.
    pub fn openings_on(&self, date: Date) -> Vec<Opening> {
        if !self.is_kept(date) {
            return Vec::new();
        }
        let at = |time: Time| {
            date.to_datetime(time)
                .to_zoned_datetime(self.service.time_zone.clone())
                .map(|zoned| zoned.timestamp())
        };
        self.hours
            .on(Day::of(date))
            .iter()
            .filter_map(|span| {
                Some(Opening { from: at(span.from()).ok()?, until: at(span.until()).ok()? })
            })
            .filter(|opening| opening.from < opening.until)
            .collect()
    }

    /// The openings from a moment on, the running one cut to what is left of it.
    pub fn openings_from(&self, from: Timestamp) -> impl Iterator<Item = Opening> {
        let today = self.service.at(from).date();
        let calendar = *self;
        today
            .series(1.day())
            .take(HORIZON_DAYS)
            .flat_map(move |date| calendar.openings_on(date))
            .filter(move |opening| opening.until > from)
            .map(move |opening| Opening { from: opening.from.max(from), until: opening.until })
    }

    /// The first moment at or after `from` at which somebody answers.
    pub fn next_answer(&self, from: Timestamp) -> Option<Timestamp> {
        self.openings_from(from).next().map(|opening| opening.from)
    }

    /// Whether anybody answers between two moments.
    pub fn answers_between(&self, from: Timestamp, until: Timestamp) -> bool {
        self.next_answer(from).is_some_and(|at| at < until)
    }

    /// The answering time between two moments, in minutes.
    pub fn minutes_between(&self, from: Timestamp, until: Timestamp) -> i64 {
        self.openings_from(from)
            .take_while(|opening| opening.from < until)
            .map(|opening| opening.until.min(until).duration_since(opening.from).as_mins())
            .sum()
    }
}

/// By when a librarian gets in touch about a request sent at `sent`: the promised number of
/// answering days later.
pub fn deadline(sent: Timestamp, directory: &Directory) -> Timestamp {
    after_answering_days(sent, directory.service.promise.answering_days, directory)
}

/// The service's closing time on the n-th answering day after the day of `from`. A moment after
/// closing, or on a day without answers, counts as the next answering day.
///
/// If the calendar has no such day (the directory's checks refuse that), returns that many weeks
/// later: a date that staff can see is wrong is better than none.
pub fn after_answering_days(from: Timestamp, days: u8, directory: &Directory) -> Timestamp {
    let service = &directory.service;
    let calendar = Calendar::of_service(service);
    let fallback = || {
        let weeks = i64::from(days.max(1));
        from.checked_add((weeks * 7 * 24).hours()).unwrap_or(from)
    };
    let Some(counted_from) = calendar.next_answer(from) else {
        return fallback();
    };
    counted_from
        .to_zoned_datetime(service.time_zone.clone())
        .date()
        .series(1.day())
        .take(HORIZON_DAYS)
        .filter_map(|date| calendar.openings_on(date).last().copied())
        .nth(usize::from(days))
        .map_or_else(fallback, |closing| closing.until)
}

/// The moment at which `minutes` answering minutes of a calendar have passed since `from`. `None`
/// if the calendar has fewer.
pub fn after_minutes(calendar: Calendar<'_>, from: Timestamp, minutes: i64) -> Option<Timestamp> {
    let mut left = minutes;
    for opening in calendar.openings_from(from) {
        let length = opening.until.duration_since(opening.from).as_mins();
        if left <= length {
            return opening.from.checked_add(left.minutes()).ok();
        }
        left -= length;
    }
    None
}

/// The moment at which `share` (0 to 1) of the answering hours between sending and deadline has
/// passed.
pub fn share_of_promise(
    sent: Timestamp,
    due: Timestamp,
    share: f64,
    directory: &Directory,
) -> Timestamp {
    let calendar = Calendar::of_service(&directory.service);
    let minutes = calendar.minutes_between(sent, due);
    #[allow(clippy::cast_possible_truncation, reason = "a share of minutes that fit is smaller")]
    let mut left = (minutes as f64 * share.clamp(0.0, 1.0)).round() as i64;
    for opening in calendar.openings_from(sent) {
        let length = opening.until.min(due).duration_since(opening.from).as_mins();
        if left <= length {
            return opening.from.checked_add(left.minutes()).unwrap_or(due).min(due);
        }
        left -= length;
    }
    due
}

/// The parts of the week in which anybody answers: no others are offered.
pub fn parts_of_week_answered(directory: &Directory) -> BTreeSet<PartOfWeek> {
    let hours = &directory.service.answering_hours;
    PartOfWeek::ALL.iter().copied().filter(|part| overlaps(hours, *part)).collect()
}

/// Whether some of these hours lie in a part of the week.
pub fn overlaps(hours: &WeeklyHours, part: PartOfWeek) -> bool {
    const NOON: Time = Time::constant(12, 0, 0, 0);
    const EVENING: Time = Time::constant(17, 0, 0, 0);
    let weekdays = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];
    let (days, from, until): (&[Day], Time, Time) = match part {
        PartOfWeek::WeekdayMorning => (&weekdays, Time::MIN, NOON),
        PartOfWeek::WeekdayAfternoon => (&weekdays, NOON, EVENING),
        PartOfWeek::WeekdayEvening => (&weekdays, EVENING, Time::MAX),
        PartOfWeek::Saturday => (&[Day::Sat], Time::MIN, Time::MAX),
        PartOfWeek::Sunday => (&[Day::Sun], Time::MIN, Time::MAX),
    };
    days.iter()
        .flat_map(|day| hours.on(*day))
        .any(|span| span.from() < until && span.until() > from)
}
