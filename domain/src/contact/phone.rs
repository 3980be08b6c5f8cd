//! A phone number.

use crate::typed;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A phone number: North American, or with `+` and another country's code; perhaps an extension.
/// Debug output hides it: it is personal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone {
    /// E.164 digits without the `+`, country code first.
    digits: String,
    extension: Option<String>,
}

/// Why a text is no phone number. The error doesn't hold the text, which would be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Characters that no number has.
    #[error("a phone number has digits, spaces, hyphens, dots and parentheses only")]
    Characters,
    /// Neither ten digits of the North American plan nor `+` and 7 to 15 digits.
    #[error("give the area code and number, ten digits, or + and the country code")]
    Length,
    /// Ten digits, but no such area code or exchange exists in the North American plan.
    #[error("there is no such area code or exchange")]
    NotInPlan,
    /// An extension other than 1 to 6 digits.
    #[error("an extension has one to six digits")]
    Extension,
}

/// Labels before a number that was copied from a page or a card.
const LABELS: [&str; 4] = ["telephone", "phone", "tel", "mobile"];

/// Marks between a number and its extension; a longer mark stands before its own prefix.
const EXTENSION_MARKS: [&str; 14] = [
    "extension",
    "extensión",
    "extn",
    "ext",
    "máy lẻ",
    "доб",
    "дод",
    "内线",
    "內線",
    "分机",
    "分機",
    "내선",
    "x",
    "#",
];

/// Country codes of two digits. Of the others, 1 and 7 have one and the rest have three.
const TWO_DIGITS: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// Countries whose numbers keep their leading zero when dialed from abroad.
const ZERO_STAYS: [&str; 7] = ["39", "225", "229", "241", "242", "247", "378"];

impl Phone {
    /// Reads a number as people write it: `(425) 555-0100`, `+84 (0)24 3825 2345`,
    /// `tel:360.555.0131;ext=12`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let typed = typed::plain(text).to_lowercase();
        let (number, extension) = split_extension(without_label(typed.trim()));
        let number = number.trim();
        let (has_plus, number) = match number.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let digits = digits(number)?;
        let abroad = ["011", "00"].iter().find_map(|prefix| digits.strip_prefix(prefix));
        let digits = match (abroad, digits.len()) {
            (Some(international), _) => international_digits(international)?,
            (None, _) if has_plus => international_digits(&digits)?,
            (None, 10) => format!("1{digits}"),
            (None, 11) if digits.starts_with('1') => digits,
            _ => return Err(PhoneError::Length),
        };
        check_north_american(&digits)?;
        Ok(Self { digits, extension: extension.map(read_extension).transpose()? })
    }

    /// For links: `+14255550100`, with `;ext=12` where there is one (RFC 3966).
    pub fn dial(&self) -> String {
        match &self.extension {
            Some(extension) => format!("+{};ext={extension}", self.digits),
            None => format!("+{}", self.digits),
        }
    }
}

fn without_label(text: &str) -> &str {
    let rest = LABELS.iter().find_map(|label| text.strip_prefix(label));
    rest.map_or(text, |rest| rest.trim_start_matches(['.', ':', ' ']))
}

/// Splits `425 555 0100 ext. 12` into the number and the text after the mark. A comma before
/// digits is the pause that phones write before an extension.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    if let Some((number, parameters)) = text.split_once(';') {
        // RFC 3966: unknown parameters are ignored.
        let parameters = parameters.split(';').map(str::trim);
        let mut extensions = parameters.filter_map(|parameter| parameter.strip_prefix("ext="));
        return (number, extensions.next());
    }
    let marks = EXTENSION_MARKS.iter().filter_map(|mark| Some((text.find(mark)?, mark.len())));
    // The first mark in the text; at the same place, the longest.
    let cut = marks.min_by_key(|(at, length)| (*at, usize::MAX - length));
    match cut {
        Some((at, length)) => {
            (text[..at].trim_end().trim_end_matches(','), Some(&text[at + length..]))
        }
        None => match text.split_once(',') {
            Some((number, paused)) if !paused.trim().is_empty() => {
                (number, Some(paused.trim_start_matches([',', ' '])))
            }
            _ => (text.trim_end_matches(','), None),
        },
    }
}

/// The digits of a number, in order.
fn digits(number: &str) -> Result<String, PhoneError> {
    let mut digits = String::with_capacity(15);
    for c in number.chars() {
        match typed::digit(c) {
            Some(value) => digits.push(char::from(b'0' + value)),
            None if c.is_whitespace()
                || typed::is_dash(c)
                || matches!(c, '.' | '(' | ')' | '[' | ']' | '/') => {}
            None => return Err(PhoneError::Characters),
        }
    }
    Ok(digits)
}

/// Country code and number, without dialing prefixes of other countries.
fn international_digits(digits: &str) -> Result<String, PhoneError> {
    // `+00 84 …`, `00 011 …`: no country code begins with a zero.
    let digits =
        ["011", "00"].iter().find_map(|prefix| digits.strip_prefix(prefix)).unwrap_or(digits);
    if digits.starts_with('0') {
        return Err(PhoneError::NotInPlan);
    }
    let (code, national) = digits.split_at(country_code(digits).min(digits.len()));
    let national = match national.strip_prefix('0') {
        Some(rest) if !ZERO_STAYS.contains(&code) => rest,
        _ => national,
    };
    match code.len() + national.len() {
        7..=15 => Ok(format!("{code}{national}")),
        _ => Err(PhoneError::Length),
    }
}

/// How many digits the country code has.
fn country_code(digits: &str) -> usize {
    let begins = |code: &&str| digits.starts_with(*code);
    if digits.starts_with(['1', '7']) {
        1
    } else if TWO_DIGITS.iter().any(begins) {
        2
    } else {
        3
    }
}

/// In the North American plan area code and exchange begin with 2 to 9.
fn check_north_american(digits: &str) -> Result<(), PhoneError> {
    let Some(national) = digits.strip_prefix('1') else {
        return Ok(());
    };
    if national.len() != 10 {
        return Err(PhoneError::Length);
    }
    let starts_well =
        |at: usize| national.as_bytes().get(at).is_some_and(|b| (b'2'..=b'9').contains(b));
    if starts_well(0) && starts_well(3) { Ok(()) } else { Err(PhoneError::NotInPlan) }
}

fn read_extension(text: &str) -> Result<String, PhoneError> {
    let text = text.trim().trim_start_matches(['.', ':', '=', '#']).trim();
    let digits: Option<Vec<u8>> = text.chars().map(typed::digit).collect();
    match digits {
        Some(digits) if (1..=6).contains(&digits.len()) => {
            Ok(digits.into_iter().map(|value| char::from(b'0' + value)).collect())
        }
        _ => Err(PhoneError::Extension),
    }
}

impl fmt::Display for Phone {
    /// As people here write it: `425-555-0100`; foreign numbers as `+84…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits.strip_prefix('1') {
            Some(national) => {
                write!(f, "{}-{}-{}", &national[0..3], &national[3..6], &national[6..10])?;
            }
            None => write!(f, "+{}", self.digits)?,
        }
        match &self.extension {
            Some(extension) => write!(f, " ext. {extension}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(hidden)")
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    /// A stored number. Earlier releases may have accepted more, and a request must open even if
    /// the rules have changed.
    fn try_from(text: String) -> Result<Self, PhoneError> {
        let stored = text.strip_prefix('+').map(|rest| match rest.split_once(" ext ") {
            Some((digits, extension)) => (digits, Some(extension)),
            None => (rest, None),
        });
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match stored {
            Some((digits, extension))
                if are_digits(digits)
                    && extension.is_none_or(are_digits)
                    && check_north_american(digits).is_ok() =>
            {
                Ok(Self { digits: digits.to_owned(), extension: extension.map(str::to_owned) })
            }
            _ => Self::parse(&text),
        }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        match &phone.extension {
            Some(extension) => format!("+{} ext {extension}", phone.digits),
            None => format!("+{}", phone.digits),
        }
    }
}
