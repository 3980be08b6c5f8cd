//! `translations fill`: puts what a translator wrote into the files. What could harm readers, such
//! as a lost phone number or a changed link, is reported instead.

use super::fill_page::{PageFill, fill_page};
use super::sheet::{RowId, extent};
use super::sheet_file::Given;
use super::strings;
use crate::blocks::Texts;
use crate::paths;
use crate::site::Site;
use domain::LanguageTag;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It stands in its file now.
    Filled,
    /// It is what stood there before. A changed source stays marked as changed.
    Unchanged,
    /// Nothing was written into it.
    Empty,
    /// It isn't filled, and why.
    Problem(String),
}

/// The result of filling in a sheet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The files to write.
    pub files: BTreeMap<String, String>,
    /// Each row and what became of it, in the order of the sheet.
    pub outcomes: Vec<(String, Outcome)>,
    /// Translations that a person had read, and that say something else now.
    pub unread: Vec<String>,
    /// Texts that were taken out because the source no longer has them: file and text.
    pub removed: Vec<(String, String)>,
}

/// A row that passed all checks that need no other file.
pub(crate) struct FillRow {
    /// Its place in the sheet.
    pub(crate) at: usize,
    pub(crate) id: RowId,
    pub(crate) text: String,
}

/// Fills what can be filled. `reviewed` says who has read all of it, and when.
pub fn fill(
    texts: Texts<'_>,
    site: &Site,
    given: &[Given],
    reviewed: Option<(&str, Date)>,
) -> Filled {
    let mut filled = Filled::default();
    let mut outcomes: Vec<Outcome> = vec![Outcome::Unchanged; given.len()];
    let mut pages: BTreeMap<(LanguageTag, String), Vec<FillRow>> = BTreeMap::new();
    for (at, given_row) in given.iter().enumerate() {
        match entry(site, given, at) {
            Ok(Some(entry)) => {
                let page = (entry.id.language.clone(), entry.id.page.clone());
                pages.entry(page).or_default().push(entry);
            }
            Ok(None) if given_row.translation.trim().is_empty() => outcomes[at] = Outcome::Empty,
            // The same row again, with the same words.
            Ok(None) => {}
            Err(problem) => outcomes[at] = Outcome::Problem(problem),
        }
    }
    for ((language, page), entries) in &pages {
        if page == "strings" {
            fill_strings(texts, language, entries, &mut outcomes, &mut filled);
        } else {
            let page = PageFill { texts, page, language, reviewed };
            fill_page(&page, entries, &mut outcomes, &mut filled);
        }
    }
    let rows = given.iter().map(|given| given.row.clone());
    filled.outcomes = rows.zip(outcomes).collect();
    filled
}

/// Checks a row by itself; `None` if there is nothing to fill.
fn entry(site: &Site, given: &[Given], at: usize) -> Result<Option<FillRow>, String> {
    let own = &given[at];
    let same: Vec<_> = given.iter().enumerate().filter(|(_, g)| g.row == own.row).collect();
    if same.iter().any(|(_, other)| other.translation.trim() != own.translation.trim()) {
        return Err("it stands in the sheet twice, with two translations".to_owned());
    }
    if own.translation.trim().is_empty() || same.iter().any(|(other, _)| *other < at) {
        return Ok(None);
    }
    let Some(id) = RowId::parse(&own.row) else {
        return Err("its first column isn't as the sheet had it".to_owned());
    };
    extent(site, &id.language).map_err(|error| error.to_string())?;
    Ok(Some(FillRow { at, id, text: own.translation.trim().to_owned() }))
}

fn fill_strings(
    texts: Texts<'_>,
    language: &LanguageTag,
    entries: &[FillRow],
    outcomes: &mut [Outcome],
    filled: &mut Filled,
) {
    let source = strings::of_source(texts);
    let order: Vec<_> = source.iter().map(|text| text.key.clone()).collect();
    let own = strings::of_language(texts, language);
    let file = paths::strings(language);
    let before = texts.get(&file).unwrap_or_default();
    let mut text = before.to_owned();
    for entry in entries {
        let key = &entry.id.block;
        outcomes[entry.at] = match source.iter().find(|source| source.key == *key) {
            None => Outcome::Problem(format!("there is no string {key} any more")),
            Some(source) if source.hash != entry.id.hash => Outcome::Problem(changed_since()),
            _ if own.get(key).is_some_and(|own| own.pattern == entry.text) => Outcome::Unchanged,
            Some(source) => match filled_string(&text, source, &entry.text, &order) {
                Ok(with) => {
                    text = with;
                    Outcome::Filled
                }
                Err(problem) => Outcome::Problem(problem),
            },
        };
    }
    if text != before {
        filled.files.insert(file, text);
    }
}

fn filled_string(
    text: &str,
    source: &strings::Text,
    translation: &str,
    order: &[String],
) -> Result<String, String> {
    let with = strings::set(text, &source.key, translation, order)?;
    let Some(read) = strings::read(&with).into_iter().find(|text| text.key == source.key) else {
        return Err("Fluent can't read it: see the English for how braces are used".to_owned());
    };
    // A form of a sentence may say its number in words; a plain sentence keeps all its values.
    let lost = source.values.difference(&read.values).next().filter(|_| !source.chooses);
    match (lost, read.values.difference(&source.values).next()) {
        (Some(lost), _) => Err(format!("{{ ${lost} }} is missing in it")),
        (None, Some(strange)) => Err(format!("{{ ${strange} }} is not in the English")),
        (None, None) => Ok(with),
    }
}

pub(crate) fn changed_since() -> String {
    "the English has changed since the sheet was made; make a new one".to_owned()
}
