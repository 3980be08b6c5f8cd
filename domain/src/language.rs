//! Languages: the tags that stand in file names and addresses, and how each is written.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use thiserror::Error;

/// A BCP 47 tag of a language and, where one is needed, its script: `en`, `vi`, `zh-Hans`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageTag(Cow<'static, str>);

/// A text that is no language tag of the form we use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a language tag like \"vi\" or \"zh-Hans\"")]
pub struct LanguageTagError(String);

impl LanguageTag {
    /// The language in which content is written first.
    pub const SOURCE: &'static str = "en";

    /// Reads a tag in any case and keeps it as BCP 47 writes it: `zh-hans` becomes `zh-Hans`.
    pub fn parse(text: &str) -> Result<Self, LanguageTagError> {
        let refused = || LanguageTagError(text.to_owned());
        let (language, script) = match text.split_once('-') {
            Some((language, script)) => (language, Some(script)),
            None => (text, None),
        };
        let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        if !(2..=3).contains(&language.len()) || !letters(language) {
            return Err(refused());
        }
        let mut tag = language.to_ascii_lowercase();
        if let Some(script) = script {
            if script.len() != 4 || !letters(script) {
                return Err(refused());
            }
            tag.push('-');
            tag.push_str(&script[..1].to_ascii_uppercase());
            tag.push_str(&script[1..].to_ascii_lowercase());
        }
        Ok(Self(tag.into()))
    }

    /// English, the language of the source.
    pub fn source() -> Self {
        Self(Cow::Borrowed(Self::SOURCE))
    }

    /// Whether this is the language of the source.
    pub fn is_source(&self) -> bool {
        self.0 == Self::SOURCE
    }

    /// The tag as it stands in file names and content keys.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag as it stands in addresses: lower case.
    pub fn in_address(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The value of a page's `lang` attribute. English is `en-US`, for its spelling and dates.
    pub fn html_lang(&self) -> &str {
        if self.is_source() { "en-US" } else { &self.0 }
    }

    /// Which way the language is written.
    pub fn direction(&self) -> Direction {
        let language = self.0.split('-').next().unwrap_or_default();
        match language {
            "ar" | "fa" | "he" | "ur" | "ps" | "yi" => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for LanguageTag {
    type Error = LanguageTagError;
    fn try_from(text: String) -> Result<Self, LanguageTagError> {
        Self::parse(&text)
    }
}

impl From<LanguageTag> for String {
    fn from(tag: LanguageTag) -> String {
        tag.0.into_owned()
    }
}

/// The direction of writing, as the `dir` attribute names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// How much of the site a language has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    /// Every page.
    Whole,
    /// Its home page, the form, the desk's pages and mails; other links lead to the source language.
    Form,
}

/// A language that the site is offered in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// Its tag.
    pub tag: LanguageTag,
    /// Its own name for itself: "Tiếng Việt".
    pub name: String,
    /// Its name in English, for staff: "Vietnamese".
    pub english_name: String,
    /// How much of the site it has.
    pub extent: Extent,
    /// The person who reviewed its strings; `None` marks machine translation.
    pub reviewed: Option<Review>,
}

/// Who read a translation, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The person's name or initials.
    pub by: String,
    /// The day.
    pub on: jiff::civil::Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_kept_as_bcp_47_writes_it() {
        for (given, kept) in
            [("EN", "en"), ("zh-hans", "zh-Hans"), ("ZH-HANT", "zh-Hant"), ("tl", "tl")]
        {
            assert_eq!(LanguageTag::parse(given).map(String::from), Ok(kept.to_owned()));
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in ["", "e", "english", "en-US", "en_US", "zh-Han", "../en", "é1"] {
            assert!(LanguageTag::parse(text).is_err(), "{text:?} was taken");
        }
    }
}
