//! Images: the site knows the element for a picture; alone in a paragraph, with a title, it is a
//! figure with a caption.

use super::{Writer, address};
use crate::markdown::node::Node;
use crate::markdown::written::Gap;
use pulldown_cmark::{Event, Tag, TagEnd};

impl Writer<'_> {
    /// The text of the image that has begun; its end has been passed then.
    fn alternative(&mut self) -> String {
        let mut alt = String::new();
        let mut depth = 1;
        while let Some(placed) = self.document.nodes.get(self.at) {
            self.at += 1;
            match &placed.node {
                Node::Markdown(Event::Start(Tag::Image { .. })) => depth += 1,
                Node::Markdown(Event::End(TagEnd::Image)) => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Node::Markdown(Event::Text(words) | Event::Code(words)) => alt.push_str(words),
                Node::Markdown(Event::SoftBreak | Event::HardBreak) => alt.push(' '),
                _ => {}
            }
        }
        alt
    }

    pub(super) fn markdown_image(&mut self, target: &str, title: &str) {
        let alt = self.alternative();
        if self.is_ours() {
            return self.image(target, &alt, (!title.is_empty()).then_some(title));
        }
        self.write("<img src=\"");
        address(&mut self.out.html, target);
        self.write("\"");
        self.attribute("alt", &alt);
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.write(" />");
    }

    pub(super) fn image(&mut self, target: &str, alt: &str, title: Option<&str>) {
        let (target, alt) = (target.to_owned(), alt.to_owned());
        self.out.gap(Gap::Image { target, alt, title: title.map(str::to_owned) });
    }

    /// Writes a paragraph that is an image with a title, if it is one.
    pub(super) fn figure(&mut self) -> bool {
        if !self.is_ours() {
            return false;
        }
        let nodes = &self.document.nodes;
        let Some(Node::Markdown(Event::Start(Tag::Image { dest_url, title, .. }))) =
            nodes.get(self.at).map(|placed| &placed.node)
        else {
            return false;
        };
        let paragraph = &nodes[self.at - 1];
        let from = self.at;
        self.at += 1;
        let alt = self.alternative();
        let alone = matches!(
            nodes.get(self.at).map(|placed| &placed.node),
            Some(Node::Markdown(Event::End(TagEnd::Paragraph)))
        );
        if title.is_empty() || !alone {
            self.at = from;
            return false;
        }
        self.at += 1;
        self.block("figure", paragraph.language.as_ref());
        self.image(dest_url, &alt, None);
        self.write("<figcaption>");
        self.text(title);
        self.write("</figcaption></figure>\n");
        true
    }
}
