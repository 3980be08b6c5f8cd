//! A file's Markdown by itself: headings, images, raw HTML, placeholders; and what it links to,
//! which is looked up between files.

use super::prose;
use crate::diagnostic::{Diagnostic, Place, Places, suggestion};
use crate::paths::leads_outside;
use domain::LanguageTag;
use render::markdown::{Document, Refused, Spot, Thing};

/// The names of the placeholders in content, which stand for values of `site.yaml`.
const PLACEHOLDERS: [&str; 4] = ["phone", "hours", "promise", "session_minutes"];

/// Where a file's Markdown leads, and what leads to it.
#[derive(Default)]
pub(crate) struct Outline {
    /// The ids of its headings.
    pub(crate) anchors: Vec<String>,
    /// The targets of its links, but those that lead outside.
    pub(crate) links: Vec<(Place, String)>,
    /// The targets of its images.
    pub(crate) images: Vec<(Place, String)>,
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
