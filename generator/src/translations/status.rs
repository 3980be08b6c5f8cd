//! `translations status`: how each page stands in each language.

use super::strings;
use crate::blocks::{Change, Texts, compare};
use crate::paths;
use domain::LanguageTag;
use serde::Serialize;

/// How a page stands in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is as its source is, and a person has read it.
    Fresh,
    /// It is as its source is, and nobody has read it.
    Unreviewed,
    /// So many blocks are not as in the source.
    Stale,
    /// Unknown: it was never marked.
    Unmarked,
    /// It isn't there.
    Missing,
    /// Its front matter can't be read.
    Unreadable,
}

/// A page or the strings in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The page's path without its ending, like `topics/genealogy`, or `strings`.
    pub page: String,
    /// The language.
    pub language: LanguageTag,
    /// How it stands.
    pub state: State,
    /// How many blocks are stale, or how many strings are missing.
    pub blocks: usize,
    /// Whether a person has read it.
    pub reviewed: bool,
}

/// How one page stands in one language.
pub fn of_page(texts: Texts<'_>, page: &str, language: &LanguageTag) -> Standing {
    let file = paths::translation_file(page, language);
    let standing = |state, blocks, reviewed| Standing {
        page: paths::within_content(page).to_owned(),
        language: language.clone(),
        state,
        blocks,
        reviewed,
    };
    if texts.get(&file).is_none() {
        return standing(State::Missing, 0, false);
    }
    let Ok(both) = texts.both(&file) else {
        return standing(State::Unreadable, 0, false);
    };
    let reviewed = both.translation.has("reviewed");
    let Some(record) = both.translation.record() else {
        return standing(State::Unmarked, 0, reviewed);
    };
    let (source, own) = both.blocks();
    let pairs = compare(&source, &record, &own);
    match pairs.iter().filter(|pair| pair.change != Change::Same).count() {
        0 if reviewed => standing(State::Fresh, 0, true),
        0 => standing(State::Unreviewed, 0, false),
        stale => standing(State::Stale, stale, reviewed),
    }
}

/// How the strings stand in a language. Whether a person has read them stands in `site.yaml`.
pub fn of_strings(texts: Texts<'_>, language: &LanguageTag, reviewed: bool) -> Standing {
    let missing = strings::missing(texts, language);
    let there = texts.get(&paths::strings(language)).is_some();
    let state = match (there, missing.len()) {
        (false, _) => State::Missing,
        (true, 0) if reviewed => State::Fresh,
        (true, 0) => State::Unreviewed,
        (true, _) => State::Stale,
    };
    Standing {
        page: "strings".to_owned(),
        language: language.clone(),
        state,
        blocks: missing.len(),
        reviewed,
    }
}
