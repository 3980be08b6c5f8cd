//! The page of all words that patrons use for topics, from A to Z.

use super::{About, Maker, Result};
use crate::paths::PageKind;
use domain::{LanguageTag, find};
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::Locale;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use render::find::{Link, SOMETHING_ELSE, Search};
use render::html::Html;
use render::site::{ListItem, WordGroup, WordsView};
use std::collections::BTreeSet;

/// A word and the topic that it leads to.
struct Word<'a> {
    text: &'a str,
    language: &'a LanguageTag,
    href: String,
    topic: Html,
    /// Whether it is the topic's title.
    is_title: bool,
    heading: Heading,
}

/// Under which heading a word stands.
#[derive(PartialEq, Eq)]
enum Heading {
    /// A letter of its script.
    Letter(String),
    /// Its topic: Chinese has no letters.
    Topic(Html),
    /// It begins with a digit or a sign.
    Other,
}

impl Maker<'_> {
    pub(super) fn a_to_z(&self) -> Result<Vec<u8>> {
        let title = self.locale.plain("finder-title", &[])?;
        let mut groups: Vec<(Heading, WordGroup)> = Vec::new();
        for word in self.words_of_topics() {
            let text = Html::worded(word.text, word.language, self.locale.chrome());
            let topic = (!word.is_title).then_some(word.topic);
            let entry = ListItem { href: word.href, title: text, text: topic };
            match groups.last_mut() {
                Some((heading, group)) if *heading == word.heading => group.words.push(entry),
                _ => {
                    let label = match &word.heading {
                        Heading::Letter(letter) => Html::text(letter),
                        Heading::Topic(topic) => topic.clone(),
                        Heading::Other => Html::text("#"),
                    };
                    groups.push((word.heading, WordGroup { label, words: vec![entry] }));
                }
            }
        }
        let view = WordsView {
            search: Search::new(&self.id.language, ""),
            groups: groups.into_iter().map(|(_, group)| group).collect(),
            something_else: Link::to(&self.locale, SOMETHING_ELSE),
        };
        let about = About {
            title,
            description: self.locale.plain("finder-lead", &[])?,
            back: self.back(&PageKind::Topics, "nav-topics")?,
            content_language: None,
        };
        self.finish("site/finder.html", about, &view)
    }

    /// The words of today's topics, in the order of the reader's language. Words that differ by
    /// case, accents or a hyphen alone stand once for each topic.
    fn words_of_topics(&self) -> Vec<Word<'_>> {
        let order = Order::of(&self.id.language);
        let mut words = Vec::new();
        for topic in self.site.directory.topics_on(self.options.today) {
            let translated = self.site.topics.get(&topic.id).and_then(|words| self.words(words));
            let Some((language, own)) = translated else { continue };
            let mut seen = BTreeSet::new();
            let title = std::iter::once((true, &own.keys.title));
            let also = own.keys.also_known_as.iter().map(|word| (false, word));
            for (is_title, text) in title.chain(also) {
                if !seen.insert(find::fold(text)) {
                    continue;
                }
                let title = self.locale.topic(&topic.id);
                let heading = order.heading(text, &title);
                let href = self.href(&PageKind::Topic(topic.id.clone()));
                words.push(Word { text, language, href, topic: title, is_title, heading });
            }
        }
        // Stable: what has no letters stays in the order of its topics.
        words.sort_by(|a, b| match (&a.heading, &b.heading) {
            (Heading::Topic(_), Heading::Topic(_)) => std::cmp::Ordering::Equal,
            (Heading::Topic(_), _) => std::cmp::Ordering::Less,
            (_, Heading::Topic(_)) => std::cmp::Ordering::Greater,
            _ => order
                .whole
                .as_ref()
                .map_or_else(|| a.text.cmp(b.text), |whole| whole.compare(a.text, b.text)),
        });
        words
    }
}

/// The alphabetical order of a language.
struct Order {
    whole: Option<CollatorBorrowed<'static>>,
    /// Compares letters alone: in Vietnamese *ă* is one of its own, *á* is an *a*.
    letters: Option<CollatorBorrowed<'static>>,
}

impl Order {
    fn of(language: &LanguageTag) -> Self {
        let collator = |strength| {
            let locale: Locale = language.html_lang().parse().ok()?;
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            Collator::try_new((&locale).into(), options).ok()
        };
        Self { whole: collator(Strength::Tertiary), letters: collator(Strength::Primary) }
    }

    fn heading(&self, word: &str, topic: &Html) -> Heading {
        let composed = ComposingNormalizerBorrowed::new_nfc();
        let word = composed.normalize(word);
        let Some(first) = word.chars().next() else { return Heading::Other };
        let apart = DecomposingNormalizerBorrowed::new_nfd()
            .normalize(first.encode_utf8(&mut [0; 4]))
            .into_owned();
        match apart.chars().next() {
            Some(jamo @ '\u{1100}'..='\u{1112}') => Heading::Letter(consonant(jamo).to_owned()),
            Some('\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}') => {
                Heading::Topic(topic.clone())
            }
            Some(letter) if letter.is_alphabetic() => {
                // The shortest beginning that is the same letter: ấ is an â in Vietnamese.
                let ends = apart.char_indices().map(|(at, c)| at + c.len_utf8());
                let beginnings = ends.map(|end| composed.normalize(&apart[..end]).into_owned());
                let same = |letter: &String| {
                    self.letters.as_ref().is_none_or(|letters| {
                        letters.compare(letter, first.encode_utf8(&mut [0; 4])).is_eq()
                    })
                };
                let letter = beginnings.into_iter().find(same).unwrap_or_else(|| first.into());
                Heading::Letter(letter.to_uppercase())
            }
            _ => Heading::Other,
        }
    }
}

/// The consonant under which a Korean syllable stands in a dictionary's index; doubled ones stand
/// with the simple one.
fn consonant(jamo: char) -> &'static str {
    const CONSONANTS: [&str; 19] = [
        "ㄱ", "ㄱ", "ㄴ", "ㄷ", "ㄷ", "ㄹ", "ㅁ", "ㅂ", "ㅂ", "ㅅ", "ㅅ", "ㅇ", "ㅈ", "ㅈ", "ㅊ",
        "ㅋ", "ㅌ", "ㅍ", "ㅎ",
    ];
    let at = usize::try_from(u32::from(jamo).saturating_sub(0x1100)).unwrap_or_default();
    CONSONANTS.get(at).copied().unwrap_or("#")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(language: &str, word: &str) -> String {
        let order = Order::of(&LanguageTag::parse(language).unwrap());
        match order.heading(word, &Html::text("topic")) {
            Heading::Letter(letter) => letter,
            Heading::Topic(topic) => topic.as_str().to_owned(),
            Heading::Other => "#".to_owned(),
        }
    }

    #[test]
    fn a_word_stands_under_the_letter_that_its_language_counts() {
        for (language, word, letter) in [
            ("en", "e-mail", "E"),
            ("en", "Événement", "E"),
            ("vi", "ấn phẩm", "Â"),
            ("vi", "địa chỉ", "Đ"),
            ("vi", "ảnh", "A"),
            ("es", "ñandú", "Ñ"),
            ("es", "árbol", "A"),
            ("ru", "ёлка", "Е"),
            ("ru", "йод", "Й"),
            ("uk", "їжа", "Ї"),
            ("ko", "족보", "ㅈ"),
            ("ko", "뿌리", "ㅂ"),
            ("zh-Hans", "家谱", "topic"),
            ("en", "3D printing", "#"),
        ] {
            assert_eq!(heading(language, word), letter, "{word} in {language}");
        }
    }
}
