//! The site: the parsed, checked content. Pages are a pure function of it.

use crate::assets::Split;
use crate::content::glossary::Term;
use crate::content::{Life, PageWords, TopicWords, Words};
use crate::images::Pictures;
use crate::load::Files;
use domain::language::{Extent, Language};
use domain::{BranchId, Directory, LanguageTag, TopicId, WayToMeet};
use jiff::civil::Date;
use render::bundle::MailText;
use render::frame::{FOOTER_PAGES, address, in_form_languages};
use render::html::Html;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

/// The words of a file in each language it has been written in.
pub(crate) type Translated<T> = BTreeMap<LanguageTag, Arc<Words<T>>>;

/// Pages by their addresses.
type Addresses = Arc<HashMap<String, PageId>>;

/// The whole content.
pub struct Site {
    pub(crate) directory: Directory,
    pub(crate) topics: BTreeMap<TopicId, Translated<TopicWords>>,
    pub(crate) branches: BTreeMap<BranchId, Translated<()>>,
    pub(crate) ways: BTreeMap<String, Way>,
    pub(crate) news: BTreeMap<String, Post>,
    pub(crate) pages: BTreeMap<String, InfoPage>,
    pub(crate) mails: BTreeMap<String, BTreeMap<LanguageTag, MailText>>,
    pub(crate) strings: BTreeMap<LanguageTag, Arc<str>>,
    pub(crate) pictures: Pictures,
    /// The files that are drafts, by their paths without an ending.
    pub(crate) drafts: BTreeSet<String>,
    /// The words that translators keep.
    pub(crate) glossary: Arc<[Term]>,
    /// The content files that are there, those that can't be read too.
    pub(crate) files: Arc<Files>,
    pub(crate) templates: Arc<Split>,
    /// The pages of the day that was asked for last, by address: made when one is asked for.
    pub(crate) addresses: RwLock<Option<(Date, Addresses)>>,
    /// The posts that have a day, the newest first: lists take their part of it.
    pub(crate) newest: Vec<(Date, String, Life)>,
    /// What has moved, by its old address.
    pub(crate) moved: BTreeMap<String, Kind>,
    /// The day of the first post in each language: from then on it has a feed.
    pub(crate) first_posts: BTreeMap<LanguageTag, Date>,
}

/// A page of the service: as a whole, or about one way to meet.
#[derive(Default)]
pub(crate) struct Way {
    pub(crate) way: Option<WayToMeet>,
    pub(crate) life: Life,
    pub(crate) care: bool,
    pub(crate) words: Translated<PageWords>,
}

/// A news post.
#[derive(Default)]
pub(crate) struct Post {
    pub(crate) date: Option<Date>,
    pub(crate) life: Life,
    pub(crate) words: Translated<PageWords>,
}

/// A page.
#[derive(Default)]
pub(crate) struct InfoPage {
    pub(crate) life: Life,
    /// Whether it is about safety, voicemail, erasure or guardians: then a translation that nobody
    /// has read has the source beside it.
    pub(crate) care: bool,
    pub(crate) words: Translated<PageWords>,
}

/// What pages depend on besides the content.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the site is, without a slash at its end.
    pub base_url: Option<String>,
    /// The day for which it is made.
    pub today: Date,
    /// The development server's script, as a whole element.
    pub development: Option<Html>,
}

/// A page: its kind and, but for files that are there once, its language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId {
    pub(crate) language: LanguageTag,
    pub(crate) kind: Kind,
}

/// The kinds of pages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Home,
    Topics,
    Topic(TopicId),
    /// All words that patrons use for topics.
    Finder,
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

/// A page's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they are.
    pub content_type: &'static str,
}

impl Kind {
    /// The address in the source language.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Topics => "/topics/".to_owned(),
            Self::Topic(id) => format!("/topics/{id}/"),
            Self::Finder => render::find::ALL_WORDS.to_owned(),
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
        Self { language: LanguageTag::source(), kind: Kind::NotFound }
    }

    /// Whether it is made of whole addresses alone: without the site's own there is none.
    pub fn needs_base_url(&self) -> bool {
        matches!(self.kind, Kind::Feed | Kind::Sitemap | Kind::SitemapPart(_))
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

impl Site {
    /// The directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The pictures.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// The assets by address.
    pub fn assets(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.templates.files
    }

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
            .map(|language| PageId { language: language.tag.clone(), kind: Kind::Feed });
        let single = [Kind::NotFound, Kind::Sorry, Kind::Sitemap, Kind::Robots];
        let parts = self.sitemap_parts(&kinds).map(Kind::SitemapPart);
        let single = single.into_iter().chain(parts).chain(self.moved_on(&kinds));
        let single = single.map(|kind| PageId { language: self.language_of(&kind), kind });
        in_languages.chain(feeds).chain(single).collect()
    }

    /// The language of a page that is there once: the one that an old address begins with, else
    /// the source's.
    fn language_of(&self, kind: &Kind) -> LanguageTag {
        let language = match kind {
            Kind::Moved(from) => self.in_language(from).0,
            _ => None,
        };
        language.map_or_else(LanguageTag::source, |language| language.tag.clone())
    }

    /// A page of each kind, to try templates on.
    pub fn samples(&self, today: Date) -> Vec<PageId> {
        let mut kinds = HashSet::new();
        let mut samples = self.page_ids(today);
        // No template makes them, and of a large site they are large.
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
            // Others who asked meanwhile have waited for the first.
            of_today(&kept).unwrap_or_else(|| {
                let pages = self.page_ids(today).into_iter().map(|id| (id.address(), id));
                let pages = Arc::new(pages.collect());
                *kept = Some((today, Arc::clone(&pages)));
                pages
            })
        })
    }

    /// The pages that there are in a language that has them all.
    pub(crate) fn kinds(&self, today: Date) -> Vec<Kind> {
        let topics = self.directory.topics_on(today);
        let mut kinds = vec![Kind::Home, Kind::Topics, Kind::Services, Kind::Libraries, Kind::News];
        kinds.push(Kind::Finder);
        kinds.extend(topics.iter().map(|topic| Kind::Topic(topic.id.clone())));
        kinds.extend(self.ways_on(today).map(|(id, _)| Kind::Service(id.clone())));
        let branches = self.directory.branches_on(today);
        kinds.extend(branches.iter().map(|branch| Kind::Library(branch.id.clone())));
        kinds.extend(self.posts_on(today).map(|(id, _)| Kind::Post(id.to_owned())));
        kinds.extend((2..=self.news_pages(today)).map(Kind::NewsOlder));
        let pages =
            self.pages.iter().filter(|(id, page)| *id != "index" && page.life.covers(today));
        kinds.extend(pages.map(|(id, _)| Kind::Page(id.clone())));
        kinds.push(Kind::Request(None));
        kinds.extend(topics.iter().map(|topic| Kind::Request(Some(topic.id.clone()))));
        kinds
    }

    /// The services that there are on a day, but the page about all of them.
    pub(crate) fn ways_on(&self, today: Date) -> impl Iterator<Item = (&String, &Way)> {
        self.ways.iter().filter(move |(id, way)| *id != "index" && way.life.covers(today))
    }

    /// The posts that are published by a day, the newest first.
    pub(crate) fn posts_on(&self, today: Date) -> impl Iterator<Item = (&str, Date)> {
        let coming = self.newest.partition_point(|(date, ..)| *date > today);
        let published = self.newest.iter().skip(coming);
        let there = published.filter(move |(_, _, life)| life.covers(today));
        there.map(|(date, id, _)| (id.as_str(), *date))
    }

    /// The pages that every footer links to and that aren't there.
    pub(crate) fn missing_footer_pages(&self) -> impl Iterator<Item = &'static str> {
        FOOTER_PAGES.into_iter().filter(|id| !self.pages.contains_key(*id))
    }
}

/// Whether a language has a kind of page.
fn has(language: &Language, kind: &Kind) -> bool {
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
pub(crate) fn newest_first(news: &BTreeMap<String, Post>) -> Vec<(Date, String, Life)> {
    let posts = news.iter().filter_map(|(id, post)| Some((post.date?, id.clone(), post.life)));
    let mut posts: Vec<_> = posts.collect();
    posts.sort_by(|(a, a_id, _), (b, b_id, _)| b.cmp(a).then(a_id.cmp(b_id)));
    posts
}
