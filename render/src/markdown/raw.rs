//! Raw HTML: reading its tags strictly, and the list of what is passed on. What a tag may hold is
//! written out anew from what was read: nothing of the source reaches a page as it stands.

use super::Refused;
use super::node::Element;
use domain::LanguageTag;
use std::ops::Range;

/// Elements within a line.
const PHRASING: [&str; 20] = [
    "a", "abbr", "b", "cite", "code", "dfn", "em", "i", "kbd", "mark", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "time", "u",
];

/// Elements that hold blocks, Markdown's too, until their end tag.
const FLOW: [&str; 7] = ["dd", "details", "div", "dl", "dt", "figcaption", "figure"];

/// Elements that hold a line, and end with their HTML block at the latest.
const LINE: [&str; 2] = ["p", "summary"];

/// Elements without content.
const VOID: [&str; 3] = ["br", "img", "wbr"];

/// Elements whose content isn't for readers.
const SILENT: [&str; 9] =
    ["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "template", "xmp"];

/// How an element stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Phrasing,
    Flow,
    Line,
    Void,
}

/// An element that is on the list.
pub(super) fn listed(name: &str) -> Option<(&'static str, Role)> {
    let kinds: [(&'static [&'static str], Role); 4] = [
        (&PHRASING, Role::Phrasing),
        (&FLOW, Role::Flow),
        (&LINE, Role::Line),
        (&VOID, Role::Void),
    ];
    kinds.into_iter().find_map(|(names, role)| {
        let found = names.iter().find(|listed| **listed == name)?;
        Some((*found, role))
    })
}

/// A piece of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A start tag of an element on the list, and what of it isn't passed on.
    Start(Element, Role, Vec<Refused>),
    /// An end tag, its name in lower case.
    End(String),
    /// Text.
    Text(String),
    /// What isn't passed on.
    Refused(Refused),
}

/// The pieces of raw HTML and where they stand in it. Comments are left out.
pub(super) fn pieces(html: &str) -> Vec<(Piece, Range<usize>)> {
    let mut pieces = Vec::new();
    let mut text = 0;
    let mut at = 0;
    let mut ends = TagEnds::default();
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        let Some(length) = markup(html, open, &mut ends) else {
            at = open + 1;
            continue;
        };
        if text < open {
            pieces.push((Piece::Text(html[text..open].to_owned()), text..open));
        }
        let markup = &html[open..open + length];
        at = open + length;
        if let Some(piece) = piece(markup) {
            if let Piece::Refused(Refused::Element(name)) = &piece
                && SILENT.contains(&name.as_str())
            {
                at += silent(&html[at..], name);
            }
            pieces.push((piece, open..open + length));
        }
        text = at;
    }
    if text < html.len() {
        pieces.push((Piece::Text(html[text..].to_owned()), text..html.len()));
    }
    pieces
}

/// How much belongs to an element whose content isn't for readers.
fn silent(rest: &str, name: &str) -> usize {
    let is_end = |found: &usize| {
        let tag = rest.as_bytes().get(found + 2..found + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    let end = rest.match_indices("</").map(|(found, _)| found).find(is_end);
    end.map_or(rest.len(), |found| {
        rest[found..].find('>').map_or(rest.len(), |close| found + close + 1)
    })
}

/// Where the tag ends that begins at each byte, if one that begins there ends. Found for all bytes
/// at once, from the end: to look for each on its own would take as long as the text for each.
#[derive(Default)]
struct TagEnds(Option<Vec<usize>>);

impl TagEnds {
    fn of(&mut self, html: &str, open: usize) -> Option<usize> {
        let ends = self.0.get_or_insert_with(|| {
            let mut ends = vec![usize::MAX; html.len()];
            // Outside quotes, within double ones, within single ones.
            let [mut plain, mut double, mut single] = [usize::MAX; 3];
            for (at, byte) in html.bytes().enumerate().rev() {
                match byte {
                    b'>' => plain = at + 1,
                    b'"' => std::mem::swap(&mut plain, &mut double),
                    b'\'' => std::mem::swap(&mut plain, &mut single),
                    _ => {}
                }
                ends[at] = plain;
            }
            ends
        });
        ends.get(open).copied().filter(|end| *end != usize::MAX)
    }
}

/// The length of the tag, comment, declaration or instruction that a text begins with.
fn markup(whole: &str, open: usize, ends: &mut TagEnds) -> Option<usize> {
    let html = &whole[open..];
    let until = |end: &str| Some(html.find(end).map_or(html.len(), |found| found + end.len()));
    if html.starts_with("<!-->") {
        return Some(5);
    }
    if html.starts_with("<!--->") {
        return Some(6);
    }
    if html.starts_with("<!--") {
        return until("-->");
    }
    if html.starts_with("<![CDATA[") {
        return until("]]>");
    }
    if html.starts_with("<?") {
        return until("?>");
    }
    let name = html[1..].trim_start_matches(['/', '!']);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || html[1..].starts_with("//") {
        return None;
    }
    // A tag without an end takes nothing with it: its `<` is text.
    ends.of(whole, open).map(|end| end - open)
}

fn piece(markup: &str) -> Option<Piece> {
    if markup.starts_with("<!--") {
        return None;
    }
    if markup.starts_with("<!") || markup.starts_with("<?") {
        return Some(Piece::Refused(Refused::Element(markup[1..2].to_owned())));
    }
    let inner = markup.trim_start_matches('<').trim_end_matches('>');
    let (inner, ends) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let length = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
    let name = inner[..length].to_ascii_lowercase();
    if ends {
        return Some(Piece::End(name));
    }
    let Some((name, role)) = listed(&name) else {
        return Some(Piece::Refused(Refused::Element(name)));
    };
    let mut element = Element { name, attributes: Vec::new() };
    let mut refused = Vec::new();
    for (attribute, value) in attributes(&inner[length..]) {
        match allowed(name, &attribute, &decoded(&value)) {
            Some(kept) if element.get(kept.0).is_none() => element.attributes.push(kept),
            Some(_) => {}
            None => {
                refused.push(Refused::Attribute { element: name.to_owned(), attribute });
            }
        }
    }
    Some(Piece::Start(element, role, refused))
}

/// The attributes of a tag as they were written.
fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let space = |c: char| c.is_whitespace() || c == '/';
    loop {
        rest = rest.trim_start_matches(space);
        let length = rest.find(|c: char| space(c) || c == '=').unwrap_or(rest.len());
        if length == 0 && !rest.starts_with('=') {
            return attributes;
        }
        let name = rest[..length].to_ascii_lowercase();
        rest = rest[length..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            rest = after.trim_start();
            let quote = rest.chars().next().filter(|c| ['"', '\''].contains(c));
            let (from, end) = match quote {
                Some(quote) => (1, rest[1..].find(quote).map_or(rest.len(), |end| end + 1)),
                None => (0, rest.find(char::is_whitespace).unwrap_or(rest.len())),
            };
            value = &rest[from..end];
            rest = &rest[(end + from).min(rest.len())..];
        }
        attributes.push((name, value.to_owned()));
    }
}

/// An attribute that is on the list, with a value that it may have.
fn allowed(element: &str, attribute: &str, value: &str) -> Option<(&'static str, String)> {
    let kept = |name| Some((name, value.to_owned()));
    match (element, attribute) {
        (_, "title") => kept("title"),
        (_, "id") => kept("id").filter(|_| !value.trim().is_empty()),
        (_, "dir") if ["ltr", "rtl", "auto"].contains(&value) => kept("dir"),
        (_, "lang") => LanguageTag::parse(value).ok().and_then(|_| kept("lang")),
        ("a", "href") => kept("href"),
        ("img", "src") => kept("src"),
        ("img", "alt") => kept("alt"),
        // A picture's own are written; an editor's may stand there.
        ("img", "width") => kept("width"),
        ("img", "height") => kept("height"),
        ("time", "datetime") => kept("datetime"),
        ("details", "open") => kept("open"),
        _ => None,
    }
}

/// A value without its character references: numbers, and the names that values need. Others stay
/// as they are written, as text: they can't become a scheme or a quote.
fn decoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = reference(rest).unwrap_or(1);
        match character(&rest[1..length]) {
            Some(c) => text.push(c),
            None => text.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    text.push_str(rest);
    text
}

fn character(reference: &str) -> Option<char> {
    let name = reference.strip_suffix(';')?;
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = match hex {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).filter(|c| *c != '\0');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

/// The length of the character reference that a text begins with.
fn reference(text: &str) -> Option<usize> {
    const LONGEST: usize = 34;
    let length = text.bytes().take(LONGEST).position(|b| b == b';')? + 1;
    let name = &text[1..length - 1];
    let digits = name.strip_prefix('#').unwrap_or(name);
    let fits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(length)
}

/// Writes the text of an HTML block: its character references stay, all else is escaped.
pub(super) fn write_text(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' if reference(&text[at..]).is_some() => out.push('&'),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// Whether an address may stand in a link: relative, or of a scheme that opens no program and runs
/// nothing. White space and control characters, which browsers pass over, don't hide a scheme.
pub(super) fn may_lead_to(target: &str) -> bool {
    let bare: String = target.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let Some((scheme, _)) = bare.split_once(':') else {
        return true;
    };
    if scheme.contains(['/', '?', '#']) {
        return true;
    }
    ["http", "https", "mailto", "tel"].contains(&scheme.to_ascii_lowercase().as_str())
}
