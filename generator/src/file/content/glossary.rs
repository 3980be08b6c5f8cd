//! `content/glossary.yaml`: the terms that translators keep to.

use crate::diagnostic::Diagnostic;
use crate::file::front_matter;
use crate::file::read::{self, Read};
use crate::file::yaml::{self, Node, Value};
use crate::paths::GLOSSARY_YAML;
use domain::LanguageTag;
use std::collections::BTreeMap;
use std::ops::Range;

/// A term: its English, and what it is called in other languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The English. If the word has several meanings, an explanation in parentheses says which.
    pub(crate) english: String,
    /// The terms of other languages: the first is the one to use, the others are right too.
    pub(crate) words: BTreeMap<LanguageTag, Vec<String>>,
}

/// The whole file. A wrong entry is reported, and the others are still read.
pub(crate) fn glossary(text: &str) -> (Vec<Term>, Vec<Diagnostic>) {
    let node = match yaml::parse(text, 1) {
        Ok(node) => node,
        Err(error) => return (Vec::new(), vec![front_matter::syntax(GLOSSARY_YAML, error)]),
    };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Null => &[],
        _ => {
            let help = "write each term as a line `- { en: library, vi: thư viện }`";
            let message = "a list of terms is expected";
            return (
                Vec::new(),
                vec![Diagnostic::error("wrong-type", GLOSSARY_YAML, node.place, message, help)],
            );
        }
    };
    let mut terms: Vec<Term> = Vec::new();
    let mut diagnostics = Vec::new();
    for item in items {
        let twice = |term: &Term| terms.iter().any(|other| other.english == term.english);
        match term(item) {
            Ok(term) if twice(&term) => diagnostics.push(Diagnostic::error(
                "duplicate-term",
                GLOSSARY_YAML,
                item.place,
                format!("{} stands here twice", term.english),
                "keep one of the two; a second meaning is told in parentheses: record (a call)",
            )),
            Ok(term) => terms.push(term),
            Err(wrong) => diagnostics.push(wrong.in_file(GLOSSARY_YAML)),
        }
    }
    (terms, diagnostics)
}

fn term(node: &Node) -> Read<Term> {
    let mut english = None;
    let mut words = BTreeMap::new();
    for entry in read::entries(node)? {
        let name = Node { value: Value::Text(entry.key.clone()), place: entry.place };
        let language = read::language(&name)?;
        if language.is_source() {
            english = Some(read::text(&entry.node)?);
        } else {
            let variants = match entry.node.value {
                Value::List(_) => read::list(&entry.node, read::text)?,
                _ => vec![read::text(&entry.node)?],
            };
            words.insert(language, variants);
        }
    }
    match english {
        Some(english) => Ok(Term { english, words }),
        None => read::wrong(node, "en is missing here", "add `en: …`, the English term"),
    }
}

impl Term {
    /// Whether it is explained in parentheses: then its word alone may mean something else.
    pub(crate) fn is_explained(&self) -> bool {
        self.english.contains('(')
    }

    /// The English without its explanation, in small letters.
    fn word(&self) -> String {
        let word = self.english.split('(').next().unwrap_or_default();
        word.trim().to_lowercase()
    }

    /// Where it stands in an English text in small letters: as a whole word, or its plural.
    pub(crate) fn places(&self, text: &str) -> Vec<Range<usize>> {
        let word = self.word();
        if word.is_empty() {
            return Vec::new();
        }
        let places = text.match_indices(&word).filter_map(|(at, found)| {
            let before = text[..at].chars().next_back();
            let rest = &text[at + found.len()..];
            let rest = rest.strip_prefix('s').unwrap_or(rest);
            let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
            let whole = !inside(before) && !inside(rest.chars().next());
            whole.then_some(at..at + found.len())
        });
        places.collect()
    }
}

/// The terms of a text, without those that are a part of another: not "library" in "library card".
pub(crate) fn occurring<'t>(terms: &'t [Term], text: &str) -> Vec<&'t Term> {
    let text = prose(text).to_lowercase();
    let found: Vec<_> = terms.iter().map(|term| (term, term.places(&text))).collect();
    let covered = |place: &Range<usize>| {
        found.iter().flat_map(|(_, places)| places).any(|other| {
            other.start <= place.start && place.end <= other.end && other.len() > place.len()
        })
    };
    let occurs = |places: &[Range<usize>]| places.iter().any(|place| !covered(place));
    found.iter().filter(|(_, places)| occurs(places)).map(|(term, _)| *term).collect()
}

/// A text without what readers don't see: the targets of links and the names of placeholders.
fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['(', '{']) {
        let (before, inside) = rest.split_at(at);
        prose.push_str(before);
        let end = match (before.ends_with(']'), inside.starts_with('{')) {
            (_, true) => inside.find('}'),
            (true, _) => inside.find(')'),
            (false, false) => Some(0),
        };
        prose.push(' ');
        rest = &inside[end.map_or(1, |end| end + 1)..];
    }
    prose + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_as_a_whole_word_in_any_case_and_not_within_a_longer_term() {
        let text = "- { en: library, vi: thư viện }\n- { en: library card, vi: thẻ }\n- { en: form, vi: mẫu }\n";
        let (terms, diagnostics) = glossary(text);
        assert_eq!(diagnostics, []);
        let found = |text: &str| {
            occurring(&terms, text).into_iter().map(|t| t.english.clone()).collect::<Vec<_>>()
        };
        assert_eq!(found("Your Library cards, and information."), ["library card"]);
        assert_eq!(found("A library card of the library"), ["library", "library card"]);
        assert_eq!(found("Forms perform"), ["form"]);
        assert_eq!(found("[Ask](../library.md) (the form) {library}"), ["form"]);
    }

    #[test]
    fn each_wrong_entry_is_told_where_it_stands() {
        let text = "- { vi: thư viện }\n- { en: form, vi: [mẫu, đơn] }\n- { en: form, vietnamese: a }\n- { en: form }\n";
        let (terms, diagnostics) = glossary(text);
        assert_eq!(terms.len(), 1);
        let lines: Vec<_> = diagnostics.iter().map(|d| (d.line, d.code)).collect();
        assert_eq!(lines, [(1, "wrong-value"), (3, "wrong-value"), (4, "duplicate-term")]);
    }
}
