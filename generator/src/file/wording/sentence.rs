//! Sentences that are too long for plain language: people who read slowly, in a second language, or
//! by ear lose track of how they began.

use domain::LanguageTag;

/// A sentence that is too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Long {
    /// The byte at which it begins.
    pub(crate) at: usize,
    /// How long it is, in words; Chinese and Korean in characters.
    pub(crate) length: usize,
    /// How long it should be at the most.
    pub(crate) limit: usize,
    /// What is counted.
    pub(crate) unit: &'static str,
}

/// What a language counts, and how much of it is too long. A Vietnamese word is one to three
/// syllables with spaces between them.
fn limit(page: &LanguageTag) -> (&'static str, usize) {
    match page.as_str() {
        "vi" => ("syllables", 45),
        "es" | "tl" => ("words", 35),
        "zh-Hans" | "zh-Hant" | "ja" => ("characters", 70),
        "ko" => ("characters", 90),
        "ar" | "ru" | "uk" => ("words", 28),
        _ => ("words", 30),
    }
}

/// The sentences of a text that are too long for its page's language.
pub(crate) fn long_sentences(text: &str, page: &LanguageTag) -> Vec<Long> {
    let (unit, limit) = limit(page);
    // Most blocks are shorter as a whole.
    if text.len() <= limit * 2 {
        return Vec::new();
    }
    let long = sentences(text).filter_map(|(at, sentence)| {
        let length = if unit == "characters" {
            sentence.chars().filter(|c| c.is_alphanumeric()).count()
        } else {
            let is_word = |word: &&str| word.contains(char::is_alphanumeric);
            sentence.split_whitespace().filter(is_word).count()
        };
        (length > limit).then_some(Long { at, length, limit, unit })
    });
    long.collect()
}

/// Abbreviations after which a sentence goes on.
const INSIDE: [&str; 25] = [
    "e.g", "i.e", "dr", "mr", "mrs", "ms", "prof", "st", "no", "nos", "vs", "cf", "approx", "ca",
    "sr", "sra", "dra", "ud", "uds", "ej", "núm", "tp", "gs", "ths", "г",
];

/// Sentences with the bytes at which they begin.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = end(rest);
        let sentence = &rest[..length];
        let space = sentence.len() - sentence.trim_start().len();
        let found = (start + space, sentence.trim());
        start += length;
        Some(found)
    })
}

/// Where the first sentence of a text ends.
fn end(text: &str) -> usize {
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        if matches!(c, '。' | '！' | '？') {
            return after;
        }
        if !matches!(c, '.' | '!' | '?' | '؟' | '…' | ':') {
            continue;
        }
        let mut rest = text[after..].trim_start_matches(['"', '”', '’', '\'', '»', ')', ']', '」']);
        let closed = text.len() - rest.len();
        if rest.is_empty() {
            return text.len();
        }
        if !rest.starts_with(char::is_whitespace) {
            continue;
        }
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"“«‘'([¿¡「".contains(c));
        // After a colon a list or a quotation begins, which is read for itself, if it is one.
        let goes_on = rest.starts_with(|c: char| c.is_lowercase())
            || (c == ':' && !rest.starts_with(char::is_uppercase))
            || (c == '.' && is_abbreviation(&text[..at]));
        if !goes_on {
            return closed;
        }
    }
    text.len()
}

/// Whether what stands before a full stop is an abbreviation after which no sentence ends.
fn is_abbreviation(before: &str) -> bool {
    let last = before.rsplit(|c: char| c.is_whitespace() || "(\"“«".contains(c)).next();
    let last = last.unwrap_or_default().to_lowercase();
    // An initial: J. K. Rowling.
    let initial = last.chars().count() == 1 && last.chars().all(char::is_alphabetic) && last != "i";
    initial || INSIDE.contains(&last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = sentences(text).map(|(_, sentence)| sentence).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_at_their_marks() {
        check("Call us. We help! Do you? Yes…", &["Call us.", "We help!", "Do you?", "Yes…"]);
        check("您好。請打電話！", &["您好。", "請打電話！"]);
        check("He said \"Call us.\" Then he left.", &["He said \"Call us.\"", "Then he left."]);
        check("¿Necesita ayuda? ¡Llame!", &["¿Necesita ayuda?", "¡Llame!"]);
    }

    #[test]
    fn abbreviations_numbers_and_addresses_end_no_sentence() {
        check("Bring papers, e.g. a letter.", &["Bring papers, e.g. a letter."]);
        check("We close at 5 p.m. on Fridays.", &["We close at 5 p.m. on Fridays."]);
        check("We close at 5 p.m. Call before.", &["We close at 5 p.m.", "Call before."]);
        check("Ask Dr. Costello. She knows.", &["Ask Dr. Costello.", "She knows."]);
        check("J. K. Rowling wrote it.", &["J. K. Rowling wrote it."]);
        check(
            "It costs 2.50 at library.example today.",
            &["It costs 2.50 at library.example today."],
        );
    }

    #[test]
    fn a_long_sentence_is_counted_as_its_language_counts() {
        let page = |tag| LanguageTag::parse(tag).unwrap();
        let long = format!("Short one. Long {}end.", "word ".repeat(29));
        let found = long_sentences(&long, &page("en"));
        assert_eq!(found, [Long { at: 11, length: 31, limit: 30, unit: "words" }]);
        assert!(long_sentences(&long, &page("vi")).is_empty());
        assert_eq!(long_sentences(&"图".repeat(71), &page("zh-Hans"))[0].unit, "characters");
        assert!(long_sentences(&"图书馆。".repeat(40), &page("zh-Hans")).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_cut_into_sentences_without_loss(text in "[\\PC.!?。 ]*") {
            let found: String = sentences(&text).map(|(_, sentence)| sentence).collect();
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&found), bare(&text));
            for long in long_sentences(&text, &LanguageTag::source()) {
                prop_assert!(text.is_char_boundary(long.at));
            }
        }
    }
}
