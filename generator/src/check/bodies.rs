//! The Markdown of every page: links, images, headings, raw HTML, placeholders.

use super::prose;
use crate::bundle::PLACEHOLDERS;
use crate::diagnostic::{Diagnostic, Place, Places};
use crate::load::Files;
use crate::parse::Parsed;
use crate::read::suggestion;
use crate::site::Site;
use crate::source::is_picture;
use domain::LanguageTag;
use rayon::prelude::*;
use render::markdown::{Document, Refused, Spot, Thing};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where a file's Markdown leads, and what leads to it.
#[derive(Default)]
pub(crate) struct Outline {
    /// The ids of its headings.
    anchors: Vec<String>,
    /// The targets of its links, but those that lead outside.
    pub(crate) links: Vec<(Place, String)>,
    /// The targets of its images.
    images: Vec<(Place, String)>,
}

/// Looks at one file's Markdown: what leads out of it, and what is wrong with it on its own.
pub(crate) fn outline(
    file: &str,
    language: &LanguageTag,
    text: &str,
    first_line: usize,
    document: &Document<'_>,
) -> (Outline, Vec<Diagnostic>) {
    let mut outline = Outline::default();
    let places = Places::new(text, first_line);
    let mut diagnostics = prose::body(file, language, &places, document);
    let mut level = 1;
    for spot in document.spots() {
        let place = places.of_byte(spot.at.start);
        diagnostics.extend(of_spot(file, &spot, place, &mut level));
        match spot.what {
            Thing::Heading(_, id) | Thing::Anchor(id) => outline.anchors.push(id),
            Thing::Image { target, .. } => outline.images.push((place, target)),
            Thing::Link(target) if !leads_outside(&target) => outline.links.push((place, target)),
            _ => {}
        }
    }
    (outline, diagnostics)
}

fn of_spot(file: &str, spot: &Spot, place: Place, level: &mut u8) -> Option<Diagnostic> {
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
        Thing::Image { .. } => prose::image(file, spot, place),
        Thing::Foreign(_) | Thing::Anchor(_) => None,
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
        Thing::Html(refused) => {
            let (message, help) = raw_html(refused);
            error("raw-html", message, help.to_owned())
        }
        Thing::StrayLanguage(tag) => error(
            "stray-language",
            format!("{{lang={tag}}} marks nothing"),
            "write [words]{lang=vi}, or {lang=vi} at the end of a paragraph, with a tag like vi or \
             zh-Hans"
                .to_owned(),
        ),
        Thing::StrayReference(name) => {
            let (message, help) = match name.strip_prefix('^') {
                Some(note) => (
                    format!("there is no footnote {note}, so its mark stands there as it is"),
                    format!("write the note on a line of its own: [^{note}]: …"),
                ),
                None => (
                    format!("nothing says where [{name}] leads, so no link is made"),
                    "write [words](file.md), or say it on a line of its own: ".to_owned()
                        + &format!("[{name}]: file.md"),
                ),
            };
            error("stray-reference", message, help)
        }
        Thing::UnusedFootnote(name) => error(
            "unused-footnote",
            "nothing refers to this footnote, so no page shows it".to_owned(),
            format!("write [^{name}] where it belongs"),
        ),
        Thing::Placeholder(name) if !PLACEHOLDERS.contains(&name.as_str()) => error(
            "unknown-placeholder",
            format!("there is no placeholder {{{name}}}"),
            suggestion(name, &PLACEHOLDERS),
        ),
        Thing::Placeholder(_) => None,
    }
}

/// Whether a target isn't a file of ours.
pub(crate) fn leads_outside(target: &str) -> bool {
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

/// Why raw HTML isn't passed on, and what to do.
fn raw_html(refused: &Refused) -> (String, &'static str) {
    let in_markdown = "say it in Markdown, or put it into a template";
    match refused {
        Refused::Element(name) => (format!("<{name}> isn't taken over from Markdown"), in_markdown),
        Refused::Attribute { element, attribute } => (
            format!("{attribute} isn't taken over from <{element}>"),
            "leave it out: style sheets and templates say how pages look",
        ),
        Refused::Misplaced(name) => (
            format!("<{name}> can't stand here"),
            "begin a line of its own with it, after an empty one, and put no link into a link",
        ),
        Refused::Unbalanced(name) => (
            format!("<{name}> has no start or no end in this paragraph"),
            "write both tags, in the same paragraph or list item",
        ),
    }
}

/// The images that aren't there, and the pictures that no text shows.
pub(super) fn images(site: &Site) -> Vec<Diagnostic> {
    let mut shown = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for (file, parsed) in site.files.iter() {
        for (place, target) in &parsed.outline.images {
            let to = resolve(file, target);
            if leads_outside(target) || !(is_picture(&to) && site.files.contains_key(&*to)) {
                let known: Vec<_> = site.pictures.files().collect();
                let message = format!("there is no image {target}");
                let help = suggestion(&to, &known);
                diagnostics.push(Diagnostic::error("missing-image", file, *place, message, help));
            }
            shown.insert(to);
        }
    }
    let unused = site.pictures.files().filter(|file| !shown.contains(*file));
    diagnostics.extend(unused.map(|file| {
        let message = "no page shows this picture";
        let help = "show it with ![what it shows](…), or delete the file";
        Diagnostic::error("unused-image", file, Place::START, message, help).hint()
    }));
    diagnostics
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
    if !to.ends_with(".md") || to.starts_with("content/mails/") {
        return Some((
            format!("{to} is no page"),
            "link to a page; a picture is shown with ![what it shows](…)".to_owned(),
        ));
    }
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
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut to = String::with_capacity(folder.len() + 1 + path.len());
    to.push_str(folder);
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => to.truncate(to.rfind('/').unwrap_or(0)),
            name => {
                if !to.is_empty() {
                    to.push('/');
                }
                to.push_str(name);
            }
        }
    }
    to
}
