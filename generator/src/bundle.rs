//! From the site to the bundle that pages and mails are rendered from.

use crate::file::content::PageWords;
use crate::site::{InfoPage, Site};
use domain::{LanguageTag, Period};
use render::Bundle;
use render::bundle::{PageText, Texts, TopicText};
use render::frame::FOOTER_PAGES;
use render::markdown;
use std::collections::BTreeMap;

/// How many pages the desk finds by their titles: its functions read all of them at each start.
const FINDABLE_PAGES: usize = 200;

impl Site {
    /// The bundle.
    pub fn bundle(&self) -> Bundle {
        let mut texts: BTreeMap<LanguageTag, Texts> = BTreeMap::new();
        for (id, words) in &self.topics {
            for (language, words) in words {
                let text = TopicText {
                    title: words.keys.title.clone(),
                    card: self.plain(&words.keys.card),
                    tell_us: words.keys.tell_us.clone(),
                    also_known_as: words.keys.also_known_as.clone(),
                };
                texts.entry(language.clone()).or_default().topics.insert(id.clone(), text);
            }
        }
        for (id, way) in &self.ways {
            for (language, words) in &way.words {
                let texts = texts.entry(language.clone()).or_default();
                texts.services.insert(id.clone(), page_text(&words.keys, way.period));
                if let Some(kind) = way.way {
                    texts.ways.insert(kind, words.keys.title.clone());
                }
            }
        }
        for (id, page) in self.findable_pages() {
            for (language, words) in &page.words {
                let texts = texts.entry(language.clone()).or_default();
                texts.pages.insert(id.to_owned(), page_text(&words.keys, page.period));
            }
        }
        Bundle {
            directory: self.directory.clone(),
            texts,
            strings: self
                .strings
                .iter()
                .map(|(tag, text)| (tag.clone(), text.to_string()))
                .collect(),
            mails: self.mails.clone(),
            templates: self.templates.templates.clone(),
            assets: self.templates.addresses.clone(),
        }
    }

    /// The pages that every footer links to, and others in the order of their names, as far as a
    /// function can take them in at its start.
    fn findable_pages(&self) -> BTreeMap<&str, &InfoPage> {
        let footer = FOOTER_PAGES.into_iter().filter_map(|id| self.pages.get_key_value(id));
        let pages = footer.chain(self.pages.iter().take(FINDABLE_PAGES));
        pages.map(|(id, page)| (id.as_str(), page)).collect()
    }

    /// A short text with the values that need no words.
    fn plain(&self, text: &str) -> String {
        let service = &self.directory.service;
        let value = |name: &str| match name {
            "phone" => Some(service.phone.to_string()),
            "session_minutes" => Some(service.session_minutes.to_string()),
            other => Some(format!("{{{other}}}")),
        };
        markdown::fill(text, value).unwrap_or_else(|_| text.to_owned())
    }
}

fn page_text(words: &PageWords, period: Period) -> PageText {
    PageText {
        title: words.title.clone(),
        summary: words.summary.clone(),
        publish_on: period.from,
        expires_on: period.until,
    }
}
