//! Pages that list others.

use super::{About, Maker, Result};
use crate::paths::PageKind;
use crate::site::NEWS_PAGE;
use domain::{Branch, Topic};
use render::find::{ALL_WORDS, Link, Search};
use render::html::Html;
use render::site::{Finder, HomeView, ListItem, ListView, NewsView, Section};
use render::strings::{area_key, group_key};

/// How many posts the home page shows.
const HOME_NEWS: usize = 3;

impl Maker<'_> {
    pub(super) fn home(&self) -> Result<Vec<u8>> {
        let description = self.locale.plain("site-description", &[])?;
        let page = self.site.pages.get("index").and_then(|page| self.words(&page.words));
        let (title, lead, body, foreign) = match page {
            Some((language, words)) => {
                let (title, lead, _) = self.title_and_lead(language, words);
                (title, lead, self.body(language, words), self.foreign(language))
            }
            None => {
                let title = Html::text(&self.site.directory.service.name);
                (title, self.locale.t("site-description", &[])?, Html::default(), None)
            }
        };
        let view = HomeView {
            title,
            lead,
            body,
            sections: self.topic_sections()?,
            all_words: Link::to(&self.locale, ALL_WORDS),
            news: self.posts(0, HOME_NEWS),
            ask: self.href(&PageKind::Request(None)),
        };
        let title = self.site.directory.service.system.clone();
        let about = About { title, description, back: None, content_language: foreign };
        self.finish("site/home.html", about, &view)
    }

    fn list(&self, key: &str, finder: Option<Finder>, sections: Vec<Section>) -> Result<Vec<u8>> {
        let title = self.locale.t(&format!("{key}-title"), &[])?;
        let lead = self.locale.t(&format!("{key}-lead"), &[])?;
        let about = About {
            title: self.locale.plain(&format!("{key}-title"), &[])?,
            description: self.locale.plain(&format!("{key}-lead"), &[])?,
            back: None,
            content_language: None,
        };
        let view = ListView { title, lead: Some(lead), body: None, source: None, finder, sections };
        self.finish("site/list.html", about, &view)
    }

    pub(super) fn topics(&self) -> Result<Vec<u8>> {
        let finder = Finder {
            search: Search::new(&self.id.language, ""),
            all_words: Link::to(&self.locale, ALL_WORDS),
        };
        self.list("topics", Some(finder), self.topic_sections()?)
    }

    /// The news: the newest posts on page 1.
    pub(super) fn news(&self, page: usize) -> Result<Vec<u8>> {
        let at = |page: usize| {
            self.href(&if page < 2 { PageKind::News } else { PageKind::NewsOlder(page) })
        };
        let title = match page {
            1 => self.locale.plain("news-title", &[])?,
            page => self.locale.plain("news-title-page", &[("page", page.into())])?,
        };
        let about = About {
            title: title.clone(),
            description: self.locale.plain("news-lead", &[])?,
            back: None,
            content_language: None,
        };
        let entries = self.posts(page.saturating_sub(1) * NEWS_PAGE, NEWS_PAGE);
        let list = ListView {
            title: Html::text(&title),
            lead: Some(self.locale.t("news-lead", &[])?),
            body: None,
            source: None,
            finder: None,
            sections: vec![Section { heading: None, entries }],
        };
        let more = page < self.site.news_pages(self.options.today);
        let view = NewsView {
            list,
            newer: (page > 1).then(|| at(page - 1)),
            older: more.then(|| at(page + 1)),
        };
        self.finish("site/news.html", about, &view)
    }

    pub(super) fn libraries(&self) -> Result<Vec<u8>> {
        let branches = self.site.directory.branches_on(self.options.today);
        let mut sections = Vec::new();
        for area in &self.site.directory.service.areas {
            let entries = branches.iter().filter(|branch| branch.area == area.id);
            let entries: Vec<_> = entries.map(|branch| self.library_entry(branch)).collect();
            if !entries.is_empty() {
                sections.push(Section {
                    heading: Some(self.locale.t(&area_key(&area.id), &[])?),
                    entries,
                });
            }
        }
        self.list("libraries", None, sections)
    }

    /// The service as a whole, with the ways to meet.
    pub(super) fn services(&self) -> Result<Vec<u8>> {
        let index = self.site.ways.get("index").and_then(|way| self.words(&way.words));
        let entries = self.site.ways_on(self.options.today).filter_map(|(id, way)| {
            let (language, words) = self.words(&way.words)?;
            let (title, lead, _) = self.title_and_lead(language, words);
            let href = self.href(&PageKind::Service(id.clone()));
            Some((way.way, ListItem { href, title, text: Some(lead) }))
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|(way, _)| *way);
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        let sections = vec![Section { heading: None, entries }];
        let Some((language, words)) = index else {
            return self.message("not-found");
        };
        let (title, lead, description) = self.title_and_lead(language, words);
        let about = About {
            title: words.keys.title.clone(),
            description,
            back: None,
            content_language: self.foreign(language),
        };
        let body = Some(self.body(language, words));
        let index = self.site.ways.get("index");
        let source = index.and_then(|way| self.source_beside(way.care, &way.words, words));
        let view = ListView { title, lead: Some(lead), body, source, finder: None, sections };
        self.finish("site/list.html", about, &view)
    }

    /// The topics of today by group.
    fn topic_sections(&self) -> Result<Vec<Section>> {
        let topics = self.site.directory.topics_on(self.options.today);
        let mut sections = Vec::new();
        for group in &self.site.directory.service.topic_groups {
            let entries = topics.iter().filter(|topic| topic.group == group.id);
            let entries: Vec<_> = entries.map(|topic| self.topic_entry(topic)).collect();
            if !entries.is_empty() {
                let heading = Some(self.locale.t(&group_key(&group.id), &[])?);
                sections.push(Section { heading, entries });
            }
        }
        Ok(sections)
    }

    pub(super) fn topic_entry(&self, topic: &Topic) -> ListItem {
        let words = self.site.topics.get(&topic.id).and_then(|words| self.words(words));
        ListItem {
            href: self.href(&PageKind::Topic(topic.id.clone())),
            title: self.locale.topic(&topic.id),
            text: words.map(|(language, words)| self.line(&words.keys.card, language)),
        }
    }

    pub(super) fn library_entry(&self, branch: &Branch) -> ListItem {
        let href = self.href(&PageKind::Library(branch.id.clone()));
        ListItem { href, title: Html::text(&branch.name), text: None }
    }

    /// Some of the posts, from one of them on: the newest is the first.
    fn posts(&self, from: usize, count: usize) -> Vec<ListItem> {
        let posts = self.site.posts_on(self.options.today).skip(from).take(count);
        let entries = posts.filter_map(|(id, date)| {
            let (language, words) = self.words(&self.site.news.get(id)?.words)?;
            let title = self.line(&words.keys.title, language);
            let text = Some(Html::text(&self.locale.date(date)));
            Some(ListItem { href: self.href(&PageKind::Post(id.to_owned())), title, text })
        });
        entries.collect()
    }
}
