//! Raw HTML among Markdown: every element that is passed on is closed where the block or the line
//! ends that it was opened in, so that no page can be broken by a tag.

use super::Refused;
use super::node::{Element, Node, Placed};
use super::raw::{self, Piece, Role};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::HashMap;
use std::ops::Range;

/// Elements nest no deeper: browsers stop at 512, and nobody reads what is in so many.
const DEPTH: usize = 100;

/// What is open.
enum Frame {
    Markdown { link: bool },
    Raw { name: &'static str, role: Role, at: Range<usize> },
}

#[derive(Default)]
struct Balance<'a> {
    nodes: Vec<Placed<'a>>,
    frames: Vec<Frame>,
    /// How many links are open.
    links: usize,
    /// How many raw elements are open.
    raw: usize,
    /// Elements whose start tag was not passed on, and how many: their end tag says nothing new.
    refused: HashMap<String, usize>,
}

/// Reads the raw HTML of a text of so many bytes.
pub(super) fn balance<'a>(
    events: impl Iterator<Item = (Event<'a>, Range<usize>)>,
    length: usize,
) -> Vec<Placed<'a>> {
    // There is a node for about so many bytes.
    let mut balance = Balance { nodes: Vec::with_capacity(length / 16), ..Balance::default() };
    let mut block: Option<(String, Vec<(usize, usize)>)> = None;
    for (event, at) in events {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some((String::new(), Vec::new())),
            Event::Html(html) => {
                if let Some((text, places)) = &mut block {
                    places.push((text.len(), at.start));
                    text.push_str(&html);
                }
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some((html, places)) = block.take() {
                    balance.block(&html, &places);
                }
            }
            Event::InlineHtml(html) => {
                for (piece, _) in raw::pieces(&html) {
                    balance.piece(piece, at.clone(), false);
                }
            }
            event => balance.markdown(event, at),
        }
    }
    balance.close_raw(|_| true);
    balance.nodes
}

impl<'a> Balance<'a> {
    fn push(&mut self, node: Node<'a>, at: Range<usize>) {
        self.nodes.push(Placed::new(node, at));
    }

    fn markdown(&mut self, event: Event<'a>, at: Range<usize>) {
        match &event {
            Event::Start(tag) => {
                let link = matches!(tag, Tag::Link { .. });
                if link && self.in_link() {
                    // A link in a raw link: its words stay.
                    self.frames.push(Frame::Markdown { link: false });
                    return;
                }
                self.links += usize::from(link);
                self.frames.push(Frame::Markdown { link });
            }
            Event::End(end) => {
                self.close_raw(|_| true);
                let frame = self.pop();
                let dropped = matches!(end, TagEnd::Link)
                    && matches!(frame, Some(Frame::Markdown { link: false }));
                if dropped {
                    return;
                }
            }
            _ => {}
        }
        self.push(Node::Markdown(event), at);
    }

    /// An HTML block; its text is put together from its lines, each with its place.
    fn block(&mut self, html: &str, places: &[(usize, usize)]) {
        let place = |byte: usize| {
            let after = places.partition_point(|(from, _)| *from <= byte);
            let line = after.checked_sub(1).and_then(|line| places.get(line));
            line.map_or(byte, |(from, source)| source + byte - from)
        };
        for (piece, at) in raw::pieces(html) {
            let end = place(at.end.saturating_sub(1)) + 1;
            self.piece(piece, place(at.start)..end, true);
        }
        self.close_raw(|role| role != Role::Flow);
    }

    fn piece(&mut self, piece: Piece, at: Range<usize>, in_block: bool) {
        match piece {
            Piece::Text(text) => self.push(Node::RawText(text), at),
            Piece::Refused(refused) => self.refuse(refused, at),
            Piece::End(name) => self.end(&name, at),
            Piece::Start(element, role, refused) => {
                for refused in refused {
                    self.push(Node::Refused(refused), at.clone());
                }
                self.start(element, role, at, in_block);
            }
        }
    }

    fn refuse(&mut self, refused: Refused, at: Range<usize>) {
        if let Refused::Element(name) | Refused::Misplaced(name) = &refused {
            *self.refused.entry(name.clone()).or_default() += 1;
        }
        self.push(Node::Refused(refused), at);
    }

    fn start(&mut self, element: Element, role: Role, at: Range<usize>, in_block: bool) {
        let name = element.name;
        // As in HTML, an entry of a list of terms ends where the next begins.
        if ["dt", "dd"].contains(&name)
            && let Some(Frame::Raw { name: open @ ("dt" | "dd"), .. }) = self.frames.last()
        {
            let open = *open;
            self.pop();
            self.push(Node::Close(open), at.clone());
        }
        let fits = match role {
            Role::Void => true,
            Role::Phrasing => name != "a" || !self.in_link(),
            Role::Flow | Role::Line => in_block && self.takes_blocks() && self.is_parent_of(name),
        };
        let fits = fits && (role == Role::Void || self.raw < DEPTH);
        if !fits {
            return self.refuse(Refused::Misplaced(name.to_owned()), at);
        }
        if role == Role::Void {
            return self.push(Node::Void(element), at);
        }
        self.raw += 1;
        self.links += usize::from(name == "a");
        self.frames.push(Frame::Raw { name, role, at: at.clone() });
        self.push(Node::Open(element), at);
    }

    fn end(&mut self, name: &str, at: Range<usize>) {
        let open = self.frames.iter().rev().map_while(|frame| match frame {
            Frame::Raw { name, .. } => Some(*name),
            Frame::Markdown { .. } => None,
        });
        let above = open.clone().position(|open| open == name);
        if let (Some(above), Some(name)) = (above, open.clone().find(|open| *open == name)) {
            for _ in 0..above {
                self.close_top();
            }
            self.pop();
            return self.push(Node::Close(name), at);
        }
        if let Some(refused) = self.refused.get_mut(name).filter(|refused| **refused > 0) {
            *refused -= 1;
        } else {
            self.push(Node::Refused(Refused::Unbalanced(name.to_owned())), at);
        }
    }

    /// Closes the raw element on top, whose end tag is missing.
    fn close_top(&mut self) {
        if let Some(Frame::Raw { name, at, .. }) = self.pop() {
            self.push(Node::Close(name), at.clone());
            self.push(Node::Refused(Refused::Unbalanced(name.to_owned())), at);
            *self.refused.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Closes the raw elements that were opened since the last start of a Markdown element.
    fn close_raw(&mut self, closes: impl Fn(Role) -> bool) {
        while let Some(Frame::Raw { role, .. }) = self.frames.last() {
            if !closes(*role) {
                break;
            }
            self.close_top();
        }
    }

    /// Ends what is on top.
    fn pop(&mut self) -> Option<Frame> {
        let frame = self.frames.pop();
        let (raw, link) = match &frame {
            Some(Frame::Raw { name, .. }) => (true, *name == "a"),
            Some(Frame::Markdown { link }) => (false, *link),
            None => (false, false),
        };
        self.raw -= usize::from(raw);
        self.links -= usize::from(link);
        frame
    }

    fn in_link(&self) -> bool {
        self.links > 0
    }

    fn takes_blocks(&self) -> bool {
        match self.frames.last() {
            Some(Frame::Raw { role, .. }) => *role == Role::Flow,
            _ => true,
        }
    }

    fn is_parent_of(&self, name: &str) -> bool {
        let parent = match self.frames.last() {
            Some(Frame::Raw { name, .. }) => name,
            _ => "",
        };
        match name {
            "dt" | "dd" => parent == "dl",
            "summary" => parent == "details",
            "figcaption" => parent == "figure",
            _ => true,
        }
    }
}
