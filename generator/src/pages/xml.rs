//! XML files: what sitemaps and feeds share.

use crate::site::Page;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::borrow::Cow;
use std::io;

pub(super) type Xml = Writer<Vec<u8>>;

/// A file, from its root element's name, its attributes and what stands in it.
pub(super) fn document(
    root: &str,
    attributes: &[(&str, &str)],
    content_type: &'static str,
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<Page> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    new_line(&mut xml)?;
    xml.create_element(root)
        .with_attributes(attributes.iter().copied())
        .write_inner_content(inside)?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(Page { bytes, content_type })
}

/// An element that holds a text.
pub(super) fn text(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    text: &str,
) -> io::Result<()> {
    // XML has no way to write most control characters, not even escaped.
    let illegal = |c: char| c.is_control() && !['\n', '\t', '\r'].contains(&c);
    let text: Cow<'_, str> =
        if text.contains(illegal) { text.replace(illegal, "").into() } else { text.into() };
    let element = xml.create_element(name).with_attributes(attributes.iter().copied());
    element.write_text_content(BytesText::new(&text)).map(drop)
}

/// An element that holds nothing.
pub(super) fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_empty().map(drop)
}

/// A new line, where it means nothing and helps whoever reads the file or compares two.
pub(super) fn new_line(xml: &mut Xml) -> io::Result<()> {
    xml.write_event(Event::Text(BytesText::from_escaped("\n")))
}
