//! The ids that headings can be linked to by.

use super::node::{Node, Placed};
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use std::collections::{BTreeMap, BTreeSet};

/// A heading's level and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) id: String,
}

/// The headings of a text: the id is the one that was given, `{#hours}`, or the words with
/// hyphens, and it is numbered where it repeats.
pub(super) fn headings(nodes: &[Placed<'_>]) -> Vec<Heading> {
    let mut headings = Vec::new();
    let mut seen: BTreeSet<String> = nodes.iter().filter_map(raw_id).collect();
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut heading: Option<(u8, Option<String>, String)> = None;
    for placed in nodes {
        match &placed.node {
            Node::Markdown(Event::Start(Tag::Heading { level, id, .. })) => {
                let given = id.as_deref().map(prefixed);
                heading = Some((level_number(*level), given, String::new()));
            }
            Node::Markdown(Event::Text(text) | Event::Code(text)) => {
                if let Some((_, _, words)) = &mut heading {
                    words.push_str(text);
                }
            }
            Node::Markdown(Event::End(TagEnd::Heading(_))) => {
                if let Some((level, given, words)) = heading.take() {
                    let slug = given.unwrap_or_else(|| slug(&words));
                    // Where it repeats, the numbers before were taken then.
                    let from = numbers.entry(slug.clone()).or_insert(1_u32);
                    let mut id = slug.clone();
                    while *from > 1 || seen.contains(&id) {
                        *from += 1;
                        id = format!("{slug}-{from}");
                        if !seen.contains(&id) {
                            break;
                        }
                    }
                    seen.insert(id.clone());
                    headings.push(Heading { level, id });
                }
            }
            _ => {}
        }
    }
    headings
}

fn raw_id(placed: &Placed<'_>) -> Option<String> {
    match &placed.node {
        Node::Open(element) | Node::Void(element) => element.get("id").map(prefixed),
        _ => None,
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Words as an id: letters and digits of any script, in lower case, with hyphens between.
fn slug(words: &str) -> String {
    let mut slug = String::with_capacity(words.len() + 2);
    slug.push('s');
    for part in words.split(|c: char| !is_alphanumeric(c)).filter(|part| !part.is_empty()) {
        slug.push('-');
        if part.is_ascii() {
            slug.extend(part.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            slug.push_str(&part.to_lowercase());
        }
    }
    // A heading without a word.
    if slug.len() == 1 { "s-".to_owned() } else { slug }
}

/// As `char::is_alphanumeric`, which takes long to find the letters of large alphabets.
fn is_alphanumeric(c: char) -> bool {
    matches!(c, 'А'..='я' | '가'..='힣' | '一'..='\u{9fff}') || c.is_alphanumeric()
}

/// The prefix keeps an editor's ids apart from those of the page around the text.
pub(super) fn prefixed(id: &str) -> String {
    let slug = slug(id);
    if id.starts_with("s-") { slug.replacen("s-s-", "s-", 1) } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_unicode() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
