//! The pages of the site and their addresses.

use domain::{BranchId, LanguageTag, TopicId};
use render::frame::address;

/// A page: its kind and, but for files that are there once, its language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId {
    pub(crate) language: LanguageTag,
    pub(crate) kind: PageKind,
}

/// The kinds of pages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PageKind {
    Home,
    Topics,
    Topic(TopicId),
    /// All words that patrons use for topics.
    AToZ,
    Services,
    Service(String),
    Libraries,
    Library(BranchId),
    News,
    /// The older posts: page 2 and on.
    NewsOlder(usize),
    Post(String),
    Page(String),
    Request(Option<TopicId>),
    /// The news of a language for feed readers.
    Feed,
    /// What is left at an old address.
    Moved(String),
    NotFound,
    Sorry,
    Sitemap,
    /// A part of the sitemap, from 1, where one file can't hold it.
    SitemapPart(usize),
    Robots,
}

impl PageKind {
    /// The address in the source language.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Topics => "/topics/".to_owned(),
            Self::Topic(id) => format!("/topics/{id}/"),
            Self::AToZ => render::find::ALL_WORDS.to_owned(),
            Self::Services => "/services/".to_owned(),
            Self::Service(id) => format!("/services/{id}/"),
            Self::Libraries => "/libraries/".to_owned(),
            Self::Library(id) => format!("/libraries/{id}/"),
            Self::News => "/news/".to_owned(),
            Self::NewsOlder(page) => format!("/news/older/{page}/"),
            Self::Post(id) => format!("/news/{id}/"),
            Self::Page(id) => format!("/{id}/"),
            Self::Request(None) => "/request/".to_owned(),
            Self::Request(Some(id)) => format!("/request/{id}/"),
            Self::Feed => "/feed.xml".to_owned(),
            Self::Moved(from) => from.clone(),
            Self::NotFound => "/404.html".to_owned(),
            Self::Sorry => "/sorry.html".to_owned(),
            Self::Sitemap => "/sitemap.xml".to_owned(),
            Self::SitemapPart(part) => format!("/sitemap-{part}.xml"),
            Self::Robots => "/robots.txt".to_owned(),
        }
    }

    /// Whether it is there once, for all languages.
    fn is_single(&self) -> bool {
        matches!(
            self,
            Self::Moved(_)
                | Self::NotFound
                | Self::Sorry
                | Self::Sitemap
                | Self::SitemapPart(_)
                | Self::Robots
        )
    }
}

impl PageId {
    /// The page's address from the site's root.
    pub fn address(&self) -> String {
        if self.kind.is_single() {
            self.kind.path()
        } else {
            address(&self.language, &self.kind.path())
        }
    }

    /// The page for addresses that lead nowhere.
    pub fn not_found() -> Self {
        Self { language: LanguageTag::source(), kind: PageKind::NotFound }
    }

    /// Whether it is made of whole addresses alone: without the site's own there is none.
    pub fn needs_base_url(&self) -> bool {
        matches!(self.kind, PageKind::Feed | PageKind::Sitemap | PageKind::SitemapPart(_))
    }

    /// The file's path in the site's folder.
    pub fn file(&self) -> String {
        let mut file = self.address();
        if file.ends_with('/') {
            file.push_str("index.html");
        }
        file.trim_start_matches('/').to_owned()
    }
}
