//! The bundle: all that pages and mails are made from, as one value. The generator writes it to
//! `dist/desk/bundle.json`; the desk reads it at its start.

use domain::{Directory, LanguageTag, Period, TopicId, WayToMeet};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that pages and mails are made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// The service, its topics and branches.
    pub directory: Directory,
    /// What content says in each language. A translation that is missing is absent.
    pub texts: BTreeMap<LanguageTag, Texts>,
    /// The Fluent source of each language's strings.
    pub strings: BTreeMap<LanguageTag, String>,
    /// The wording of mails by kind and language.
    pub mails: BTreeMap<String, BTreeMap<LanguageTag, MailText>>,
    /// The templates by name, such as `desk/check.html`.
    pub templates: BTreeMap<String, String>,
    /// Where the assets are.
    pub assets: Assets,
}

/// What content says in one language, as far as forms and lists need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Of topics.
    pub topics: BTreeMap<TopicId, TopicText>,
    /// Of the ways to meet: their names.
    pub ways: BTreeMap<WayToMeet, String>,
    /// Of the pages of the service and its ways to meet, by the name of their file.
    pub services: BTreeMap<String, PageText>,
    /// Of the pages, by the name of their file.
    pub pages: BTreeMap<String, PageText>,
}

/// The words of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicText {
    /// Its title.
    pub title: String,
    /// One sentence for lists.
    pub card: String,
    /// The hint under "What would you like help with?".
    pub tell_us: String,
    /// The words that patrons use for it.
    pub also_known_as: Vec<String>,
}

/// What lists say of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageText {
    /// Its title, with placeholders.
    pub title: String,
    /// One sentence, with placeholders.
    pub summary: String,
    /// The first day on which it is there.
    pub publish_on: Option<Date>,
    /// The first day on which it is gone.
    pub expires_on: Option<Date>,
}

impl PageText {
    /// Whether it is there on a day.
    pub fn is_there_on(&self, day: Date) -> bool {
        Period { from: self.publish_on, until: self.expires_on }.covers(day)
    }
}

/// The wording of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailText {
    /// The subject, with placeholders.
    pub subject: String,
    /// The body in Markdown, with placeholders.
    pub body: String,
}

/// The addresses of assets, which change with their content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The icon.
    pub icon: String,
}

/// A text and the language it is in, which isn't always the reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worded<'a> {
    /// The text.
    pub text: &'a str,
    /// Its language.
    pub language: &'a LanguageTag,
}

impl Bundle {
    /// A text in this language, or else in the source language.
    pub fn worded<'a>(
        &'a self,
        language: &'a LanguageTag,
        of: impl Fn(&'a Texts) -> Option<&'a str>,
    ) -> Option<Worded<'a>> {
        let source = self.texts.get_key_value(&LanguageTag::source());
        self.texts
            .get_key_value(language)
            .into_iter()
            .chain(source)
            .find_map(|(language, texts)| of(texts).map(|text| Worded { text, language }))
    }
}
