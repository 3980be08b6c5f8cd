//! Footnotes: numbered in the order in which the text refers to them, at its end, each with a way
//! back to where it was read.

use super::Writer;
use crate::html::escape;
use crate::markdown::words::Word;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Footnotes {
    /// The notes that are referred to, and how often, in that order.
    order: Vec<(String, u32)>,
    /// What each says.
    texts: BTreeMap<String, String>,
    /// The note that is being written, and what was written before it.
    open: Vec<(String, String)>,
}

impl Footnotes {
    /// A note's text begins: it is kept for the end.
    pub(super) fn begin(&mut self, name: &str, out: &mut String) {
        self.open.push((name.to_owned(), std::mem::take(out)));
    }

    pub(super) fn end(&mut self, out: &mut String) {
        if let Some((name, before)) = self.open.pop() {
            let text = std::mem::replace(out, before);
            self.texts.insert(name, text);
        }
    }

    /// A note's number, and how often it has been referred to.
    fn refer(&mut self, name: &str) -> (usize, u32) {
        let found = self.order.iter().position(|(known, _)| known == name);
        let index = found.unwrap_or(self.order.len());
        if found.is_none() {
            self.order.push((name.to_owned(), 0));
        }
        let uses = &mut self.order[index].1;
        *uses += 1;
        (index + 1, *uses)
    }
}

/// The id of a place that refers to a note: the second one has its number in it.
fn reference(language: &str, number: usize, uses: u32) -> String {
    let again = if uses == 1 { String::new() } else { format!("-{uses}") };
    format!("fnref-{language}-{number}{again}")
}

impl Writer<'_, '_> {
    /// A page may show a text and its translation: the ids have the language in them.
    pub(super) fn footnote_reference(&mut self, name: &str) {
        let (number, uses) = self.footnotes.refer(name);
        if self.links.contains(&true) {
            return self.write(&format!("<sup>{number}</sup>"));
        }
        let language = self.options.language.as_str();
        let id = reference(language, number, uses);
        self.write(&format!(
            "<sup><a href=\"#fn-{language}-{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a></sup>"
        ));
    }

    pub(super) fn write_footnotes(&mut self) {
        if self.footnotes.order.is_empty() {
            return;
        }
        let footnotes = std::mem::take(&mut self.footnotes);
        let language = self.options.language.as_str();
        let title = escape(&self.word(Word::Footnotes).text);
        let back = escape(&self.word(Word::BackToText).text);
        self.line();
        self.write(&format!(
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{title}\">\n<ol>\n"
        ));
        for (index, (name, uses)) in footnotes.order.iter().enumerate() {
            let number = index + 1;
            let text = footnotes.texts.get(name).map(String::as_str).unwrap_or_default();
            let backs: String = (1..=*uses)
                .map(|used| {
                    let to = reference(language, number, used);
                    let label = to.trim_start_matches("fnref-").split_once('-');
                    let label = label.map_or("", |(_, label)| label);
                    format!(
                        " <a href=\"#{to}\" role=\"doc-backlink\" aria-label=\"{back} {label}\">↩\u{fe0e}</a>"
                    )
                })
                .collect();
            self.write(&format!("<li id=\"fn-{language}-{number}\">"));
            match text.strip_suffix("</p>\n") {
                Some(words) => self.write(&format!("{words}{backs}</p>\n</li>\n")),
                None => self.write(&format!("{text}<p>{backs}</p>\n</li>\n")),
            }
        }
        self.write("</ol>\n</section>\n");
    }
}
