//! Passages of a text: sentences that are long enough to be judged, counted in one pass.

use super::script::{self, Letter, SCRIPTS, Script, Writing};
use super::token;
use super::words::{self, Hash, TONGUES, Tongue};
use std::ops::Range;

/// The bytes of the shortest passage: eight words of a letter each, and what is between them.
pub(super) const SHORTEST: usize = 15;

/// A sentence, or several short ones, with what tells its language.
#[derive(Debug, Clone, Default)]
pub(super) struct Passage {
    /// Where it stands, in bytes.
    pub(super) range: Range<usize>,
    /// Words in scripts that put spaces between them.
    pub(super) words: usize,
    pub(super) han: usize,
    pub(super) kana: usize,
    pub(super) chinese_function: usize,
    pub(super) simplified: usize,
    pub(super) traditional: usize,
    pub(super) russian: usize,
    pub(super) ukrainian: usize,
    /// Korean words that end as verbs and marked nouns do.
    pub(super) korean_endings: usize,
    letters: [usize; SCRIPTS],
    hits: [usize; TONGUES],
    /// Words on no list, and those among them that begin with a capital.
    unlisted: usize,
    capitals: usize,
}

impl Passage {
    /// How many words of a language it has.
    pub(super) fn hits(&self, tongue: Tongue) -> usize {
        self.hits[tongue as usize]
    }

    pub(super) fn weight(&self, script: Script) -> usize {
        self.letters[script as usize] * script.weight()
    }

    /// The script that most of it is in, and how much that is.
    pub(super) fn main_script(&self) -> Option<(Script, usize)> {
        const ALL: [Script; SCRIPTS] = [
            Script::Latin,
            Script::Cyrillic,
            Script::Han,
            Script::Kana,
            Script::Hangul,
            Script::Arabic,
            Script::Other,
        ];
        let most = ALL.into_iter().max_by_key(|script| self.weight(*script))?;
        Some((most, self.weight(most))).filter(|(_, weight)| *weight > 0)
    }

    /// Whether most of what isn't an everyday word begins with a capital: names, titles.
    pub(super) fn is_title(&self) -> bool {
        self.unlisted >= 3 && self.capitals * 5 >= self.unlisted * 4
    }

    /// Whether the Chinese characters leave no doubt: one name doesn't make a passage.
    pub(super) fn is_sure_of_writing(&self) -> bool {
        let (less, more) = if self.simplified < self.traditional {
            (self.simplified, self.traditional)
        } else {
            (self.traditional, self.simplified)
        };
        more >= 3 && more >= less * 4
    }

    /// Whether there is enough of it to be judged: about eight words.
    fn is_enough(&self) -> bool {
        let hangul = self.letters[Script::Hangul as usize];
        self.words >= 8 || self.han + self.kana >= 12 || hangul >= 14
    }

    fn word(&mut self, word: &Word) {
        if word.script == Script::Hangul {
            self.korean_endings += usize::from(word.length >= 2 && ends_as_korean(word.last));
        }
        self.words += 1;
        let tongue = words::tongue(word.hash).or_else(|| {
            (word.is_vietnamese && !word.is_capital).then_some(Tongue::Vietnamese).or_else(|| {
                // The article is written as part of its word.
                (word.is_definite && word.length >= 4).then_some(Tongue::Arabic)
            })
        });
        match tongue {
            Some(tongue) => self.hits[tongue as usize] += 1,
            None if word.script == Script::Han || word.script == Script::Kana => {}
            None => {
                self.unlisted += 1;
                self.capitals += usize::from(word.is_capital);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        if self.words == 0 && self.han == 0 {
            self.range.start = other.range.start;
        }
        self.range.end = other.range.end;
        self.words += other.words;
        self.han += other.han;
        self.kana += other.kana;
        self.chinese_function += other.chinese_function;
        self.simplified += other.simplified;
        self.traditional += other.traditional;
        self.russian += other.russian;
        self.ukrainian += other.ukrainian;
        self.korean_endings += other.korean_endings;
        self.unlisted += other.unlisted;
        self.capitals += other.capitals;
        for (sum, more) in self.letters.iter_mut().zip(other.letters) {
            *sum += more;
        }
        for (sum, more) in self.hits.iter_mut().zip(other.hits) {
            *sum += more;
        }
    }
}

fn ends_as_korean(last: char) -> bool {
    "다요는은을를에의이가도로고서며면지까와과니".contains(last)
}

/// A word that is being read.
struct Word {
    hash: Hash,
    script: Script,
    length: usize,
    last: char,
    is_capital: bool,
    is_vietnamese: bool,
    is_definite: bool,
}

/// The passages of a text that aren't plainly in the page's language: each long sentence alone,
/// short ones together.
pub(super) fn passages<F: Fn(&Passage) -> bool>(text: &str, is_plain: F) -> Passages<'_, F> {
    Passages { text, at: 0, short: Passage::default(), is_plain }
}

/// An iterator over passages.
pub(super) struct Passages<'a, F> {
    text: &'a str,
    at: usize,
    short: Passage,
    is_plain: F,
}

impl<F: Fn(&Passage) -> bool> Iterator for Passages<'_, F> {
    type Item = Passage;

    fn next(&mut self) -> Option<Passage> {
        while self.at < self.text.len() {
            let Some(sentence) = self.sentence() else {
                continue;
            };
            if sentence.is_enough() {
                return Some(sentence);
            }
            self.short.add(&sentence);
            if self.short.is_enough() {
                return Some(std::mem::take(&mut self.short));
            }
        }
        None
    }
}

impl<F: Fn(&Passage) -> bool> Passages<'_, F> {
    /// Reads to the end of a sentence; of one that is plainly in the page's language there is
    /// nothing to say.
    fn sentence(&mut self) -> Option<Passage> {
        self.at = token::after_spaces(self.text, self.at);
        let mut sentence = Passage { range: self.at..self.at, ..Passage::default() };
        while self.at < self.text.len() {
            let start = self.at;
            let (token, kind) = token::first(&self.text[start..]);
            self.at = token::after_spaces(self.text, start + token.len());
            let (mut ends, is_dotted) = if kind.has_mark() {
                let (inner, ends) = token::without_end(token);
                (ends, inner.contains('.'))
            } else {
                (false, false)
            };
            // E-mail addresses, URLs, file names, numbers, "p.m.": no words.
            if !kind.is_ascii() {
                sentence.range.end = start + token.len();
                if let Some(end) = token_words(&mut sentence, token) {
                    self.at = start + end;
                    sentence.range.end = self.at;
                    ends = true;
                }
            } else if !kind.is_code() && !is_dotted {
                sentence.range.end = start + token.len();
                ascii_words(&mut sentence, token);
            }
            if (self.is_plain)(&sentence) {
                if !ends {
                    self.at = token::sentence_end(self.text, self.at);
                }
                return None;
            }
            if ends {
                break;
            }
        }
        Some(sentence)
    }
}

/// Counts the words of a token in plain letters.
fn ascii_words(sentence: &mut Passage, token: &str) {
    let bytes = token.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut hash = Hash::default();
        while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphabetic()) {
            hash = hash.and(char::from(byte.to_ascii_lowercase()));
            at += 1;
        }
        if at > start {
            sentence.letters[Script::Latin as usize] += at - start;
            sentence.word(&Word {
                hash,
                script: Script::Latin,
                length: at - start,
                last: 'a',
                is_capital: bytes[start].is_ascii_uppercase(),
                is_vietnamese: false,
                is_definite: false,
            });
        }
        // What follows an apostrophe is no word of its own: don't.
        if bytes.get(at) == Some(&b'\'') {
            at += 1;
            while bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
                at += 1;
            }
        }
        at += 1;
    }
}

/// Counts the words of a token. Ends early, with the place, after a full stop of Chinese.
fn token_words(sentence: &mut Passage, token: &str) -> Option<usize> {
    let mut word: Option<Word> = None;
    let mut tail = false;
    for (at, c) in token.char_indices() {
        let letter = Letter::of(c);
        let Some(script) = letter.script else {
            if let Some(word) = word.take() {
                sentence.word(&word);
            }
            // What follows an apostrophe is no word of its own: don't, п'ять.
            tail = matches!(c, '\'' | '’');
            if matches!(c, '。' | '！' | '？') {
                return Some(at + c.len_utf8());
            }
            continue;
        };
        sentence.letters[script as usize] += 1;
        match script {
            Script::Han => {
                sentence.han += 1;
                sentence.chinese_function += usize::from(script::is_chinese_function(c));
                match script::writing(c) {
                    Some(Writing::Simplified) => sentence.simplified += 1,
                    Some(Writing::Traditional) => sentence.traditional += 1,
                    None => {}
                }
                continue;
            }
            Script::Kana => {
                sentence.kana += 1;
                continue;
            }
            _ => {}
        }
        if tail {
            continue;
        }
        let word = word.get_or_insert_with(|| Word {
            hash: Hash::default(),
            script,
            length: 0,
            last: c,
            is_capital: letter.small != c,
            is_vietnamese: false,
            is_definite: false,
        });
        match word.length {
            0 => word.is_definite = c == 'ا',
            1 => word.is_definite &= c == 'ل',
            _ => {}
        }
        match letter.only_in {
            None => {}
            Some(Tongue::Russian) => sentence.russian += 1,
            Some(Tongue::Ukrainian) => sentence.ukrainian += 1,
            Some(_) => word.is_vietnamese = true,
        }
        word.hash = word.hash.and(letter.small);
        word.length += 1;
        word.last = c;
    }
    if let Some(word) = word {
        sentence.word(&word);
    }
    None
}
