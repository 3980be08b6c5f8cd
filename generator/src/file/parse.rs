//! Reading one file: from its path and its bytes to what it says.

use super::content::glossary::Term;
use super::content::{self, Ids, Life, PageWords, TopicWords, Words};
use super::outline::{self, Outline};
use super::yaml::{Node, Value};
use super::{front_matter, prose, strings};
use crate::diagnostic::{Diagnostic, Place, Places};
use crate::fault::{caught, checked};
use crate::images::Picture;
use crate::paths::{
    ContentFile, Folder, GLOSSARY_YAML, IDS_YAML, SITE_YAML, is_picture, within_content,
};
use domain::directory::Service;
use domain::{Branch, BranchId, LanguageTag, Topic, TopicId, WayToMeet};
use jiff::civil::Date;
use render::bundle::MailText;
use render::markdown::{Document, Written};
use std::sync::Arc;

/// What was read of one file.
pub(crate) struct Parsed {
    /// The text; `None` for what isn't text.
    pub(crate) text: Option<Arc<str>>,
    /// What it is.
    pub(crate) content: FileContent,
    /// When it is on the site; `None` for translations and for files whose keys can't be read.
    pub(crate) life: Option<Life>,
    /// Where its Markdown leads and what leads to it.
    pub(crate) outline: Outline,
    /// What is wrong with it, as far as that can be seen without other files.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The kinds of files. Facts stand in the file of the source language alone.
pub(crate) enum FileContent {
    Site(Option<Box<Service>>),
    Ids(Option<Ids>),
    Glossary(Arc<[Term]>),
    Strings(LanguageTag),
    Topic(TopicId, Option<Topic>, Worded<TopicWords>),
    Branch(BranchId, Option<Box<Branch>>, Worded<()>),
    Way(String, Option<(Option<WayToMeet>, bool)>, Worded<PageWords>),
    Post(String, Option<Date>, Worded<PageWords>),
    Page(String, Option<bool>, Worded<PageWords>),
    Mail(String, LanguageTag, Option<MailText>),
    Picture(Arc<Picture>),
    /// A file that no page is made from, or that can't be read.
    Nothing,
}

/// Words and their language; `None` if they can't be read.
pub(crate) type Worded<T> = (LanguageTag, Option<Arc<Words<T>>>);

impl Parsed {
    fn nothing(diagnostics: Vec<Diagnostic>) -> Self {
        let (content, outline) = (FileContent::Nothing, Outline::default());
        Self { text: None, content, life: None, outline, diagnostics }
    }

    /// Whether too little of it could be read to make a page: then the last good version stays on
    /// the site while its editor mends the file.
    pub(crate) fn is_broken(&self) -> bool {
        fn lacks<F, T>(facts: Option<&F>, (language, words): &Worded<T>) -> bool {
            words.is_none() || (language.is_source() && facts.is_none())
        }
        match &self.content {
            FileContent::Site(service) => service.is_none(),
            FileContent::Ids(ids) => ids.is_none(),
            FileContent::Strings(_) => self.diagnostics.iter().any(|d| d.code == "string-syntax"),
            FileContent::Topic(_, topic, words) => lacks(topic.as_ref(), words),
            FileContent::Branch(_, branch, words) => lacks(branch.as_ref(), words),
            FileContent::Way(_, way, words) => lacks(way.as_ref(), words),
            FileContent::Post(_, date, words) => lacks(date.as_ref(), words),
            FileContent::Page(_, care, words) => lacks(care.as_ref(), words),
            FileContent::Mail(_, _, mail) => mail.is_none(),
            FileContent::Picture(_) | FileContent::Glossary(_) => false,
            FileContent::Nothing => !self.diagnostics.is_empty(),
        }
    }
}

/// Reads a file by the folder it lies in. `file` begins with `content/`.
pub(crate) fn parse(file: &str, bytes: Vec<u8>) -> Parsed {
    read_or(file, || read(file, bytes))
}

/// What was read; if the program panicked, a file that says so.
fn read_or(file: &str, read: impl FnOnce() -> Parsed) -> Parsed {
    caught(read).unwrap_or_else(|fault| Parsed::nothing(vec![fault.in_file(file)]))
}

fn read(file: &str, bytes: Vec<u8>) -> Parsed {
    if is_picture(file) {
        return match Picture::read(file, bytes) {
            Ok(picture) => {
                let content = FileContent::Picture(Arc::new(picture));
                Parsed { content, ..Parsed::nothing(Vec::new()) }
            }
            Err(diagnostic) => Parsed::nothing(vec![diagnostic]),
        };
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Parsed::nothing(vec![Diagnostic::error(
            "not-text",
            file,
            Place::START,
            "this file is not text in UTF-8",
            "save it as UTF-8, or move it out of the content folder",
        )]);
    };
    let text: Arc<str> = plain(text).into();
    let parsed = match file {
        SITE_YAML => {
            let (service, diagnostics) = content::site_yaml(&text);
            Parsed {
                content: FileContent::Site(service.map(Box::new)),
                ..Parsed::nothing(diagnostics)
            }
        }
        IDS_YAML => {
            let (ids, diagnostics) = content::ids_yaml(&text);
            Parsed { content: FileContent::Ids(ids), ..Parsed::nothing(diagnostics) }
        }
        GLOSSARY_YAML => {
            let (terms, diagnostics) = content::glossary::glossary(&text);
            Parsed { content: FileContent::Glossary(terms.into()), ..Parsed::nothing(diagnostics) }
        }
        _ => in_folder(file, &text),
    };
    Parsed { text: Some(text), ..parsed }
}

/// A file of one of the folders.
fn in_folder(file: &str, text: &Arc<str>) -> Parsed {
    let path = within_content(file);
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    let parts = Folder::named(folder).zip(name.rsplit_once('.'));
    match parts.filter(|(folder, (_, ending))| folder.ending() == *ending) {
        Some((Folder::Strings, (tag, _))) => match LanguageTag::parse(tag) {
            Ok(tag) => {
                let mut diagnostics = strings::syntax(file, text);
                diagnostics.extend(prose::strings(file, &tag, text));
                Parsed { content: FileContent::Strings(tag), ..Parsed::nothing(diagnostics) }
            }
            Err(error) => bad_name(file, &error.to_string()),
        },
        Some((folder, (stem, _))) => markdown(file, folder, stem, text),
        None => Parsed::nothing(vec![Diagnostic::error(
            "misplaced-file",
            file,
            Place::START,
            "nothing reads this file",
            "move it into topics, branches, services, news, pages or mails with the ending .md, \
             or into strings with the ending .ftl",
        )]),
    }
}

/// What could be better in a parsed file. This is slow, so it is done only when all hints are asked
/// for.
pub(crate) fn hints(file: &str, parsed: &Parsed) -> Vec<Diagnostic> {
    let (Some(text), Some(path)) = (&parsed.text, ContentFile::parse(file)) else {
        return Vec::new();
    };
    if matches!(parsed.content, FileContent::Nothing) {
        return Vec::new();
    }
    let Some(language) = path.language() else { return Vec::new() };
    checked(file, || {
        let (parts, _) = front_matter::split(file, text);
        prose::long_sentences(file, &language, &parts.body, parts.body_line)
    })
}

/// Without a byte order mark, and with `\n` as the only line end.
fn plain(text: String) -> String {
    if text.starts_with('\u{feff}') || text.contains('\r') {
        return text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    }
    text
}

/// Whether the keys say `draft: true`.
fn is_draft(keys: &Node) -> bool {
    let Value::Map(entries) = &keys.value else { return false };
    let draft = entries.iter().find(|entry| entry.key == "draft");
    draft.is_some_and(|entry| matches!(entry.node.value, Value::Bool(true)))
}

fn bad_name(file: &str, message: &str) -> Parsed {
    named(file, message, "name it like genealogy.md, and its translation genealogy.vi.md")
}

fn named(file: &str, message: &str, help: &str) -> Parsed {
    let problem = Diagnostic::error("bad-file-name", file, Place::START, message, help);
    Parsed::nothing(vec![problem])
}

/// Adds the Markdown as HTML, while the parsed document is at hand.
fn worded<T>(words: Option<Words<T>>, written: Written) -> Option<Arc<Words<T>>> {
    words.map(|words| Arc::new(words.written_as(written)))
}

/// `genealogy` is in the source language, `genealogy.vi` a translation.
fn markdown(file: &str, folder: Folder, stem: &str, text: &Arc<str>) -> Parsed {
    let (id, tag) = stem.split_once('.').unwrap_or((stem, LanguageTag::SOURCE));
    let language = match LanguageTag::parse(tag) {
        Ok(language) if language.is_source() && stem.contains('.') => {
            return bad_name(file, &format!("English is the source: its file is named {id}.md"));
        }
        Ok(language) => language,
        Err(error) => return bad_name(file, &error.to_string()),
    };
    // All ids are slugs; a topic's rule is every file's.
    let topic = match TopicId::parse(id) {
        Ok(topic) => topic,
        Err(error) => return bad_name(file, &error.to_string()),
    };
    let (parts, mut diagnostics) = front_matter::split(file, text);
    if !diagnostics.is_empty() {
        // Its keys can't be read, so missing keys are not reported. The file still counts as
        // there for others that name it.
        let content = match (folder, BranchId::parse(id)) {
            (Folder::Topics, _) => FileContent::Topic(topic, None, (language, None)),
            (Folder::Branches, Ok(id)) => FileContent::Branch(id, None, (language, None)),
            _ => FileContent::Nothing,
        };
        return Parsed { content, ..Parsed::nothing(diagnostics) };
    }
    if !language.is_source() && is_draft(&parts.keys) {
        // Its keys and blocks are still empty, so there is nothing to report.
        return Parsed::nothing(Vec::new());
    }
    let document = Document::parse(&parts.body);
    // A mail has placeholders of its own and no links between files, but words like a page.
    let (outline, said) = if folder == Folder::Mails {
        let places = Places::new(&parts.body, parts.body_line);
        let said = prose::body(file, &language, &places, &document);
        (Outline::default(), said)
    } else {
        outline::outline(file, &language, &parts.body, parts.body_line, &document)
    };
    diagnostics.extend(said);
    diagnostics.extend(prose::keys(file, &language, &parts.keys));
    let id = id.to_owned();
    let life = if language.is_source() && folder.has_pages() {
        let (life, said) = Life::read(file, folder, &parts);
        diagnostics.extend(said);
        Some(life)
    } else {
        None
    };
    let written = || document.write(&language);
    let (content, said) = match folder {
        Folder::Topics => {
            let (mut facts, words, said) = content::topic(file, &topic, &language, &parts);
            if let (Some(facts), Some(life)) = (&mut facts, life) {
                (facts.published, facts.retired) = (life.period.from, life.period.until);
            }
            (FileContent::Topic(topic, facts, (language.clone(), worded(words, written()))), said)
        }
        Folder::Branches => match BranchId::parse(&id) {
            Ok(id) => {
                let (mut facts, words, said) = content::branch(file, &id, &language, &parts);
                if let (Some(facts), Some(life)) = (&mut facts, life) {
                    (facts.published, facts.retired) = (life.period.from, life.period.until);
                }
                (
                    FileContent::Branch(
                        id,
                        facts.map(Box::new),
                        (language.clone(), worded(words, written())),
                    ),
                    said,
                )
            }
            Err(error) => {
                let help = "rename the file and its translations: published, an id never changes";
                return named(file, &error.to_string(), help);
            }
        },
        Folder::Mails => {
            let (mail, said) = content::mail(file, &parts);
            (FileContent::Mail(id, language, mail), said)
        }
        Folder::Services => {
            let (way, words, said) = content::way(file, &language, &parts);
            (FileContent::Way(id, way, (language.clone(), worded(words, written()))), said)
        }
        Folder::News => {
            let (date, words, said) = content::post(file, &language, &parts);
            (FileContent::Post(id, date, (language.clone(), worded(words, written()))), said)
        }
        // No Markdown lies in the folder of strings.
        Folder::Pages | Folder::Strings => {
            let (care, words, said) = content::page(file, &language, &parts);
            (FileContent::Page(id, care, (language.clone(), worded(words, written()))), said)
        }
    };
    diagnostics.extend(said);
    Parsed { content, life, outline, ..Parsed::nothing(diagnostics) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_the_program_fails_over_is_told_and_its_last_good_version_stays() {
        let parsed = read_or("content/topics/catalog.md", || panic!("too wide"));
        let said: Vec<_> = parsed.diagnostics.iter().map(|d| (d.code, d.file.as_str())).collect();
        assert_eq!(said, [("internal", "content/topics/catalog.md")]);
        assert!(parsed.is_broken());
    }
}
