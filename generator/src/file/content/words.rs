//! The words of a file in one language: what is translated.

use super::Alias;
use super::life;
use crate::diagnostic::Diagnostic;
use crate::file::block::{self, Block, BlockHash};
use crate::file::front_matter::{Body, Parts};
use crate::file::read::{self, Keys};
use domain::LanguageTag;
use render::markdown::{Document, Written};
use std::sync::OnceLock;

/// A file's Markdown, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Words<T> {
    /// The file.
    pub(crate) file: String,
    /// What its keys say.
    pub(crate) keys: T,
    /// Its Markdown.
    pub(crate) body: Body,
    /// The line on which the Markdown begins.
    pub(crate) body_line: usize,
    /// Whether a person has read it, if it is a translation.
    pub(crate) reviewed: bool,
    /// Where its page once was, if it is the source.
    pub(crate) aliases: Vec<Alias>,
    /// Which blocks of its source it translates, if it was marked.
    pub(crate) translates: Option<Vec<BlockHash>>,
    /// Its Markdown as HTML, made once.
    written: OnceLock<Written>,
    /// The texts of its front matter.
    texts: Vec<Block>,
    /// The texts and the blocks of its Markdown, made when first needed.
    blocks: OnceLock<Vec<Block>>,
}

/// A file of any kind, as far as translating it is concerned.
pub(crate) trait Translatable {
    /// The file.
    fn file(&self) -> &str;
    /// Its blocks.
    fn blocks(&self) -> &[Block];
    /// Which blocks of its source it translates, if it was marked.
    fn record(&self) -> Option<&[BlockHash]>;
    /// Whether a person has read it.
    fn is_reviewed(&self) -> bool;
}

impl<T> Translatable for Words<T> {
    fn file(&self) -> &str {
        &self.file
    }

    fn blocks(&self) -> &[Block] {
        self.blocks.get_or_init(|| {
            let mut blocks = self.texts.clone();
            blocks.extend(block::body_blocks(&self.body, self.body_line));
            blocks
        })
    }

    fn record(&self) -> Option<&[BlockHash]> {
        self.translates.as_deref()
    }

    fn is_reviewed(&self) -> bool {
        self.reviewed
    }
}

/// The words of a topic.
#[derive(Debug, Clone)]
pub(crate) struct TopicWords {
    pub(crate) title: String,
    pub(crate) card: String,
    pub(crate) tell_us: String,
    /// The words that patrons use for it.
    pub(crate) also_known_as: Vec<String>,
}

/// The words of a page: its title and a sentence.
#[derive(Debug, Clone)]
pub(crate) struct PageWords {
    pub(crate) title: String,
    pub(crate) summary: String,
}

impl<T> Words<T> {
    pub(crate) fn new(file: &str, parts: &Parts, keys: T, reviewed: bool) -> Self {
        Self {
            file: file.to_owned(),
            keys,
            body: parts.body.clone(),
            body_line: parts.body_line,
            reviewed,
            aliases: Vec::new(),
            translates: None,
            written: OnceLock::new(),
            texts: block::key_blocks(&parts.keys),
            blocks: OnceLock::new(),
        }
    }

    /// The same words with their Markdown already rendered.
    pub(crate) fn written_as(self, written: Written) -> Self {
        Self { written: written.into(), ..self }
    }

    /// Its Markdown as HTML. `language` is that of the words.
    pub(crate) fn written(&self, language: &LanguageTag) -> &Written {
        self.written.get_or_init(|| Document::parse(&self.body).write(language))
    }

    pub(super) fn moved_from(self, aliases: Vec<Alias>) -> Self {
        Self { aliases, ..self }
    }
}

impl TopicWords {
    pub(crate) fn read(keys: &mut Keys<'_>) -> Option<Self> {
        let title = keys.required("title", read::text);
        let card = keys.required("card", read::text);
        let tell_us = keys.required("tell_us", read::text);
        let also_known_as = keys.required("also_known_as", |node| read::list(node, read::text));
        Some(Self { title: title?, card: card?, tell_us: tell_us?, also_known_as: also_known_as? })
    }
}

impl PageWords {
    /// `summary` is the key's name: services call it `card`.
    pub(crate) fn read(keys: &mut Keys<'_>, summary: &'static str) -> Option<Self> {
        let title = keys.required("title", read::text);
        let summary = keys.required(summary, read::text);
        Some(Self { title: title?, summary: summary? })
    }
}

/// Who read a translation: `reviewed: { by: …, on: … }`.
pub(crate) fn reviewed(keys: &mut Keys<'_>) -> bool {
    const KEYS: [&str; 2] = ["by", "on"];
    let review = keys.optional("reviewed", |node| {
        read::needed(node, "by", &KEYS, read::text)?;
        read::needed(node, "on", &KEYS, read::date)
    });
    review.is_some()
}

/// Which blocks of its source a translation translates: what `translations mark` writes.
pub(crate) fn translates(keys: &mut Keys<'_>) -> Option<Vec<BlockHash>> {
    keys.optional(block::RECORD, |node| match block::record(node) {
        Some(record) => Ok(record),
        None => read::wrong(
            node,
            "this is not what `translations mark` writes",
            "delete the key, or mark the file anew",
        ),
    })
}

/// A translation: its words, and nothing else.
pub(crate) fn translation<T>(
    file: &str,
    parts: &Parts,
    facts: &[&str],
    read: impl FnOnce(&mut Keys<'_>) -> Option<T>,
) -> (Option<Words<T>>, Vec<Diagnostic>) {
    let mut keys = Keys::new(file, &parts.keys);
    let words = read(&mut keys);
    let reviewed = reviewed(&mut keys);
    let translates = translates(&mut keys);
    let words = words.map(|words| {
        let words = Words::new(file, parts, words, reviewed);
        Words { translates, ..words }
    });
    let facts: Vec<_> = facts.iter().chain(&life::KEYS).copied().collect();
    (words, keys.finish(&facts))
}
