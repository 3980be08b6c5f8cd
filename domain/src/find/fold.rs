//! Folding: the form in which words are compared, so that "gia pha" finds "gia phả" and "Email"
//! finds "e-mail". Case, accents, widths, apostrophes and hyphens don't count.

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// A text's words in the form in which they are compared. Scripts written without spaces are
/// separate words: "zoom会议" is two.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for c in letters(text) {
        let script = Spacing::of(c);
        match words.last_mut() {
            Some(word) if script.is_some() && script == before => word.push(c),
            _ if script.is_some() => words.push(c.into()),
            _ => {}
        }
        before = script;
    }
    words
}

/// A text in the form in which it is compared: its folded words with single spaces between
/// them. Folding is idempotent.
pub fn fold(text: &str) -> String {
    words(text).join(" ")
}

/// A text's words with their accents, in lower case: "gia", "phả".
pub(super) fn marked(text: &str) -> Vec<String> {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text).to_lowercase();
    let words = composed.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Folded text in readable form: Korean syllables in one piece.
pub(super) fn readable(folded: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(folded).into_owned()
}

/// The parts of hyphenated words: "self-employed" is one word, but "employed" finds it too.
pub(super) fn parts(text: &str) -> Vec<String> {
    let hyphened = text.split_whitespace().filter(|word| word.contains(is_hyphen));
    let parts = hyphened.flat_map(|word| word.split(is_hyphen)).flat_map(words);
    parts.filter(|part| 3 <= part.chars().count()).collect()
}

/// Lower-case letters and digits without accents; a space in place of anything else.
fn letters(text: &str) -> impl Iterator<Item = char> {
    const CLASSES: CanonicalCombiningClassMapBorrowed<'_> =
        CanonicalCombiningClassMapBorrowed::new();
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned();
    let kept: Vec<char> = decomposed
        .chars()
        .flat_map(char::to_lowercase)
        // A few capitals decompose only in lower case.
        .filter(|c| CLASSES.get_u8(*c) == 0 && !is_silent(*c))
        .flat_map(base)
        .collect();
    kept.into_iter()
}

/// The plain letters for a letter that Unicode doesn't decompose.
fn base(c: char) -> impl Iterator<Item = char> {
    let letters: &'static str = match c {
        'đ' | 'ð' => "d",
        'ß' => "ss",
        'ł' => "l",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ς' => "σ",
        'ґ' => "г",
        'ى' => "ي",
        'ة' => "ه",
        _ => return Letters::One(c),
    };
    Letters::Several(letters.chars())
}

enum Letters {
    One(char),
    Several(std::str::Chars<'static>),
    None,
}

impl Iterator for Letters {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(c) => {
                let c = *c;
                *self = Self::None;
                Some(c)
            }
            Self::Several(letters) => letters.next(),
            Self::None => None,
        }
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// Characters that neither separate words nor are compared: apostrophes, hyphens, joiners.
fn is_silent(c: char) -> bool {
    is_hyphen(c)
        || matches!(
            c,
            '\'' | '\u{2019}' | '\u{2bc}' | '`' | '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}'
                | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        )
}

/// Whether a character's script puts spaces between its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Spaced,
    Unspaced,
}

impl Spacing {
    /// `None` for a character that is part of no word.
    fn of(c: char) -> Option<Self> {
        match c {
            _ if is_unspaced(c) => Some(Self::Unspaced),
            _ if c.is_alphanumeric() => Some(Self::Spaced),
            _ => None,
        }
    }
}

/// Scripts that are searched by parts of words: Chinese and Japanese have no spaces, Korean adds
/// endings to its words, and so on. Korean is compared by its letters (jamo).
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0e00..=0x0eff // Thai, Lao
        | 0x1000..=0x109f // Burmese
        | 0x1100..=0x11ff // Korean
        | 0x1780..=0x17ff // Khmer
        | 0x3005 | 0x3007 | 0x3040..=0x30ff // Japanese
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff // Chinese
    ) && c.is_alphanumeric()
}
