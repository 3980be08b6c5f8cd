//! Translations that are missing, that are behind their source, that nobody has read, and
//! translations of nothing.

use super::Look;
use crate::blocks::{Change, Pair, compare};
use crate::diagnostic::{Diagnostic, Place};
use crate::file::content::Translatable;
use crate::paths::{SITE_YAML, source_file, strings, translation_file};
use crate::site::{InLanguages, Site};
use domain::LanguageTag;
use domain::language::{Extent, Language};
use std::collections::BTreeMap;

/// Missing and stale translations are only warnings or hints, because pages say so themselves.
pub(super) fn check(site: &Site, look: Look) -> Vec<Diagnostic> {
    let written = site.in_languages();
    let mut diagnostics = Vec::new();
    for (path, languages) in &written {
        if !site.files.contains_key(&*source_file(path)) {
            for language in languages.keys() {
                diagnostics.push(Diagnostic::error(
                    "translation-of-nothing",
                    &translation_file(path, language),
                    Place::START,
                    format!("there is no {path}.md that this translates"),
                    "write the English file first, or mend the name",
                ));
            }
        }
    }
    diagnostics.extend(unknown_languages(site, &written));
    if look == Look::ForErrors {
        return diagnostics;
    }
    let languages = site.directory.service.languages.iter();
    for language in languages.filter(|language| !language.tag.is_source()) {
        if language.extent == Extent::Whole {
            diagnostics.extend(missing(site, &written, language));
        }
        diagnostics.extend(unmarked(&written, language));
        diagnostics.extend(unreviewed(&written, language));
    }
    for languages in written.values() {
        let Some(source) = languages.get(&LanguageTag::source()) else { continue };
        for translation in languages.values() {
            diagnostics.extend(stale(*source, *translation));
        }
    }
    diagnostics
}

/// Files in a language that the site doesn't have: nobody would ever see them.
fn unknown_languages(site: &Site, written: &BTreeMap<String, InLanguages<'_>>) -> Vec<Diagnostic> {
    let known: Vec<_> =
        site.directory.service.languages.iter().map(|language| language.tag.as_str()).collect();
    let pages = written.iter().flat_map(|(path, languages)| {
        languages.keys().map(move |tag| (*tag, translation_file(path, tag)))
    });
    let strings = site.strings.keys().map(|tag| (tag, strings(tag)));
    let unknown =
        pages.chain(strings).filter(|(tag, _)| !tag.is_source() && !known.contains(&tag.as_str()));
    let diagnostic = |(tag, file): (&LanguageTag, String)| {
        Diagnostic::error(
            "unknown-language",
            &file,
            Place::START,
            format!("this site has no language {tag}, so nobody would see this file"),
            format!("name it after one of {}, or add the language in site.yaml", known.join(", ")),
        )
    };
    unknown.map(diagnostic).collect()
}

fn missing(
    site: &Site,
    written: &BTreeMap<String, InLanguages<'_>>,
    language: &Language,
) -> Vec<Diagnostic> {
    let there = |path: &&String| site.files.contains_key(&*translation_file(path, &language.tag));
    let missing: Vec<_> = written.keys().filter(|path| !there(path)).collect();
    if missing.len() == written.len() {
        return vec![none_at_all(&language.english_name, &language.tag, missing.len())];
    }
    let missing = missing.into_iter().map(|path| {
        let file = source_file(path);
        let message = format!("there is no translation to {}", language.english_name);
        let help = format!("write {path}.{}.md; until then readers see English", language.tag);
        Diagnostic::error("missing-translation", &file, Place::START, message, help).warning()
    });
    missing.collect()
}

/// One diagnostic for a language in which nothing is written yet, instead of one for each file.
fn none_at_all(name: &str, tag: &LanguageTag, files: usize) -> Diagnostic {
    Diagnostic::error(
        "missing-translation",
        SITE_YAML,
        Place::START,
        format!("nothing is translated to {name} ({tag}) yet: {files} files are shown in English"),
        format!("write files that end in .{tag}.md, and strings/{tag}.ftl"),
    )
    .warning()
}

/// The translations to a language that fulfil a condition, and how many there are in all.
fn those<'a>(
    written: &'a BTreeMap<String, InLanguages<'a>>,
    language: &Language,
    holds: impl Fn(&dyn Translatable) -> bool,
) -> (Vec<&'a dyn Translatable>, usize) {
    let all: Vec<_> = written
        .values()
        .filter(|languages| languages.contains_key(&LanguageTag::source()))
        .filter_map(|languages| languages.get(&language.tag).copied())
        .collect();
    let number = all.len();
    (all.into_iter().filter(|words| holds(*words)).collect(), number)
}

/// Translations that were never marked: nothing shows whether their source has changed since.
fn unmarked(written: &BTreeMap<String, InLanguages<'_>>, language: &Language) -> Vec<Diagnostic> {
    const MANY: usize = 5;
    let (unmarked, all) = those(written, language, |words| words.record().is_none());
    let say = |file: &str, message: String, help: String| {
        Diagnostic::error("unmarked-translation", file, Place::START, message, help).hint()
    };
    if unmarked.len() >= MANY && unmarked.len() == all {
        let name = &language.english_name;
        let message =
            format!("no {name} translation says which text it translates, so none can be stale");
        let help = format!(
            "once they agree with the English, run `book-a-librarian translations mark` on the \
             files that end in .{}.md",
            language.tag
        );
        return vec![say(SITE_YAML, message, help)];
    }
    let unmarked = unmarked.into_iter().map(|words| {
        let message = "nothing says which text this translates, so it can't be seen to be stale";
        let file = words.file();
        let help = format!(
            "once it agrees with the English, run `book-a-librarian translations mark {file}`"
        );
        say(file, message.to_owned(), help)
    });
    unmarked.collect()
}

/// One diagnostic for each language: pages say so themselves, and `translations status` lists them.
fn unreviewed(
    written: &BTreeMap<String, InLanguages<'_>>,
    language: &Language,
) -> Option<Diagnostic> {
    let (unreviewed, all) = those(written, language, |words| !words.is_reviewed());
    let name = &language.english_name;
    let help = "whoever has read one writes `reviewed: { by: …, on: … }` into it; `translations \
                status` lists them";
    let (file, message) = match unreviewed.as_slice() {
        [] => return None,
        [one] => (one.file(), format!("nobody has read this {name} translation yet")),
        many if many.len() == all => {
            (SITE_YAML, format!("nobody has read the {name} translations yet"))
        }
        many => {
            (SITE_YAML, format!("nobody has read {} of {all} {name} translations yet", many.len()))
        }
    };
    Some(Diagnostic::error("unreviewed-translation", file, Place::START, message, help).hint())
}

/// The blocks in which a translation is behind its source, each at its place.
fn stale(source: &dyn Translatable, translation: &dyn Translatable) -> Vec<Diagnostic> {
    let Some(record) = translation.record() else {
        return Vec::new();
    };
    let blocks = translation.blocks();
    let mut line = 1;
    let mut diagnostics = Vec::new();
    for Pair { change, source: of, translation: at } in compare(source.blocks(), record, blocks) {
        let block = at.and_then(|at| blocks.get(at));
        line = block.map_or(line, |block| block.line);
        let of = of.and_then(|of| source.blocks().get(of));
        let (message, help) = match (change, of) {
            (Change::Same, _) => {
                line = block.map_or(line, |block| block.last_line);
                continue;
            }
            (Change::Changed, Some(of)) => (
                format!("the English of this {} is now \"{}\"", of.name(), of.beginning()),
                "translate it anew",
            ),
            (_, Some(of)) => (
                format!("the English has a new {} here: \"{}\"", of.name(), of.beginning()),
                "translate it too",
            ),
            (_, None) => {
                ("the English no longer has what this says".to_owned(), "take it out here too")
            }
        };
        let file = translation.file();
        let help = format!("{help}, then run `book-a-librarian translations mark {file}`");
        let place = Place { line, column: 1 };
        let stale = Diagnostic::error("stale-translation", file, place, message, help);
        diagnostics.push(stale.warning());
    }
    diagnostics
}
