//! Free text from a form, with uniform line ends and a length limit.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// A text of at most `MAX` characters that isn't blank. Debug output hides it: it is personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// Why a text was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("the text is blank")]
    Blank,
    /// Too many characters.
    #[error("the text has {has} characters; at most {max} are allowed")]
    TooLong {
        /// How many it has, line ends counted as one.
        has: usize,
        /// How many it may have.
        max: usize,
    },
}

/// The text with every line end as `\n`, without other control characters and without outer space.
pub fn normalize(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String =
        unified.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

impl<const MAX: usize> Text<MAX> {
    /// Reads a text. Browsers send `\r\n`, which patrons count as one character, and so do we.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = normalize(text);
        if text.is_empty() {
            return Err(TextError::Blank);
        }
        let has = text.chars().count();
        if has > MAX {
            return Err(TextError::TooLong { has, max: MAX });
        }
        Ok(Self(text))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> String {
        text.0
    }
}
