//! Finds the line of something that a check between files reports. The file is parsed again for it:
//! mistakes are rare, and keeping the place of every value would cost memory.

use crate::diagnostic::Place;
use crate::file::yaml::{self, Node, Value};
use crate::site::Site;

/// Which part of a key and its value is meant.
pub(super) enum Part<'a> {
    /// The key itself.
    Key,
    /// Its value.
    Value,
    /// The entry of this name: in a list, as the key of a map, or as the tag of one in a list.
    Named(&'a str),
    /// The n-th entry of a list, from 0.
    Item(usize),
}

/// The place of a key or of a part of its value; if that isn't found, the nearest place that is.
pub(super) fn at(site: &Site, file: &str, key: &str, part: &Part<'_>) -> Place {
    find(site, file, key, part).unwrap_or(Place::START)
}

fn find(site: &Site, file: &str, key: &str, part: &Part<'_>) -> Option<Place> {
    let text = site.files.get(file)?.text.as_deref()?;
    let (yaml, first_line) = if file.ends_with(".md") {
        let inside = text.strip_prefix("---\n")?;
        (inside.split_once("\n---").map_or(inside, |(yaml, _)| yaml), 2)
    } else {
        (text, 1)
    };
    let node = yaml::parse(yaml, first_line).ok()?;
    let Value::Map(entries) = &node.value else { return None };
    let entry = entries.iter().find(|entry| entry.key == key)?;
    let inner = match part {
        Part::Key => None,
        Part::Value => Some(entry.node.place),
        Part::Named(name) => named(&entry.node, name),
        Part::Item(item) => match &entry.node.value {
            Value::List(items) => items.get(*item).map(|item| item.place),
            _ => None,
        },
    };
    Some(inner.unwrap_or(entry.place))
}

fn named(node: &Node, name: &str) -> Option<Place> {
    let is_it = |node: &Node| matches!(&node.value, Value::Text(text) if text == name);
    match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == name).map(|e| e.place),
        Value::List(items) => {
            let tag = |item: &Node| match &item.value {
                Value::Map(entries) => entries.iter().any(|e| e.key == "tag" && is_it(&e.node)),
                _ => is_it(item),
            };
            items.iter().find(|item| tag(item)).map(|item| item.place)
        }
        _ => None,
    }
}
