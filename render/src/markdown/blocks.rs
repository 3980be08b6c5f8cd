//! The blocks of a Markdown text, which translators translate one by one, with their places; and
//! notes at them.

use super::node::{Node, Placed};
use super::{Document, EXTENSIONS};
use crate::html::Html;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A block at the top of a text, or an item of a list there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands, in bytes of the source, with its marks such as `## ` or `- `.
    pub at: Range<usize>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading of a level.
    Heading(u8),
    /// An item of a list, with all that is in it.
    Item,
    /// A table.
    Table,
    /// A quotation or a notice.
    Quote,
    /// Lines that are shown as they are.
    Code,
    /// Anything else: a footnote, for one.
    Other,
}

/// The blocks, in the order of the source. A list is a block for each of its items, so that a new
/// item asks a translator for one sentence and not for the list again. Comments and lines across
/// the page are no blocks: nobody translates them.
pub fn blocks(source: &str) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    let mut in_list = false;
    let mut push = |kind, at: Range<usize>| blocks.push(TextBlock { kind, at });
    for (event, at) in Parser::new_ext(source, EXTENSIONS).into_offset_iter() {
        let tag = match event {
            Event::Start(tag) => tag,
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        match (depth, &tag) {
            (0, Tag::List(_) | Tag::DefinitionList) => in_list = true,
            (0, Tag::HtmlBlock) if is_comment(&source[at.clone()]) => in_list = false,
            (0, tag) => {
                in_list = false;
                push(kind(tag), at);
            }
            (1, Tag::Item | Tag::DefinitionListTitle | Tag::DefinitionListDefinition)
                if in_list =>
            {
                push(BlockKind::Item, at);
            }
            _ => {}
        }
        depth += 1;
    }
    blocks
}

impl Document<'_> {
    /// The same text with notes at its blocks: behind each, or at the end of an item.
    pub fn with_notes(mut self, notes: &[(Range<usize>, Html)]) -> Self {
        let mut nodes = Vec::with_capacity(self.nodes.len() + notes.len());
        for placed in self.nodes {
            let Node::Markdown(Event::End(end)) = &placed.node else {
                nodes.push(placed);
                continue;
            };
            // Behind an item there is no place for anything but an item.
            let is_item = matches!(
                end,
                TagEnd::Item | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition
            );
            // A list of one item stands where its item does.
            let is_list = matches!(end, TagEnd::List(_) | TagEnd::DefinitionList);
            let at = placed.at.clone();
            let here = notes.iter().filter(|(place, _)| !is_list && *place == at);
            let here: Vec<_> =
                here.map(|(_, html)| Placed::new(Node::Note(html.clone()), at.clone())).collect();
            if is_item {
                nodes.extend(here);
                nodes.push(placed);
            } else {
                nodes.push(placed);
                nodes.extend(here);
            }
        }
        self.nodes = nodes;
        self
    }
}

/// Whether a piece of HTML is a comment, for other writers and not for readers.
pub fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--")
}

fn kind(tag: &Tag<'_>) -> BlockKind {
    match tag {
        Tag::Paragraph => BlockKind::Paragraph,
        Tag::Heading { level, .. } => BlockKind::Heading(*level as u8),
        Tag::Table(_) => BlockKind::Table,
        Tag::BlockQuote(_) => BlockKind::Quote,
        Tag::CodeBlock(_) => BlockKind::Code,
        _ => BlockKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::Options;
    use domain::LanguageTag;

    const TEXT: &str = "One\ntwo.\n\n<!-- not\n\nme -->\n\n## Head\n\n- a\n- b\n  - c\n\n| x |\n|---|\n| y |\n\n---\n\n> q\n";

    #[test]
    fn each_item_of_a_list_is_a_block_and_a_comment_is_none() {
        let found: Vec<_> = blocks(TEXT)
            .into_iter()
            .map(|block| (block.kind, TEXT[block.at].trim_end().to_owned()))
            .collect();
        let expected = [
            (BlockKind::Paragraph, "One\ntwo."),
            (BlockKind::Heading(2), "## Head"),
            (BlockKind::Item, "- a"),
            (BlockKind::Item, "- b\n  - c"),
            (BlockKind::Table, "| x |\n|---|\n| y |"),
            (BlockKind::Quote, "> q"),
        ];
        assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn a_note_stands_behind_its_block_and_inside_its_item() {
        let document = Document::parse("One.\n\n- a\n- b\n");
        let places: Vec<_> =
            blocks("One.\n\n- a\n- b\n").into_iter().map(|block| block.at).collect();
        let note = |text: &str| Html::trusted(format!("<i>{text}</i>"));
        let notes = [(places[0].clone(), note("1")), (places[2].clone(), note("3"))];
        let options =
            Options { value: &|_| None, link: &|_| None, image: &|_| None, word: &|_| None };
        let html = document.with_notes(&notes).write(&LanguageTag::source()).html(&options);
        let expected = "<p>One.</p>\n<i>1</i>\n<ul>\n<li>a</li>\n<li>b<i>3</i></li>\n</ul>\n";
        assert_eq!(html.as_str(), expected);
    }
}
