//! Translations that are missing, and translations of nothing.

use crate::diagnostic::{Diagnostic, Place};
use crate::site::{Site, Translated};
use domain::LanguageTag;
use domain::language::Extent;
use std::collections::BTreeMap;

/// The languages that each file has been written in, by the source's path without its ending.
fn written(site: &Site) -> BTreeMap<String, Vec<LanguageTag>> {
    let mut written: BTreeMap<String, Vec<LanguageTag>> = BTreeMap::new();
    fn add<T>(
        written: &mut BTreeMap<String, Vec<LanguageTag>>,
        folder: &str,
        id: &str,
        words: &Translated<T>,
    ) {
        written.insert(format!("content/{folder}/{id}"), words.keys().cloned().collect());
    }
    for (id, words) in &site.topics {
        add(&mut written, "topics", id.as_str(), words);
    }
    for (id, words) in &site.branches {
        add(&mut written, "branches", id.as_str(), words);
    }
    for (id, way) in &site.ways {
        add(&mut written, "services", id, &way.words);
    }
    for (id, post) in &site.news {
        add(&mut written, "news", id, &post.words);
    }
    for (id, page) in &site.pages {
        add(&mut written, "pages", id, &page.words);
    }
    written
}

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let written = written(site);
    let mut diagnostics = Vec::new();
    for (path, languages) in &written {
        if !site.files.contains_key(&*format!("{path}.md")) {
            for language in languages {
                diagnostics.push(Diagnostic::error(
                    "translation-of-nothing",
                    &format!("{path}.{language}.md"),
                    Place::START,
                    format!("there is no {path}.md that this translates"),
                    "write the English file first, or mend the name",
                ));
            }
        }
    }
    let whole = site.directory.service.languages.iter();
    for language in whole.filter(|l| l.extent == Extent::Whole && !l.tag.is_source()) {
        let there =
            |path: &&String| site.files.contains_key(&*format!("{path}.{}.md", language.tag));
        let missing: Vec<_> = written.keys().filter(|path| !there(path)).collect();
        if missing.len() == written.len() {
            diagnostics.push(none_at_all(&language.english_name, &language.tag, missing.len()));
            continue;
        }
        for path in missing {
            let file = format!("{path}.md");
            let message = format!("there is no translation to {}", language.english_name);
            let help = format!("write {path}.{}.md; until then readers see English", language.tag);
            let missing =
                Diagnostic::error("missing-translation", &file, Place::START, message, help);
            diagnostics.push(missing.warning());
        }
    }
    diagnostics
}

/// One remark for a language in which nothing is written yet, not one a file.
fn none_at_all(name: &str, tag: &LanguageTag, files: usize) -> Diagnostic {
    Diagnostic::error(
        "missing-translation",
        "content/site.yaml",
        Place::START,
        format!("nothing is translated to {name} ({tag}) yet: {files} files are shown in English"),
        format!("write files that end in .{tag}.md, and strings/{tag}.ftl"),
    )
    .warning()
}
