//! Addresses that two things claim: a page's file may be named like a list or a language's folder,
//! and an alias may name what is there.

use crate::diagnostic::{Diagnostic, Place};
use crate::site::{Kind, Site};
use std::collections::BTreeMap;

/// The first parts of addresses that belong to the site itself.
pub(crate) const TAKEN: [(&str, &str); 8] = [
    ("topics", "the list of topics"),
    ("services", "the page of the service"),
    ("libraries", "the list of libraries"),
    ("news", "the list of news"),
    ("request", "the form"),
    ("desk", "the desk, which answers the form"),
    ("assets", "the folder of style sheet and icon"),
    ("dev", "the folder of the development pages"),
];

/// The folders below which the site has no pages of its own, and no room for others.
const ROOMS: [&str; 3] = ["desk", "assets", "dev"];

const FILES: [&str; 5] = ["feed.xml", "sitemap.xml", "robots.txt", "404.html", "sorry.html"];

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
            &format!("content/pages/{id}.md"),
            Place::START,
            format!("/{id}/ is the address of {by}"),
            "give this file, and its translations, another name",
        ))
    });
    let topic = site.topics.keys().find(|id| id.as_str() == "a-z").map(|id| {
        Diagnostic::error(
            "duplicate-address",
            &format!("content/topics/{id}.md"),
            Place::START,
            format!("/topics/{id}/ is the address of the words from A to Z"),
            "give this file, and its translations, another name",
        )
    });
    clashes.chain(topic).collect()
}

/// Whose the first part of an address is, if it is the site's own.
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

/// An address as a folder or file has it: there can't be one of each of the same name.
fn key(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// The addresses in the source language that content gives its pages. A topic or library with a
/// day of retirement gives its own up: its successor may name it.
fn page_paths(site: &Site) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    let mut add = |kind: Kind, folder: &str, id: &str| {
        paths.insert(key(&kind.path()).to_owned(), format!("the page of content/{folder}/{id}.md"));
    };
    for topic in site.directory.topics.values().filter(|topic| topic.retired.is_none()) {
        add(Kind::Topic(topic.id.clone()), "topics", topic.id.as_str());
        add(Kind::Request(Some(topic.id.clone())), "topics", topic.id.as_str());
    }
    for branch in site.directory.branches.values().filter(|branch| branch.retired.is_none()) {
        add(Kind::Library(branch.id.clone()), "branches", branch.id.as_str());
    }
    site.ways.keys().for_each(|id| add(Kind::Service(id.clone()), "services", id));
    site.news.keys().for_each(|id| add(Kind::Post(id.clone()), "news", id));
    site.pages.keys().for_each(|id| add(Kind::Page(id.clone()), "pages", id));
    paths
}

/// What an alias's address is already, or what it lies in.
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
    if (ROOMS.contains(&first) || !deeper)
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
