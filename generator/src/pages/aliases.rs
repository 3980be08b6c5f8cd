//! What is left at an address from which a page has moved: a page that leads on at once, for
//! servers that only show files, and says where to, for browsers that don't go on by themselves.
//! `serve` answers with a redirect instead.

use super::{About, Maker, Result};
use crate::content::{Alias, Words};
use crate::site::{Kind, PageId, Site, Translated};
use domain::LanguageTag;
use domain::language::Language;
use render::frame::address_for;
use render::html::Html;
use render::site::MovedView;
use std::collections::{BTreeMap, BTreeSet};

impl Site {
    /// Every alias, with the file that names it and the page that it leads to.
    pub(crate) fn named_aliases(&self) -> impl Iterator<Item = (&str, &Alias, Kind)> {
        fn of<T>(words: &Translated<T>, kind: Kind) -> Vec<(&str, &Alias, Kind)> {
            let source = words.get(&LanguageTag::source()).into_iter();
            let aliases = source.flat_map(|words| {
                words.aliases.iter().map(|alias| (words.file.as_str(), alias, kind.clone()))
            });
            aliases.collect()
        }
        let one = |id: &String, index: Kind, other: fn(String) -> Kind| {
            if id == "index" { index } else { other(id.clone()) }
        };
        let topics = self.topics.iter().flat_map(|(id, words)| of(words, Kind::Topic(id.clone())));
        let branches =
            self.branches.iter().flat_map(|(id, words)| of(words, Kind::Library(id.clone())));
        let ways = self
            .ways
            .iter()
            .flat_map(move |(id, way)| of(&way.words, one(id, Kind::Services, Kind::Service)));
        let news = self.news.iter().flat_map(|(id, post)| of(&post.words, Kind::Post(id.clone())));
        let pages = self
            .pages
            .iter()
            .flat_map(move |(id, page)| of(&page.words, one(id, Kind::Home, Kind::Page)));
        topics.chain(branches).chain(ways).chain(news).chain(pages)
    }

    /// What has moved, by its old address.
    pub(crate) fn aliases(&self) -> BTreeMap<String, Kind> {
        let aliases = self.named_aliases();
        aliases.map(|(_, alias, kind)| (alias.address.clone(), kind)).collect()
    }

    /// The old addresses that lead somewhere today. One that is a page's wins nothing: a topic's
    /// successor may name its address before the day on which the topic retires.
    pub(crate) fn moved_on(&self, kinds: &[Kind]) -> Vec<Kind> {
        if self.moved.is_empty() {
            return Vec::new();
        }
        let there: BTreeSet<&Kind> = kinds.iter().collect();
        let paths: BTreeSet<String> = kinds.iter().map(Kind::path).collect();
        let leads = |(from, to): &(&String, &Kind)| {
            there.contains(to) && !paths.contains(self.in_language(from).1)
        };
        self.moved.iter().filter(leads).map(|(from, _)| Kind::Moved(from.clone())).collect()
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
        let Kind::Moved(from) = &id.kind else { return None };
        let path = self.moved.get(from)?.path();
        Some(self.in_language(from).0.map_or_else(|| path.clone(), |own| address_for(own, &path)))
    }
}

impl Maker<'_> {
    pub(super) fn moved(&self, from: &str) -> Result<Vec<u8>> {
        let Some(kind) = self.site.moved.get(from) else {
            return self.message("not-found");
        };
        let about = About {
            title: self.locale.plain("moved-title", &[])?,
            description: self.locale.plain("site-description", &[])?,
            back: None,
            content_language: None,
        };
        let view = MovedView { href: self.href(kind), title: self.name(kind)? };
        self.finish("site/moved.html", about, &view)
    }

    /// What a page is called, where others lead to it.
    pub(super) fn name(&self, kind: &Kind) -> Result<Html> {
        let of = |words: Option<(&LanguageTag, &Words<crate::content::PageWords>)>| {
            words.map(|(language, words)| self.line(&words.keys.title, language))
        };
        let ways = |id: &str| self.site.ways.get(id).and_then(|way| self.words(&way.words));
        let named = match kind {
            Kind::Topic(id) => Some(self.locale.topic(id)),
            Kind::Library(id) => Some(Html::text(self.locale.branch(id))),
            Kind::Services => of(ways("index")),
            Kind::Service(id) => of(ways(id)),
            Kind::Post(id) => of(self.site.news.get(id).and_then(|post| self.words(&post.words))),
            Kind::Page(id) => of(self.site.pages.get(id).and_then(|page| self.words(&page.words))),
            _ => None,
        };
        named.map_or_else(|| self.locale.t("home-label", &[]), Ok)
    }
}
