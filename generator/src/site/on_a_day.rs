//! Which pages there are on a day.

use super::{Addresses, Post, Site, Way};
use crate::paths::{PageId, PageKind};
use domain::language::{Extent, Language};
use domain::{LanguageTag, Period};
use jiff::civil::Date;
use render::frame::in_form_languages;
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError};

/// How many posts a page of the news shows.
pub(crate) const NEWS_PAGE: usize = 50;

/// The most addresses in a file of the sitemap. The protocol
/// (<https://www.sitemaps.org/protocol.html>) allows 50,000, and 50 MB: an address with its
/// versions in ten languages takes more than a kilobyte.
const SITEMAP_PART: usize = 20_000;

impl Site {
    /// All pages of a day, in the order of their addresses within each language.
    pub fn page_ids(&self, today: Date) -> Vec<PageId> {
        let kinds = self.kinds(today);
        let languages = &self.directory.service.languages;
        let in_languages = languages.iter().flat_map(|language| {
            kinds
                .iter()
                .filter(|kind| has(language, kind))
                .map(|kind| PageId { language: language.tag.clone(), kind: kind.clone() })
        });
        let feeds = languages
            .iter()
            .filter(|language| self.has_feed(&language.tag, today))
            .map(|language| PageId { language: language.tag.clone(), kind: PageKind::Feed });
        let single = [PageKind::NotFound, PageKind::Sorry, PageKind::Sitemap, PageKind::Robots];
        let parts = self.sitemap_parts(&kinds).map(PageKind::SitemapPart);
        let single = single.into_iter().chain(parts).chain(self.moved_on(&kinds));
        let single = single.map(|kind| PageId { language: self.language_of(&kind), kind });
        in_languages.chain(feeds).chain(single).collect()
    }

    /// The language of a page that exists once for all languages: the one that an old address
    /// begins with, else the source's.
    fn language_of(&self, kind: &PageKind) -> LanguageTag {
        let language = match kind {
            PageKind::Moved(from) => self.in_language(from).0,
            _ => None,
        };
        language.map_or_else(LanguageTag::source, |language| language.tag.clone())
    }

    /// A page of each kind, to try templates on.
    pub fn samples(&self, today: Date) -> Vec<PageId> {
        let mut kinds = HashSet::new();
        let mut samples = self.page_ids(today);
        // No template makes them, and on a large site they are large.
        samples.retain(|id| !id.needs_base_url());
        samples.retain(|id| kinds.insert(std::mem::discriminant(&id.kind)));
        samples
    }

    /// The page at an address, if there is one on this day.
    pub fn page_at(&self, address: &str, today: Date) -> Option<PageId> {
        self.addresses_on(today).get(address).cloned()
    }

    fn addresses_on(&self, today: Date) -> Addresses {
        let of_today = |kept: &Option<(Date, Addresses)>| {
            kept.as_ref().filter(|(day, _)| *day == today).map(|(_, pages)| Arc::clone(pages))
        };
        let kept = of_today(&self.addresses.read().unwrap_or_else(PoisonError::into_inner));
        kept.unwrap_or_else(|| {
            let mut kept = self.addresses.write().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have made them while this one waited for the lock.
            of_today(&kept).unwrap_or_else(|| {
                let pages = self.page_ids(today).into_iter().map(|id| (id.address(), id));
                let pages = Arc::new(pages.collect());
                *kept = Some((today, Arc::clone(&pages)));
                pages
            })
        })
    }

    /// The pages of a language with the whole site.
    pub(crate) fn kinds(&self, today: Date) -> Vec<PageKind> {
        let topics = self.directory.topics_on(today);
        let mut kinds = vec![
            PageKind::Home,
            PageKind::Topics,
            PageKind::Services,
            PageKind::Libraries,
            PageKind::News,
        ];
        kinds.push(PageKind::AToZ);
        kinds.extend(topics.iter().map(|topic| PageKind::Topic(topic.id.clone())));
        kinds.extend(self.ways_on(today).map(|(id, _)| PageKind::Service(id.clone())));
        let branches = self.directory.branches_on(today);
        kinds.extend(branches.iter().map(|branch| PageKind::Library(branch.id.clone())));
        kinds.extend(self.posts_on(today).map(|(id, _)| PageKind::Post(id.to_owned())));
        kinds.extend((2..=self.news_pages(today)).map(PageKind::NewsOlder));
        let pages =
            self.pages.iter().filter(|(id, page)| *id != "index" && page.period.covers(today));
        kinds.extend(pages.map(|(id, _)| PageKind::Page(id.clone())));
        kinds.push(PageKind::Request(None));
        kinds.extend(topics.iter().map(|topic| PageKind::Request(Some(topic.id.clone()))));
        kinds
    }

    /// The ways to meet that have a page on a day, without the page about the whole service.
    pub(crate) fn ways_on(&self, today: Date) -> impl Iterator<Item = (&String, &Way)> {
        self.ways.iter().filter(move |(id, way)| *id != "index" && way.period.covers(today))
    }

    /// The posts that are published by a day, the newest first.
    pub(crate) fn posts_on(&self, today: Date) -> impl Iterator<Item = (&str, Date)> {
        let coming = self.newest.partition_point(|(date, ..)| *date > today);
        let published = self.newest.iter().skip(coming);
        let there = published.filter(move |(_, _, period)| period.covers(today));
        there.map(|(date, id, _)| (id.as_str(), *date))
    }

    /// How many pages the news have; the newest posts are on the first.
    pub(crate) fn news_pages(&self, today: Date) -> usize {
        self.posts_on(today).count().div_ceil(NEWS_PAGE)
    }

    /// Whether a language has a feed on a day: it needs strings, and a post that is written in it.
    pub(crate) fn has_feed(&self, language: &LanguageTag, today: Date) -> bool {
        let whole = self.directory.language(language).is_some_and(|l| l.extent == Extent::Whole);
        let first = self.first_posts.get(language);
        whole && self.strings.contains_key(language) && first.is_some_and(|first| *first <= today)
    }

    /// The numbers of the sitemap's parts: none where one file holds it all.
    pub(crate) fn sitemap_parts(&self, kinds: &[PageKind]) -> RangeInclusive<usize> {
        parts(kinds.len(), self.kinds_in_part())
    }

    /// How many pages always fit into a part of the sitemap, each in all languages. So the number
    /// of parts is known before any is made, and no part is empty.
    pub(crate) fn kinds_in_part(&self) -> usize {
        (SITEMAP_PART / self.directory.service.languages.len().max(1)).max(1)
    }
}

fn parts(kinds: usize, in_part: usize) -> RangeInclusive<usize> {
    if kinds <= in_part { RangeInclusive::new(1, 0) } else { 1..=kinds.div_ceil(in_part) }
}

/// Whether a language has a kind of page.
fn has(language: &Language, kind: &PageKind) -> bool {
    language.extent == Extent::Whole || in_form_languages(&kind.path())
}

/// The day of the first post in each language.
pub(crate) fn first_posts(news: &BTreeMap<String, Post>) -> BTreeMap<LanguageTag, Date> {
    let mut first = BTreeMap::new();
    for post in news.values() {
        let Some(date) = post.date else { continue };
        for language in post.words.keys() {
            let day = first.entry(language.clone()).or_insert(date);
            *day = date.min(*day);
        }
    }
    first
}

/// The posts that have a day, the newest first.
pub(crate) fn newest_first(news: &BTreeMap<String, Post>) -> Vec<(Date, String, Period)> {
    let posts = news.iter().filter_map(|(id, post)| Some((post.date?, id.clone(), post.period)));
    let mut posts: Vec<_> = posts.collect();
    posts.sort_by(|(a, a_id, _), (b, b_id, _)| b.cmp(a).then(a_id.cmp(b_id)));
    posts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitemap_has_parts_only_where_one_file_is_too_small() {
        assert!(parts(100, 100).is_empty());
        assert_eq!(parts(101, 100), 1..=2);
        assert_eq!(parts(300, 100), 1..=3);
    }
}
