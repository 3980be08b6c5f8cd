//! What patrons and staff write to each other, and what staff leave for a patron.

use super::WebLink;
use crate::PhraseId;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest message or note, in characters.
pub const MESSAGE_MAX: usize = 2_000;
/// The longest title or line of a list, in characters.
pub const TITLE_MAX: usize = 200;
/// The most sentences, steps, links or lines (each counted alone) that can be sent at once.
pub const ITEMS_MAX: usize = 50;
/// The most messages that a request takes from its patron.
pub const MESSAGES_MAX: usize = 50;

/// What somebody wrote.
pub type MessageText = Text<MESSAGE_MAX>;
/// A title, or a line of a list.
pub type TitleText = Text<TITLE_MAX>;

/// A message to a patron: ready sentences, which they read in their language, and the librarian's
/// own words. At least one of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WordsParts", into = "WordsParts")]
pub struct Words {
    sentences: Vec<PhraseId>,
    own: Option<MessageText>,
}

/// Nothing was said, or too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WordsError {
    /// Nothing.
    #[error("at least a sentence, a link or a word of one's own is needed")]
    Nothing,
    /// More than [`ITEMS_MAX`] of one kind.
    #[error("at most {ITEMS_MAX} of each kind can be sent at once")]
    TooMany,
}

impl Words {
    /// Joins ready sentences and own words.
    pub fn new(sentences: Vec<PhraseId>, own: Option<MessageText>) -> Result<Self, WordsError> {
        if sentences.is_empty() && own.is_none() {
            return Err(WordsError::Nothing);
        }
        if sentences.len() > ITEMS_MAX {
            return Err(WordsError::TooMany);
        }
        Ok(Self { sentences, own })
    }

    /// The ready sentences.
    pub fn sentences(&self) -> &[PhraseId] {
        &self.sentences
    }

    /// The librarian's own words.
    pub fn own(&self) -> Option<&MessageText> {
        self.own.as_ref()
    }
}

#[derive(Serialize, Deserialize)]
struct WordsParts {
    #[serde(default)]
    sentences: Vec<PhraseId>,
    #[serde(default)]
    own: Option<MessageText>,
}

impl TryFrom<WordsParts> for Words {
    type Error = WordsError;
    fn try_from(parts: WordsParts) -> Result<Self, WordsError> {
        Self::new(parts.sentences, parts.own)
    }
}

impl From<Words> for WordsParts {
    fn from(words: Words) -> Self {
        Self { sentences: words.sentences, own: words.own }
    }
}

/// What a librarian found and leaves on the patron's page. [`Findings::new`] refuses an empty
/// one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FindingsParts", into = "FindingsParts")]
pub struct Findings(FindingsParts);

/// The parts of [`Findings`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingsParts {
    /// Ready sentences.
    pub sentences: Vec<PhraseId>,
    /// Ready steps to follow.
    pub steps: Vec<PhraseId>,
    /// Links.
    pub links: Vec<FoundLink>,
    /// Lines of a list: books, records, places to look.
    pub list: Vec<TitleText>,
    /// The librarian's own words.
    pub own: Option<MessageText>,
}

/// A link that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLink {
    /// What it leads to.
    pub title: TitleText,
    /// The address.
    pub link: WebLink,
}

impl Findings {
    /// Takes the parts, of which at least one must not be empty.
    pub fn new(parts: FindingsParts) -> Result<Self, WordsError> {
        let counts =
            [parts.sentences.len(), parts.steps.len(), parts.links.len(), parts.list.len()];
        if counts.iter().all(|count| *count == 0) && parts.own.is_none() {
            return Err(WordsError::Nothing);
        }
        if counts.iter().any(|count| *count > ITEMS_MAX) {
            return Err(WordsError::TooMany);
        }
        Ok(Self(parts))
    }

    /// The parts.
    pub fn parts(&self) -> &FindingsParts {
        &self.0
    }
}

impl TryFrom<FindingsParts> for Findings {
    type Error = WordsError;
    fn try_from(parts: FindingsParts) -> Result<Self, WordsError> {
        Self::new(parts)
    }
}

impl From<Findings> for FindingsParts {
    fn from(findings: Findings) -> Self {
        findings.0
    }
}
