//! Footnotes: numbered in the order in which the text refers to them, at its end, each with a way
//! back to where it was read.

use super::Writer;
use crate::markdown::words::Word;
use crate::markdown::written::{Draft, Gap};
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Footnotes {
    /// The notes that are referred to, and how often, in that order.
    order: Vec<(String, u32)>,
    /// Where each is in it.
    known: BTreeMap<String, usize>,
    /// What each says.
    texts: BTreeMap<String, Draft>,
    /// The note that is being written, and what was written before it.
    open: Vec<(String, Draft)>,
}

impl Footnotes {
    /// A note's text begins: it is kept for the end.
    pub(super) fn begin(&mut self, name: &str, out: &mut Draft) {
        self.open.push((name.to_owned(), std::mem::take(out)));
    }

    pub(super) fn end(&mut self, out: &mut Draft) {
        if let Some((name, before)) = self.open.pop() {
            let text = std::mem::replace(out, before);
            self.texts.insert(name, text);
        }
    }

    /// A note's number, and how often it has been referred to.
    fn refer(&mut self, name: &str) -> (usize, u32) {
        let next = self.order.len();
        let index = *self.known.entry(name.to_owned()).or_insert(next);
        if index == next {
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

impl Writer<'_> {
    /// A page may show a text and its translation: the ids have the language in them.
    pub(super) fn footnote_reference(&mut self, name: &str) {
        let (number, uses) = self.footnotes.refer(name);
        let language = self.language.as_str();
        let id = reference(language, number, uses);
        let link = format!(
            "<a href=\"#fn-{language}-{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a>"
        );
        self.write("<sup>");
        if self.links > 0 {
            self.out.gap(Gap::Reference { number, link });
        } else {
            self.write(&link);
        }
        self.write("</sup>");
    }

    pub(super) fn write_footnotes(&mut self) {
        if self.footnotes.order.is_empty() {
            return;
        }
        let Footnotes { order, mut texts, .. } = std::mem::take(&mut self.footnotes);
        let language = self.language.as_str();
        self.line();
        self.write("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        self.out.gap(Gap::Label(Word::Footnotes));
        self.write("\">\n<ol>\n");
        for (index, (name, uses)) in order.iter().enumerate() {
            let number = index + 1;
            self.write(&format!("<li id=\"fn-{language}-{number}\">"));
            let mut text = texts.remove(name).unwrap_or_default();
            let is_paragraph = text.strip_suffix("</p>\n");
            self.out.append(text);
            if !is_paragraph {
                self.write("<p>");
            }
            for used in 1..=*uses {
                self.back(&reference(language, number, used));
            }
            self.write("</p>\n</li>\n");
        }
        self.write("</ol>\n</section>\n");
    }

    /// The way back to a place that refers to a note.
    fn back(&mut self, to: &str) {
        let label = to.trim_start_matches("fnref-").split_once('-');
        let label = label.map_or("", |(_, label)| label);
        self.write(&format!(" <a href=\"#{to}\" role=\"doc-backlink\" aria-label=\""));
        self.out.gap(Gap::Label(Word::BackToText));
        self.write(&format!(" {label}\">↩\u{fe0e}</a>"));
    }
}
