//! Reads keys into typed values. Every mistake in a file is collected; none stops the reading.

use super::yaml::{Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Place, suggestion};
use domain::branch::{Closure, Days};
use domain::hours::{Day, TimeSpan, WeeklyHours};
use domain::{AreaId, BranchId, Email, GroupId, LanguageTag, Phone, TopicId};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A value that isn't what its key takes.
#[derive(Debug)]
pub(crate) struct Wrong {
    place: Place,
    message: String,
    help: String,
}

impl Wrong {
    /// As a diagnostic, for files whose values aren't under a key.
    pub(crate) fn in_file(self, file: &str) -> Diagnostic {
        Diagnostic::error("wrong-value", file, self.place, self.message, self.help)
    }
}

pub(crate) type Read<T> = Result<T, Wrong>;

pub(crate) fn wrong<T>(
    node: &Node,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Read<T> {
    Err(Wrong { place: node.place, message: message.into(), help: help.into() })
}

/// The keys of a file, or of a map in it.
pub(crate) struct Keys<'a> {
    file: &'a str,
    place: Place,
    entries: &'a [Entry],
    known: Vec<&'static str>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Keys<'a> {
    /// The keys of a map. If the node isn't a map, it has no keys, and that is reported.
    pub(crate) fn new(file: &'a str, node: &'a Node) -> Self {
        let mut keys = Self {
            file,
            place: node.place,
            entries: &[],
            known: Vec::new(),
            diagnostics: Vec::new(),
        };
        match &node.value {
            Value::Map(entries) => keys.entries = entries,
            _ => keys.diagnostics.push(Diagnostic::error(
                "wrong-type",
                file,
                node.place,
                "keys are expected here",
                "write each as a line `key: value`",
            )),
        }
        keys
    }

    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (!matches!(entry.node.value, Value::Null)).then_some(&entry.node)
    }

    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a Node) -> Read<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        match read(node) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let message = format!("{key}: {}", wrong.message);
                let problem =
                    Diagnostic::error("wrong-value", self.file, wrong.place, message, wrong.help);
                self.diagnostics.push(problem);
                None
            }
        }
    }

    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a Node) -> Read<T>,
    ) -> Option<T> {
        if self.node(key).is_none() {
            // If this isn't a map, don't also report missing keys.
            if self.diagnostics.first().is_some_and(|first| first.code == "wrong-type") {
                return None;
            }
            self.diagnostics.push(Diagnostic::error(
                "missing-key",
                self.file,
                self.place,
                format!("the key {key} is missing"),
                format!("add a line `{key}: …`"),
            ));
            return None;
        }
        self.known.pop();
        self.optional(key, read)
    }

    /// Marks keys as known that are read elsewhere.
    pub(crate) fn known(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Reports the keys that nothing has read. `elsewhere` lists keys that belong in the source's
    /// file and not in a translation.
    pub(crate) fn finish(mut self, elsewhere: &[&str]) -> Vec<Diagnostic> {
        for entry in self.entries {
            let key = entry.key.as_str();
            if self.known.contains(&key) {
                continue;
            }
            let (code, message, help) = if elsewhere.contains(&key) {
                (
                    "fact-in-translation",
                    format!("{key} is a fact, and stands in the English file alone"),
                    "delete this line".to_owned(),
                )
            } else {
                ("unknown-key", format!("there is no key {key}"), suggestion(key, &self.known))
            };
            self.diagnostics.push(Diagnostic::error(code, self.file, entry.place, message, help));
        }
        self.diagnostics
    }
}

pub(crate) fn text(node: &Node) -> Read<String> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Text(_) => wrong(node, "this is empty", "write a text"),
        _ => wrong(node, "a text is expected", "put it in quotes"),
    }
}

pub(crate) fn flag(node: &Node) -> Read<bool> {
    match node.value {
        Value::Bool(value) => Ok(value),
        _ => wrong(node, "yes or no is expected", "write true or false"),
    }
}

pub(crate) fn number<N: TryFrom<i64>>(node: &Node) -> Read<N> {
    let number = match node.value {
        Value::Int(number) => N::try_from(number).ok(),
        _ => None,
    };
    number.map_or_else(|| wrong(node, "a whole number is expected", "write it in digits"), Ok)
}

pub(crate) fn share(node: &Node) -> Read<f64> {
    match node.value {
        Value::Float(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => wrong(node, "a share between 0 and 1 is expected", "write it like 0.25"),
    }
}

/// Reads a text with a domain type's own parser, whose error message says what is wrong.
fn parsed<T, E: std::fmt::Display>(
    node: &Node,
    parse: impl FnOnce(&str) -> Result<T, E>,
    help: &str,
) -> Read<T> {
    let text = text(node)?;
    parse(&text).or_else(|error| wrong(node, error.to_string(), help))
}

pub(crate) fn date(node: &Node) -> Read<Date> {
    let read = |text: &str| text.parse::<Date>().map_err(|_| format!("\"{text}\" is no date"));
    parsed(node, read, "write it as year-month-day, like 2026-12-03")
}

pub(crate) fn email(node: &Node) -> Read<Email> {
    parsed(node, Email::parse, "write it like langley@library.example")
}

pub(crate) fn phone(node: &Node) -> Read<Phone> {
    parsed(node, Phone::parse, "write it like \"+1 360-555-0131\"")
}

pub(crate) fn topic_id(node: &Node) -> Read<TopicId> {
    parsed(node, TopicId::parse, "use the name of a file in content/topics, without .md")
}

pub(crate) fn branch_id(node: &Node) -> Read<BranchId> {
    parsed(node, BranchId::parse, "use the name of a file in content/branches, without .md")
}

pub(crate) fn area_id(node: &Node) -> Read<AreaId> {
    parsed(node, AreaId::parse, "use the id of one of the areas in site.yaml")
}

pub(crate) fn group_id(node: &Node) -> Read<GroupId> {
    parsed(node, GroupId::parse, "use the id of one of the topic_groups in site.yaml")
}

pub(crate) fn language(node: &Node) -> Read<LanguageTag> {
    parsed(node, LanguageTag::parse, "write it like vi or zh-Hans")
}

fn day(node: &Node) -> Read<Day> {
    let read = |text: &str| Day::parse(text).ok_or(format!("\"{text}\" is no day of the week"));
    parsed(node, read, "write mon, tue, wed, thu, fri, sat or sun")
}

pub(crate) fn days(node: &Node) -> Read<Days> {
    Ok(Days::Only(list(node, day)?.into_iter().collect()))
}

/// One of a few words.
pub(crate) fn one_of<T: Copy>(node: &Node, words: &[(&str, T)]) -> Read<T> {
    // YAML takes a bare no for false.
    let text = match node.value {
        Value::Bool(false) => "no".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        _ => text(node)?,
    };
    let found = words.iter().find(|(word, _)| *word == text);
    let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    found.map_or_else(
        || wrong(node, format!("\"{text}\" is none of the choices"), suggestion(&text, &names)),
        |(_, value)| Ok(*value),
    )
}

pub(crate) fn list<'a, T>(node: &'a Node, item: impl Fn(&'a Node) -> Read<T>) -> Read<Vec<T>> {
    match &node.value {
        Value::List(items) => items.iter().map(item).collect(),
        _ => wrong(node, "a list is expected", "write it as [one, two]"),
    }
}

pub(crate) fn set<'a, T: Ord>(
    node: &'a Node,
    item: impl Fn(&'a Node) -> Read<T>,
) -> Read<BTreeSet<T>> {
    Ok(list(node, item)?.into_iter().collect())
}

pub(crate) fn entries(node: &Node) -> Read<&[Entry]> {
    match &node.value {
        Value::Map(entries) => Ok(entries),
        _ => wrong(node, "keys with values are expected", "write each as `key: value`"),
    }
}

/// The value of a key in a nested map. Keys that aren't allowed there are reported.
pub(crate) fn inner<T>(
    node: &Node,
    key: &'static str,
    allowed: &[&str],
    read: impl FnOnce(&Node) -> Read<T>,
) -> Read<Option<T>> {
    let entries = entries(node)?;
    if let Some(other) = entries.iter().find(|entry| !allowed.contains(&entry.key.as_str())) {
        return Err(Wrong {
            place: other.place,
            message: format!("there is no key {}", other.key),
            help: suggestion(&other.key, allowed),
        });
    }
    entries.iter().find(|entry| entry.key == key).map(|entry| read(&entry.node)).transpose()
}

/// The same for a key that must be there.
pub(crate) fn needed<T>(
    node: &Node,
    key: &'static str,
    allowed: &[&str],
    read: impl FnOnce(&Node) -> Read<T>,
) -> Read<T> {
    match inner(node, key, allowed, read)? {
        Some(value) => Ok(value),
        None => wrong(node, format!("{key} is missing here"), format!("add `{key}: …`")),
    }
}

pub(crate) fn hours(node: &Node) -> Read<WeeklyHours> {
    let mut days: BTreeMap<Day, Vec<TimeSpan>> = BTreeMap::new();
    for entry in entries(node)? {
        let Some(day) = Day::parse(&entry.key) else {
            return Err(Wrong {
                place: entry.place,
                message: format!("\"{}\" is no day of the week", entry.key),
                help: "write mon, tue, wed, thu, fri, sat or sun".to_owned(),
            });
        };
        let help = "write it like \"09:00-17:00\"";
        let spans = list(&entry.node, |span| parsed(span, TimeSpan::parse, help))?;
        days.insert(day, spans);
    }
    let checked = WeeklyHours::new(days);
    checked.or_else(|error| wrong(node, error.to_string(), "let one end before the other begins"))
}

pub(crate) fn closure(node: &Node) -> Read<Closure> {
    const KEYS: [&str; 3] = ["from", "until", "reason"];
    let closure = Closure {
        from: needed(node, "from", &KEYS, date)?,
        until: needed(node, "until", &KEYS, date)?,
        reason: needed(node, "reason", &KEYS, text)?,
    };
    if closure.period().is_empty() {
        return wrong(node, "it ends before it begins", "exchange the two dates");
    }
    Ok(closure)
}
