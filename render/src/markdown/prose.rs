//! The words of a text as a person reads them, block by block, for checks of language and wording.

use super::Document;
use super::node::Node;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::ops::Range;

/// The words of a paragraph, a heading, an entry, a cell, or an image's text. Code and what is
/// marked as of a language of its own are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The words.
    pub text: String,
    /// Emphasized words, in bytes of `text`: titles and terms, as a rule.
    pub emphasized: Vec<Range<usize>>,
    /// Where pieces of `text` begin, and where they stand in the source.
    pieces: Vec<(usize, usize)>,
}

/// A link as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkWords {
    /// Its words, with those of images in it.
    pub text: String,
    /// Where it stands, in bytes of the source.
    pub at: Range<usize>,
}

/// The words of a text that a person reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The blocks, each once.
    pub blocks: Vec<Block>,
    /// The links.
    pub links: Vec<LinkWords>,
}

impl Block {
    /// Where a byte of the words stands in the source.
    pub fn in_source(&self, byte: usize) -> usize {
        let after = self.pieces.partition_point(|(start, _)| *start <= byte);
        let piece = after.checked_sub(1).and_then(|piece| self.pieces.get(piece));
        piece.map_or(0, |(start, source)| source + (byte - start))
    }

    fn push(&mut self, text: &str, source: usize) {
        self.pieces.push((self.text.len(), source));
        self.text.push_str(text);
    }

    fn space(&mut self, source: usize) {
        self.push(" ", source);
    }
}

#[derive(Default)]
struct Reader {
    words: Words,
    block: Block,
    /// An image's text, which is read apart from what is around it.
    image: Option<Block>,
    images: usize,
    links: Vec<LinkWords>,
    /// Where emphasis began in the block.
    emphasis: Vec<usize>,
    /// The open elements, and whether the words of each are left out.
    open: Vec<bool>,
}

pub(super) fn words(document: &Document<'_>) -> Words {
    let mut reader = Reader::default();
    for placed in &document.nodes {
        let marked = placed.language.is_some();
        reader.node(&placed.node, placed.at.clone(), marked);
    }
    reader.end_block();
    reader.words
}

impl Reader {
    fn node(&mut self, node: &Node<'_>, at: Range<usize>, marked: bool) {
        match node {
            Node::Markdown(Event::Start(tag)) => self.start(tag, at, marked),
            Node::Markdown(Event::End(tag)) => self.end(*tag),
            Node::Markdown(Event::Text(text)) => self.text(text, at.start),
            Node::RawText(text) => self.text(text, at.start),
            Node::Markdown(Event::Code(text)) => {
                self.in_links(text);
                self.target().space(at.start);
            }
            Node::Markdown(Event::SoftBreak | Event::HardBreak) => self.text(" ", at.start),
            Node::Open(element) => {
                self.open.push(element.language().is_some() || is_code(element.name));
                if element.name == "a" {
                    self.links.push(LinkWords { text: String::new(), at });
                } else if !is_inline(element.name) {
                    self.end_block();
                }
            }
            Node::Close(name) => {
                self.open.pop();
                if *name == "a" {
                    self.words.links.extend(self.links.pop());
                } else if !is_inline(name) {
                    self.end_block();
                }
            }
            Node::Void(element) if element.name == "img" => {
                let alt = element.get("alt").unwrap_or_default();
                self.in_links(alt);
                let mut block = Block::default();
                block.push(alt, at.start);
                self.keep(block);
            }
            Node::Language(_) => self.open.push(true),
            Node::LanguageEnd => drop(self.open.pop()),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: Range<usize>, marked: bool) {
        self.open.push(marked || matches!(tag, Tag::CodeBlock(_)));
        match tag {
            Tag::Emphasis => self.emphasis.push(self.block.text.len()),
            Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {}
            Tag::Link { .. } => self.links.push(LinkWords { text: String::new(), at }),
            Tag::Image { .. } => {
                self.images += 1;
                self.image.get_or_insert_default();
            }
            _ => self.end_block(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        self.open.pop();
        match tag {
            TagEnd::Emphasis => {
                if let Some(start) = self.emphasis.pop().filter(|_| self.image.is_none()) {
                    self.block.emphasized.push(start..self.block.text.len());
                }
            }
            TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Superscript | TagEnd::Subscript => {}
            TagEnd::Link => self.words.links.extend(self.links.pop()),
            TagEnd::Image => {
                self.images = self.images.saturating_sub(1);
                if self.images == 0 {
                    let image = self.image.take().unwrap_or_default();
                    self.keep(image);
                }
            }
            _ => self.end_block(),
        }
    }

    fn target(&mut self) -> &mut Block {
        self.image.as_mut().unwrap_or(&mut self.block)
    }

    fn in_links(&mut self, text: &str) {
        for link in &mut self.links {
            link.text.push_str(text);
        }
    }

    fn text(&mut self, text: &str, source: usize) {
        self.in_links(text);
        if self.open.contains(&true) {
            self.target().space(source);
        } else {
            self.target().push(text, source);
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        self.emphasis.clear();
        self.keep(block);
    }

    fn keep(&mut self, block: Block) {
        if !block.text.trim().is_empty() {
            self.words.blocks.push(block);
        }
    }
}

fn is_code(name: &str) -> bool {
    ["code", "pre", "kbd", "samp", "var"].contains(&name)
}

fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 27] = [
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "ins",
        "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
        "var", "wbr",
    ];
    INLINE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[&str]) {
        let words = Document::parse(source).words();
        let found: Vec<_> = words.blocks.iter().map(|block| block.text.trim()).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn each_paragraph_heading_entry_and_cell_is_a_block() {
        check(
            "# One\n\nTwo\nlines\n\n- three\n  - four\n- five",
            &["One", "Two lines", "three", "four", "five"],
        );
        check("> six\n\n| a | b |\n|---|---|\n| c | d |", &["six", "a", "b", "c", "d"]);
    }

    #[test]
    fn code_and_marked_words_are_left_out() {
        check("Press `Ctrl + C` [now]{lang=en} please", &["Press     please"]);
        check("```\nlet x = 1;\n```", &[]);
        check("Hello.\n\nBonjour à tous. {lang=fr}", &["Hello."]);
    }

    #[test]
    fn an_image_s_text_is_a_block_of_its_own() {
        check("Before ![a desk](d.png) after", &["a desk", "Before  after"]);
    }

    #[test]
    fn a_link_has_its_words() {
        let words =
            Document::parse("See [*by* `phone` ![x](y.png)](z.md) or <a href=\"q.md\">here</a>.")
                .words();
        let found: Vec<_> = words.links.iter().map(|link| link.text.as_str()).collect();
        assert_eq!(found, ["by phone x", "here"]);
    }

    #[test]
    fn a_place_in_the_words_is_one_in_the_source() {
        let source = "- **One** two\n  three &amp; four";
        let words = Document::parse(source).words();
        let block = &words.blocks[0];
        for word in ["One", "two", "three", "four"] {
            let at = block.text.find(word).unwrap();
            assert_eq!(block.in_source(at), source.find(word).unwrap(), "{word}");
        }
    }
}
