//! The words of a page: are they in its language, do links and images say something, can its
//! sentences be followed?

use super::language::{self, Foreign};
use super::wording;
use super::yaml::{Node, Value};
use crate::diagnostic::{Diagnostic, Place, Places};
use domain::LanguageTag;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use render::markdown::{Block, Document, Spot, Thing};
use std::borrow::Cow;

/// Keys whose texts are sentences that readers see.
const SENTENCES: [&str; 3] = ["card", "summary", "tell_us"];

/// Checks a file's Markdown.
pub(crate) fn body(
    file: &str,
    language: &LanguageTag,
    places: &Places<'_>,
    document: &Document<'_>,
) -> Vec<Diagnostic> {
    let place = |byte| places.of_byte(byte);
    let words = document.words();
    let mut diagnostics = Vec::new();
    for block in &words.blocks {
        if let Some(found) = foreign_in(block, language) {
            diagnostics.push(foreign(file, place(block.in_source(found.at)), &found, language));
        }
    }
    for link in words.links.iter().filter(|link| wording::says_nothing(&link.text, language)) {
        let message = match link.text.trim() {
            "" => "this link has no words".to_owned(),
            text => format!("the link \"{text}\" doesn't say where it leads"),
        };
        let help = "write what is found there, such as [how a session goes](…)";
        let at = place(link.at.start);
        diagnostics.push(Diagnostic::error("empty-link-text", file, at, message, help));
    }
    diagnostics
}

/// The sentences of a file's Markdown that are hard to follow.
pub(crate) fn long_sentences(
    file: &str,
    language: &LanguageTag,
    text: &str,
    first_line: usize,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let places = Places::new(text, first_line);
    for block in &Document::parse(text).words().blocks {
        for long in wording::long_sentences(&block.text, language) {
            let at = places.of_byte(block.in_source(long.at));
            let message = format!("this sentence has {} {}", long.length, long.unit);
            let help = format!("make two of it: up to {} are easy to follow", long.limit);
            diagnostics.push(Diagnostic::error("long-sentence", file, at, message, help).hint());
        }
    }
    diagnostics
}

/// Reports an image whose text says nothing.
pub(super) fn image(file: &str, spot: &Spot, place: Place) -> Option<Diagnostic> {
    let Thing::Image { alt, target } = &spot.what else {
        return None;
    };
    let help =
        "write what it shows to somebody who doesn't see it, such as \"a librarian at a desk\"";
    wording::is_meaningless(alt, target).then(|| {
        let message = format!("\"{alt}\" doesn't say what the image shows");
        Diagnostic::error("meaningless-alt", file, place, message, help)
    })
}

/// Checks the keys that hold sentences.
pub(crate) fn keys(file: &str, language: &LanguageTag, keys: &Node) -> Vec<Diagnostic> {
    let Value::Map(entries) = &keys.value else {
        return Vec::new();
    };
    let sentences = entries.iter().filter(|entry| SENTENCES.contains(&entry.key.as_str()));
    let found = sentences.filter_map(|entry| {
        let Value::Text(text) = &entry.node.value else {
            return None;
        };
        let found = language::foreign(text, language)?;
        Some(foreign(file, entry.node.place, &found, language))
    });
    found.collect()
}

/// Checks the strings of a language.
pub(crate) fn strings(file: &str, language: &LanguageTag, text: &str) -> Vec<Diagnostic> {
    let resource = super::strings::readable(text);
    let lines = super::strings::Lines::of(text);
    let found = resource.body.iter().filter_map(|entry| {
        let Entry::Message(message) = entry else {
            return None;
        };
        let mut words = String::new();
        collect(message.value.as_ref()?, &mut words);
        let found = language::foreign(&words, language)?;
        Some(foreign(file, lines.place(message.id.name), &found, language))
    });
    found.collect()
}

fn collect(pattern: &Pattern<&str>, words: &mut String) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => words.push_str(value),
            PatternElement::Placeable { expression } => {
                words.push(' ');
                if let Expression::Select { variants, .. } = expression {
                    for variant in variants {
                        collect(&variant.value, words);
                        words.push_str(". ");
                    }
                } else if let Expression::Inline(InlineExpression::StringLiteral { value }) =
                    expression
                {
                    words.push_str(value);
                }
            }
        }
    }
}

/// A passage in another language. Short emphasized phrases are titles or terms, so a passage that
/// is foreign only because of them is not reported.
fn foreign_in(block: &Block, language: &LanguageTag) -> Option<Foreign> {
    const TITLE: usize = 12;
    let found = language::foreign(&block.text, language)?;
    let mut plain = Cow::Borrowed(block.text.as_str());
    for range in &block.emphasized {
        let title = block.text.get(range.clone()).unwrap_or_default();
        if title.split_whitespace().count() <= TITLE {
            plain.to_mut().replace_range(range.clone(), &" ".repeat(title.len()));
        }
    }
    match plain {
        Cow::Borrowed(_) => Some(found),
        Cow::Owned(plain) => language::foreign(&plain, language),
    }
}

fn foreign(file: &str, place: Place, found: &Foreign, page: &LanguageTag) -> Diagnostic {
    let page = language::name(page);
    let message = format!("this is {}, and the page is {page}", found.name);
    let help = format!("translate it, or mark it: [words]{{lang={}}}", found.tag);
    Diagnostic::error("foreign-passage", file, place, message, help)
}
