//! Loading: from the two folders to the site, with everything that is wrong with them.

use crate::content::{self, TopicWords, Words};
use crate::diagnostic::{Diagnostic, Place};
use crate::front_matter::{self, Parts};
use crate::site::{InfoPage, Post, Site, Translated, Way};
use crate::source::{self, SourceError};
use crate::{assets, check};
use domain::{BranchId, Directory, LanguageTag, TopicId};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// The folders that a site is made from.
#[derive(Debug, Clone)]
pub struct Folders {
    /// What editors write.
    pub content: PathBuf,
    /// What designers write.
    pub templates: PathBuf,
}

/// What was found in them.
pub struct Loaded {
    /// The site, as far as it could be read; `None` if not even `site.yaml` could.
    pub site: Option<Arc<Site>>,
    /// Everything that is wrong, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts of the files, for excerpts.
    pub sources: BTreeMap<String, String>,
}

/// Why nothing could be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A folder can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Loads and checks everything.
pub fn load(folders: &Folders) -> Result<Loaded, LoadError> {
    let content = source::read(&folders.content, "content")?;
    let templates = source::read(&folders.templates, "templates")?;
    let mut loading = Loading::default();
    for (path, bytes) in content {
        let file = format!("content/{path}");
        match String::from_utf8(bytes) {
            Ok(text) => {
                loading.sources.insert(file, text);
            }
            Err(_) => loading.say(Diagnostic::error(
                "not-text",
                &file,
                Place::START,
                "this file is not text in UTF-8",
                "save it as UTF-8, or move it out of the content folder",
            )),
        }
    }
    for file in loading.sources.keys().cloned().collect::<Vec<_>>() {
        loading.file(&file);
    }
    let site = loading.site(templates);
    if let Some(site) = &site {
        loading.diagnostics.extend(check::site(site));
    }
    loading.diagnostics.sort();
    loading.diagnostics.dedup();
    Ok(Loaded {
        site: site.map(Arc::new),
        diagnostics: loading.diagnostics,
        sources: loading.sources,
    })
}

#[derive(Default)]
struct Loading {
    sources: BTreeMap<String, String>,
    diagnostics: Vec<Diagnostic>,
    topics: BTreeMap<TopicId, domain::Topic>,
    topic_words: BTreeMap<TopicId, Translated<TopicWords>>,
    branches: BTreeMap<BranchId, domain::Branch>,
    branch_words: BTreeMap<BranchId, Translated<()>>,
    ways: BTreeMap<String, Way>,
    news: BTreeMap<String, Post>,
    pages: BTreeMap<String, InfoPage>,
    mails: BTreeMap<String, BTreeMap<LanguageTag, render::bundle::MailText>>,
    strings: BTreeMap<LanguageTag, String>,
}

impl Loading {
    fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reads one file by the folder it lies in.
    fn file(&mut self, file: &str) {
        let path = file.strip_prefix("content/").unwrap_or(file);
        let (folder, name) = path.split_once('/').unwrap_or(("", path));
        match (folder, name.rsplit_once('.')) {
            ("", Some(("site" | "glossary", "yaml"))) => {}
            ("strings", Some((tag, "ftl"))) => self.strings_file(file, tag),
            (
                "topics" | "branches" | "services" | "news" | "pages" | "mails",
                Some((stem, "md")),
            ) => self.markdown(file, folder, stem),
            _ => self.say(Diagnostic::error(
                "misplaced-file",
                file,
                Place::START,
                "nothing reads this file",
                "move it into topics, branches, services, news, pages or mails with the ending \
                 .md, or into strings with the ending .ftl",
            )),
        }
    }

    fn strings_file(&mut self, file: &str, tag: &str) {
        match LanguageTag::parse(tag) {
            Ok(tag) => {
                let text = self.sources.get(file).cloned().unwrap_or_default();
                self.strings.insert(tag, text);
            }
            Err(error) => self.bad_name(file, &error.to_string()),
        }
    }

    fn bad_name(&mut self, file: &str, message: &str) {
        let help = "name it like genealogy.md, and its translation genealogy.vi.md";
        self.say(Diagnostic::error("bad-file-name", file, Place::START, message, help));
    }

    /// `genealogy` is in the source language, `genealogy.vi` a translation.
    fn markdown(&mut self, file: &str, folder: &str, stem: &str) {
        let (id, tag) = stem.split_once('.').unwrap_or((stem, LanguageTag::SOURCE));
        let language = match LanguageTag::parse(tag) {
            Ok(language) => language,
            Err(error) => return self.bad_name(file, &error.to_string()),
        };
        // All ids are slugs; a topic's rule is every file's.
        let topic = match TopicId::parse(id) {
            Ok(topic) => topic,
            Err(error) => return self.bad_name(file, &error.to_string()),
        };
        let text = self.sources.get(file).cloned().unwrap_or_default();
        let (parts, diagnostics) = front_matter::split(file, &text);
        if !diagnostics.is_empty() {
            // Its keys can't be read: nothing is to be said of those that are missing.
            self.diagnostics.extend(diagnostics);
            return self.unreadable(folder, topic);
        }
        match folder {
            "topics" => self.topic(file, topic, language, &parts),
            "branches" => self.branch(file, id, language, &parts),
            "mails" => {
                let (mail, diagnostics) = content::mail(file, &parts);
                self.diagnostics.extend(diagnostics);
                if let Some(mail) = mail {
                    self.mails.entry(id.to_owned()).or_default().insert(language, mail);
                }
            }
            "services" => {
                let (way, words, diagnostics) = content::way(file, &language, &parts);
                self.diagnostics.extend(diagnostics);
                let entry = self.ways.entry(id.to_owned()).or_default();
                if let Some((way, care)) = way {
                    (entry.way, entry.care) = (way, care);
                }
                insert(&mut entry.words, language, words);
            }
            "news" => {
                let (date, words, diagnostics) = content::post(file, &language, &parts);
                self.diagnostics.extend(diagnostics);
                let entry = self.news.entry(id.to_owned()).or_default();
                entry.date = date.or(entry.date);
                insert(&mut entry.words, language, words);
            }
            _ => {
                let (care, words, diagnostics) = content::page(file, &language, &parts);
                self.diagnostics.extend(diagnostics);
                let entry = self.pages.entry(id.to_owned()).or_default();
                entry.care = care.unwrap_or(entry.care);
                insert(&mut entry.words, language, words);
            }
        }
    }

    /// A file that can't be read is there all the same, for those that name it.
    fn unreadable(&mut self, folder: &str, id: TopicId) {
        match (folder, BranchId::parse(id.as_str())) {
            ("topics", _) => drop(self.topic_words.entry(id).or_default()),
            ("branches", Ok(id)) => drop(self.branch_words.entry(id).or_default()),
            _ => {}
        }
    }

    fn topic(&mut self, file: &str, id: TopicId, language: LanguageTag, parts: &Parts) {
        let (topic, words, diagnostics) = content::topic(file, &id, &language, parts);
        self.diagnostics.extend(diagnostics);
        self.topics.extend(topic.map(|topic| (id.clone(), topic)));
        insert(self.topic_words.entry(id).or_default(), language, words);
    }

    fn branch(&mut self, file: &str, id: &str, language: LanguageTag, parts: &Parts) {
        let Ok(id) = BranchId::parse(id) else { return };
        let (branch, words, diagnostics) = content::branch(file, &id, &language, parts);
        self.diagnostics.extend(diagnostics);
        self.branches.extend(branch.map(|branch| (id.clone(), branch)));
        insert(self.branch_words.entry(id).or_default(), language, words);
    }

    fn site(&mut self, templates: BTreeMap<String, Vec<u8>>) -> Option<Site> {
        let Some(text) = self.sources.get("content/site.yaml") else {
            self.say(Diagnostic::error(
                "missing-file",
                "content/site.yaml",
                Place::START,
                "this file is missing",
                "it says what holds for the whole service: take it back from the last version",
            ));
            return None;
        };
        let (service, diagnostics) = content::site_yaml(text);
        self.diagnostics.extend(diagnostics);
        let assets = assets::split(templates);
        Some(Site {
            directory: Directory {
                service: service?,
                topics: std::mem::take(&mut self.topics),
                branches: std::mem::take(&mut self.branches),
            },
            topics: std::mem::take(&mut self.topic_words),
            branches: std::mem::take(&mut self.branch_words),
            ways: std::mem::take(&mut self.ways),
            news: std::mem::take(&mut self.news),
            pages: std::mem::take(&mut self.pages),
            mails: std::mem::take(&mut self.mails),
            strings: std::mem::take(&mut self.strings),
            files: self.sources.keys().cloned().collect(),
            templates: assets.templates,
            assets: assets.files,
            addresses: assets.addresses,
        })
    }
}

fn insert<T>(translated: &mut Translated<T>, language: LanguageTag, words: Option<Words<T>>) {
    translated.extend(words.map(|words| (language, words)));
}
