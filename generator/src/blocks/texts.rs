//! The files of the content folder by their names: which translates which.

use super::page_text::PageText;
use crate::diagnostic::{Diagnostic, suggestion};
use crate::file::block::Block;
use crate::paths::{ContentFile, in_content, stem, within_content};
use crate::source::{self, Folders, LoadError};
use domain::LanguageTag;
use std::collections::BTreeMap;

/// The texts of all files of the content folder, by paths like `content/topics/genealogy.vi.md`.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a>(pub &'a BTreeMap<String, String>);

/// Reads the content folder as it is written, with the line ends that its writers have: the site
/// keeps texts without them. What isn't text is passed over.
pub fn read_texts(folders: &Folders) -> Result<BTreeMap<String, String>, LoadError> {
    let mut texts = BTreeMap::new();
    for (relative, path) in source::walk(&folders.content, "content")? {
        let text = source::read_file(&path)?.and_then(|bytes| String::from_utf8(bytes).ok());
        texts.extend(text.map(|text| (in_content(&relative), text)));
    }
    Ok(texts)
}

/// Why a file can't be taken for a translation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTranslation {
    /// There is no such file.
    #[error("there is no file {0}; {1}")]
    Missing(String, String),
    /// It is written in the source language.
    #[error("{0} is the source: name a translation of it, like {1}")]
    Source(String, String),
    /// It translates nothing.
    #[error("there is no {1} that {0} translates; write that first, or mend the name")]
    OfNothing(String, String),
    /// Nothing like it is translated.
    #[error("{0} is no translation: those are files like content/topics/genealogy.vi.md")]
    Other(String),
    /// It is a language that the site doesn't have.
    #[error("there is no language {0} to translate to in content/site.yaml; {1}")]
    Language(LanguageTag, String),
    /// Its front matter can't be read.
    #[error("{file}:{line}: {message}; {help}")]
    Unreadable {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: String,
    },
}

impl From<Diagnostic> for NoTranslation {
    fn from(wrong: Diagnostic) -> Self {
        Self::Unreadable {
            file: wrong.file,
            line: wrong.line,
            message: wrong.message,
            help: wrong.help,
        }
    }
}

/// A translation and its source.
pub(crate) struct Both {
    pub(crate) source: PageText,
    pub(crate) translation: PageText,
}

impl<'a> Texts<'a> {
    /// The pages that are translated, by the paths of their sources without the ending. Of the
    /// mails those to patrons: staff read English.
    pub fn pages(self) -> Vec<&'a str> {
        let sources = self.0.keys().filter_map(|file| {
            let ContentFile { folder, id, tag: None } = ContentFile::parse(file)? else {
                return None;
            };
            folder.is_translated(id).then(|| stem(file))
        });
        sources.collect()
    }

    /// A file's text.
    pub fn get(self, file: &str) -> Option<&'a str> {
        self.0.get(file).map(String::as_str)
    }

    /// The file that is meant: from where the content folder lies, or from within it.
    pub fn translation(self, named: &str) -> Result<String, NoTranslation> {
        let named = named.replace('\\', "/");
        let named = named.trim_start_matches("./");
        let found = [named.to_owned(), in_content(named)]
            .into_iter()
            .find(|file| self.0.contains_key(file));
        let Some(file) = found else {
            let files: Vec<_> = self.0.keys().filter(|file| source_of(file).is_some()).collect();
            let meant = in_content(within_content(named));
            let advice = suggestion(&meant, &near(&files, named));
            return Err(NoTranslation::Missing(named.to_owned(), advice));
        };
        match source_of(&file) {
            Some((source, _)) if !self.0.contains_key(&source) => {
                Err(NoTranslation::OfNothing(file, source))
            }
            Some(_) => Ok(file),
            None if file.ends_with(".md") => {
                let like = file.replace(".md", ".vi.md");
                Err(NoTranslation::Source(file, like))
            }
            None => Err(NoTranslation::Other(file)),
        }
    }

    /// A translation that is there, and its source.
    pub(crate) fn both(self, translation: &str) -> Result<Both, NoTranslation> {
        let other = || NoTranslation::Other(translation.to_owned());
        let (source, _) = source_of(translation).ok_or_else(other)?;
        let text = |file: &str| self.get(file).ok_or_else(other);
        Ok(Both {
            source: PageText::read(&source, text(&source)?)?,
            translation: PageText::read(translation, text(translation)?)?,
        })
    }
}

/// The few names to choose from: those in the same folder.
fn near<'f>(files: &[&'f String], named: &str) -> Vec<&'f str> {
    let folder = within_content(named).split('/').next().unwrap_or("");
    let here = in_content(&format!("{folder}/"));
    files.iter().map(|file| file.as_str()).filter(|file| file.starts_with(&here)).collect()
}

/// The source of a translation and its language: both stand in its name.
pub fn source_of(file: &str) -> Option<(String, LanguageTag)> {
    let file = ContentFile::parse(file)?;
    file.tag?;
    Some((file.source(), file.language()?))
}

impl Both {
    /// The blocks of source and translation.
    pub(crate) fn blocks(&self) -> (Vec<Block>, Vec<Block>) {
        (self.source.blocks(), self.translation.blocks())
    }
}
