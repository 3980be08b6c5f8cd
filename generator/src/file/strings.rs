//! The strings of `content/strings/*.ftl`: what can be read of a file, and what can't.

use crate::diagnostic::{Diagnostic, Place, Places};
use domain::directory::Service;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use fluent_syntax::parser;
use render::strings::{DEPTH, area_key, group_key, too_deep};
use std::collections::{BTreeMap, BTreeSet};

/// How the keys of strings for staff begin. They aren't translated: staff read English.
pub(crate) const STAFF: &str = "staff-";

/// The values of each string.
pub(crate) type Values = BTreeMap<String, BTreeSet<String>>;

/// The lines on which strings begin.
pub(crate) struct Lines<'t>(BTreeMap<&'t str, usize>);

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut lines = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            if let Some((key, _)) = line.split_once('=') {
                lines.entry(key.trim_end()).or_insert(number);
            }
        }
        Self(lines)
    }

    /// The place of a string.
    pub(crate) fn place(&self, key: &str) -> Place {
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

/// The source's strings with the names of areas and groups, which stand in `site.yaml`: they are
/// translated like all other strings. In a name braces mean nothing, so they are left out.
pub(crate) fn with_names(strings: &str, service: &Service) -> String {
    let areas = service.areas.iter().map(|area| (area_key(&area.id), &area.name));
    let groups = service.topic_groups.iter().map(|group| (group_key(&group.id), &group.name));
    let mut text = strings.to_owned();
    if !(text.is_empty() || text.ends_with('\n')) {
        text.push('\n');
    }
    for (key, name) in areas.chain(groups) {
        let name = name.replace(['{', '}'], "");
        let words: Vec<_> = name.split_whitespace().collect();
        text.push_str(&format!("{key} = {}\n", words.join(" ")));
    }
    text
}

/// What can be read in a file of strings.
pub(crate) fn readable(text: &str) -> Resource<&str> {
    if too_deep(text).is_some() {
        return Resource { body: Vec::new() };
    }
    parser::parse(text).unwrap_or_else(|(readable, _)| readable)
}

/// The values that each string shows or chooses by.
pub(crate) fn values(text: &str) -> Values {
    let resource = readable(text);
    let mut keys = Values::new();
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

/// A place that an excerpt can show: for the end of the text, its last character.
fn last_written(text: &str, byte: usize) -> usize {
    if text.get(byte..).is_some_and(|rest| !rest.trim().is_empty()) {
        return byte;
    }
    text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::content::site_yaml;

    #[test]
    fn names_of_areas_and_groups_are_strings_that_can_be_read() {
        let yaml = include_str!("../../tests/fixtures/base/content/site.yaml");
        let yaml = yaml.replace("Island County", "\"Island { $x }: the\\n  rest\"");
        let (service, _) = site_yaml(&yaml);
        let text = with_names("skip = Skip", &service.unwrap());
        assert_eq!(syntax("content/strings/en.ftl", &text), []);
        assert!(text.starts_with("skip = Skip\narea-snohomish = Snohomish County\n"), "{text}");
        assert!(text.contains("\narea-island = Island $x : the rest\n"), "{text}");
        assert!(values(&text)["area-island"].is_empty());
    }
}
