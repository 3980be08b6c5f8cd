//! Writing a text as HTML, as the specification's own renderer does where it says how.

mod footnotes;
mod image;

use super::headings::prefixed;
use super::node::{Element, Node, Placed};
use super::placeholders::write_filled;
use super::words::{NoticeKind, Word};
use super::{Dialect, Document, Options, raw};
use crate::html::{Html, dir};
use crate::strings::Found;
use domain::LanguageTag;
use footnotes::Footnotes;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};
use pulldown_cmark_escape::{escape_href, escape_html_body_text};

pub(super) fn html(document: &Document<'_>, options: &Options<'_>) -> String {
    let mut writer = Writer {
        document,
        options,
        out: String::new(),
        at: 0,
        heading: 0,
        links: Vec::new(),
        table: Table::default(),
        footnotes: Footnotes::default(),
    };
    while let Some(placed) = document.nodes.get(writer.at) {
        writer.at += 1;
        writer.node(placed);
    }
    writer.write_footnotes();
    writer.out
}

struct Writer<'w, 'o> {
    document: &'w Document<'w>,
    options: &'w Options<'o>,
    out: String,
    /// The next node.
    at: usize,
    /// The next heading.
    heading: usize,
    /// The links that are open; `false` for one whose address isn't passed on.
    links: Vec<bool>,
    table: Table,
    footnotes: Footnotes,
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    in_head: bool,
    cell: usize,
}

/// Escapes a text as the specification does: values stand in double quotes, so an apostrophe may
/// stay. Writing to a string doesn't fail.
fn text(out: &mut String, text: &str) {
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push_str("&quot;");
        }
        let _ = escape_html_body_text(&mut *out, part);
    }
}

fn address(out: &mut String, target: &str) {
    let _ = escape_href(out, target);
}

impl<'w, 'o> Writer<'w, 'o> {
    fn is_ours(&self) -> bool {
        self.document.dialect == Dialect::Ours
    }

    fn write(&mut self, html: &str) {
        self.out.push_str(html);
    }

    /// Begins a line.
    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Begins a block: its tag, with its language where it has its own.
    fn block(&mut self, name: &str, language: Option<&LanguageTag>) {
        self.line();
        self.tag(name, language);
        self.out.push('>');
    }

    /// A start tag without its end.
    fn tag(&mut self, name: &str, language: Option<&LanguageTag>) {
        self.out.push('<');
        self.out.push_str(name);
        if let Some(language) = language {
            self.language(language);
        }
    }

    fn language(&mut self, language: &LanguageTag) {
        let (lang, dir) = (language.html_lang(), dir(language));
        self.out.push_str(&format!(" lang=\"{lang}\" dir=\"{dir}\""));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push_str(&format!(" {name}=\""));
        text(&mut self.out, value);
        self.out.push('"');
    }

    fn filled(&mut self, words: &str) {
        let in_link = self.links.contains(&true);
        write_filled(&mut self.out, words, in_link, self.options, text);
    }

    /// A word of ours. One that no language has shows its key: somebody will see it.
    fn word(&self, word: Word) -> Found<'o> {
        let language = self.options.language;
        let key = || Found { text: word.key().to_owned(), language };
        (self.options.word)(word).unwrap_or_else(key)
    }

    fn node(&mut self, placed: &'w Placed<'w>) {
        match &placed.node {
            Node::Markdown(event) => self.event(event, placed.language.as_ref()),
            Node::Open(element) => self.open(element),
            Node::Close(name) => {
                if *name == "a" {
                    self.close_link();
                } else {
                    self.write(&format!("</{name}>"));
                }
            }
            Node::Note(html) => self.write(html.as_str()),
            Node::Void(element) if element.name == "img" => {
                let (src, alt) = (element.get("src"), element.get("alt"));
                let (src, alt) = (src.unwrap_or_default(), alt.unwrap_or_default());
                self.image(src, alt, element.get("title"));
            }
            Node::Void(element) => self.write(&format!("<{}>", element.name)),
            Node::RawText(words) => {
                let in_link = self.links.contains(&true);
                write_filled(&mut self.out, words, in_link, self.options, raw::write_text);
            }
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
            Event::Text(words) if self.is_ours() => self.filled(words),
            Event::Text(words) => text(&mut self.out, words),
            Event::Code(code) => {
                self.write("<code>");
                text(&mut self.out, code);
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
            // No extension that is on makes the others.
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
            // No extension that is on makes them.
            Tag::Strikethrough | Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph => self.write("</p>\n"),
            TagEnd::Heading(level) => self.write(&format!("</{level}>\n")),
            TagEnd::BlockQuote(kind) => {
                self.line();
                let name = if kind.is_some() { "aside" } else { "blockquote" };
                self.write(&format!("</{name}>\n"));
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
        self.tag(&format!("h{level}"), language);
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
        let title = self.word(Word::Notice(kind));
        let title = Html::worded(&title.text, title.language, self.options.language);
        let class = kind.class();
        self.write(&format!(" class=\"notice {class}\" role=\"note\">\n<p><b>"));
        self.write(&format!("{}</b></p>\n", title.as_str()));
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
        self.write("<section class=\"scroll\" tabindex=\"0\"");
        let label = self.word(Word::Table);
        self.attribute("aria-label", &label.text);
        self.write(">");
        self.tag("table", language);
        self.write(">");
    }

    /// The policy of our pages takes no style within a tag; start and end hold right to left too.
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
        let mut to = if is_mail { format!("mailto:{target}") } else { target.to_owned() };
        if self.is_ours() {
            to = (self.options.link)(target).unwrap_or(to);
        }
        // An empty answer: it leads nowhere, and its words alone are written.
        let passed_on = !self.is_ours() || (!to.is_empty() && raw::may_lead_to(&to));
        self.links.push(passed_on);
        if passed_on {
            self.write("<a href=\"");
            address(&mut self.out, &to);
            self.write("\"");
            if !title.is_empty() {
                self.attribute("title", title);
            }
            self.write(">");
        }
    }

    fn close_link(&mut self) {
        if self.links.pop() == Some(true) {
            self.write("</a>");
        }
    }

    /// A raw element.
    fn open(&mut self, element: &Element) {
        let mut target = None;
        if element.name == "a" {
            target = element
                .get("href")
                .map(|href| (self.options.link)(href).unwrap_or_else(|| href.to_owned()))
                .filter(|href| !href.is_empty() && raw::may_lead_to(href));
            let is_written = target.is_some() || element.get("id").is_some();
            self.links.push(is_written);
            if !is_written {
                return;
            }
        }
        self.write(&format!("<{}", element.name));
        if let Some(target) = target {
            self.write(" href=\"");
            address(&mut self.out, &target);
            self.write("\"");
        }
        for (name, value) in &element.attributes {
            match *name {
                "href" => {}
                "id" => self.attribute("id", &prefixed(value)),
                "lang" => {}
                name => self.attribute(name, value),
            }
        }
        if let Some(language) = element.language() {
            let lang = language.html_lang();
            self.attribute("lang", lang);
            if element.get("dir").is_none() {
                self.attribute("dir", dir(&language));
            }
        }
        self.write(">");
    }
}
