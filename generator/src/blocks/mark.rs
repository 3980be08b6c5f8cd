//! `translations mark`: a person says that a translation agrees with its source as it is now.

use super::texts::{NoTranslation, Texts};

/// A file that was marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its text.
    pub text: String,
    /// How many blocks of the source it translates.
    pub source_blocks: usize,
    /// How many it has itself. If they are more or fewer, a change in the source can be told, but
    /// not the block that it concerns.
    pub own_blocks: usize,
    /// How many comments hold a text of the source that still waits to be translated.
    pub waiting: usize,
}

/// Records the blocks of the source as they are now in a translation.
pub fn mark(texts: Texts<'_>, translation: &str) -> Result<Marked, NoTranslation> {
    let mut both = texts.both(translation)?;
    let (source, own) = both.blocks();
    let hashes: Vec<_> = source.iter().map(|block| block.hash.clone()).collect();
    let waiting = match own.len() < source.len() {
        true => both.translation.written().matches("<!-- en: ").count(),
        false => 0,
    };
    both.translation.mark(&hashes)?;
    Ok(Marked {
        text: both.translation.written(),
        source_blocks: source.len(),
        own_blocks: own.len(),
        waiting,
    })
}
