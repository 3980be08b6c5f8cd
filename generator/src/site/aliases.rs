//! The addresses at which pages once were, and where they lead.

use super::{Site, Translated};
use crate::file::content::Alias;
use crate::paths::{PageId, PageKind};
use domain::LanguageTag;
use domain::language::Language;
use render::frame::address_for;
use std::collections::{BTreeMap, BTreeSet};

impl Site {
    /// Every alias, with the file that names it and the page that it leads to.
    pub(crate) fn named_aliases(&self) -> impl Iterator<Item = (&str, &Alias, PageKind)> {
        fn of<T>(words: &Translated<T>, kind: PageKind) -> Vec<(&str, &Alias, PageKind)> {
            let source = words.get(&LanguageTag::source()).into_iter();
            let aliases = source.flat_map(|words| {
                words.aliases.iter().map(|alias| (words.file.as_str(), alias, kind.clone()))
            });
            aliases.collect()
        }
        let one = |id: &String, index: PageKind, other: fn(String) -> PageKind| {
            if id == "index" { index } else { other(id.clone()) }
        };
        let topics =
            self.topics.iter().flat_map(|(id, words)| of(words, PageKind::Topic(id.clone())));
        let branches =
            self.branches.iter().flat_map(|(id, words)| of(words, PageKind::Library(id.clone())));
        let ways = self.ways.iter().flat_map(move |(id, way)| {
            of(&way.words, one(id, PageKind::Services, PageKind::Service))
        });
        let news =
            self.news.iter().flat_map(|(id, post)| of(&post.words, PageKind::Post(id.clone())));
        let pages = self
            .pages
            .iter()
            .flat_map(move |(id, page)| of(&page.words, one(id, PageKind::Home, PageKind::Page)));
        topics.chain(branches).chain(ways).chain(news).chain(pages)
    }

    /// What has moved, by its old address.
    pub(crate) fn aliases(&self) -> BTreeMap<String, PageKind> {
        let aliases = self.named_aliases();
        aliases.map(|(_, alias, kind)| (alias.address.clone(), kind)).collect()
    }

    /// The old addresses that redirect today. An address that a page still has is not one of them:
    /// a topic's successor may list it before the day on which the topic retires.
    pub(crate) fn moved_on(&self, kinds: &[PageKind]) -> Vec<PageKind> {
        if self.moved.is_empty() {
            return Vec::new();
        }
        let there: BTreeSet<&PageKind> = kinds.iter().collect();
        let paths: BTreeSet<String> = kinds.iter().map(PageKind::path).collect();
        let leads = |(from, to): &(&String, &PageKind)| {
            there.contains(to) && !paths.contains(self.in_language(from).1)
        };
        self.moved.iter().filter(leads).map(|(from, _)| PageKind::Moved(from.clone())).collect()
    }

    /// An address, split into the language that it begins with and the path in the source language.
    pub(crate) fn in_language<'a>(&self, address: &'a str) -> (Option<&Language>, &'a str) {
        let mut prefixed =
            self.directory.service.languages.iter().filter(|language| !language.tag.is_source());
        let found = prefixed.find_map(|language| {
            let rest = address.strip_prefix(&format!("/{}", language.tag.in_address()))?;
            rest.starts_with('/').then_some((Some(language), rest))
        });
        found.unwrap_or_else(|| (self.directory.language(&LanguageTag::source()), address))
    }

    /// Where a page has moved, if it is one that has.
    pub fn moved_to(&self, id: &PageId) -> Option<String> {
        let PageKind::Moved(from) = &id.kind else { return None };
        let path = self.moved.get(from)?.path();
        Some(self.in_language(from).0.map_or_else(|| path.clone(), |own| address_for(own, &path)))
    }
}
