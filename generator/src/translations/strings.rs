//! The strings of `content/strings/*.ftl` as rows of a sheet, and back.

use crate::blocks::Texts;
use crate::file::block::BlockHash;
use crate::file::content::site_yaml;
use crate::file::strings::{STAFF, collect, readable, with_names};
use crate::paths::{self, SITE_YAML};
use domain::LanguageTag;
use fluent_syntax::ast::{Entry, Message, Pattern, PatternElement, Resource};
use fluent_syntax::parser;
use fluent_syntax::serializer;
use std::collections::{BTreeMap, BTreeSet};

/// A string, as its file has it.
pub(crate) struct Text {
    pub(crate) key: String,
    /// What is behind the `=`.
    pub(crate) pattern: String,
    /// Whether it is more than words with values: then it is shown in Fluent's own syntax.
    pub(crate) chooses: bool,
    pub(crate) values: BTreeSet<String>,
    pub(crate) hash: BlockHash,
}

/// The strings of a file, in its order. Lines that can't be read are passed over.
pub(crate) fn read(text: &str) -> Vec<Text> {
    let resource = readable(text);
    let texts = resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => of_message(message),
        _ => None,
    });
    texts.collect()
}

fn of_message(message: &Message<&str>) -> Option<Text> {
    let pattern = message.value.as_ref()?;
    let chooses = pattern.elements.iter().any(|element| {
        matches!(
            element,
            PatternElement::Placeable { expression: fluent_syntax::ast::Expression::Select { .. } }
        )
    });
    let mut values = BTreeSet::new();
    collect(pattern, &mut values);
    let pattern = written(pattern);
    let hash = BlockHash::of_text(&pattern);
    Some(Text { key: message.id.name.to_owned(), pattern, chooses, values, hash })
}

/// A pattern as Fluent writes it, without the key.
fn written(pattern: &Pattern<&str>) -> String {
    let message = Message {
        id: fluent_syntax::ast::Identifier { name: "key" },
        value: Some(pattern.clone()),
        attributes: Vec::new(),
        comment: None,
    };
    let text = serializer::serialize(&Resource { body: vec![Entry::Message(message)] });
    let text = text.trim_start_matches("key =").trim();
    let lines: Vec<_> =
        text.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    lines.join("\n")
}

/// The strings of the source that patrons see.
pub(crate) fn of_source(texts: Texts<'_>) -> Vec<Text> {
    let text = texts.get(&paths::strings(&LanguageTag::source())).unwrap_or_default();
    let (service, _) = texts.get(SITE_YAML).map(site_yaml).unwrap_or_default();
    let text = service.map_or_else(|| text.to_owned(), |service| with_names(text, &service));
    read(&text).into_iter().filter(|text| !text.key.starts_with(STAFF)).collect()
}

/// The strings of a language by their keys.
pub(crate) fn of_language(texts: Texts<'_>, language: &LanguageTag) -> BTreeMap<String, Text> {
    let text = texts.get(&paths::strings(language)).unwrap_or_default();
    read(text).into_iter().map(|text| (text.key.clone(), text)).collect()
}

/// The keys that a language lacks.
pub(crate) fn missing(texts: Texts<'_>, language: &LanguageTag) -> Vec<String> {
    let there = of_language(texts, language);
    let keys = of_source(texts).into_iter().map(|text| text.key);
    keys.filter(|key| !there.contains_key(key)).collect()
}

/// A file with a string set: in its place, else behind the string that comes before it in the
/// source, so that the files can be read side by side. What can't be read back is refused.
pub(crate) fn set(
    text: &str,
    key: &str,
    pattern: &str,
    order: &[String],
) -> Result<String, String> {
    let lines: Vec<_> = pattern.trim().lines().map(str::trim_end).collect();
    let entry = match lines.as_slice() {
        [] => return Err("it is empty".to_owned()),
        [one] => format!("{key} = {one}\n"),
        // A pattern that begins with a value and chooses stands on the key's line.
        [first, rest @ ..] => {
            let rest: Vec<_> = rest.iter().map(|line| format!("    {line}\n")).collect();
            format!("{key} = {first}\n{}", rest.concat())
        }
    };
    let read_back = read(&entry);
    match (parser::parse(entry.as_str()), read_back.as_slice()) {
        (Ok(_), [one]) if one.key == key => {}
        _ => return Err("Fluent can't read it: see the English for how braces are used".to_owned()),
    }
    let place = place_of(text, key);
    let (start, end) = place.unwrap_or_else(|| {
        let before = order.iter().take_while(|other| *other != key);
        let last = before.filter_map(|other| place_of(text, other)).last();
        let at = last.map_or(text.len(), |(_, end)| end);
        (at, at)
    });
    let mut head = text[..start].to_owned();
    if !head.is_empty() && !head.ends_with('\n') {
        head.push('\n');
    }
    Ok(format!("{head}{entry}{}", &text[end..]))
}

/// The lines of a string: from its key to the line before the next key, comment or empty line.
fn place_of(text: &str, key: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let further = line.starts_with([' ', '\t', '}']) && !line.trim().is_empty();
        if let Some(start) = start.filter(|_| !further) {
            return Some((start, at));
        }
        let own = line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        if own {
            start = Some(at);
        }
        at += line.len();
    }
    start.map(|start| (start, at))
}
