//! Markdown to HTML: CommonMark with tables and headings that can be linked to. Raw HTML is not
//! passed on. What an editor's check wants to look at, it finds with its place in the source.

use crate::dates::one_full_stop;
use crate::html::{Html, escape};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options as Extensions, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

/// A text that was parsed.
pub struct Document<'a> {
    events: Vec<(Event<'a>, Range<usize>)>,
}

/// What the HTML depends on.
pub struct Options<'o> {
    /// The value of a placeholder such as `{phone}`; without one it stays as it is.
    pub value: &'o dyn Fn(&str) -> Option<String>,
    /// Where a link's target leads; without an answer it stays as it is.
    pub link: &'o dyn Fn(&str) -> Option<String>,
}

/// Something in a text that a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// What.
    pub what: Thing,
    /// Where, in bytes of the source.
    pub at: Range<usize>,
}

/// What a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A link's target.
    Link(String),
    /// An image's target, and the text that stands for it.
    Image {
        /// The target.
        target: String,
        /// The text for those who don't see it.
        alt: String,
    },
    /// A heading's level and the id it can be linked to by.
    Heading(u8, String),
    /// Raw HTML.
    Html,
    /// A placeholder's name.
    Placeholder(String),
}

impl<'a> Document<'a> {
    /// Parses a text.
    pub fn parse(source: &'a str) -> Self {
        let parser = Parser::new_ext(source, Extensions::ENABLE_TABLES);
        Self { events: parser.into_offset_iter().collect() }
    }

    /// The HTML. Values are put in as text, so nothing in them is markup; headings have ids.
    pub fn html(&self, options: &Options<'_>) -> Html {
        let mut ids = self.heading_ids().into_iter();
        let events = self.events.iter().filter_map(|(event, _)| match event {
            Event::Html(_) | Event::InlineHtml(_) => None,
            Event::Text(text) => Some(fill_text(text, options)),
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                Some(Event::Start(Tag::Heading {
                    level: *level,
                    id: ids.next().map(|(_, id)| CowStr::from(id)),
                    classes: classes.clone(),
                    attrs: attrs.clone(),
                }))
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = (options.link)(dest_url).unwrap_or_else(|| dest_url.to_string());
                Some(Event::Start(Tag::Link {
                    link_type: *link_type,
                    dest_url: target.into(),
                    title: title.clone(),
                    id: id.clone(),
                }))
            }
            other => Some(other.clone()),
        });
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, events);
        Html::trusted(html)
    }

    /// What checks look at, in the order of the source.
    pub fn spots(&self) -> Vec<Spot> {
        let mut ids = self.heading_ids().into_iter();
        let mut spots = Vec::new();
        let mut image: Option<(String, String, Range<usize>)> = None;
        for (event, at) in &self.events {
            let what = match event {
                Event::Start(Tag::Link { dest_url, .. }) => Thing::Link(dest_url.to_string()),
                Event::Start(Tag::Image { dest_url, .. }) => {
                    image = Some((dest_url.to_string(), String::new(), at.clone()));
                    continue;
                }
                Event::End(TagEnd::Image) => match image.take() {
                    Some((target, alt, _)) => Thing::Image { target, alt },
                    None => continue,
                },
                Event::Start(Tag::Heading { .. }) => match ids.next() {
                    Some((level, id)) => Thing::Heading(level, id),
                    None => continue,
                },
                Event::Html(_) | Event::InlineHtml(_) => Thing::Html,
                Event::Text(text) => {
                    if let Some((_, alt, _)) = &mut image {
                        alt.push_str(text);
                    }
                    spots.extend(placeholders(text).into_iter().map(|(name, place)| Spot {
                        what: Thing::Placeholder(name),
                        at: at.start + place.start..at.start + place.end,
                    }));
                    continue;
                }
                _ => continue,
            };
            spots.push(Spot { what, at: at.clone() });
        }
        spots
    }

    /// Levels and ids of the headings: their words with hyphens, numbered where they repeat.
    fn heading_ids(&self) -> Vec<(u8, String)> {
        let mut ids = Vec::new();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut heading: Option<(u8, String)> = None;
        for (event, _) in &self.events {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    heading = Some((level_number(*level), String::new()));
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some((_, words)) = &mut heading {
                        words.push_str(text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((level, words)) = heading.take() {
                        let slug = slug(&words);
                        let times = seen.entry(slug.clone()).or_default();
                        *times += 1;
                        let id = if *times == 1 { slug } else { format!("{slug}-{times}") };
                        ids.push((level, id));
                    }
                }
                _ => {}
            }
        }
        ids
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Words as an id: letters and digits of any script, in lower case, with hyphens between. The
/// prefix keeps it apart from the ids of the page around it.
fn slug(words: &str) -> String {
    let parts: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    format!("s-{}", parts.join("-"))
}

/// A text with its values; an address among them becomes a link.
fn fill_text<'e>(text: &str, options: &Options<'_>) -> Event<'e> {
    let mut html = String::new();
    let mut rest = 0;
    for (name, place) in placeholders(text) {
        let Some(value) = (options.value)(&name) else {
            continue;
        };
        html.push_str(&escape(&text[rest..place.start]));
        let escaped = escape(&value);
        if value.starts_with("https://") || value.starts_with("http://") {
            html.push_str(&format!("<a href=\"{escaped}\">{escaped}</a>"));
        } else {
            html.push_str(&escaped);
        }
        rest = place.end;
    }
    html.push_str(&escape(&text[rest..]));
    Event::InlineHtml(one_full_stop(&html).into())
}

/// Puts values into a plain text. Fails with the name of a placeholder that has none.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = 0;
    for (name, place) in placeholders(text) {
        filled.push_str(&text[rest..place.start]);
        filled.push_str(&value(&name).ok_or(name)?);
        rest = place.end;
    }
    filled.push_str(&text[rest..]);
    Ok(one_full_stop(&filled))
}

/// The placeholders of a text, `{like_this}`, and where they stand.
pub fn placeholders(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let Some(close) = text[open..].find('}').map(|at| open + at) else {
            break;
        };
        let name = &text[open + 1..close];
        let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if fits {
            found.push((name.to_owned(), open..close + 1));
        }
        from = open + 1;
    }
    found
}
