//! Loads the two folders into a site, and collects everything that is wrong with them. Parsed files
//! are kept, so that a save reads only what changed.

use crate::assets::{self, Split};
use crate::check::{self, Look};
use crate::diagnostic::{Diagnostic, Place, Sources};
use crate::file::strings::with_names;
use crate::file::{self, FileContent, Parsed};
use crate::images::Pictures;
use crate::paths::{SITE_YAML, in_content, stem};
use crate::site::{Files, Site, Translated, first_posts, newest_first};
use crate::source::{self, Folders, LoadError};
use domain::{Directory, LanguageTag};
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// What was found in them.
pub struct Loaded {
    /// The site, as far as it could be read; `None` if not even `site.yaml` could.
    pub site: Option<Arc<Site>>,
    /// Everything that is wrong, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts of the files, for excerpts.
    pub sources: Sources,
}

/// Whether drafts are pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drafts {
    /// They are, with a mark: for their editors.
    Shown,
    /// They are not there: for everybody.
    Hidden,
}

/// Loads and checks everything, but what depends on the day. The site has no drafts.
pub fn load(folders: &Folders) -> Result<Loaded, LoadError> {
    load_on(folders, Drafts::Hidden, Look::ForAll, &|_| None)
}

/// Loads everything, and checks it for a day if one is given. Drafts are checked even if the site
/// leaves them out.
pub fn load_on(
    folders: &Folders,
    drafts: Drafts,
    look: Look,
    today: &dyn Fn(&Site) -> Option<Date>,
) -> Result<Loaded, LoadError> {
    let content = Content::read(folders)?;
    let whole = content.site(Drafts::Shown);
    let today = whole.as_deref().and_then(today);
    let diagnostics = content.diagnostics(whole.as_deref(), look, today);
    let site = match (drafts, whole) {
        (Drafts::Hidden, Some(whole)) if !whole.drafts.is_empty() => content.site(drafts),
        (_, whole) => whole,
    };
    let sources = content.sources(&diagnostics);
    Ok(Loaded { site, diagnostics, sources })
}

/// Both folders as they were read last.
pub struct Content {
    folders: Folders,
    files: Arc<Files>,
    /// The last good version of each file that can't be read now.
    good: BTreeMap<Arc<str>, Arc<Parsed>>,
    templates: Arc<Split>,
}

impl Content {
    /// Reads both folders, files side by side.
    pub fn read(folders: &Folders) -> Result<Self, LoadError> {
        let mut content = Self {
            folders: folders.clone(),
            files: Arc::default(),
            good: BTreeMap::new(),
            templates: Arc::default(),
        };
        content.read_content()?;
        content.read_templates()?;
        Ok(content)
    }

    /// Reads what changed at these paths. If a path is unknown, such as a folder that was moved,
    /// the whole folder is read, and files with the same bytes are kept. If one file can't be read,
    /// the others still are. If a folder is gone, its last content stays.
    pub fn refresh(&mut self, paths: &[PathBuf]) -> Result<(), LoadError> {
        let (content, others): (Vec<_>, Vec<_>) =
            paths.iter().partition(|path| path.starts_with(&self.folders.content));
        if !self.folders.content.is_dir() {
            let path = self.folders.content.clone();
            return Err(LoadError::Missing { path, flag: "content" });
        }
        if others.iter().any(|path| path.starts_with(&self.folders.templates)) {
            self.read_templates()?;
        }
        let mut files = BTreeSet::new();
        for path in content {
            let relative = source::relative(&self.folders.content, path);
            let Some(relative) = relative.filter(|relative| source::is_visible(relative)) else {
                continue;
            };
            if path.is_dir() || !(path.exists() || self.files.contains_key(&*in_content(&relative)))
            {
                return self.read_content();
            }
            files.insert((in_content(&relative), path.clone()));
        }
        let mut unread = Ok(());
        for (key, path) in files {
            match source::read_file(&path) {
                Ok(Some(bytes)) => self.put(key, bytes),
                Ok(None) => self.remove(&key),
                Err(error) => unread = Err(error),
            }
        }
        unread
    }

    fn read_content(&mut self) -> Result<(), LoadError> {
        let paths = source::walk(&self.folders.content, "content")?;
        let before = Arc::clone(&self.files);
        let read = paths.par_iter().map(|(relative, path)| {
            let key: Arc<str> = in_content(relative).into();
            let Some(bytes) = source::read_file(path)? else { return Ok(None) };
            let parsed = match before.get(&key).filter(|parsed| says(parsed, &bytes)) {
                Some(parsed) => Arc::clone(parsed),
                None => Arc::new(file::parse(&key, bytes)),
            };
            Ok(Some((key, parsed)))
        });
        let read: Vec<_> = read.collect::<Result<_, LoadError>>()?;
        let files: Files = read.into_iter().flatten().collect();
        for (key, parsed) in &files {
            if parsed.is_broken() {
                self.keep_good(key);
            }
        }
        self.good.retain(|key, _| files.get(key).is_some_and(|parsed| parsed.is_broken()));
        self.files = Arc::new(files);
        Ok(())
    }

    fn read_templates(&mut self) -> Result<(), LoadError> {
        let mut files = BTreeMap::new();
        for (relative, path) in source::walk(&self.folders.templates, "templates")? {
            files.extend(source::read_file(&path)?.map(|bytes| (relative, bytes)));
        }
        self.templates = Arc::new(assets::split(files));
        Ok(())
    }

    fn put(&mut self, key: String, bytes: Vec<u8>) {
        let key: Arc<str> = key.into();
        if self.files.get(&key).is_some_and(|parsed| says(parsed, &bytes)) {
            return;
        }
        let parsed = Arc::new(file::parse(&key, bytes));
        if parsed.is_broken() {
            self.keep_good(&key);
        } else {
            self.good.remove(&key);
        }
        Arc::make_mut(&mut self.files).insert(key, parsed);
    }

    fn keep_good(&mut self, key: &Arc<str>) {
        if let Some(before) = self.files.get(key).filter(|before| !before.is_broken()) {
            self.good.insert(Arc::clone(key), Arc::clone(before));
        }
    }

    fn remove(&mut self, key: &str) {
        Arc::make_mut(&mut self.files).remove(key);
        self.good.remove(key);
    }

    /// The site, as far as it can be read; `None` if not even `site.yaml` could ever be.
    pub fn site(&self, drafts: Drafts) -> Option<Arc<Site>> {
        let mut parts = Parts::default();
        let files = || self.files.iter().map(|(key, now)| (key, self.good.get(key).unwrap_or(now)));
        let is_draft = |parsed: &Parsed| parsed.life.is_some_and(|life| life.draft);
        let in_work = files().filter(|(_, parsed)| is_draft(parsed));
        let in_work: BTreeSet<_> = in_work.map(|(key, _)| stem(key).to_owned()).collect();
        for (key, parsed) in files() {
            if drafts == Drafts::Shown || in_work.is_empty() || !in_work.contains(stem(key)) {
                parts.add(key, parsed);
            }
        }
        let service = parts.service?;
        if let Some(strings) = parts.strings.get_mut(&LanguageTag::source()) {
            *strings = with_names(strings, &service).into();
        }
        let mut site = Site {
            directory: Directory { service, topics: parts.topics, branches: parts.branches },
            topics: parts.topic_words,
            branches: parts.branch_words,
            ways: parts.ways,
            newest: newest_first(&parts.news),
            first_posts: first_posts(&parts.news),
            news: parts.news,
            pages: parts.pages,
            mails: parts.mails,
            strings: parts.strings,
            pictures: parts.pictures,
            drafts: in_work,
            glossary: parts.glossary,
            files: Arc::clone(&self.files),
            templates: Arc::clone(&self.templates),
            addresses: std::sync::RwLock::default(),
            moved: BTreeMap::new(),
        };
        site.moved = site.aliases();
        Some(Arc::new(site))
    }

    /// Everything that is wrong, in the order of files and lines. `site` is [`Self::site`] with its
    /// drafts. Without a day, nothing that depends on one is checked.
    pub fn diagnostics(
        &self,
        site: Option<&Site>,
        look: Look,
        today: Option<Date>,
    ) -> Vec<Diagnostic> {
        let own = self.files.values().flat_map(|parsed| parsed.diagnostics.iter().cloned());
        let mut diagnostics: Vec<_> = own.collect();
        if look == Look::ForAll {
            let files: Vec<_> = self.files.iter().collect();
            diagnostics.par_extend(
                files.par_iter().flat_map_iter(|(file, parsed)| file::hints(file, parsed)),
            );
        }
        if !self.files.contains_key(SITE_YAML) {
            diagnostics.push(Diagnostic::error(
                "missing-file",
                SITE_YAML,
                Place::START,
                "this file is missing",
                "it says what holds for the whole service: take it back from the last version",
            ));
        }
        diagnostics.extend(site.map(|site| check::site(site, look, today)).unwrap_or_default());
        diagnostics.sort();
        diagnostics.dedup();
        diagnostics
    }

    /// The texts of the files that diagnostics are about.
    pub fn sources(&self, diagnostics: &[Diagnostic]) -> Sources {
        let text = |file: &str| self.files.get(file)?.text.clone();
        let files =
            diagnostics.chunk_by(|a, b| a.file == b.file).filter_map(|of_file| of_file.first());
        files.filter_map(|d| Some((d.file.clone(), text(&d.file)?))).collect()
    }
}

fn says(parsed: &Parsed, bytes: &[u8]) -> bool {
    match (&parsed.content, &parsed.text) {
        (FileContent::Picture(picture), _) => picture.bytes == bytes,
        (_, text) => text.as_ref().is_some_and(|text| text.as_bytes() == bytes),
    }
}

/// The parts of a site while it is put together.
#[derive(Default)]
struct Parts {
    service: Option<domain::directory::Service>,
    topics: BTreeMap<domain::TopicId, domain::Topic>,
    topic_words: BTreeMap<domain::TopicId, Translated<crate::file::content::TopicWords>>,
    branches: BTreeMap<domain::BranchId, domain::Branch>,
    branch_words: BTreeMap<domain::BranchId, Translated<()>>,
    ways: BTreeMap<String, crate::site::Way>,
    news: BTreeMap<String, crate::site::Post>,
    pages: BTreeMap<String, crate::site::InfoPage>,
    mails: BTreeMap<String, BTreeMap<domain::LanguageTag, render::bundle::MailText>>,
    strings: BTreeMap<domain::LanguageTag, Arc<str>>,
    pictures: Pictures,
    glossary: Arc<[crate::file::content::glossary::Term]>,
}

impl Parts {
    fn add(&mut self, key: &Arc<str>, parsed: &Parsed) {
        fn insert<T>(translated: &mut Translated<T>, (language, words): &file::Worded<T>) {
            let words = words.as_ref().map(|words| (language.clone(), Arc::clone(words)));
            translated.extend(words);
        }
        match &parsed.content {
            FileContent::Nothing | FileContent::Ids(_) => {}
            FileContent::Picture(picture) => self.pictures.insert(key, picture),
            FileContent::Glossary(terms) => self.glossary = Arc::clone(terms),
            FileContent::Site(service) => self.service = service.as_deref().cloned(),
            FileContent::Strings(tag) => {
                self.strings.extend(parsed.text.clone().map(|text| (tag.clone(), text)));
            }
            FileContent::Topic(id, topic, words) => {
                self.topics.extend(topic.clone().map(|topic| (id.clone(), topic)));
                insert(self.topic_words.entry(id.clone()).or_default(), words);
            }
            FileContent::Branch(id, branch, words) => {
                self.branches.extend(branch.as_deref().map(|branch| (id.clone(), branch.clone())));
                insert(self.branch_words.entry(id.clone()).or_default(), words);
            }
            FileContent::Way(id, facts, words) => {
                let entry = self.ways.entry(id.clone()).or_default();
                entry.period = parsed.life.map_or(entry.period, |life| life.period);
                if let Some((way, care)) = facts {
                    (entry.way, entry.care) = (*way, *care);
                }
                insert(&mut entry.words, words);
            }
            FileContent::Post(id, date, words) => {
                let entry = self.news.entry(id.clone()).or_default();
                entry.period = parsed.life.map_or(entry.period, |life| life.period);
                entry.date = date.or(entry.date);
                insert(&mut entry.words, words);
            }
            FileContent::Page(id, care, words) => {
                let entry = self.pages.entry(id.clone()).or_default();
                entry.period = parsed.life.map_or(entry.period, |life| life.period);
                entry.care = care.unwrap_or(entry.care);
                insert(&mut entry.words, words);
            }
            FileContent::Mail(id, language, mail) => {
                let wordings = self.mails.entry(id.clone()).or_default();
                wordings.extend(mail.clone().map(|mail| (language.clone(), mail)));
            }
        }
    }
}
