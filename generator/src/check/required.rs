//! Pages that every page leads to: they are there, and can't come and go.

use super::locate::{Part, at};
use crate::diagnostic::{Diagnostic, Place};
use crate::paths::{ContentFile, Folder, SITE_YAML};
use crate::site::Site;
use domain::TopicId;
use render::frame::FOOTER_PAGES;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = missing(site);
    diagnostics.extend(dated(site));
    diagnostics
}

fn missing(site: &Site) -> Vec<Diagnostic> {
    let footer = site.missing_footer_pages().map(|id| Folder::Pages.file(id));
    let indexes = [
        (site.ways.contains_key("index"), Folder::Services),
        (site.pages.contains_key("index"), Folder::Pages),
    ];
    let missing = indexes.into_iter().filter(|(there, _)| !there);
    let missing = missing.map(|(_, folder)| folder.file("index"));
    let told = footer.chain(missing).map(|file| {
        let message = format!("there is no {file}, and every page leads to it");
        let help = "take it back from the last version";
        Diagnostic::error("missing-file", SITE_YAML, Place::START, message, help)
    });
    told.collect()
}

fn dated(site: &Site) -> Vec<Diagnostic> {
    let footer = FOOTER_PAGES.map(|id| Folder::Pages.file(id));
    let others = [
        Folder::Pages.file("index"),
        Folder::Services.file("index"),
        Folder::Topics.file(TopicId::SOMETHING_ELSE),
    ];
    let mut diagnostics = Vec::new();
    for file in footer.iter().chain(&others) {
        let Some(life) = site.files.get(file.as_str()).and_then(|parsed| parsed.life) else {
            continue;
        };
        let end = ContentFile::parse(file).map_or("expires_on", |file| file.folder.end_key());
        let keys = [
            (life.draft, "draft"),
            (life.period.from.is_some(), "publish_on"),
            (life.period.until.is_some(), end),
        ];
        for (_, key) in keys.into_iter().filter(|(there, _)| *there) {
            let message = format!("{key}: every page leads to this one, so it is always there");
            let place = at(site, file, key, &Part::Key);
            let help = "delete this line";
            diagnostics.push(Diagnostic::error("required-page", file, place, message, help));
        }
    }
    diagnostics
}
