//! What refers to nothing: CommonMark shows it as it was written, brackets and all.

use super::node::{Node, Placed};
use pulldown_cmark::{BrokenLink, Event, LinkType, Tag};
use std::ops::Range;

/// Whether brackets were meant to refer to something: `[words][name]`, `[words][]`. Alone they may
/// be just brackets.
pub(super) fn is_meant(link: &BrokenLink<'_>) -> bool {
    matches!(link.link_type, LinkType::Reference | LinkType::Collapsed)
}

/// The marks of footnotes that aren't there, `[^name]`: CommonMark has them as text.
pub(super) fn notes(source: &str, nodes: &[Placed<'_>]) -> Vec<(String, Range<usize>)> {
    let mark = |(at, _): (usize, &str)| {
        let end = at + source[at..].find(']')?;
        let name = &source[at + 1..end];
        let escaped = source[..at].ends_with('\\');
        let is_name = name.len() > 1 && !name.contains(|c: char| c.is_whitespace() || c == '[');
        (is_name && !escaped && is_text(nodes, at)).then(|| (name.to_owned(), at..end + 1))
    };
    source.match_indices("[^").filter_map(mark).collect()
}

/// Whether a byte of the source is shown as text, and not as code.
fn is_text(nodes: &[Placed<'_>], byte: usize) -> bool {
    let mut there = nodes.iter().filter(|placed| placed.at.contains(&byte));
    let is_code = |node: &Node<'_>| matches!(node, Node::Markdown(Event::Start(Tag::CodeBlock(_))));
    let code = there.clone().any(|placed| is_code(&placed.node));
    !code && there.any(|placed| matches!(placed.node, Node::Markdown(Event::Text(_))))
}
