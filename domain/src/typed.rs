//! Typed text without what keyboards and copying add to it: invisible characters, full-width
//! letters, no-break spaces, the digits of other scripts.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// The decimal digits of all scripts: each range counts from 0 to 9, perhaps several times.
static DIGITS: LazyLock<Vec<RangeInclusive<u32>>> = LazyLock::new(|| {
    CodePointMapData::<GeneralCategory>::new()
        .iter_ranges_for_value(GeneralCategory::DecimalNumber)
        .collect()
});

/// The value of a decimal digit of any script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|value| u8::try_from(value).ok());
    }
    let code = u32::from(c);
    let range = DIGITS.iter().find(|range| range.contains(&code))?;
    u8::try_from((code - range.start()) % 10).ok()
}

/// Letters, digits and signs in their plain form, without invisible characters. Their meaning
/// inside a word (the joiners of Persian or Hindi) is lost: only for numbers and addresses.
pub(crate) fn plain(text: &str) -> String {
    plain_but(text, |_| false)
}

/// The same, but keeping the characters for which `stays` holds.
pub(crate) fn plain_but(text: &str, stays: impl Fn(char) -> bool) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let seen = composed.chars().filter(|c| stays(*c) || !is_invisible(*c));
    seen.map(|c| digit(c).map_or(c, |value| char::from(b'0' + value))).collect()
}

/// Direction marks, line-break hints and other characters that show nothing.
fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
}

/// Whether a character joins or separates parts of a number as people write it: `-`, `–`, `−`, `·`.
pub(crate) fn is_dash(c: char) -> bool {
    let other = matches!(c, '\u{2212}' | '\u{2043}' | '\u{30FC}' | '\u{00B7}' | '\u{2022}' | '~');
    other || CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DashPunctuation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_every_script_count_from_nought_to_nine() {
        for zero in ['0', '٠', '۰', '०', '০', '๐', '០', '၀', '\u{FF10}', '\u{1D7CE}'] {
            let digits = (0..10).map(|n| char::from_u32(u32::from(zero) + n).and_then(digit));
            assert!(digits.eq((0..10).map(Some)), "{zero}");
        }
        assert!(DIGITS.iter().all(|range| (range.end() - range.start() + 1) % 10 == 0));
        assert_eq!(digit('x'), None);
    }

    #[test]
    fn what_nobody_sees_is_gone_and_what_is_wide_is_plain() {
        let typed = "\u{202A}\u{FF0B}１\u{200B}\u{00A0}４２５\u{00AD}\u{2066}５\u{FE0F}";
        assert_eq!(plain(typed), "+1 4255");
        assert_eq!(plain("ｌａｎ＠example．com"), "lan@example.com");
    }
}
