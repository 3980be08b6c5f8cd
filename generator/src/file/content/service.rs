//! `content/services/*.md`, `content/news/*.md`, `content/pages/*.md` and `content/mails/*.md`.

use super::aliases::aliases;
use super::branch;
use super::life;
use super::words::{PageWords, Words, translation};
use crate::diagnostic::Diagnostic;
use crate::file::front_matter::Parts;
use crate::file::read::{self, Keys};
use domain::{LanguageTag, WayToMeet};
use jiff::civil::Date;
use render::bundle::MailText;

type Page<F> = (Option<F>, Option<Words<PageWords>>, Vec<Diagnostic>);

/// A page of the service: the way to meet it is about, if it is about one, and whether it is
/// about safety, voicemail, erasure or guardians.
pub(crate) fn way(
    file: &str,
    language: &LanguageTag,
    parts: &Parts,
) -> Page<(Option<WayToMeet>, bool)> {
    if !language.is_source() {
        let read = |keys: &mut Keys<'_>| PageWords::read(keys, "card");
        let (words, diagnostics) =
            translation(file, parts, &["way", "order", "care", "aliases"], read);
        return (None, words, diagnostics);
    }
    let mut keys = Keys::new(file, &parts.keys);
    let words = PageWords::read(&mut keys, "card");
    let way = keys.optional("way", branch::way);
    keys.optional("order", read::number::<i32>);
    let care = keys.optional("care", read::flag).unwrap_or(false);
    keys.known(&life::KEYS);
    let aliases = aliases(file, &mut keys);
    let words = words.map(|words| Words::new(file, parts, words, true).moved_from(aliases));
    (Some((way, care)), words, keys.finish(&[]))
}

/// A news post: its day.
pub(crate) fn post(file: &str, language: &LanguageTag, parts: &Parts) -> Page<Date> {
    if !language.is_source() {
        let read = |keys: &mut Keys<'_>| PageWords::read(keys, "summary");
        let (words, diagnostics) = translation(file, parts, &["date", "aliases"], read);
        return (None, words, diagnostics);
    }
    let mut keys = Keys::new(file, &parts.keys);
    let words = PageWords::read(&mut keys, "summary");
    let date = keys.required("date", read::date);
    keys.known(&life::KEYS);
    let aliases = aliases(file, &mut keys);
    let words = words.map(|words| Words::new(file, parts, words, true).moved_from(aliases));
    (date, words, keys.finish(&[]))
}

/// A page: whether it is about safety, voicemail, erasure or guardians.
pub(crate) fn page(file: &str, language: &LanguageTag, parts: &Parts) -> Page<bool> {
    if !language.is_source() {
        let read = |keys: &mut Keys<'_>| PageWords::read(keys, "summary");
        let (words, diagnostics) = translation(file, parts, &["care", "aliases"], read);
        return (None, words, diagnostics);
    }
    let mut keys = Keys::new(file, &parts.keys);
    let words = PageWords::read(&mut keys, "summary");
    let care = keys.optional("care", read::flag).unwrap_or(false);
    keys.known(&life::KEYS);
    let aliases = aliases(file, &mut keys);
    let words = words.map(|words| Words::new(file, parts, words, true).moved_from(aliases));
    (Some(care), words, keys.finish(&[]))
}

/// A mail's wording.
pub(crate) fn mail(file: &str, parts: &Parts) -> (Option<MailText>, Vec<Diagnostic>) {
    let mut keys = Keys::new(file, &parts.keys);
    let subject = keys.required("subject", read::text);
    super::words::reviewed(&mut keys);
    super::words::translates(&mut keys);
    let body = parts.body.trim().to_owned() + "\n";
    (subject.map(|subject| MailText { subject, body }), keys.finish(&[]))
}
