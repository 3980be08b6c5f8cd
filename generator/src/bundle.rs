//! From the site to the bundle that pages and mails are rendered from.

use crate::site::Site;
use domain::LanguageTag;
use render::Bundle;
use render::bundle::{Texts, TopicText};
use render::frame::FOOTER_PAGES;
use render::markdown;
use std::collections::BTreeMap;

/// The names of the placeholders in content, which stand for values of `site.yaml`.
pub(crate) const PLACEHOLDERS: [&str; 4] = ["phone", "hours", "promise", "session_minutes"];

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
                };
                texts.entry(language.clone()).or_default().topics.insert(id.clone(), text);
            }
        }
        for way in self.ways.values() {
            let Some(kind) = way.way else { continue };
            for (language, words) in &way.words {
                let title = words.keys.title.clone();
                texts.entry(language.clone()).or_default().ways.insert(kind, title);
            }
        }
        for id in FOOTER_PAGES {
            for (language, words) in self.pages.get(id).into_iter().flat_map(|page| &page.words) {
                let title = words.keys.title.clone();
                texts.entry(language.clone()).or_default().pages.insert(id.to_owned(), title);
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
