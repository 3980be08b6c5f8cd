//! What a page's `<head>` tells search engines, feed readers, and programs that show link previews.

use super::{About, Maker, Result};
use crate::paths::PageKind;
use domain::LanguageTag;
use render::frame::address;
use render::head::{FeedLink, Head, Preview, alternates, data_block, open_graph_locale};

/// The `hreflang` of the version for readers of any other language: the source.
pub(super) const X_DEFAULT: &str = "x-default";

impl Maker<'_> {
    pub(super) fn head(&self, about: &About) -> Result<Head> {
        let kind = &self.id.kind;
        let mut head = Head {
            // A sample must not be found instead of the library whose name it bears. `robots.txt`
            // doesn't block it: a crawler that may not read a page would never see `noindex`.
            noindex: self.site.directory.service.sample
                || matches!(kind, PageKind::NotFound | PageKind::Sorry),
            ..Head::default()
        };
        let has_base = self.options.base_url.is_some();
        match kind {
            PageKind::Moved(from) => {
                let to = self.site.moved.get(from).filter(|_| has_base);
                let counts = |to| self.whole(&self.site.canonical(to, &self.id.language));
                head.canonical = to.map(counts);
                head.moved_to = self.site.moved_to(self.id);
                return Ok(head);
            }
            PageKind::NotFound | PageKind::Sorry => return Ok(head),
            _ if !has_base => return Ok(head),
            _ => {}
        }
        let versions = self.site.versions(kind);
        let itself = versions.iter().any(|version| version.tag == self.id.language);
        let others = || versions.iter().filter(|version| version.tag != self.id.language);
        let shown = if itself { self.id.language.clone() } else { LanguageTag::source() };
        let canonical = self.whole(&address(&shown, &kind.path()));
        if itself && versions.len() > 1 {
            let source = LanguageTag::source();
            let own = versions.iter().map(|version| (version.tag.html_lang(), &version.tag));
            let links = own.chain([(X_DEFAULT, &source)]);
            head.alternates = Some(alternates(self.base(), &kind.path(), links));
        }
        head.feed = self.feed_link()?;
        let published = self.published()?;
        if itself {
            let data = self.structured(about, &canonical, published.as_deref())?;
            head.structured = data.map(|data| data_block(&data));
        }
        head.preview = Some(Preview {
            kind: if matches!(kind, PageKind::Post(_)) { "article" } else { "website" },
            locale: open_graph_locale(&shown),
            other_locales: if itself {
                others().map(|other| open_graph_locale(&other.tag)).collect()
            } else {
                Vec::new()
            },
            published,
        });
        head.canonical = Some(canonical);
        Ok(head)
    }

    /// An absolute address.
    pub(super) fn whole(&self, address: &str) -> String {
        format!("{}{address}", self.base())
    }

    fn base(&self) -> &str {
        self.options.base_url.as_deref().unwrap_or_default()
    }

    /// The feed, on the pages where somebody looks for news.
    fn feed_link(&self) -> Result<Option<FeedLink>> {
        let news = matches!(
            self.id.kind,
            PageKind::Home | PageKind::News | PageKind::NewsOlder(_) | PageKind::Post(_)
        );
        if !news || !self.site.has_feed(&self.id.language, self.options.today) {
            return Ok(None);
        }
        let href = self.whole(&address(&self.id.language, &PageKind::Feed.path()));
        Ok(Some(FeedLink { href, title: self.locale.plain("news-title", &[])? }))
    }

    /// When a post was published.
    fn published(&self) -> Result<Option<String>> {
        let PageKind::Post(id) = &self.id.kind else { return Ok(None) };
        let date = self.site.news.get(id).and_then(|post| post.date);
        date.map(|date| self.midnight(date)).transpose()
    }
}
