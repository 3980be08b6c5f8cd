//! Finding a topic without knowing its name: an index of titles, of the words that patrons use
//! (`also_known_as`) and of summaries, and [`Index::find`], which ranks what fits.
//!
//! The index is a few hundred short texts, so each search looks at all of them. The order is a rule
//! that can be said in a sentence: a whole phrase before all words before some words; a title
//! before a word patrons use before a summary; the reader's language before another; then topics,
//! services, pages, libraries. Only hits nearly as good as the best are listed beside it.

mod fold;
mod matching;
mod rank;

pub use fold::fold;

use crate::{BranchId, LanguageTag, TopicId};
use rank::{Question, Rank};
use std::collections::{BTreeMap, BTreeSet};

/// The longest question, in characters. Longer ones are cut.
pub const ASKED_MAX: usize = 100;

/// How many of its words count.
const WORDS_MAX: usize = 12;

/// What can be found. Equal hits are listed in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A topic.
    Topic(TopicId),
    /// A page about the service or a way to meet, by the name of its file.
    Service(String),
    /// A page, by the name of its file.
    Page(String),
    /// A library.
    Library(BranchId),
}

/// Something that can be found, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub what: What,
    /// The language of its words.
    pub language: LanguageTag,
    /// Its title.
    pub title: String,
    /// The words that patrons use for it.
    pub also_known_as: Vec<String>,
    /// A sentence about it.
    pub summary: String,
}

/// The text of an entry that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The sentence about it.
    Summary,
    /// A word that patrons use for it.
    AlsoKnownAs,
    /// Its title.
    Title,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// What it is.
    pub what: &'a What,
    /// In which text.
    pub field: Field,
    /// The text that fits best.
    pub text: &'a str,
    /// Its language.
    pub language: &'a LanguageTag,
}

/// Everything that can be found, in all languages.
#[derive(Debug, Clone, Default)]
pub struct Index {
    entries: Vec<Indexed>,
    little: BTreeMap<LanguageTag, BTreeSet<String>>,
}

/// An entry, folded.
#[derive(Debug, Clone)]
struct Indexed {
    what: What,
    language: LanguageTag,
    texts: Vec<Text>,
}

/// A text, folded.
#[derive(Debug, Clone)]
struct Text {
    field: Field,
    shown: String,
    words: Vec<String>,
    /// The words within hyphens.
    parts: Vec<String>,
    /// The words with their marks.
    marked: Vec<String>,
    /// The words without separators: "e mail" is "e-mail".
    joined: String,
}

impl Index {
    /// Makes an index. Little words (such as "how", "the" and "my") are ignored beside words that
    /// say more.
    pub fn new(
        entries: impl IntoIterator<Item = Entry>,
        little_words: impl IntoIterator<Item = (LanguageTag, String)>,
    ) -> Self {
        let little = little_words.into_iter();
        Self {
            entries: entries.into_iter().map(Indexed::new).collect(),
            little: little
                .map(|(tag, text)| (tag, fold::words(&text).into_iter().collect()))
                .collect(),
        }
    }

    /// What fits, the best first: at most `limit`, each once. `languages` are in order of
    /// preference: the reader's, then the source's. The result is deterministic.
    pub fn find(&self, asked: &str, languages: &[&LanguageTag], limit: usize) -> Vec<Hit<'_>> {
        let searched = self.entries.iter().filter_map(|entry| {
            let preference = languages.iter().position(|language| **language == entry.language)?;
            Some((preference, entry))
        });
        let searched: Vec<_> = searched.collect();
        let little = languages.iter().filter_map(|language| self.little.get(language));
        let question = Question::new(asked, &little.collect::<Vec<_>>(), &searched);
        let mut best: BTreeMap<&What, (Rank, usize, &Indexed, &Text)> = BTreeMap::new();
        for (preference, entry) in searched {
            let Some((rank, text)) = question.rank(entry) else { continue };
            // A less preferred language has a larger number: at equal rank the earlier entry wins.
            let better = |(before, of, ..): &(Rank, usize, _, _)| {
                (rank, std::cmp::Reverse(preference)) > (*before, std::cmp::Reverse(*of))
            };
            if best.get(&entry.what).is_none_or(better) {
                best.insert(&entry.what, (rank, preference, entry, text));
            }
        }
        let mut hits: Vec<_> = best.into_iter().collect();
        hits.sort_by(|(a, (a_rank, a_of, ..)), (b, (b_rank, b_of, ..))| {
            b_rank.cmp(a_rank).then(a_of.cmp(b_of)).then(a.cmp(b))
        });
        let floor = hits.first().map(|(_, (rank, ..))| rank.floor());
        let near = |(_, (rank, ..)): &(_, (Rank, _, _, _))| floor.is_some_and(|f| rank.is_near(f));
        let hits = hits.into_iter().filter(near).take(limit).map(|(what, (_, _, entry, text))| {
            Hit { what, field: text.field, text: &text.shown, language: &entry.language }
        });
        hits.collect()
    }
}

impl Indexed {
    fn new(entry: Entry) -> Self {
        let also = entry.also_known_as.into_iter().map(|words| (Field::AlsoKnownAs, words));
        let texts = [(Field::Title, entry.title)].into_iter().chain(also);
        let texts = texts.chain([(Field::Summary, entry.summary)]);
        Self {
            what: entry.what,
            language: entry.language,
            texts: texts.map(|(field, shown)| Text::new(field, shown)).collect(),
        }
    }
}

impl Text {
    fn new(field: Field, shown: String) -> Self {
        let words = fold::words(&shown);
        Self {
            field,
            parts: fold::parts(&shown),
            marked: fold::marked(&shown),
            joined: words.concat(),
            words,
            shown,
        }
    }
}

/// The part of a question that counts: at most [`ASKED_MAX`] characters, trimmed.
pub fn shortened(asked: &str) -> &str {
    let end = asked.trim_start().char_indices().nth(ASKED_MAX).map(|(at, _)| at);
    let asked = asked.trim_start();
    asked[..end.unwrap_or(asked.len())].trim_end()
}

/// A question without hits, if editors may keep it: folded, at most 30 characters and three
/// words, without digits and `@`. `None` for anything else: it may be about a person.
pub fn candidate(asked: &str) -> Option<String> {
    let asked = asked.trim();
    // Checked before folding, which removes these characters.
    let wide = |c: char| c.is_numeric() || matches!(c, '@' | '＠' | '﹫' | '/' | '\\' | ':');
    if asked.contains(wide) || ASKED_MAX < asked.chars().count() {
        return None;
    }
    let words = fold::words(asked);
    let readable = fold::readable(&words.join(" "));
    let length = readable.chars().count();
    let letters = readable.contains(char::is_alphabetic) && !readable.contains(char::is_numeric);
    (words.len() <= 3 && (2..=30).contains(&length) && letters).then_some(readable)
}
