//! The order of what is found.

use super::fold::{self, is_unspaced};
use super::matching::{Fit, Place, fit, is_typo};
use super::{Field, Indexed, Text, WORDS_MAX, shortened};
use std::collections::BTreeSet;

/// How well an entry fits: the level first, then the field, how many words, and how closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    level: Level,
    field: Field,
    words: usize,
    close: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Some of the words.
    Some,
    /// All of the words, anywhere.
    All,
    /// The words in their order.
    Phrase,
    /// The text equals the question.
    Whole,
}

impl Rank {
    /// The lowest level that is still listed beside this one.
    pub(super) fn floor(&self) -> Level {
        match self.level {
            Level::Whole => Level::Phrase,
            Level::Phrase => Level::All,
            Level::All | Level::Some => Level::Some,
        }
    }

    pub(super) fn is_near(&self, floor: Level) -> bool {
        floor <= self.level
    }
}

/// What is asked for, folded.
pub(super) struct Question {
    words: Vec<Word>,
    joined: String,
    unspaced: bool,
}

struct Word {
    text: String,
    /// The same with its accents, if it was typed with any.
    marked: Option<String>,
    place: Place,
    /// Ignored beside words that say more.
    little: bool,
    /// Fits nowhere as typed, so it may be misspelt.
    misspelt: bool,
}

impl Question {
    pub(super) fn new(
        asked: &str,
        little: &[&BTreeSet<String>],
        searched: &[(usize, &Indexed)],
    ) -> Self {
        let mut texts = fold::words(shortened(asked));
        texts.truncate(WORDS_MAX);
        let is_little = |word: &String| little.iter().any(|words| words.contains(word));
        let all_little = texts.iter().all(is_little);
        let last = texts.len().saturating_sub(1);
        let marked = fold::marked(shortened(asked));
        let marks_of = |word: &String| {
            marked.iter().find(|marked| *marked != word && fold::fold(marked) == *word).cloned()
        };
        let words = texts.iter().enumerate().map(|(at, text)| {
            let place = if at == last { Place::Last } else { Place::Before };
            let mut there = searched.iter().flat_map(|(_, entry)| &entry.texts);
            Word {
                place,
                marked: marks_of(text),
                little: !all_little && is_little(text),
                misspelt: !there.any(|there| there.fit(text, place).is_some()),
                text: text.clone(),
            }
        });
        Self {
            words: words.collect(),
            joined: texts.concat(),
            unspaced: texts.iter().any(|word| word.starts_with(is_unspaced)),
        }
    }

    /// How well an entry fits, and its best-fitting text.
    pub(super) fn rank<'a>(&self, entry: &'a Indexed) -> Option<(Rank, &'a Text)> {
        if self.words.is_empty() {
            return None;
        }
        let mut phrase: Option<(Rank, &Text)> = None;
        for text in &entry.texts {
            let rank = self.phrase(text).map(|(level, close)| Rank {
                level,
                field: text.field,
                words: self.words.len(),
                close,
            });
            // At equal rank the first wins: the editor's order.
            if let Some(rank) = rank
                && phrase.is_none_or(|(before, _)| before < rank)
            {
                phrase = Some((rank, text));
            }
        }
        phrase.or_else(|| self.single_words(entry))
    }

    /// Whether a text equals the question, contains it, or is contained in it, and how closely.
    fn phrase(&self, text: &Text) -> Option<(Level, usize)> {
        if text.joined.is_empty() {
            return None;
        }
        if text.joined == self.joined {
            return Some((Level::Whole, 0));
        }
        if 1 < self.words.len() && self.is_in(&text.words) {
            return Some((Level::Phrase, self.words.len()));
        }
        let named = text.field != Field::Summary;
        if named && text.words.len() < self.words.len() && self.holds(text) {
            return Some((Level::Phrase, text.words.len()));
        }
        let within = text.joined.contains(&self.joined)
            || (named && 2 <= text.joined.chars().count() && self.joined.contains(&text.joined));
        (self.unspaced && within).then_some((Level::Phrase, 0))
    }

    /// Whether the words stand in a text consecutively.
    fn is_in(&self, there: &[String]) -> bool {
        let close = |fit: Fit| fit == Fit::Exact || fit == Fit::Ending;
        there.windows(self.words.len()).any(|run| {
            self.words.iter().zip(run).all(|(word, there)| {
                fit(&word.text, there, word.place)
                    .is_some_and(|fit| close(fit) || word.place == Place::Last)
            })
        })
    }

    /// Whether the question contains this whole title or word: "make a family tree" contains
    /// "family tree". A single short word isn't enough.
    fn holds(&self, text: &Text) -> bool {
        let long = |word: &str| 4 <= word.chars().count();
        let run_fits = |run: &[Word]| {
            run.iter().any(|word| !word.little)
                && run.iter().zip(&text.words).all(|(word, there)| {
                    // The whole text is matched, so no word counts as unfinished.
                    let fit = fit(&word.text, there, Place::Before);
                    fit.is_some_and(|fit| Fit::Ending <= fit)
                })
        };
        let enough = match &text.words[..] {
            [] => false,
            [word] => long(word),
            _ => true,
        };
        enough && self.words.windows(text.words.len()).any(run_fits)
    }

    /// All or some of the words, anywhere in the entry.
    fn single_words<'a>(&self, entry: &'a Indexed) -> Option<(Rank, &'a Text)> {
        let telling: Vec<_> = self.words.iter().filter(|word| !word.little).collect();
        let mut found: Vec<_> =
            telling.iter().filter_map(|word| word.best(&entry.texts, |_| true)).collect();
        if found.len() < telling.len() {
            // If only some words fit, their accents must too: "hộ chiếu" isn't "họ hàng".
            let typed = telling
                .iter()
                .filter_map(|word| word.best(&entry.texts, |text| word.stands_as_typed(text)));
            found = typed.collect();
        }
        let (best, _, text) =
            *found.iter().reduce(|a, b| if (a.0, a.1) < (b.0, b.1) { b } else { a })?;
        let (level, field) = if found.len() == telling.len() {
            (Level::All, found.iter().map(|(field, ..)| *field).min()?)
        } else if best == Field::Summary {
            // A single word says little of what a sentence is about.
            return None;
        } else {
            (Level::Some, best)
        };
        let close = found.iter().map(|(field, fit, _)| 4 * (*field as usize) + *fit as usize);
        Some((Rank { level, field, words: found.len(), close: close.sum() }, text))
    }
}

impl Word {
    /// The best-fitting of the texts that count; at equal fit the first.
    fn best<'a>(
        &self,
        texts: &'a [Text],
        counts: impl Fn(&Text) -> bool,
    ) -> Option<(Field, Fit, &'a Text)> {
        let mut best: Option<(Field, Fit, &Text)> = None;
        for text in texts.iter().filter(|text| counts(text)) {
            if let Some(fit) = self.fit(text)
                && best.is_none_or(|(field, before, _)| (field, before) < (text.field, fit))
            {
                best = Some((text.field, fit, text));
            }
        }
        best
    }

    /// Whether a text has this word with the accents it was typed with, if any.
    fn stands_as_typed(&self, text: &Text) -> bool {
        self.marked.as_ref().is_none_or(|marked| text.marked.contains(marked))
    }

    fn fit(&self, text: &Text) -> Option<Fit> {
        text.fit(&self.text, self.place).or_else(|| {
            let typo = match &self.marked {
                _ if !self.misspelt => false,
                // Accents that were typed were meant.
                Some(marked) => text.marked.iter().any(|there| is_typo(marked, there)),
                None => text.all_words().any(|there| is_typo(&self.text, there)),
            };
            typo.then_some(Fit::Typo)
        })
    }
}

impl Text {
    fn all_words(&self) -> impl Iterator<Item = &String> {
        self.words.iter().chain(&self.parts)
    }

    /// How well a word fits the best of this text's words.
    fn fit(&self, asked: &str, place: Place) -> Option<Fit> {
        self.all_words().filter_map(|there| fit(asked, there, place)).max()
    }
}
