//! The page at an old address: it redirects at once, and has a link for browsers that don't follow
//! it. Servers that only serve files need it; `serve` answers with a redirect instead.

use super::{About, Maker, Result};
use crate::file::content::Words;
use crate::paths::PageKind;
use domain::LanguageTag;
use render::html::Html;
use render::site::MovedView;

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
    pub(super) fn name(&self, kind: &PageKind) -> Result<Html> {
        let of = |words: Option<(&LanguageTag, &Words<crate::file::content::PageWords>)>| {
            words.map(|(language, words)| self.line(&words.keys.title, language))
        };
        let ways = |id: &str| self.site.ways.get(id).and_then(|way| self.words(&way.words));
        let named = match kind {
            PageKind::Topic(id) => Some(self.locale.topic(id)),
            PageKind::Library(id) => Some(Html::text(self.locale.branch(id))),
            PageKind::Services => of(ways("index")),
            PageKind::Service(id) => of(ways(id)),
            PageKind::Post(id) => {
                of(self.site.news.get(id).and_then(|post| self.words(&post.words)))
            }
            PageKind::Page(id) => {
                of(self.site.pages.get(id).and_then(|page| self.words(&page.words)))
            }
            _ => None,
        };
        named.map_or_else(|| self.locale.t("home-label", &[]), Ok)
    }
}
