//! Translations that use another word than the glossary. Only blocks whose source hasn't changed
//! since they were marked are checked: what the others translate isn't known.

use crate::blocks::{Change, compare};
use crate::diagnostic::{Diagnostic, Place};
use crate::file::block::BlockOrigin;
use crate::file::content::Translatable;
use crate::file::content::glossary::{Term, occurring};
use crate::site::Site;
use domain::LanguageTag;

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    // Words with an explanation mean other things elsewhere; only people can tell.
    let terms: Vec<_> = site.glossary.iter().filter(|term| !term.is_explained()).cloned().collect();
    let mut diagnostics = Vec::new();
    for languages in site.in_languages().values() {
        let Some(source) = languages.get(&LanguageTag::source()) else { continue };
        for (language, words) in languages.iter().filter(|(language, _)| !language.is_source()) {
            diagnostics.extend(of_file(&terms, *source, *words, language));
        }
    }
    diagnostics
}

fn of_file(
    terms: &[Term],
    source: &dyn Translatable,
    words: &dyn Translatable,
    language: &LanguageTag,
) -> Vec<Diagnostic> {
    let Some(record) = words.record() else {
        return Vec::new();
    };
    let mut diagnostics = Vec::new();
    for pair in compare(source.blocks(), record, words.blocks()) {
        let source = pair.source.and_then(|at| source.blocks().get(at));
        let own = pair.translation.and_then(|at| words.blocks().get(at));
        let (Change::Same, Some(source), Some(own)) = (pair.change, source, own) else { continue };
        // Search words don't follow the English.
        if source.origin == BlockOrigin::Key("also_known_as") {
            continue;
        }
        let text = own.text.to_lowercase();
        for term in occurring(terms, &source.text) {
            let Some(variants) = term.words.get(language) else { continue };
            if variants.iter().any(|variant| text.contains(&variant.to_lowercase())) {
                continue;
            }
            let message = format!("\"{}\" is not called {} here", term.english, variants[0]);
            let help = "use the glossary's word; if this one is right too, add it there: \
                        `{ en: …, vi: [one, two] }`";
            let place = Place { line: own.line, column: 1 };
            diagnostics
                .push(Diagnostic::error("glossary", words.file(), place, message, help).hint());
        }
    }
    diagnostics
}
