//! The parts of a text that checks look at, with their places.

use super::Document;
use super::headings::prefixed;
use super::node::{Element, Node};
use super::placeholders::placeholders;
use domain::LanguageTag;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;

/// Something in a text that a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// What.
    pub what: Thing,
    /// Where, in bytes of the source.
    pub at: Range<usize>,
}

/// What a check looks at. Links, images and ids are those of raw HTML too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A link's target.
    Link(String),
    /// An image's target, and the text that stands for it.
    Image {
        /// The target.
        target: String,
        /// The text for those who don't see it.
        alt: String,
    },
    /// A heading's level and the id it can be linked to by.
    Heading(u8, String),
    /// Another id that can be linked to.
    Anchor(String),
    /// Raw HTML that isn't passed on.
    Html(Refused),
    /// A placeholder's name.
    Placeholder(String),
    /// Words, or a block, that are marked as of a language.
    Foreign(LanguageTag),
    /// A mark of a language that can't be read or marks nothing: the tag.
    StrayLanguage(String),
    /// A reference to nothing: its name; that of a footnote begins with `^`.
    StrayReference(String),
    /// A footnote that nothing refers to: its name.
    UnusedFootnote(String),
}

/// Why raw HTML isn't passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// An element that isn't on the list; `!` is a declaration, `?` an instruction.
    Element(String),
    /// An attribute that isn't on the list, or has a value that it may not have.
    Attribute {
        /// Whose.
        element: String,
        /// Its name.
        attribute: String,
    },
    /// An element that may not stand there: a block within a line, a link in a link.
    Misplaced(String),
    /// A start tag without an end tag before its block ends, or the other way round.
    Unbalanced(String),
}

#[derive(Default)]
struct Spots {
    spots: Vec<Spot>,
    /// An image whose end hasn't come: its target, its text so far.
    image: Option<(String, String, Range<usize>)>,
}

pub(super) fn spots(document: &Document<'_>) -> Vec<Spot> {
    let mut found = Spots::default();
    let mut headings = document.headings.iter();
    let mut elements: Vec<(&Element, Range<usize>)> = Vec::new();
    let referred: BTreeSet<&str> = document
        .nodes
        .iter()
        .filter_map(|placed| match &placed.node {
            Node::Markdown(Event::FootnoteReference(name)) => Some(&**name),
            _ => None,
        })
        .collect();
    for placed in &document.nodes {
        let at = placed.at.clone();
        if let Some(language) = &placed.language {
            found.push(Thing::Foreign(language.clone()), at.clone());
        }
        match &placed.node {
            Node::Markdown(Event::Start(Tag::Heading { .. })) => {
                if let Some(heading) = headings.next() {
                    found.push(Thing::Heading(heading.level, heading.id.clone()), at);
                }
            }
            Node::Markdown(Event::Start(Tag::FootnoteDefinition(name)))
                if !referred.contains(&**name) =>
            {
                found.push(Thing::UnusedFootnote(name.to_string()), at);
            }
            Node::Markdown(event) => found.markdown(event, at),
            Node::Open(element) => {
                found.anchor(element, &at);
                if let Some(target) = element.get("href") {
                    found.push(Thing::Link(target.to_owned()), at.clone());
                }
                elements.push((element, at));
            }
            Node::Close(_) => {
                if let Some((element, start)) = elements.pop() {
                    let language = element.language().map(Thing::Foreign);
                    found.spots.extend(
                        language.map(|what| Spot { what, at: start.start..at.end.max(start.end) }),
                    );
                }
            }
            Node::Void(element) => {
                found.anchor(element, &at);
                if element.name == "img" {
                    let target = element.get("src").unwrap_or_default().to_owned();
                    let alt = element.get("alt").unwrap_or_default().to_owned();
                    found.push(Thing::Image { target, alt }, at);
                }
            }
            Node::RawText(text) => found.placeholders(text, &at),
            Node::Note(_) => {}
            Node::Refused(refused) => found.push(Thing::Html(refused.clone()), at),
            Node::Language(language) => found.push(Thing::Foreign(language.clone()), at),
            Node::LanguageEnd => {}
            Node::StrayMark(tag) => found.push(Thing::StrayLanguage(tag.clone()), at),
        }
    }
    for (name, at) in &document.lost {
        found.push(Thing::StrayReference(name.clone()), at.clone());
    }
    found.spots.sort_by_key(|spot| spot.at.start);
    found.spots
}

impl Spots {
    fn push(&mut self, what: Thing, at: Range<usize>) {
        self.spots.push(Spot { what, at });
    }

    fn markdown(&mut self, event: &Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.push(Thing::Link(dest_url.to_string()), at);
            }
            // An image in an image's text is part of that text.
            Event::Start(Tag::Image { dest_url, .. }) if self.image.is_none() => {
                self.image = Some((dest_url.to_string(), String::new(), at));
            }
            Event::End(TagEnd::Image) => {
                if let Some((target, alt, whole)) = self.image.take_if(|open| open.2 == at) {
                    self.push(Thing::Image { target, alt }, whole);
                }
            }
            Event::Code(text) => self.words(text),
            Event::SoftBreak | Event::HardBreak => self.words(" "),
            Event::Text(text) => {
                self.words(text);
                self.placeholders(text, &at);
                for (found, _) in text.match_indices("{lang=") {
                    let rest = &text[found + 6..];
                    let tag = &rest[..rest.find(['{', '}']).unwrap_or(rest.len())];
                    let from = at.start + found;
                    self.push(Thing::StrayLanguage(tag.to_owned()), from..from + 6 + tag.len());
                }
            }
            _ => {}
        }
    }

    fn placeholders(&mut self, text: &str, at: &Range<usize>) {
        for (name, place) in placeholders(text) {
            let at = at.start + place.start..at.start + place.end;
            self.push(Thing::Placeholder(name), at);
        }
    }

    fn anchor(&mut self, element: &Element, at: &Range<usize>) {
        if let Some(id) = element.get("id") {
            self.push(Thing::Anchor(prefixed(id)), at.clone());
        }
    }

    fn words(&mut self, text: &str) {
        if let Some((_, alt, _)) = &mut self.image {
            alt.push_str(text);
        }
    }
}
