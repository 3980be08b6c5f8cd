//! Markdown to HTML: CommonMark with tables, footnotes, notices, lists of terms, headings that can
//! be linked to, and marks for the language of parts. Raw HTML is passed on if it is on a list.
//! What checks look at has its place in the source ([`Spot`]).
//!
//! A text is read once, into a [`Document`]: CommonMark's events, then the raw HTML among them
//! (`balance`), then the marks of languages. Each step yields a balanced sequence, so the output is
//! balanced whatever an editor wrote.

mod balance;
pub mod blocks;
mod headings;
mod language;
mod lost;
mod node;
mod placeholders;
mod prose;
mod raw;
mod spots;
mod words;
mod write;
mod written;

pub use placeholders::{fill, placeholders};
pub use prose::{Block, LinkWords, Words};
pub use spots::{Refused, Spot, Thing};
pub use words::{NoticeKind, Word};
pub use written::Written;

use crate::html::Html;
use crate::strings::Found;
use domain::LanguageTag;
use node::{Node, Placed};
use pulldown_cmark::{BrokenLink, Options as Extensions, Parser};
use std::ops::Range;

/// Our extensions.
const EXTENSIONS: Extensions = Extensions::ENABLE_TABLES
    .union(Extensions::ENABLE_FOOTNOTES)
    .union(Extensions::ENABLE_HEADING_ATTRIBUTES)
    .union(Extensions::ENABLE_DEFINITION_LIST)
    .union(Extensions::ENABLE_GFM);

/// A text that was parsed.
pub struct Document<'a> {
    nodes: Vec<Placed<'a>>,
    /// References to nothing, and where they are: the page shows them as they were written.
    lost: Vec<(String, Range<usize>)>,
    headings: Vec<headings::Heading>,
    dialect: Dialect,
}

/// How a text is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// With our extensions, and no raw HTML but what is on the list.
    Ours,
    /// As the specification has it: without extensions, with raw HTML and every address as they
    /// were written. For the specification's examples; never for a page.
    Specification,
}

/// What a page fills in.
pub struct Options<'o> {
    /// The value of a placeholder such as `{phone}`; without one it stays as it is.
    pub value: &'o dyn Fn(&str) -> Option<String>,
    /// Where a link's target leads; without an answer it stays as it is. Where it leads nowhere,
    /// and the answer is empty, its words alone are written.
    pub link: &'o dyn Fn(&str) -> Option<String>,
    /// The element for an image; without an answer its text stands in its place.
    pub image: &'o dyn Fn(&Image<'_>) -> Option<Html>,
    /// The words that an editor doesn't write, such as a notice's title, in the text's language or
    /// else in another.
    pub word: &'o dyn Fn(Word) -> Option<Found<'o>>,
}

/// An image as an editor wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'i> {
    /// Where it is.
    pub target: &'i str,
    /// The text for those who don't see it.
    pub alt: &'i str,
    /// A remark on it that isn't shown as its caption, because it stands within a line.
    pub title: Option<&'i str>,
}

impl<'a> Document<'a> {
    /// Parses a text.
    pub fn parse(source: &'a str) -> Self {
        Self::parse_in(source, Dialect::Ours)
    }

    /// Parses a text of a dialect.
    pub fn parse_in(source: &'a str, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Ours => {
                let mut lost = Vec::new();
                let refers_to_nothing = |link: BrokenLink<'a>| {
                    if lost::is_meant(&link) {
                        lost.push((link.reference.into_string(), link.span));
                    }
                    None
                };
                let parser = Parser::new_with_broken_link_callback(
                    source,
                    EXTENSIONS,
                    Some(refers_to_nothing),
                );
                let events = parser.into_offset_iter();
                let nodes = language::mark(source, balance::balance(events, source.len()));
                lost.extend(lost::notes(source, &nodes));
                let headings = headings::headings(&nodes);
                Self { nodes, lost, headings, dialect }
            }
            Dialect::Specification => {
                let events = Parser::new(source).into_offset_iter();
                let nodes = events.map(|(event, at)| Placed::new(Node::Markdown(event), at));
                let (lost, headings) = (Vec::new(), Vec::new());
                Self { nodes: nodes.collect(), lost, headings, dialect }
            }
        }
    }

    /// The text as HTML, for all pages that show it; headings have ids.
    pub fn write(&self, language: &LanguageTag) -> Written {
        write::write(self, language)
    }

    /// The words as a person reads them, block by block.
    pub fn words(&self) -> Words {
        prose::words(self)
    }

    /// What checks look at, in the order of the source.
    pub fn spots(&self) -> Vec<Spot> {
        spots::spots(self)
    }
}
