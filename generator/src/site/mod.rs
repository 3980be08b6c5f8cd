//! The site: what all files say, put together. Pages are a pure function of it. What both `check`
//! and `pages` ask is answered here: which pages there are, in which languages, and where they
//! were.

mod aliases;
mod files;
mod on_a_day;
mod presence;
mod versions;

pub(crate) use files::InLanguages;
pub(crate) use on_a_day::{NEWS_PAGE, first_posts, newest_first};
pub(crate) use presence::Presence;

use crate::assets::Split;
use crate::file::Parsed;
use crate::file::content::glossary::Term;
use crate::file::content::{PageWords, TopicWords, Words};
use crate::images::Pictures;
use crate::paths::{PageId, PageKind};
use domain::{BranchId, Directory, LanguageTag, Period, TopicId, WayToMeet};
use jiff::civil::Date;
use render::bundle::MailText;
use render::frame::FOOTER_PAGES;
use render::html::Html;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

/// The words of a file in each language it has been written in.
pub(crate) type Translated<T> = BTreeMap<LanguageTag, Arc<Words<T>>>;

/// What was read of each file, by its path, which begins with `content/`.
pub(crate) type Files = BTreeMap<Arc<str>, Arc<Parsed>>;

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
    /// The terms that translators keep to.
    pub(crate) glossary: Arc<[Term]>,
    /// All content files, also those that can't be read.
    pub(crate) files: Arc<Files>,
    pub(crate) templates: Arc<Split>,
    /// The pages of the day last asked for, by address; made on demand.
    pub(crate) addresses: RwLock<Option<(Date, Addresses)>>,
    /// The posts that have a day, the newest first: lists take their part of it.
    pub(crate) newest: Vec<(Date, String, Period)>,
    /// What has moved, by its old address.
    pub(crate) moved: BTreeMap<String, PageKind>,
    /// The day of the first post in each language: from then on it has a feed.
    pub(crate) first_posts: BTreeMap<LanguageTag, Date>,
}

/// A page of the service: as a whole, or about one way to meet.
#[derive(Default)]
pub(crate) struct Way {
    pub(crate) way: Option<WayToMeet>,
    pub(crate) period: Period,
    pub(crate) care: bool,
    pub(crate) words: Translated<PageWords>,
}

/// A news post.
#[derive(Default)]
pub(crate) struct Post {
    pub(crate) date: Option<Date>,
    pub(crate) period: Period,
    pub(crate) words: Translated<PageWords>,
}

/// A page.
#[derive(Default)]
pub(crate) struct InfoPage {
    pub(crate) period: Period,
    /// Whether it is about safety, voicemail, erasure or guardians: then the source stands beside a
    /// translation until a person has read it.
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

/// A page's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What they are.
    pub content_type: &'static str,
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

    /// The pages that every footer links to and that aren't there.
    pub(crate) fn missing_footer_pages(&self) -> impl Iterator<Item = &'static str> {
        FOOTER_PAGES.into_iter().filter(|id| !self.pages.contains_key(*id))
    }
}
