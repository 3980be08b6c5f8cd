//! The strings of the languages against each other: keys that are missing or unknown, and values
//! that differ.

use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::file::strings::{Lines, STAFF, Values, values};
use crate::paths;
use crate::site::Site;
use domain::LanguageTag;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut keys: BTreeMap<&LanguageTag, Values> = BTreeMap::new();
    for (language, text) in &site.strings {
        keys.insert(language, values(text));
    }
    let source = LanguageTag::source();
    let Some(expected) = keys.get(&source) else {
        diagnostics.push(Diagnostic::error(
            "missing-file",
            &paths::strings(&source),
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

fn compare(
    language: &LanguageTag,
    expected: &Values,
    strings: &Values,
    texts: &BTreeMap<LanguageTag, Arc<str>>,
) -> Vec<Diagnostic> {
    let file = paths::strings(language);
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
