//! The site's pages as their templates see them.

use crate::find::{Link, Search};
use crate::html::Html;
use serde::Serialize;

/// An item of a list, with a link.
#[derive(Debug, Serialize)]
pub struct ListItem {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub title: Html,
    /// A sentence about it.
    pub text: Option<Html>,
}

/// Items under a heading.
#[derive(Debug, Serialize)]
pub struct Section {
    /// The heading; `None` where the list is one.
    pub heading: Option<Html>,
    /// The items.
    pub entries: Vec<ListItem>,
}

/// The home page: `site/home.html`.
#[derive(Debug, Serialize)]
pub struct HomeView {
    /// The headline.
    pub title: Html,
    /// The lead.
    pub lead: Html,
    /// What is written below.
    pub body: Html,
    /// The topics.
    pub sections: Vec<Section>,
    /// The page of all words that patrons use.
    pub all_words: Link,
    /// The newest posts.
    pub news: Vec<ListItem>,
    /// Where a session is asked for.
    pub ask: String,
}

/// A list of pages: `site/list.html`.
#[derive(Debug, Serialize)]
pub struct ListView {
    /// The headline.
    pub title: Html,
    /// The lead.
    pub lead: Option<Html>,
    /// What is written below the list.
    pub body: Option<Html>,
    /// See [`PageView::source`].
    pub source: Option<Html>,
    /// For the topics: how one is found without knowing its name.
    pub finder: Option<Finder>,
    /// The pages.
    pub sections: Vec<Section>,
}

/// A part of the news: `site/news.html`.
#[derive(Debug, Serialize)]
pub struct NewsView {
    /// The posts.
    #[serde(flatten)]
    pub list: ListView,
    /// Where the part before it is.
    pub newer: Option<String>,
    /// Where the part after it is.
    pub older: Option<String>,
}

/// What is left where a page has moved: `site/moved.html`.
#[derive(Debug, Serialize)]
pub struct MovedView {
    /// Where it is now.
    pub href: String,
    /// What it is called.
    pub title: Html,
}

/// How a topic is found without knowing its name.
#[derive(Debug, Serialize)]
pub struct Finder {
    /// The form.
    pub search: Search,
    /// The page of all words that patrons use.
    pub all_words: Link,
}

/// All words that patrons use for topics: `site/finder.html`.
#[derive(Debug, Serialize)]
pub struct WordsView {
    /// The form.
    pub search: Search,
    /// The words by their letters.
    pub groups: Vec<WordGroup>,
    /// The form for what fits no topic.
    pub something_else: Link,
}

/// The words of a letter.
#[derive(Debug, Serialize)]
pub struct WordGroup {
    /// The letter, or what these words have in common.
    pub label: Html,
    /// The words; the text is the topic that they lead to, where that isn't the word itself.
    pub words: Vec<ListItem>,
}

/// A topic: `site/topic.html`.
#[derive(Debug, Serialize)]
pub struct TopicView {
    /// Its title.
    pub title: Html,
    /// Its sentence.
    pub lead: Html,
    /// What is written about it.
    pub body: Html,
    /// Where a session about it is asked for.
    pub ask: String,
    /// How long a session is.
    pub session_minutes: u16,
    /// The part of the string key behind `library-card-`.
    pub library_card: &'static str,
    /// The ways to meet that are open.
    pub ways: Vec<ListItem>,
    /// By when we get in touch.
    pub promise: String,
}

/// A way to meet: `site/service.html`.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    /// Its title.
    pub title: Html,
    /// Its sentence.
    pub lead: Html,
    /// What is written about it.
    pub body: Html,
    /// See [`PageView::source`].
    pub source: Option<Html>,
    /// If it is suspended: from when, and until when.
    pub suspended: Option<Suspended>,
    /// Where a session is asked for.
    pub ask: String,
}

/// The dates of a suspension, in words.
#[derive(Debug, Serialize)]
pub struct Suspended {
    /// The first day without it.
    pub from: String,
    /// The day on which it is open again, or the words for "further notice".
    pub until: String,
}

/// A library: `site/library.html`.
#[derive(Debug, Serialize)]
pub struct LibraryView {
    /// Its name.
    pub title: Html,
    /// What is written about it.
    pub body: Html,
    /// Its number.
    pub phone: String,
    /// The number as a link.
    pub phone_link: String,
    /// The hours of each day.
    pub days: Vec<DayHours>,
    /// The days on which it is closed, in words.
    pub closures: Vec<Suspended>,
    /// The ways to meet that it offers and that are open.
    pub ways: Vec<ListItem>,
    /// The languages that its staff speak.
    pub languages: Vec<Html>,
    /// The topics that its staff know well.
    pub knows: Vec<ListItem>,
    /// The libraries nearby.
    pub neighbors: Vec<ListItem>,
    /// Whether one gets in without steps.
    pub step_free: bool,
    /// Whether a session with an interpreter of American Sign Language can be held.
    pub asl: bool,
    /// Where a session is asked for.
    pub ask: String,
}

/// The hours of a day.
#[derive(Debug, Serialize)]
pub struct DayHours {
    /// The day.
    pub day: String,
    /// When its librarians answer.
    pub answering: Option<String>,
    /// When its building is open.
    pub open: Option<String>,
}

/// A page or a post: `site/page.html`.
#[derive(Debug, Serialize)]
pub struct PageView {
    /// Its title.
    pub title: Html,
    /// Its summary.
    pub lead: Html,
    /// When a post was published.
    pub date: Option<Published>,
    /// What is written.
    pub body: Html,
    /// The source, beside a translation about safety that nobody has read.
    pub source: Option<Html>,
}

/// A day, for people and for machines.
#[derive(Debug, Serialize)]
pub struct Published {
    /// In words.
    pub words: String,
    /// As `2026-11-16`.
    pub iso: String,
}

/// A page in all languages at once: `site/message.html`.
#[derive(Debug, Serialize)]
pub struct MessagesView {
    /// The message in each language that has it.
    pub messages: Vec<Message>,
}

/// A message in one language.
#[derive(Debug, Serialize)]
pub struct Message {
    /// The language.
    pub lang: String,
    /// Its direction.
    pub dir: &'static str,
    /// What happened.
    pub title: String,
    /// What to do.
    pub text: String,
    /// Where to begin anew.
    pub home: String,
    /// What that link says.
    pub home_label: String,
    /// The page of all words that patrons use, where it may help.
    pub all_words: Option<Link>,
    /// What that link says.
    pub all_words_label: String,
}
