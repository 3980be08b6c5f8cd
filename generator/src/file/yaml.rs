//! YAML as a tree in which everything knows its place, so that each mistake can be told where it
//! stands, and all of them at once.

use crate::diagnostic::Place;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// A value of YAML.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) node: Node,
}

/// A text that isn't YAML.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) place: Place,
}

/// Our keys nest four deep. The reader calls itself for each level, on stacks that are small.
const DEPTH: usize = 16;

/// Parses a text that begins on a line of its file.
pub(crate) fn parse(text: &str, first_line: usize) -> Result<Node, YamlError> {
    let options = serde_saphyr::options! { budget: serde_saphyr::budget! { max_depth: DEPTH } };
    match serde_saphyr::from_str_with_options::<Option<Spanned<Value>>>(text, options) {
        Ok(Some(spanned)) => {
            let mut node = Node::from(spanned);
            node.shift(first_line - 1);
            Ok(node)
        }
        Ok(None) => Ok(Node { value: Value::Null, place: Place { line: first_line, column: 1 } }),
        Err(error) => {
            let place = error.location().map_or(Place::START, place);
            Err(YamlError {
                message: first_sentence(&error.without_snippet().to_string()),
                place: Place { line: place.line + first_line - 1, column: place.column },
            })
        }
    }
}

/// What went wrong, without the place (which we tell) and advice for programmers.
fn first_sentence(message: &str) -> String {
    let line = message.lines().next().unwrap_or("this is not YAML");
    let line = line.trim_start_matches("error: ");
    let end = [" at line ", ", set "].iter().filter_map(|mark| line.find(mark)).min();
    line[..end.unwrap_or(line.len())].to_owned()
}

fn place(location: serde_saphyr::Location) -> Place {
    let at = |number: u64| usize::try_from(number).unwrap_or(1).max(1);
    Place { line: at(location.line()), column: at(location.column()) }
}

impl Node {
    fn shift(&mut self, lines: usize) {
        self.place.line += lines;
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.shift(lines)),
            Value::Map(entries) => {
                for entry in entries {
                    entry.place.line += lines;
                    entry.node.shift(lines);
                }
            }
            _ => {}
        }
    }
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Self {
        Self { value: spanned.value, place: place(spanned.referenced) }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| Value::Text(value.to_string()), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(Node::from(item));
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let node = Node::from(entries.next_value::<Spanned<Value>>()?);
            map.push(Entry { place: place(key.referenced), key: key.value, node });
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let node = parse("title: Ấn\nlist:\n  - one\n  - { a: 2 }\n", 10).unwrap();
        let Value::Map(entries) = node.value else { panic!("no map") };
        assert_eq!(entries[0].place, Place { line: 10, column: 1 });
        assert_eq!(entries[0].node.place, Place { line: 10, column: 8 });
        let Value::List(items) = &entries[1].node.value else { panic!("no list") };
        assert_eq!(items[0].place, Place { line: 12, column: 5 });
        let Value::Map(inner) = &items[1].value else { panic!("no map") };
        assert_eq!(inner[0].node.place, Place { line: 13, column: 10 });
    }

    #[test]
    fn what_is_nested_too_deeply_is_told() {
        for piece in ["{a: ", "[", "- ", "? ", "&a ", "!a "] {
            assert!(parse(&piece.repeat(30_000), 1).is_err(), "{piece}");
        }
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_place() {
        let error = parse("a: 1\na: 2\n", 2).unwrap_err();
        assert_eq!(error.place.line, 3);
        assert!(error.message.contains("duplicate"), "{}", error.message);
    }
}
