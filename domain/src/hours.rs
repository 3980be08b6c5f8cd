//! Hours of a week: spans of time on each weekday.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// A day of the week, Monday first, with the three letters that content uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names of the days say it all")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The week, Monday first.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The three letters of content files: `mon`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// Reads the three letters of content files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == text)
    }

    /// The weekday of a date.
    pub fn of(date: jiff::civil::Date) -> Self {
        let index = date.weekday().to_monday_zero_offset();
        Self::ALL.into_iter().nth(usize::try_from(index).unwrap_or(0)).unwrap_or(Self::Mon)
    }
}

/// A span of time on one day: `from` is before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeSpan {
    from: Time,
    until: Time,
}

/// Why a text is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimeSpanError {
    /// Not of the form `09:00-17:00`.
    #[error("\"{0}\" is not a span of time like \"09:00-17:00\"")]
    Unreadable(String),
    /// It ends before it begins.
    #[error("\"{0}\" ends before it begins")]
    Backwards(String),
}

impl TimeSpan {
    /// Reads `09:00-17:00`, in hours of the day from 00:00 to 23:59.
    pub fn parse(text: &str) -> Result<Self, TimeSpanError> {
        let unreadable = || TimeSpanError::Unreadable(text.to_owned());
        let (from, until) = text.split_once('-').ok_or_else(unreadable)?;
        let time = |part: &str| Time::strptime("%H:%M", part.trim()).map_err(|_| unreadable());
        let (from, until) = (time(from)?, time(until)?);
        if from >= until {
            return Err(TimeSpanError::Backwards(text.to_owned()));
        }
        Ok(Self { from, until })
    }

    /// When it begins.
    pub fn from(self) -> Time {
        self.from
    }

    /// When it ends.
    pub fn until(self) -> Time {
        self.until
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.until.strftime("%H:%M"))
    }
}

impl TryFrom<String> for TimeSpan {
    type Error = TimeSpanError;
    fn try_from(text: String) -> Result<Self, TimeSpanError> {
        Self::parse(&text)
    }
}

impl From<TimeSpan> for String {
    fn from(span: TimeSpan) -> String {
        span.to_string()
    }
}

/// The spans of each weekday, in order and without overlap. A day that is absent has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Day, Vec<TimeSpan>>", into = "BTreeMap<Day, Vec<TimeSpan>>")]
pub struct WeeklyHours(BTreeMap<Day, Vec<TimeSpan>>);

/// Two spans of one day overlap.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("on {} the spans {first} and {second} overlap", day.as_str())]
pub struct OverlapError {
    /// The day.
    pub day: Day,
    /// The earlier span.
    pub first: TimeSpan,
    /// The span that begins before the first one ends.
    pub second: TimeSpan,
}

impl WeeklyHours {
    /// Sorts each day's spans. Fails where two overlap.
    pub fn new(mut days: BTreeMap<Day, Vec<TimeSpan>>) -> Result<Self, OverlapError> {
        days.retain(|_, spans| !spans.is_empty());
        for (day, spans) in &mut days {
            spans.sort();
            for pair in spans.windows(2) {
                if let [first, second] = pair
                    && second.from < first.until
                {
                    return Err(OverlapError { day: *day, first: *first, second: *second });
                }
            }
        }
        Ok(Self(days))
    }

    /// The spans of a weekday, earliest first.
    pub fn on(&self, day: Day) -> &[TimeSpan] {
        self.0.get(&day).map_or(&[], Vec::as_slice)
    }

    /// The weekdays that have spans.
    pub fn days(&self) -> impl Iterator<Item = Day> + '_ {
        self.0.keys().copied()
    }

    /// Whether no day has spans.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<Day, Vec<TimeSpan>>> for WeeklyHours {
    type Error = OverlapError;
    fn try_from(days: BTreeMap<Day, Vec<TimeSpan>>) -> Result<Self, OverlapError> {
        Self::new(days)
    }
}

impl From<WeeklyHours> for BTreeMap<Day, Vec<TimeSpan>> {
    fn from(hours: WeeklyHours) -> Self {
        hours.0
    }
}
