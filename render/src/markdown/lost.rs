//! References to nothing, such as `[words][name]` without a definition: CommonMark shows them as
//! they were written, with their brackets.

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
        let ends = |c: char| c.is_whitespace() || ['[', ']'].contains(&c);
        let end = at + 1 + source[at + 1..].find(ends)?;
        let name = &source[at + 1..end];
        let escaped = source[..at].ends_with('\\');
        let is_name = name.len() > 1 && source[end..].starts_with(']');
        (is_name && !escaped).then(|| (name.to_owned(), at..end + 1))
    };
    let marks: Vec<_> = source.match_indices("[^").filter_map(mark).collect();
    if marks.is_empty() {
        return marks;
    }
    let texts = ranges(nodes, |event| matches!(event, Event::Text(_)));
    let code = ranges(nodes, |event| matches!(event, Event::Start(Tag::CodeBlock(_))));
    let is_text = |byte| holds(&texts, byte) && !holds(&code, byte);
    marks.into_iter().filter(|(_, at)| is_text(at.start)).collect()
}

/// Where some events stand, which never overlap, in the order of the source.
fn ranges(nodes: &[Placed<'_>], wanted: impl Fn(&Event<'_>) -> bool) -> Vec<Range<usize>> {
    let ranges = nodes.iter().filter_map(|placed| match &placed.node {
        Node::Markdown(event) if wanted(event) => Some(placed.at.clone()),
        _ => None,
    });
    let mut ranges: Vec<_> = ranges.collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}

fn holds(ranges: &[Range<usize>], byte: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= byte);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|range| range.contains(&byte))
}
