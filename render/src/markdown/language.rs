//! The language of parts: `[words]{lang=vi}` marks words, `{lang=vi}` at the end of a paragraph, a
//! heading, an entry or a cell marks the whole of it, and alone after a block that block.

use super::node::{Node, Placed};
use domain::LanguageTag;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use std::ops::Range;

const OPENING: &str = "{lang=";

/// What is open, and what a mark in it may mean.
#[derive(Default)]
struct Frame {
    /// Where it starts among the nodes.
    start: usize,
    /// The brackets in it that aren't closed: where they are among the nodes.
    brackets: Vec<usize>,
    /// The last whole block in it.
    block: Option<usize>,
    /// A heading's mark: CommonMark's extension has read it already.
    heading: Option<(String, Range<usize>)>,
}

struct Marks<'a> {
    source: &'a str,
    nodes: Vec<Placed<'a>>,
    frames: Vec<Frame>,
    /// A mark that has been read: the text that it is made of doesn't count.
    skip: Option<Range<usize>>,
    /// Where the last text or element ended: before an escaped bracket stands a gap.
    covered: usize,
}

/// Reads the marks of a text.
pub(super) fn mark<'a>(source: &'a str, nodes: Vec<Placed<'a>>) -> Vec<Placed<'a>> {
    if !source.contains(OPENING) && !source.contains("lang=") {
        return nodes;
    }
    let mut marks = Marks {
        source,
        nodes: Vec::with_capacity(nodes.len()),
        frames: vec![Frame::default()],
        skip: None,
        covered: 0,
    };
    for placed in nodes {
        marks.take(placed);
    }
    marks.nodes
}

/// The mark that a text begins with: its tag and its length.
fn mark_at(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix(OPENING)?;
    let close = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    let fits = close > 0 && rest[close..].starts_with('}');
    fits.then_some((&rest[..close], OPENING.len() + close + 1))
}

impl<'a> Marks<'a> {
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, node: Node<'a>, at: Range<usize>) {
        self.nodes.push(Placed::new(node, at));
    }

    fn take(&mut self, placed: Placed<'a>) {
        let at = placed.at.clone();
        match &placed.node {
            Node::Markdown(Event::Text(text)) => return self.text(text.clone(), at),
            Node::Markdown(Event::Start(tag)) => {
                let heading = heading_mark(tag, self.source, &at);
                self.frames.push(Frame { start: self.nodes.len(), heading, ..Frame::default() });
            }
            Node::Open(_) => {
                self.frames.push(Frame { start: self.nodes.len(), ..Frame::default() });
            }
            Node::Markdown(Event::End(end)) => {
                let end = *end;
                self.covered = at.end;
                return self.end(end, placed);
            }
            Node::Close(_) => {
                self.frames.pop();
                self.covered = at.end;
            }
            _ => self.covered = at.end,
        }
        self.nodes.push(placed);
    }

    /// A text: its brackets are looked at one by one.
    fn text(&mut self, text: CowStr<'a>, at: Range<usize>) {
        let text = match self.skip.take() {
            Some(mark) if at.start == mark.start && text.len() >= mark.len() => {
                self.covered = mark.end;
                if text.len() == mark.len() {
                    return;
                }
                return self.text(text[mark.len()..].to_owned().into(), mark.end..at.end);
            }
            _ => text,
        };
        let plain = self.source.get(at.clone()) == Some(&*text);
        if !plain || !text.contains(['[', ']']) {
            self.covered = at.end;
            return self.push(Node::Markdown(Event::Text(text)), at);
        }
        let escaped = self.covered != at.start
            && at.start > 0
            && self.source.as_bytes()[at.start - 1] == b'\\';
        let mut from = 0;
        for (found, c) in text.char_indices() {
            if !['[', ']'].contains(&c) || (found == 0 && escaped) {
                continue;
            }
            self.piece(&text, from..found, at.start);
            from = found;
            let here = at.start + found;
            if c == '[' {
                let index = self.nodes.len();
                self.frame().brackets.push(index);
            } else if let Some(open) = self.frame().brackets.pop()
                && let Some((tag, length)) = mark_at(&self.source[here + 1..])
            {
                let mark = here + 1..here + 1 + length;
                let rest = found + 1 + length;
                if self.words(open, tag, mark.clone()) {
                    from = rest.min(text.len());
                    if rest > text.len() {
                        self.skip = Some(mark);
                    }
                    // A mark has no brackets in it, so the loop goes on behind it.
                    continue;
                }
            }
            self.piece(&text, from..found + 1, at.start);
            from = found + 1;
        }
        self.piece(&text, from..text.len(), at.start);
        self.covered = at.end;
    }

    fn piece(&mut self, text: &str, part: Range<usize>, start: usize) {
        if part.start < part.end {
            let at = start + part.start..start + part.end;
            self.push(Node::Markdown(Event::Text(text[part].to_owned().into())), at);
        }
    }

    /// Marks the words since a bracket. Whether the tag could be read.
    fn words(&mut self, open: usize, tag: &str, mark: Range<usize>) -> bool {
        let Ok(language) = LanguageTag::parse(tag) else {
            return false;
        };
        let at = self.nodes[open].at.start..mark.end;
        self.nodes[open] = Placed::new(Node::Language(language), at);
        self.push(Node::LanguageEnd, mark.clone());
        if let Some(heading) = &mut self.frame().heading
            && heading.1.start == mark.start
        {
            self.frame().heading = None;
        }
        true
    }

    fn end(&mut self, end: TagEnd, placed: Placed<'a>) {
        let mut frame = self.frames.pop().unwrap_or_default();
        if end == TagEnd::Link {
            self.nodes.push(placed.clone());
            return self.after_link(frame.start, placed.at);
        }
        if let Some((tag, at)) = frame.heading.take() {
            match LanguageTag::parse(&tag) {
                Ok(language) => self.nodes[frame.start].language = Some(language),
                Err(_) => self.push(Node::StrayMark(tag), at),
            }
        }
        if holds_text(end)
            && let Some(language) = self.mark_at_end()
        {
            if end == TagEnd::Paragraph && self.nodes.len() == frame.start + 1 {
                // Nothing but the mark: it is about the block before.
                if let Some(block) = self.frame().block {
                    self.nodes[block].language = Some(language);
                    self.nodes.pop();
                    return;
                }
                let at = placed.at.clone();
                self.push(Node::StrayMark(language.to_string()), at);
            } else {
                self.nodes[frame.start].language = Some(language);
            }
        }
        if !is_inline(end) {
            self.frame().block = Some(frame.start);
        }
        self.nodes.push(placed);
    }

    /// `[words](address){lang=vi}`: the link's words are in that language.
    fn after_link(&mut self, start: usize, at: Range<usize>) {
        let Some((tag, length)) = mark_at(&self.source[at.end..]) else {
            return;
        };
        if let Ok(language) = LanguageTag::parse(tag) {
            let mark = at.end..at.end + length;
            let whole = at.start..mark.end;
            self.nodes.insert(start, Placed::new(Node::Language(language), whole));
            self.push(Node::LanguageEnd, mark.clone());
            let heading = &mut self.frame().heading;
            if heading.as_ref().is_some_and(|heading| heading.1.start == mark.start) {
                *heading = None;
            }
            self.skip = Some(mark);
        }
    }

    /// Takes a mark off the end of the last text.
    fn mark_at_end(&mut self) -> Option<LanguageTag> {
        let last = self.nodes.last()?;
        let Node::Markdown(Event::Text(text)) = &last.node else {
            return None;
        };
        if self.source.get(last.at.clone()) != Some(&**text) {
            return None;
        }
        let open = text.rfind(OPENING)?;
        let (tag, length) = mark_at(&text[open..])?;
        let apart = if open == 0 { self.begins_line() } else { text[..open].ends_with(' ') };
        if open + length != text.trim_end().len() || !apart {
            return None;
        }
        let language = LanguageTag::parse(tag).ok()?;
        let before = text[..open].trim_end().to_owned();
        if before.is_empty() {
            self.nodes.pop();
            if let Some(Node::Markdown(Event::SoftBreak)) = self.nodes.last().map(|last| &last.node)
            {
                self.nodes.pop();
            }
        } else if let Some(last) = self.nodes.last_mut() {
            last.node = Node::Markdown(Event::Text(before.into()));
        }
        Some(language)
    }

    /// Whether the last node is the first of its line or block.
    fn begins_line(&self) -> bool {
        let before = self.nodes.len().checked_sub(2).and_then(|before| self.nodes.get(before));
        matches!(
            before.map(|before| &before.node),
            Some(Node::Markdown(Event::SoftBreak | Event::HardBreak | Event::Start(_)))
        )
    }
}

/// A heading's mark, which stands at its end.
fn heading_mark(tag: &Tag<'_>, source: &str, at: &Range<usize>) -> Option<(String, Range<usize>)> {
    let Tag::Heading { attrs, .. } = tag else {
        return None;
    };
    let (_, value) = attrs.iter().find(|(name, _)| &**name == "lang")?;
    let text = source.get(at.clone())?;
    let open = text.rfind('{')?;
    let close = text[open..].find('}').map_or(text.len(), |close| open + close + 1);
    let value = value.as_deref().unwrap_or_default().to_owned();
    Some((value, at.start + open..at.start + close))
}

fn holds_text(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::TableCell
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
    )
}

fn is_inline(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}
