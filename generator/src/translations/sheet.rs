//! A sheet for a translator: a row for each block, with the source, the translation so far, and
//! notes.

use super::strings;
use crate::blocks::{Change, NoTranslation, PageText, Texts, compare, parallel};
use crate::diagnostic::suggestion;
use crate::file::block::{Block, BlockHash, BlockOrigin};
use crate::file::content::glossary;
use crate::paths::{Folder, source_file, translation_file, within_content};
use crate::site::Site;
use domain::LanguageTag;
use domain::language::Extent;
use render::markdown::blocks::BlockKind;
use render::markdown::placeholders;
use std::fmt;

/// What identifies a row when the sheet comes back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowId {
    /// The language to translate to.
    pub language: LanguageTag,
    /// The page, like `topics/genealogy`, or `strings`.
    pub page: String,
    /// The key, or the number of the block in the body from 1.
    pub block: String,
    /// The source's text at that time.
    pub hash: BlockHash,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.language, self.page, self.block, self.hash)
    }
}

impl RowId {
    /// Reads what stands in a sheet.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, hash) = text.trim().rsplit_once('/')?;
        let (rest, block) = rest.rsplit_once('/')?;
        let (language, page) = rest.split_once('/')?;
        Some(Self {
            language: LanguageTag::parse(language).ok()?,
            page: page.to_owned(),
            block: block.to_owned(),
            hash: BlockHash::parse(hash).ok()?,
        })
    }
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What identifies it.
    pub id: RowId,
    /// How its translation stands.
    pub state: &'static str,
    /// The source.
    pub source: String,
    /// The translation, where there is one.
    pub translation: String,
    /// Notes for the translator.
    pub note: String,
}

/// The rows for a language: what is missing or has changed, or everything.
pub fn rows(
    texts: Texts<'_>,
    site: &Site,
    language: &LanguageTag,
    all: bool,
) -> Result<Vec<Row>, NoTranslation> {
    let extent = extent(site, language)?;
    let mut rows = Vec::new();
    for page in texts.pages() {
        let in_form =
            page == Folder::Pages.stem("index") || page.starts_with(&Folder::Mails.stem(""));
        if extent == Extent::Whole || in_form {
            rows.extend(of_page(texts, site, page, language)?);
        }
    }
    rows.extend(of_strings(texts, site, language));
    rows.retain(|row| all || matches!(row.state, "missing" | "changed"));
    Ok(rows)
}

/// How much of the site a language has, if it is one to translate to.
pub(crate) fn extent(site: &Site, language: &LanguageTag) -> Result<Extent, NoTranslation> {
    let languages = &site.directory.service.languages;
    let others: Vec<_> = languages.iter().filter(|known| !known.tag.is_source()).collect();
    let found = others.iter().find(|known| known.tag == *language);
    found.map(|known| known.extent).ok_or_else(|| {
        let tags: Vec<_> = others.iter().map(|known| known.tag.as_str()).collect();
        NoTranslation::Language(language.clone(), suggestion(language.as_str(), &tags))
    })
}

fn of_page(
    texts: Texts<'_>,
    site: &Site,
    page: &str,
    language: &LanguageTag,
) -> Result<Vec<Row>, NoTranslation> {
    let source_file = source_file(page);
    let source = PageText::read(&source_file, texts.get(&source_file).unwrap_or_default())?;
    let source = source.blocks();
    let file = translation_file(page, language);
    let own = texts.get(&file).map(|text| PageText::read(&file, text)).transpose()?;
    let (record, blocks) = match &own {
        Some(own) => (own.record(), own.blocks()),
        None => (None, Vec::new()),
    };
    let mut standing: Vec<(&'static str, Option<&Block>)> = match (&own, &record) {
        (None, _) => vec![("missing", None); source.len()],
        (Some(_), None) if parallel(&source, &blocks) => {
            blocks.iter().map(|block| ("not marked", Some(block))).collect()
        }
        (Some(_), _) => vec![("not marked", None); source.len()],
    };
    for pair in record.iter().flat_map(|record| compare(&source, record, &blocks)) {
        if let Some(at) = pair.source {
            let state = match pair.change {
                Change::Same => "unchanged",
                Change::Changed => "changed",
                Change::Added | Change::Removed => "missing",
            };
            standing[at] = (state, pair.translation.and_then(|at| blocks.get(at)));
        }
    }
    let mut number = 0;
    let rows = source.iter().zip(standing).map(|(block, (state, own))| Row {
        id: RowId {
            language: language.clone(),
            page: within_content(page).to_owned(),
            block: match block.origin {
                BlockOrigin::Key(key) => key.to_owned(),
                BlockOrigin::Body(_) => {
                    number += 1;
                    number.to_string()
                }
            },
            hash: block.hash.clone(),
        },
        state,
        source: block.text.clone(),
        translation: own.map(|own| own.text.clone()).unwrap_or_default(),
        note: note(site, block, language, state),
    });
    Ok(rows.collect())
}

/// Notes on what to keep in mind when translating a block.
fn note(site: &Site, block: &Block, language: &LanguageTag, state: &str) -> String {
    let mut notes = Vec::new();
    match (block.origin, state) {
        (_, "changed") => notes.push("the English has changed".to_owned()),
        (BlockOrigin::Key("also_known_as"), _) => {
            notes.push("words that people search by, with commas between".to_owned());
        }
        _ => {}
    }
    match block.origin {
        BlockOrigin::Key(_) | BlockOrigin::Body(BlockKind::Paragraph) => {}
        BlockOrigin::Body(BlockKind::Table) => notes.push("a table: keep the | signs".to_owned()),
        BlockOrigin::Body(BlockKind::Code) => notes.push("keep the marks around it".to_owned()),
        BlockOrigin::Body(BlockKind::Quote) => notes.push("keep the > signs".to_owned()),
        BlockOrigin::Body(_) => notes.push(block.name().to_owned()),
    }
    let kept: Vec<_> =
        placeholders(&block.text).into_iter().map(|(name, _)| format!("{{{name}}}")).collect();
    if !kept.is_empty() {
        notes.push(format!("keep {}", kept.join(" ")));
    }
    if block.text.contains("](") {
        notes.push("translate what is in [ ], keep the address in ( )".to_owned());
    }
    notes.extend(terms(site, &block.text, language));
    notes.join("; ")
}

/// The glossary's words for the terms of a text.
fn terms(site: &Site, text: &str, language: &LanguageTag) -> Option<String> {
    let words: Vec<_> = glossary::occurring(&site.glossary, text)
        .into_iter()
        .filter_map(|term| {
            let words = term.words.get(language)?;
            Some(format!("{} = {}", term.english, words.join(" / ")))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn of_strings(texts: Texts<'_>, site: &Site, language: &LanguageTag) -> Vec<Row> {
    let own = strings::of_language(texts, language);
    let rows = strings::of_source(texts).into_iter().map(|text| {
        let translation = own.get(&text.key).map(|own| own.pattern.clone());
        let mut notes = Vec::new();
        if text.chooses {
            notes.push(
                "Fluent: a form of the sentence for each number; see the rules of your language \
                 for which there are"
                    .to_owned(),
            );
        }
        if !text.values.is_empty() {
            let values: Vec<_> = text.values.iter().map(|v| format!("{{ ${v} }}")).collect();
            notes.push(format!("keep {}", values.join(" ")));
        }
        notes.extend(terms(site, &text.pattern, language));
        Row {
            id: RowId {
                language: language.clone(),
                page: "strings".to_owned(),
                block: text.key,
                hash: text.hash,
            },
            state: if translation.is_some() { "unchanged" } else { "missing" },
            source: text.pattern,
            translation: translation.unwrap_or_default(),
            note: notes.join("; "),
        }
    });
    rows.collect()
}
