//! Links and images that lead nowhere, and pictures that no text shows.

use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::file::Parsed;
use crate::paths::{ContentFile, Folder, Target, is_picture, leads_outside, resolve};
use crate::site::{Files, Site};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    let Target { path, anchor } = Target::new(target);
    if path.starts_with('/') {
        return Some((
            format!("{path} is an address, which changes with the reader's language"),
            "link to the file instead, like ../pages/privacy.md".to_owned(),
        ));
    }
    let to = Target { path, anchor }.file(file);
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
    if !to.ends_with(".md") || to.starts_with(&Folder::Mails.stem("")) {
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
    ContentFile::parse(file).is_some_and(|file| file.tag.is_some())
}
