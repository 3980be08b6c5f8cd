//! What a text consists of once its raw HTML and its marks of languages have been read: a sequence
//! that is balanced, whatever an editor wrote.

use super::Refused;
use crate::html::Html;
use domain::LanguageTag;
use pulldown_cmark::Event;
use std::ops::Range;

/// One step through a text.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    /// As CommonMark has it.
    Markdown(Event<'a>),
    /// A raw element that is on the list opens.
    Open(Element),
    /// It closes.
    Close(&'static str),
    /// A raw element without content.
    Void(Element),
    /// The text of an HTML block, with its character references.
    RawText(String),
    /// Raw HTML that isn't passed on.
    Refused(Refused),
    /// Words in a language of their own begin.
    Language(LanguageTag),
    /// They end.
    LanguageEnd,
    /// A mark of a language that can't be read, or that marks nothing.
    StrayMark(String),
    /// A note of ours at a block.
    Note(Html),
}

/// A step and where it stands in the source.
#[derive(Debug, Clone)]
pub(super) struct Placed<'a> {
    pub(super) node: Node<'a>,
    pub(super) at: Range<usize>,
    /// A block's language, where it has one of its own.
    pub(super) language: Option<LanguageTag>,
}

/// A raw element with the attributes that are on the list, their values decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
}

impl Element {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| *attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn language(&self) -> Option<LanguageTag> {
        self.get("lang").and_then(|tag| LanguageTag::parse(tag).ok())
    }
}

impl<'a> Placed<'a> {
    pub(super) fn new(node: Node<'a>, at: Range<usize>) -> Self {
        Self { node, at, language: None }
    }
}
