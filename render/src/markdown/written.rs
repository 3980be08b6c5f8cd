//! A text as HTML, made once. What differs between the pages that show it (links, values, pictures)
//! is a gap that each page fills in.

use super::node::Element;
use super::placeholders::{fill_plain, write_filled};
use super::words::Word;
use super::write::{address, attribute, text};
use super::{Image, Options, raw};
use crate::html::{Html, dir};
use crate::strings::Found;
use domain::LanguageTag;

/// A text as HTML in a language, with gaps.
#[derive(Debug, Clone)]
pub struct Written {
    language: LanguageTag,
    html: String,
    /// The gaps and where they are, in their order.
    gaps: Vec<(usize, Gap)>,
}

/// What a page fills in.
#[derive(Debug, Clone)]
pub(super) enum Gap {
    /// A text that may name values.
    Text(String),
    /// The same in raw HTML.
    RawText(String),
    /// A link's start tag.
    Link { target: String, is_mail: bool, title: String },
    /// A raw link's start tag.
    RawLink(Element),
    /// The end tag of either, if its start tag was written.
    LinkEnd,
    /// What is shown for an image.
    Image { target: String, alt: String, title: Option<String> },
    /// One of our words as a text, marked with its language.
    Word(Word),
    /// One of our words as the value of an attribute.
    Label(Word),
    /// What refers to a footnote within a link: its number, and its whole link.
    Reference { number: usize, link: String },
    /// A new line, if what was filled in before didn't end one.
    Line,
}

impl Written {
    pub(super) fn new(language: &LanguageTag, draft: Draft) -> Self {
        let Draft { mut html, mut gaps } = draft;
        // It is kept as long as the text.
        html.shrink_to_fit();
        gaps.shrink_to_fit();
        Self { language: language.clone(), html, gaps }
    }

    /// The HTML of a page. Values are put in as text, so nothing in them is markup.
    pub fn html(&self, options: &Options<'_>) -> Html {
        const GAP: usize = 48;
        let out = String::with_capacity(self.html.len() + self.gaps.len() * GAP);
        let mut filler = Filler { written: self, options, out, links: Vec::new() };
        let mut done = 0;
        for (at, gap) in &self.gaps {
            filler.out.push_str(&self.html[done..*at]);
            filler.fill(gap);
            done = *at;
        }
        filler.out.push_str(&self.html[done..]);
        Html::trusted(filler.out)
    }
}

/// A text that is being written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) html: String,
    gaps: Vec<(usize, Gap)>,
}

impl Draft {
    /// With room for a text of so many bytes.
    pub(super) fn for_text(length: usize) -> Self {
        Self { html: String::with_capacity(length + length / 4), gaps: Vec::new() }
    }

    pub(super) fn gap(&mut self, gap: Gap) {
        self.gaps.push((self.html.len(), gap));
    }

    /// Begins a line.
    pub(super) fn line(&mut self) {
        if self.gaps.last().is_some_and(|(at, _)| *at == self.html.len()) {
            self.gap(Gap::Line);
        } else if !self.html.is_empty() && !self.html.ends_with('\n') {
            self.html.push('\n');
        }
    }

    /// Appends another draft.
    pub(super) fn append(&mut self, other: Self) {
        let start = self.html.len();
        self.html.push_str(&other.html);
        self.gaps.extend(other.gaps.into_iter().map(|(at, gap)| (start + at, gap)));
    }

    /// Removes a suffix, if it is there.
    pub(super) fn strip_suffix(&mut self, end: &str) -> bool {
        let Some(rest) = self.html.strip_suffix(end).map(str::len) else { return false };
        if self.gaps.last().is_some_and(|(at, _)| *at > rest) {
            return false;
        }
        self.html.truncate(rest);
        true
    }
}

struct Filler<'f, 'o> {
    written: &'f Written,
    options: &'f Options<'o>,
    out: String,
    /// The links that are open; `false` for one whose address isn't passed on.
    links: Vec<bool>,
}

impl<'f> Filler<'f, '_> {
    fn fill(&mut self, gap: &Gap) {
        let in_link = self.links.contains(&true);
        match gap {
            Gap::Text(words) => write_filled(&mut self.out, words, in_link, self.options, text),
            Gap::RawText(words) => {
                write_filled(&mut self.out, words, in_link, self.options, raw::write_text);
            }
            Gap::Link { target, is_mail, title } => self.link(target, *is_mail, title),
            Gap::RawLink(element) => self.raw_link(element),
            Gap::LinkEnd => {
                if self.links.pop() == Some(true) {
                    self.out.push_str("</a>");
                }
            }
            Gap::Image { target, alt, title } => self.image(target, alt, title.as_deref()),
            Gap::Word(word) => {
                let found = self.word(*word);
                let html = Html::worded(&found.text, found.language, &self.written.language);
                self.out.push_str(html.as_str());
            }
            Gap::Label(word) => {
                let found = self.word(*word);
                text(&mut self.out, &found.text);
            }
            Gap::Reference { number, .. } if in_link => self.out.push_str(&number.to_string()),
            Gap::Reference { link, .. } => self.out.push_str(link),
            Gap::Line => {
                if !self.out.is_empty() && !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
            }
        }
    }

    /// A word of ours. If no language has it, its key is shown, so that the mistake is seen.
    fn word(&self, word: Word) -> Found<'f> {
        let key = || Found { text: word.key().to_owned(), language: &self.written.language };
        (self.options.word)(word).unwrap_or_else(key)
    }

    fn link(&mut self, target: &str, is_mail: bool, title: &str) {
        let as_written = || if is_mail { format!("mailto:{target}") } else { target.to_owned() };
        let to = (self.options.link)(target).unwrap_or_else(as_written);
        // Empty means that the link leads nowhere: only its words are written.
        let is_passed_on = !to.is_empty() && raw::may_lead_to(&to);
        self.links.push(is_passed_on);
        if is_passed_on {
            self.out.push_str("<a href=\"");
            address(&mut self.out, &to);
            self.out.push('"');
            if !title.is_empty() {
                attribute(&mut self.out, "title", title);
            }
            self.out.push('>');
        }
    }

    fn raw_link(&mut self, element: &Element) {
        let href = element.get("href");
        let to = href
            .map(|href| (self.options.link)(href).unwrap_or_else(|| href.to_owned()))
            .filter(|to| !to.is_empty() && raw::may_lead_to(to));
        let is_written = to.is_some() || element.get("id").is_some();
        self.links.push(is_written);
        if !is_written {
            return;
        }
        self.out.push_str("<a");
        if let Some(to) = to {
            self.out.push_str(" href=\"");
            address(&mut self.out, &to);
            self.out.push('"');
        }
        attributes(&mut self.out, element);
        self.out.push('>');
    }

    /// A picture of the site, or else its text: pages load nothing from other hosts.
    fn image(&mut self, target: &str, alt: &str, title: Option<&str>) {
        let alt = fill_plain(alt, self.options);
        match (self.options.image)(&Image { target, alt: &alt, title }) {
            Some(html) => self.out.push_str(html.as_str()),
            None => text(&mut self.out, &alt),
        }
    }
}

/// The attributes of a raw element, but for a link's address.
pub(super) fn attributes(out: &mut String, element: &Element) {
    for (name, value) in &element.attributes {
        match *name {
            "href" | "lang" => {}
            "id" => attribute(out, "id", &super::headings::prefixed(value)),
            name => attribute(out, name, value),
        }
    }
    if let Some(language) = element.language() {
        attribute(out, "lang", language.html_lang());
        if element.get("dir").is_none() {
            attribute(out, "dir", dir(&language));
        }
    }
}
