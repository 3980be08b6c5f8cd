//! Dates and times in words, by the formats of the Unicode CLDR.

use domain::LanguageTag;
use icu_datetime::fieldsets::{E, MDE, T, YMD};
use icu_datetime::input::{Date as IcuDate, Time as IcuTime};
use icu_datetime::options::TimePrecision;
use icu_datetime::{DateTimeFormatter, DateTimeFormatterPreferences, NoCalendarFormatter};
use icu_locale_core::Locale;
use jiff::civil::{Date, Time};
use std::borrow::Cow;

/// The formats of a language. In one that the Unicode CLDR doesn't have they are digits.
#[derive(Default)]
pub struct Dates {
    /// American English in running text writes a.m. and p.m. (AP, Chicago); CLDR has AM and PM.
    is_source: bool,
    day: Option<DateTimeFormatter<MDE>>,
    date: Option<DateTimeFormatter<YMD>>,
    weekday: Option<DateTimeFormatter<E>>,
    time: Option<NoCalendarFormatter<T>>,
}

impl Dates {
    /// The formats of a language.
    pub fn of(language: &LanguageTag) -> Self {
        let locale = language.html_lang().parse::<Locale>().ok();
        let preferences = || locale.as_ref().map(DateTimeFormatterPreferences::from);
        let time = T::hm().with_time_precision(TimePrecision::MinuteOptional);
        Self {
            is_source: language.is_source(),
            day: preferences().and_then(|of| DateTimeFormatter::try_new(of, MDE::long()).ok()),
            date: preferences().and_then(|of| DateTimeFormatter::try_new(of, YMD::long()).ok()),
            weekday: preferences().and_then(|of| DateTimeFormatter::try_new(of, E::long()).ok()),
            time: preferences().and_then(|of| NoCalendarFormatter::try_new(of, time).ok()),
        }
    }

    /// "Thursday, December 3".
    pub fn day(&self, date: Date) -> String {
        let words = || Some(self.day.as_ref()?.format(&icu_date(date)?).to_string());
        words().unwrap_or_else(|| date.to_string())
    }

    /// "December 3, 2026".
    pub fn date(&self, date: Date) -> String {
        let words = || Some(self.date.as_ref()?.format(&icu_date(date)?).to_string());
        words().unwrap_or_else(|| date.to_string())
    }

    /// "Thursday".
    pub fn weekday(&self, date: Date) -> String {
        let words = || Some(self.weekday.as_ref()?.format(&icu_date(date)?).to_string());
        words().unwrap_or_else(|| date.strftime("%a").to_string())
    }

    /// "5 p.m.", "9:30 a.m.".
    pub fn time(&self, time: Time) -> String {
        let words = || Some(self.time.as_ref()?.format(&icu_time(time)?).to_string());
        let words = words().unwrap_or_else(|| time.strftime("%H:%M").to_string());
        if !self.is_source {
            return words;
        }
        words.replace(['\u{202f}', '\u{a0}'], "\u{a0}").replace("AM", "a.m.").replace("PM", "p.m.")
    }
}

fn icu_date(date: Date) -> Option<IcuDate<icu_calendar::Iso>> {
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    IcuDate::try_new_iso(i32::from(date.year()), month, day).ok()
}

fn icu_time(time: Time) -> Option<IcuTime> {
    let [hour, minute] = [time.hour(), time.minute()].map(|part| u8::try_from(part).unwrap_or(0));
    IcuTime::try_new(hour, minute, 0, 0).ok()
}

/// A sentence that ends with a time has one full stop, not two: "by 5 p.m.".
pub(crate) fn one_full_stop<'t>(text: impl Into<Cow<'t, str>>) -> String {
    let text = text.into();
    if text.contains(".m..") {
        return text.replace("a.m..", "a.m.").replace("p.m..", "p.m.");
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vi() -> Dates {
        Dates::of(&LanguageTag::parse("vi").unwrap())
    }

    fn en() -> Dates {
        Dates::of(&LanguageTag::source())
    }

    #[test]
    fn a_date_is_told_in_the_readers_words() {
        let december_3 = jiff::civil::date(2026, 12, 3);
        assert_eq!(en().day(december_3), "Thursday, December 3");
        assert_eq!(vi().day(december_3), "Thứ Năm, 3 tháng 12");
        assert_eq!(en().date(december_3), "December 3, 2026");
        assert_eq!(vi().weekday(december_3), "Thứ Năm");
    }

    #[test]
    fn a_sentence_that_ends_with_a_time_has_one_full_stop() {
        assert_eq!(one_full_stop("By 5 p.m.. We call."), "By 5 p.m. We call.");
    }

    #[test]
    fn a_time_is_told_in_the_readers_words() {
        assert_eq!(en().time(jiff::civil::time(17, 0, 0, 0)), "5\u{a0}p.m.");
        assert_eq!(en().time(jiff::civil::time(9, 30, 0, 0)), "9:30\u{a0}a.m.");
        assert_eq!(vi().time(jiff::civil::time(17, 0, 0, 0)), "17:00");
    }
}
