//! Addresses that are claimed twice: by a page named like a list or a language's folder, or by an
//! alias for a page that exists.

use crate::diagnostic::{Diagnostic, Place};
use crate::paths::{FILES, FOLDERS, Folder, PageKind, TAKEN};
use crate::site::Site;
use std::collections::BTreeMap;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = pages(site);
    diagnostics.extend(aliases(site));
    diagnostics
}

/// The pages, whose names stand right behind the site's.
fn pages(site: &Site) -> Vec<Diagnostic> {
    let ids = site.pages.keys().filter(|id| *id != "index");
    let clashes = ids.filter_map(|id| {
        let by = taken(site, id)?;
        Some(Diagnostic::error(
            "duplicate-address",
            &Folder::Pages.file(id),
            Place::START,
            format!("/{id}/ is the address of {by}"),
            "give this file, and its translations, another name",
        ))
    });
    let topic = site.topics.keys().find(|id| id.as_str() == "a-z").map(|id| {
        Diagnostic::error(
            "duplicate-address",
            &Folder::Topics.file(id),
            Place::START,
            format!("/topics/{id}/ is the address of the words from A to Z"),
            "give this file, and its translations, another name",
        )
    });
    clashes.chain(topic).collect()
}

/// What the first part of an address belongs to, if it is one of the site's own.
fn taken(site: &Site, part: &str) -> Option<String> {
    if let Some((_, by)) = TAKEN.into_iter().find(|(taken, _)| *taken == part) {
        return Some(by.to_owned());
    }
    let mut languages = site.directory.service.languages.iter();
    let language = languages.find(|l| !l.tag.is_source() && l.tag.in_address() == part)?;
    Some(format!("the home page in {}", language.english_name))
}

fn aliases(site: &Site) -> Vec<Diagnostic> {
    let pages = page_paths(site);
    let named: Vec<_> = site.named_aliases().collect();
    let files: Vec<&str> = named
        .iter()
        .map(|(_, alias, _)| alias.address.as_str())
        .filter(|address| !address.ends_with('/'))
        .collect();
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (file, alias, _) in &named {
        let address = alias.address.as_str();
        let by = match seen.get(key(address)) {
            Some(other) => Some(format!("already an alias of {other}")),
            None => claimed(site, address, &pages, &files),
        };
        seen.entry(key(address)).or_insert(file);
        if let Some(by) = by {
            diagnostics.push(Diagnostic::error(
                "duplicate-address",
                file,
                alias.place,
                format!("{address} is {by}"),
                "take it out here, or there",
            ));
        }
    }
    diagnostics
}

/// An address without its slash: a folder and a file can't have the same name.
fn key(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// The addresses in the source language that content gives its pages. A topic or library with a
/// day of retirement gives its own up: its successor may name it.
fn page_paths(site: &Site) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    let mut add = |kind: PageKind, folder: Folder, id: &str| {
        paths.insert(key(&kind.path()).to_owned(), format!("the page of {}", folder.file(id)));
    };
    for topic in site.directory.topics.values().filter(|topic| topic.retired.is_none()) {
        add(PageKind::Topic(topic.id.clone()), Folder::Topics, topic.id.as_str());
        add(PageKind::Request(Some(topic.id.clone())), Folder::Topics, topic.id.as_str());
    }
    for branch in site.directory.branches.values().filter(|branch| branch.retired.is_none()) {
        add(PageKind::Library(branch.id.clone()), Folder::Branches, branch.id.as_str());
    }
    site.ways.keys().for_each(|id| add(PageKind::Service(id.clone()), Folder::Services, id));
    site.news.keys().for_each(|id| add(PageKind::Post(id.clone()), Folder::News, id));
    site.pages.keys().for_each(|id| add(PageKind::Page(id.clone()), Folder::Pages, id));
    paths
}

/// What an alias's address already is, or what it lies in.
fn claimed(
    site: &Site,
    address: &str,
    pages: &BTreeMap<String, String>,
    files: &[&str],
) -> Option<String> {
    let (_, path) = site.in_language(address);
    let path = key(path);
    let mut parts = path.trim_start_matches('/').split('/');
    let (first, deeper) = (parts.next().unwrap_or_default(), parts.next().is_some());
    if first.is_empty() {
        return Some("the address of a home page".to_owned());
    }
    if let Some(page) = pages.get(path) {
        return Some(page.clone());
    }
    if (FOLDERS.contains(&first) || !deeper)
        && let Some(by) = taken(site, first)
    {
        return Some(if deeper { format!("in {by}") } else { format!("the address of {by}") });
    }
    let is_part = |name: &str| name.starts_with("sitemap-") && name.ends_with(".xml");
    if FILES.contains(&first) || is_part(first) {
        return Some(format!("where the site's own file {first} is"));
    }
    if path.starts_with("/news/older/") {
        return Some("where the older news are".to_owned());
    }
    let within = |file: &&&str| address.strip_prefix(**file).is_some_and(|r| r.starts_with('/'));
    files.iter().find(within).map(|file| format!("below {file}, which is a file and no folder"))
}
