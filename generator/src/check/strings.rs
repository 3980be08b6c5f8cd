//! The strings: syntax, keys that are missing or unknown, and values that differ.

use crate::diagnostic::{Diagnostic, Place, Places};
use crate::read::suggestion;
use crate::site::Site;
use domain::LanguageTag;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use fluent_syntax::parser;
use render::strings::{DEPTH, too_deep};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Strings for staff, who read English.
const STAFF: &str = "staff-";

/// The values of each string.
type Keys = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut keys: BTreeMap<&LanguageTag, Keys> = BTreeMap::new();
    for (language, text) in &site.strings {
        keys.insert(language, read(text));
    }
    let source = LanguageTag::source();
    let Some(expected) = keys.get(&source) else {
        diagnostics.push(Diagnostic::error(
            "missing-file",
            &file(&source),
            Place::START,
            "the strings of the source language are missing",
            "take the file back from the last version",
        ));
        return diagnostics;
    };
    for (language, strings) in keys.iter().filter(|(language, _)| !language.is_source()) {
        diagnostics.extend(compare(language, expected, strings, &site.strings));
    }
    diagnostics
}

fn file(language: &LanguageTag) -> String {
    format!("content/strings/{language}.ftl")
}

fn compare(
    language: &LanguageTag,
    expected: &Keys,
    strings: &Keys,
    texts: &BTreeMap<LanguageTag, Arc<str>>,
) -> Vec<Diagnostic> {
    let file = file(language);
    let text = texts.get(language).map(|text| &**text).unwrap_or_default();
    let lines = Lines::of(text);
    let mut diagnostics = Vec::new();
    for (key, values) in expected.iter().filter(|(key, _)| !key.starts_with(STAFF)) {
        match strings.get(key) {
            None => diagnostics.push(
                Diagnostic::error(
                    "missing-string",
                    &file,
                    Place::START,
                    format!("there is no {key}: readers see English there"),
                    format!("add a line `{key} = …`"),
                )
                .warning(),
            ),
            // A plural form may say its number in words, so a value may be left out.
            Some(own) if !own.is_subset(values) => {
                let other: Vec<_> = own.difference(values).map(|v| format!("{{ ${v} }}")).collect();
                diagnostics.push(Diagnostic::error(
                    "different-values",
                    &file,
                    lines.place(key),
                    format!("{key} has no value {}", other.join(", ")),
                    format!("use the values of en.ftl: {}", list(values)),
                ));
            }
            Some(_) => {}
        }
    }
    let known: Vec<_> = expected.keys().collect();
    for key in strings.keys().filter(|key| !expected.contains_key(*key)) {
        diagnostics.push(Diagnostic::error(
            "unknown-string",
            &file,
            lines.place(key),
            format!("en.ftl has no {key}"),
            suggestion(key, &known),
        ));
    }
    diagnostics
}

fn list(values: &BTreeSet<String>) -> String {
    if values.is_empty() {
        return "none".to_owned();
    }
    values.iter().map(|value| format!("{{ ${value} }}")).collect::<Vec<_>>().join(", ")
}

/// The lines on which strings begin.
pub(super) struct Lines<'t>(BTreeMap<&'t str, usize>);

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut lines = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            if let Some((key, _)) = line.split_once('=') {
                lines.entry(key.trim_end()).or_insert(number);
            }
        }
        Self(lines)
    }

    /// The place of a string.
    pub(super) fn place(&self, key: &str) -> Place {
        self.0.get(key).map_or(Place::START, |line| Place { line: *line, column: 1 })
    }
}

/// What can't be read in a file of strings.
pub(crate) fn syntax(file: &str, text: &str) -> Vec<Diagnostic> {
    let places = Places::new(text, 1);
    if let Some(at) = too_deep(text) {
        let message = format!("values are nested deeper than {DEPTH} times here");
        let help = "write each value once, as { $name }; perhaps a } is missing above";
        return vec![Diagnostic::error("string-syntax", file, places.of_byte(at), message, help)];
    }
    let errors = parser::parse(text).err().map(|(_, errors)| errors).unwrap_or_default();
    let diagnostic = |error: parser::ParserError| {
        Diagnostic::error(
            "string-syntax",
            file,
            places.of_byte(last_written(text, error.pos.start)),
            format!("this can't be read: {}", error.kind),
            "write `key = text`; further lines of a text are indented",
        )
    };
    errors.into_iter().map(diagnostic).collect()
}

/// What can be read in a file of strings.
pub(crate) fn readable(text: &str) -> Resource<&str> {
    if too_deep(text).is_some() {
        return Resource { body: Vec::new() };
    }
    parser::parse(text).unwrap_or_else(|(readable, _)| readable)
}

fn read(text: &str) -> Keys {
    let resource = readable(text);
    let mut keys = Keys::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let mut values = BTreeSet::new();
            if let Some(pattern) = &message.value {
                collect(pattern, &mut values);
            }
            keys.insert(message.id.name.to_owned(), values);
        }
    }
    keys
}

/// The values that a pattern shows or chooses by.
pub(crate) fn collect(pattern: &Pattern<&str>, values: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => collect_inline(inline, values),
            Expression::Select { selector, variants } => {
                collect_inline(selector, values);
                for variant in variants {
                    collect(&variant.value, values);
                }
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => drop(values.insert(id.name.to_owned())),
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inner) = &**expression {
                collect_inline(inner, values);
            }
        }
        _ => {}
    }
}

/// A place that can be shown: at the end of a text, its last letter.
fn last_written(text: &str, byte: usize) -> usize {
    if text.get(byte..).is_some_and(|rest| !rest.trim().is_empty()) {
        return byte;
    }
    text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at)
}
