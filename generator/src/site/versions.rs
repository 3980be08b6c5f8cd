//! In which languages a page is in its own words.
//!
//! Where a translation is missing, `/vi/…` shows the English text: that serves a reader, who keeps
//! the menu, the form and the notice in their language. A search engine would take it for a second
//! copy of the English page and might offer it to those who look for Vietnamese. So such a page
//! names the English one as the address that counts, and neither sitemaps nor `hreflang` list it.
//! It is not kept out by `noindex`, which would contradict that address. Once it is translated it
//! stands for itself.

use super::{Site, Translated};
use crate::paths::PageKind;
use domain::LanguageTag;
use domain::language::{Extent, Language};
use render::frame::{address, in_form_languages};

impl Site {
    /// The languages in which a page is in its own words, the source's among them, in the order of
    /// the switcher.
    pub(crate) fn versions(&self, kind: &PageKind) -> Vec<&Language> {
        let in_all = in_form_languages(&kind.path());
        let languages = self.directory.service.languages.iter();
        languages
            .filter(|language| language.extent == Extent::Whole || in_all)
            .filter(|language| {
                let tag = &language.tag;
                tag.is_source() || (self.strings.contains_key(tag) && self.is_written(kind, tag))
            })
            .collect()
    }

    /// Whether what a page shows is written in a language. Lists and forms are made of strings.
    fn is_written(&self, kind: &PageKind, language: &LanguageTag) -> bool {
        fn has<T>(words: Option<&Translated<T>>, language: &LanguageTag) -> bool {
            words.is_some_and(|words| words.contains_key(language))
        }
        let way = |id: &str| has(self.ways.get(id).map(|way| &way.words), language);
        match kind {
            PageKind::Home => {
                self.pages.get("index").is_none_or(|page| page.words.contains_key(language))
            }
            PageKind::Services => way("index"),
            PageKind::Service(id) => way(id),
            PageKind::Topic(id) => has(self.topics.get(id), language),
            PageKind::Library(id) => has(self.branches.get(id), language),
            PageKind::Post(id) => has(self.news.get(id).map(|post| &post.words), language),
            PageKind::Page(id) => has(self.pages.get(id).map(|page| &page.words), language),
            PageKind::Topics
            | PageKind::AToZ
            | PageKind::Libraries
            | PageKind::News
            | PageKind::NewsOlder(_)
            | PageKind::Request(_)
            | PageKind::Feed => true,
            PageKind::Moved(_)
            | PageKind::NotFound
            | PageKind::Sorry
            | PageKind::Sitemap
            | PageKind::SitemapPart(_)
            | PageKind::Robots => false,
        }
    }

    /// The canonical address of what a reader of this language sees.
    pub(crate) fn canonical(&self, kind: &PageKind, language: &LanguageTag) -> String {
        let path = kind.path();
        let own = self.versions(kind).into_iter().any(|version| version.tag == *language);
        if own { address(language, &path) } else { path }
    }
}
