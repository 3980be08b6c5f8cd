//! Writes a text as HTML, in the way of the specification's own renderer where it defines one.

mod footnotes;
mod image;

use super::node::{Element, Node, Placed};
use super::words::{NoticeKind, Word};
use super::written::{self, Draft, Gap, Written};
use super::{Dialect, Document, raw};
use crate::html::dir;
use domain::LanguageTag;
use footnotes::Footnotes;
use memchr::{memchr, memchr3};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};
use pulldown_cmark_escape::escape_href;

pub(super) fn write(document: &Document<'_>, language: &LanguageTag) -> Written {
    let mut writer = Writer {
        document,
        language,
        out: Draft::for_text(document.nodes.last().map_or(0, |last| last.at.end)),
        at: 0,
        heading: 0,
        links: 0,
        table: Table::default(),
        footnotes: Footnotes::default(),
    };
    while let Some(placed) = document.nodes.get(writer.at) {
        writer.at += 1;
        writer.node(placed);
    }
    writer.write_footnotes();
    Written::new(language, writer.out)
}

struct Writer<'w> {
    document: &'w Document<'w>,
    /// The language of the text.
    language: &'w LanguageTag,
    out: Draft,
    /// The next node.
    at: usize,
    /// The next heading.
    heading: usize,
    /// How many links are open.
    links: usize,
    table: Table,
    footnotes: Footnotes,
}

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    in_head: bool,
    cell: usize,
}

/// Escapes a text as the specification does: values stand in double quotes, so an apostrophe may
/// stay.
pub(super) fn text(out: &mut String, text: &str) {
    // Most texts have none of them, and are looked through many bytes at a time.
    let bytes = text.as_bytes();
    if memchr3(b'&', b'<', b'>', bytes).is_none() && memchr(b'"', bytes).is_none() {
        return out.push_str(text);
    }
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"')) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        // The four are ASCII, so what follows begins with a character.
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Writing to a string doesn't fail.
pub(super) fn address(out: &mut String, target: &str) {
    let _ = escape_href(out, target);
}

pub(super) fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    text(out, value);
    out.push('"');
}

impl<'w> Writer<'w> {
    fn is_ours(&self) -> bool {
        self.document.dialect == Dialect::Ours
    }

    fn write(&mut self, html: &str) {
        self.out.html.push_str(html);
    }

    /// Begins a line.
    fn line(&mut self) {
        self.out.line();
    }

    /// Begins a block: its tag, with its language where it has its own.
    fn block(&mut self, name: &str, language: Option<&LanguageTag>) {
        self.line();
        self.tag(name, language);
        self.write(">");
    }

    /// A start tag without its end.
    fn tag(&mut self, name: &str, language: Option<&LanguageTag>) {
        self.write("<");
        self.write(name);
        if let Some(language) = language {
            self.attribute("lang", language.html_lang());
            self.attribute("dir", dir(language));
        }
    }

    fn end_tag(&mut self, name: &str, after: &str) {
        for part in ["</", name, after] {
            self.write(part);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        attribute(&mut self.out.html, name, value);
    }

    /// A text; if it may name values, each page puts them in.
    fn text(&mut self, words: &str) {
        if words.contains('{') && self.is_ours() {
            self.out.gap(Gap::Text(words.to_owned()));
        } else {
            text(&mut self.out.html, words);
        }
    }

    fn node(&mut self, placed: &'w Placed<'w>) {
        match &placed.node {
            Node::Markdown(event) => self.event(event, placed.language.as_ref()),
            Node::Open(element) => self.open(element),
            Node::Close(name) => {
                if *name == "a" {
                    self.close_link();
                } else {
                    self.end_tag(name, ">");
                }
            }
            Node::Note(html) => self.write(html.as_str()),
            Node::Void(element) if element.name == "img" => {
                let (src, alt) = (element.get("src"), element.get("alt"));
                let (src, alt) = (src.unwrap_or_default(), alt.unwrap_or_default());
                self.image(src, alt, element.get("title"));
            }
            Node::Void(element) => {
                self.tag(element.name, None);
                self.write(">");
            }
            Node::RawText(words) if words.contains('{') => {
                self.out.gap(Gap::RawText(words.clone()));
            }
            Node::RawText(words) => raw::write_text(&mut self.out.html, words),
            Node::Refused(_) | Node::StrayMark(_) => {}
            Node::Language(language) => {
                self.tag("span", Some(language));
                self.write(">");
            }
            Node::LanguageEnd => self.write("</span>"),
        }
    }

    fn event(&mut self, event: &'w Event<'w>, language: Option<&LanguageTag>) {
        match event {
            Event::Start(tag) => self.start(tag, language),
            Event::End(end) => self.end(*end),
            Event::Text(words) => self.text(words),
            Event::Code(code) => {
                self.write("<code>");
                text(&mut self.out.html, code);
                self.write("</code>");
            }
            // Only of the specification's dialect: ours has read it by now.
            Event::Html(html) | Event::InlineHtml(html) if !self.is_ours() => self.write(html),
            Event::SoftBreak => self.write("\n"),
            Event::HardBreak => self.write("<br />\n"),
            Event::Rule => {
                self.line();
                self.write("<hr />\n");
            }
            Event::FootnoteReference(name) => self.footnote_reference(name),
            // Only extensions that are off make the others.
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &'w Tag<'w>, language: Option<&LanguageTag>) {
        match tag {
            Tag::Paragraph if self.figure() => {}
            Tag::Paragraph => self.block("p", language),
            Tag::Heading { level, .. } => self.start_heading(*level as u8, language),
            Tag::BlockQuote(kind) => self.start_quote(kind.map(NoticeKind::from), language),
            Tag::CodeBlock(kind) => self.start_code(kind),
            Tag::HtmlBlock => self.line(),
            Tag::List(first) => {
                self.line();
                self.tag(if first.is_some() { "ol" } else { "ul" }, language);
                if let Some(first) = first.filter(|first| *first != 1) {
                    self.attribute("start", &first.to_string());
                }
                self.write(">\n");
            }
            Tag::Item => self.block("li", language),
            Tag::FootnoteDefinition(name) => self.footnotes.begin(name, &mut self.out),
            Tag::DefinitionList => {
                self.block("dl", language);
                self.write("\n");
            }
            Tag::DefinitionListTitle => self.block("dt", language),
            Tag::DefinitionListDefinition => self.block("dd", language),
            Tag::Table(alignments) => self.start_table(alignments, language),
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.cell = 0;
                self.write("<thead><tr>");
            }
            Tag::TableRow => {
                self.table.cell = 0;
                self.write("<tr>");
            }
            Tag::TableCell => self.start_cell(language),
            Tag::Emphasis => self.write("<em>"),
            Tag::Strong => self.write("<strong>"),
            Tag::Link { link_type, dest_url, title, .. } => {
                self.open_link(*link_type, dest_url, title);
            }
            Tag::Image { dest_url, title, .. } => self.markdown_image(dest_url, title),
            // Only extensions that are off make these.
            Tag::Strikethrough | Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph => self.write("</p>\n"),
            TagEnd::Heading(level) => self.end_tag(HEADINGS[level as usize - 1], ">\n"),
            TagEnd::BlockQuote(kind) => {
                self.line();
                let name = if kind.is_some() { "aside" } else { "blockquote" };
                self.end_tag(name, ">\n");
            }
            TagEnd::CodeBlock => self.write("</code></pre>\n"),
            TagEnd::HtmlBlock => self.line(),
            TagEnd::List(true) => self.write("</ol>\n"),
            TagEnd::List(false) => self.write("</ul>\n"),
            TagEnd::Item => self.write("</li>\n"),
            TagEnd::FootnoteDefinition => self.footnotes.end(&mut self.out),
            TagEnd::DefinitionList => self.write("</dl>\n"),
            TagEnd::DefinitionListTitle => self.write("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.write("</dd>\n"),
            TagEnd::Table => self.write("</tbody></table></section>\n"),
            TagEnd::TableHead => {
                self.table.in_head = false;
                self.write("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.write("</tr>\n"),
            TagEnd::TableCell => {
                self.table.cell += 1;
                self.write(if self.table.in_head { "</th>" } else { "</td>" });
            }
            TagEnd::Emphasis => self.write("</em>"),
            TagEnd::Strong => self.write("</strong>"),
            TagEnd::Link => self.close_link(),
            TagEnd::Image
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn start_heading(&mut self, level: u8, language: Option<&LanguageTag>) {
        self.line();
        self.tag(HEADINGS[usize::from(level.clamp(1, 6)) - 1], language);
        if let Some(heading) = self.document.headings.get(self.heading) {
            self.attribute("id", &heading.id);
            self.heading += 1;
        }
        self.write(">");
    }

    /// A quotation, or a notice with its title.
    fn start_quote(&mut self, notice: Option<NoticeKind>, language: Option<&LanguageTag>) {
        let Some(kind) = notice else {
            self.block("blockquote", language);
            return self.write("\n");
        };
        self.line();
        self.tag("aside", language);
        for part in [" class=\"notice ", kind.class(), "\" role=\"note\">\n<p><b>"] {
            self.write(part);
        }
        self.out.gap(Gap::Word(Word::Notice(kind)));
        self.write("</b></p>\n");
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.line();
        self.write("<pre><code");
        if let CodeBlockKind::Fenced(info) = kind
            && let Some(language) = info.split_ascii_whitespace().next()
        {
            self.attribute("class", &format!("language-{language}"));
        }
        self.write(">");
    }

    /// A table may be wider than a small screen: it can be scrolled, by keys too.
    fn start_table(&mut self, alignments: &[Alignment], language: Option<&LanguageTag>) {
        self.table.alignments = alignments.to_vec();
        self.line();
        self.write("<section class=\"scroll\" tabindex=\"0\" aria-label=\"");
        self.out.gap(Gap::Label(Word::Table));
        self.write("\">");
        self.tag("table", language);
        self.write(">");
    }

    /// Our content security policy allows no inline styles; start and end also work right to left.
    fn start_cell(&mut self, language: Option<&LanguageTag>) {
        self.tag(if self.table.in_head { "th" } else { "td" }, language);
        if self.table.in_head {
            self.write(" scope=\"col\"");
        }
        match self.table.alignments.get(self.table.cell) {
            Some(Alignment::Center) => self.write(" class=\"center\">"),
            Some(Alignment::Right) => self.write(" class=\"end\">"),
            _ => self.write(">"),
        }
    }

    fn open_link(&mut self, kind: LinkType, target: &str, title: &str) {
        let is_mail = kind == LinkType::Email;
        self.links += 1;
        if self.is_ours() {
            let (target, title) = (target.to_owned(), title.to_owned());
            return self.out.gap(Gap::Link { target, is_mail, title });
        }
        self.write("<a href=\"");
        if is_mail {
            self.write("mailto:");
        }
        address(&mut self.out.html, target);
        self.write("\"");
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.write(">");
    }

    fn close_link(&mut self) {
        self.links = self.links.saturating_sub(1);
        if self.is_ours() {
            self.out.gap(Gap::LinkEnd);
        } else {
            self.write("</a>");
        }
    }

    /// A raw element.
    fn open(&mut self, element: &Element) {
        if element.name == "a" {
            self.links += 1;
            return self.out.gap(Gap::RawLink(element.clone()));
        }
        self.tag(element.name, None);
        written::attributes(&mut self.out.html, element);
        self.write(">");
    }
}
