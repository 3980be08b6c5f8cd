//! The Markdown of every page: links, images, headings, raw HTML, placeholders.

use crate::bundle::PLACEHOLDERS;
use crate::diagnostic::{Diagnostic, Place};
use crate::load::Files;
use crate::parse::Parsed;
use crate::read::suggestion;
use crate::site::Site;
use rayon::prelude::*;
use render::markdown::{Document, Spot, Thing};
use std::sync::Arc;

/// Where a file's Markdown leads, and what leads to it.
#[derive(Default)]
pub(crate) struct Outline {
    /// The ids of its headings.
    anchors: Vec<String>,
    /// The targets of its links, but those that lead outside.
    links: Vec<(Place, String)>,
}

/// Looks at one file's Markdown: what leads out of it, and what is wrong with it on its own.
pub(crate) fn outline(file: &str, text: &str, first_line: usize) -> (Outline, Vec<Diagnostic>) {
    let mut outline = Outline::default();
    let mut diagnostics = Vec::new();
    let mut level = 1;
    for spot in Document::parse(text).spots() {
        let place = Place::of_byte(text, spot.at.start, first_line);
        diagnostics.extend(of_spot(file, text, &spot, place, &mut level));
        match spot.what {
            Thing::Heading(_, id) => outline.anchors.push(id),
            Thing::Link(target) if !leads_outside(&target) => outline.links.push((place, target)),
            _ => {}
        }
    }
    (outline, diagnostics)
}

fn of_spot(
    file: &str,
    text: &str,
    spot: &Spot,
    place: Place,
    level: &mut u8,
) -> Option<Diagnostic> {
    let error = |code, message: String, help: String| {
        Some(Diagnostic::error(code, file, place, message, help))
    };
    match &spot.what {
        Thing::Link(_) => None,
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
        Thing::Html if text[spot.at.clone()].starts_with("</") => None,
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

fn leads_outside(target: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| target.starts_with(scheme))
}

/// The links between files that lead nowhere.
pub(super) fn links(site: &Site) -> Vec<Diagnostic> {
    let files: Vec<_> = site.files.iter().collect();
    let of_file = |(file, parsed): &(&Arc<str>, &Arc<Parsed>)| {
        let links = parsed.outline.links.iter();
        let broken = links.filter_map(|(place, target)| {
            let (message, help) = broken(file, target, &site.files)?;
            Some(Diagnostic::error("broken-link", file, *place, message, help))
        });
        broken.collect::<Vec<_>>()
    };
    files.par_iter().flat_map_iter(of_file).collect()
}

/// What is wrong with a link, and how to mend it.
fn broken(file: &str, target: &str, files: &Files) -> Option<(String, String)> {
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
    let Some(parsed) = files.get(&*to) else {
        let sources: Vec<_> =
            files.keys().filter(|file| file.ends_with(".md") && !is_translation(file)).collect();
        return Some((format!("there is no file {to}"), suggestion(&to, &sources)));
    };
    let ids = &parsed.outline.anchors;
    if anchor.is_empty() || ids.iter().any(|id| id == anchor) || parsed.is_broken() {
        return None;
    }
    Some((format!("{to} has no heading #{anchor}"), suggestion(anchor, ids)))
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
