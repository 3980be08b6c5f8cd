//! The Markdown of every page: links, images, headings, raw HTML, placeholders.

use crate::bundle::PLACEHOLDERS;
use crate::diagnostic::{Diagnostic, Place};
use crate::read::suggestion;
use crate::site::Site;
use domain::LanguageTag;
use render::markdown::{Document, Spot, Thing};
use std::collections::{BTreeMap, BTreeSet};

/// A file's Markdown.
pub(crate) struct Body<'a> {
    file: &'a str,
    text: &'a str,
    first_line: usize,
}

impl Site {
    /// The Markdown of every page, in the order of files.
    fn bodies(&self) -> Vec<Body<'_>> {
        fn of<'a, T>(words: &'a BTreeMap<LanguageTag, crate::content::Words<T>>) -> Vec<Body<'a>> {
            let body = |words: &'a crate::content::Words<T>| Body {
                file: &words.file,
                text: &words.body,
                first_line: words.body_line,
            };
            words.values().map(body).collect()
        }
        let mut bodies: Vec<_> = self.topics.values().flat_map(of).collect();
        bodies.extend(self.branches.values().flat_map(of));
        bodies.extend(self.ways.values().flat_map(|way| of(&way.words)));
        bodies.extend(self.news.values().flat_map(|post| of(&post.words)));
        bodies.extend(self.pages.values().flat_map(|page| of(&page.words)));
        bodies
    }
}

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let bodies = site.bodies();
    let anchors: BTreeMap<&str, BTreeSet<String>> =
        bodies.iter().map(|body| (body.file, headings(body.text))).collect();
    bodies.iter().flat_map(|body| of_body(body, &anchors, &site.files)).collect()
}

fn headings(text: &str) -> BTreeSet<String> {
    let spots = Document::parse(text).spots();
    let ids = spots.into_iter().filter_map(|spot| match spot.what {
        Thing::Heading(_, id) => Some(id),
        _ => None,
    });
    ids.collect()
}

fn of_body(
    body: &Body<'_>,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
    files: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let mut level = 1;
    let spots = Document::parse(body.text).spots();
    spots.iter().filter_map(|spot| of_spot(body, spot, &mut level, anchors, files)).collect()
}

fn of_spot(
    body: &Body<'_>,
    spot: &Spot,
    level: &mut u8,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
    files: &BTreeSet<String>,
) -> Option<Diagnostic> {
    let place = Place::of_byte(body.text, spot.at.start, body.first_line);
    let error = |code, message: String, help: String| {
        Some(Diagnostic::error(code, body.file, place, message, help))
    };
    match &spot.what {
        Thing::Link(target) => {
            let (message, help) = broken(body.file, target, anchors, files)?;
            error("broken-link", message, help)
        }
        Thing::Image { alt, .. } if alt.trim().is_empty() => error(
            "missing-alt",
            "this image has no text for those who don't see it".to_owned(),
            "write what it shows between the brackets: ![a librarian at a desk](…)".to_owned(),
        ),
        Thing::Image { target, .. } => error(
            "missing-image",
            format!("there is no image {target}"),
            "pages have no images yet: tell it in words".to_owned(),
        ),
        Thing::Heading(1, _) => error(
            "second-title",
            "a page has one title, the key `title`".to_owned(),
            "begin this heading with ##".to_owned(),
        ),
        Thing::Heading(this, _) => {
            let skipped = *this > *level + 1;
            let expected = *level + 1;
            *level = *this;
            if !skipped {
                return None;
            }
            let help = format!("begin it with {}", "#".repeat(usize::from(expected)));
            error("skipped-heading", "this heading skips a level".to_owned(), help)
        }
        // One mistake a pair of tags.
        Thing::Html if body.text[spot.at.clone()].starts_with("</") => None,
        Thing::Html => error(
            "raw-html",
            "HTML isn't taken over from Markdown".to_owned(),
            "say it in Markdown, or put it into a template".to_owned(),
        ),
        Thing::Placeholder(name) if !PLACEHOLDERS.contains(&name.as_str()) => error(
            "unknown-placeholder",
            format!("there is no placeholder {{{name}}}"),
            suggestion(name, &PLACEHOLDERS),
        ),
        Thing::Placeholder(_) => None,
    }
}

/// What is wrong with a link, and how to mend it.
fn broken(
    file: &str,
    target: &str,
    anchors: &BTreeMap<&str, BTreeSet<String>>,
    files: &BTreeSet<String>,
) -> Option<(String, String)> {
    let outside = ["https://", "http://", "mailto:", "tel:"];
    if outside.iter().any(|scheme| target.starts_with(scheme)) {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    if path.starts_with('/') {
        return Some((
            format!("{path} is an address, which changes with the reader's language"),
            "link to the file instead, like ../pages/privacy.md".to_owned(),
        ));
    }
    let to = if path.is_empty() { file.to_owned() } else { resolve(file, path) };
    if is_translation(&to) && !path.is_empty() {
        return Some((
            format!("{path} is a translation"),
            "link to the file without the language: each reader gets theirs".to_owned(),
        ));
    }
    let Some(ids) = anchors.get(to.as_str()) else {
        let sources: Vec<_> =
            anchors.keys().copied().filter(|file| !is_translation(file)).collect();
        let missing = !files.contains(&to);
        return missing.then(|| (format!("there is no file {to}"), suggestion(&to, &sources)));
    };
    if anchor.is_empty() || ids.contains(anchor) {
        return None;
    }
    let ids: Vec<_> = ids.iter().collect();
    Some((format!("{to} has no heading #{anchor}"), suggestion(anchor, &ids)))
}

/// Whether a file is a translation: its name has the language before the ending.
fn is_translation(file: &str) -> bool {
    let stem = file.strip_suffix(".md").and_then(|stem| stem.rsplit('/').next());
    stem.is_some_and(|name| name.contains('.'))
}

/// The file that a relative path leads to.
pub(crate) fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}
