//! Pages about one thing.

use super::{About, Maker, Result};
use crate::file::content::{PageWords, Words};
use crate::paths::PageKind;
use crate::site::Translated;
use domain::hours::Day;
use domain::topic::LibraryCard;
use domain::{BranchId, LanguageTag, TopicId, WayToMeet};
use jiff::civil::Date;
use render::find::{ALL_WORDS, Link};
use render::form::FormView;
use render::frame::address;
use render::html::{Html, dir};
use render::markdown::Document;
use render::site::{
    DayHours, LibraryView, ListItem, Message, MessagesView, PageView, Published, ServiceView,
    Suspended, TopicView,
};
use std::collections::BTreeSet;

impl Maker<'_> {
    pub(super) fn topic(&self, id: &TopicId) -> Result<Vec<u8>> {
        let topic = self.site.directory.topics.get(id);
        let words = self.site.topics.get(id).and_then(|words| self.words(words));
        let (Some(topic), Some((language, words))) = (topic, words) else {
            return self.message("not-found");
        };
        let view = TopicView {
            title: self.line(&words.keys.title, language),
            lead: self.line(&words.keys.card, language),
            body: self.body(language, words),
            ask: self.href(&PageKind::Request(Some(id.clone()))),
            session_minutes: self.site.directory.session_minutes(topic),
            library_card: match topic.library_card {
                LibraryCard::Needed => "needed",
                LibraryCard::Helpful => "helpful",
                LibraryCard::No => "no",
            },
            ways: self.way_entries(&WayToMeet::ALL.into_iter().collect()),
            promise: self.locale.promise()?,
        };
        let about = About {
            title: words.keys.title.clone(),
            description: self.filled(&words.keys.card, language),
            back: self.back(&PageKind::Topics, "nav-topics")?,
            content_language: self.foreign(language),
        };
        self.finish("site/topic.html", about, &view)
    }

    /// The ways that are open, of those named.
    fn way_entries(&self, ways: &BTreeSet<WayToMeet>) -> Vec<ListItem> {
        let open = self.site.directory.ways_open_on(self.options.today);
        let page = |way: WayToMeet| {
            let mut ways = self.site.ways_on(self.options.today);
            let id = ways.find(|(_, page)| page.way == Some(way))?.0;
            Some(self.href(&PageKind::Service(id.clone())))
        };
        let ways = ways.intersection(&open).filter_map(|way| {
            Some(ListItem { href: page(*way)?, title: self.locale.way(*way), text: None })
        });
        ways.collect()
    }

    pub(super) fn service(&self, id: &str) -> Result<Vec<u8>> {
        let page = self.site.ways.get(id);
        let words = page.and_then(|page| self.words(&page.words));
        let (Some(page), Some((language, words))) = (page, words) else {
            return self.message("not-found");
        };
        let today = self.options.today;
        let mode = page.way.and_then(|way| self.site.directory.suspension(way, today));
        let suspended = mode.map(|mode| self.suspended(mode.from, mode.until)).transpose()?;
        let (title, lead, description) = self.title_and_lead(language, words);
        let body = self.body(language, words);
        let ask = self.href(&PageKind::Request(None));
        let about = About {
            title: words.keys.title.clone(),
            description,
            back: self.back(&PageKind::Services, "nav-services")?,
            content_language: self.foreign(language),
        };
        self.finish(
            "site/service.html",
            about,
            &ServiceView {
                title,
                lead,
                body,
                suspended,
                ask,
                source: self.source_beside(page.care, &page.words, words),
            },
        )
    }

    fn suspended(&self, from: Date, until: Option<Date>) -> Result<Suspended> {
        let until = match until {
            Some(until) => {
                self.locale.plain("until-date", &[("date", self.locale.date(until).into())])?
            }
            None => self.locale.plain("until-further-notice", &[])?,
        };
        Ok(Suspended { from: self.locale.date(from), until })
    }

    pub(super) fn library(&self, id: &BranchId) -> Result<Vec<u8>> {
        let branch = self.site.directory.branches.get(id);
        let words = self.site.branches.get(id).and_then(|words| self.words(words));
        let (Some(branch), Some((language, words))) = (branch, words) else {
            return self.message("not-found");
        };
        let mut days = Vec::new();
        for day in Day::ALL {
            days.push(DayHours {
                day: self.locale.weekday(day),
                answering: self.locale.spans(branch.answering_hours.on(day))?,
                open: self.locale.spans(branch.open_hours.on(day))?,
            });
        }
        let coming = branch
            .closures
            .iter()
            .filter(|closure| !closure.period().is_over_on(self.options.today));
        let closures = coming.map(|closure| self.suspended(closure.from, Some(closure.until)));
        let directory = &self.site.directory;
        let today = directory.topics_on(self.options.today);
        let knows = today.iter().filter(|topic| branch.skills.contains_key(&topic.id));
        let near = branch.neighbors.iter().filter_map(|id| directory.branches.get(id));
        let near = near.filter(|branch| branch.is_open_on(self.options.today));
        let speaks = branch.speaks.keys().filter_map(|tag| directory.language(tag));
        let view = LibraryView {
            title: Html::text(&branch.name),
            body: self.body(language, words),
            phone: branch.phone.to_string(),
            phone_link: format!("tel:{}", branch.phone.dial()),
            days,
            closures: closures.collect::<Result<_>>()?,
            ways: self.way_entries(&branch.meet),
            languages: speaks
                .map(|language| Html::worded(&language.name, &language.tag, self.locale.chrome()))
                .collect(),
            knows: knows.map(|topic| self.topic_entry(topic)).collect(),
            neighbors: near.map(|branch| self.library_entry(branch)).collect(),
            step_free: branch.step_free,
            asl: branch.asl,
            ask: self.href(&PageKind::Request(None)),
        };
        let about = About {
            title: branch.name.clone(),
            description: self.locale.plain("libraries-lead", &[])?,
            back: self.back(&PageKind::Libraries, "nav-libraries")?,
            content_language: self.foreign(language),
        };
        self.finish("site/library.html", about, &view)
    }

    pub(super) fn post(&self, id: &str) -> Result<Vec<u8>> {
        let post = self.site.news.get(id);
        let words = post.and_then(|post| self.words(&post.words));
        let (Some(post), Some((language, words))) = (post, words) else {
            return self.message("not-found");
        };
        let date = post
            .date
            .map(|date| Published { words: self.locale.date(date), iso: date.to_string() });
        let (title, lead, description) = self.title_and_lead(language, words);
        let about = About {
            title: words.keys.title.clone(),
            description,
            back: self.back(&PageKind::News, "nav-news")?,
            content_language: self.foreign(language),
        };
        let view = PageView { title, lead, date, body: self.body(language, words), source: None };
        self.finish("site/page.html", about, &view)
    }

    pub(super) fn page(&self, id: &str) -> Result<Vec<u8>> {
        let page = self.site.pages.get(id);
        let words = page.and_then(|page| self.words(&page.words));
        let (Some(page), Some((language, words))) = (page, words) else {
            return self.message("not-found");
        };
        let (title, lead, description) = self.title_and_lead(language, words);
        let about = About {
            title: words.keys.title.clone(),
            description,
            back: None,
            content_language: self.foreign(language),
        };
        let view = PageView {
            title,
            lead,
            date: None,
            body: self.body(language, words),
            source: self.source_beside(page.care, &page.words, words),
        };
        self.finish("site/page.html", about, &view)
    }

    /// The source below a translation that must be right and that nobody has read: its headings
    /// one level down.
    pub(super) fn source_beside(
        &self,
        care: bool,
        all: &Translated<PageWords>,
        shown: &Words<PageWords>,
    ) -> Option<Html> {
        let source = LanguageTag::source();
        let (words, language) = (all.get(&source)?, all.get_key_value(&self.id.language)?.0);
        if !care || shown.reviewed || language.is_source() {
            return None;
        }
        let lower = |line: &str| {
            if line.starts_with("##") { format!("#{line}") } else { line.into() }
        };
        let lowered: Vec<String> = words.body.lines().map(lower).collect();
        let written = Document::parse(&lowered.join("\n")).write(&source);
        Some(self.markdown(&written, &source, &words.file, None))
    }

    pub(super) fn request(&self, topic: Option<&TopicId>) -> Result<Vec<u8>> {
        let view = FormView::blank(&self.locale, self.options.today, topic)?;
        let back = match topic {
            Some(topic) => {
                let href = self.href(&PageKind::Topic(topic.clone()));
                Some(render::frame::Back { href, label: self.locale.topic(topic) })
            }
            None => None,
        };
        let about = About {
            title: match topic.and_then(|topic| self.site.topics.get(topic)) {
                Some(words) => {
                    let title = self.words(words).map(|(_, words)| words.keys.title.as_str());
                    let form = self.locale.plain("form-title", &[])?;
                    format!("{}: {form}", title.unwrap_or_default())
                }
                None => self.locale.plain("form-title", &[])?,
            },
            description: self.locale.plain("site-description", &[])?,
            back,
            content_language: None,
        };
        self.finish("form.html", about, &view)
    }

    /// A message in every language that has strings, on one page.
    pub(super) fn message(&self, key: &str) -> Result<Vec<u8>> {
        let phone = self.site.directory.service.phone.to_string();
        let mut messages = Vec::new();
        for language in &self.site.directory.service.languages {
            if !self.renderer.strings().has(&language.tag) {
                continue;
            }
            let locale = self.renderer.locale(&language.tag);
            messages.push(Message {
                lang: language.tag.html_lang().to_owned(),
                dir: dir(&language.tag),
                title: locale.plain(&format!("{key}-title"), &[])?,
                text: locale.plain(&format!("{key}-text"), &[("phone", phone.clone().into())])?,
                home: address(&language.tag, "/"),
                home_label: locale.plain("home-label", &[])?,
                all_words: (self.id.kind == PageKind::NotFound)
                    .then(|| Link::to(&locale, ALL_WORDS)),
                all_words_label: locale.plain("find-all-words", &[])?,
            });
        }
        let about = About {
            title: self.locale.plain(&format!("{key}-title"), &[])?,
            description: self.locale.plain("site-description", &[])?,
            back: None,
            content_language: None,
        };
        self.finish("site/message.html", about, &MessagesView { messages })
    }
}
