//! Dates and times in words, by the formats of the Unicode CLDR.

use domain::LanguageTag;
use icu_datetime::fieldsets::{E, MDE, T, YMD};
use icu_datetime::input::{Date as IcuDate, Time as IcuTime};
use icu_datetime::options::TimePrecision;
use icu_datetime::{DateTimeFormatter, NoCalendarFormatter};
use icu_locale_core::Locale;
use jiff::civil::{Date, Time};

fn locale(language: &LanguageTag) -> Option<Locale> {
    language.html_lang().parse().ok()
}

fn icu_date(date: Date) -> Option<IcuDate<icu_calendar::Iso>> {
    let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).unwrap_or(1));
    IcuDate::try_new_iso(i32::from(date.year()), month, day).ok()
}

/// "Thursday, December 3". In a language that the formats don't have, the date in digits.
pub fn day(language: &LanguageTag, date: Date) -> String {
    let words = || {
        let formatter = DateTimeFormatter::try_new(locale(language)?.into(), MDE::long()).ok()?;
        Some(formatter.format(&icu_date(date)?).to_string())
    };
    words().unwrap_or_else(|| date.to_string())
}

/// "December 3, 2026".
pub fn date(language: &LanguageTag, date: Date) -> String {
    let words = || {
        let formatter = DateTimeFormatter::try_new(locale(language)?.into(), YMD::long()).ok()?;
        Some(formatter.format(&icu_date(date)?).to_string())
    };
    words().unwrap_or_else(|| date.to_string())
}

/// "Thursday".
pub fn weekday(language: &LanguageTag, date: Date) -> String {
    let words = || {
        let formatter = DateTimeFormatter::try_new(locale(language)?.into(), E::long()).ok()?;
        Some(formatter.format(&icu_date(date)?).to_string())
    };
    words().unwrap_or_else(|| date.strftime("%a").to_string())
}

/// "5 p.m.", "9:30 a.m.".
pub fn time(language: &LanguageTag, time: Time) -> String {
    let words = || {
        let fields = T::hm().with_time_precision(TimePrecision::MinuteOptional);
        let formatter = NoCalendarFormatter::try_new(locale(language)?.into(), fields).ok()?;
        let [hour, minute] =
            [time.hour(), time.minute()].map(|part| u8::try_from(part).unwrap_or(0));
        let time = IcuTime::try_new(hour, minute, 0, 0).ok()?;
        Some(formatter.format(&time).to_string())
    };
    let words = words().unwrap_or_else(|| time.strftime("%H:%M").to_string());
    if !language.is_source() {
        return words;
    }
    // American English in running text writes a.m. and p.m. (AP, Chicago); CLDR has AM and PM.
    words.replace(['\u{202f}', '\u{a0}'], "\u{a0}").replace("AM", "a.m.").replace("PM", "p.m.")
}

/// A sentence that ends with a time has one full stop, not two: "by 5 p.m.".
pub(crate) fn one_full_stop(text: &str) -> String {
    if text.contains(".m..") {
        return text.replace("a.m..", "a.m.").replace("p.m..", "p.m.");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vi() -> LanguageTag {
        LanguageTag::parse("vi").unwrap()
    }

    #[test]
    fn a_date_is_told_in_the_readers_words() {
        let december_3 = jiff::civil::date(2026, 12, 3);
        assert_eq!(day(&LanguageTag::source(), december_3), "Thursday, December 3");
        assert_eq!(day(&vi(), december_3), "Thứ Năm, 3 tháng 12");
        assert_eq!(date(&LanguageTag::source(), december_3), "December 3, 2026");
        assert_eq!(weekday(&vi(), december_3), "Thứ Năm");
    }

    #[test]
    fn a_sentence_that_ends_with_a_time_has_one_full_stop() {
        assert_eq!(one_full_stop("By 5 p.m.. We call."), "By 5 p.m. We call.");
    }

    #[test]
    fn a_time_is_told_in_the_readers_words() {
        assert_eq!(time(&LanguageTag::source(), jiff::civil::time(17, 0, 0, 0)), "5\u{a0}p.m.");
        assert_eq!(time(&LanguageTag::source(), jiff::civil::time(9, 30, 0, 0)), "9:30\u{a0}a.m.");
        assert_eq!(time(&vi(), jiff::civil::time(17, 0, 0, 0)), "17:00");
    }
}
