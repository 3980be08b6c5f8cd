//! Mails: the wording of `content/mails/` with values put in, as text and as HTML.

use crate::html::{Html, dir};
use crate::markdown::{self, Document};
use crate::renderer::{RenderError, Renderer};
use domain::LanguageTag;
use serde::Serialize;
use std::collections::BTreeMap;

/// A mail's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailParts {
    /// The subject.
    pub subject: String,
    /// The body as plain text: the wording's Markdown.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The language of all three.
    pub language: LanguageTag,
}

#[derive(Serialize)]
struct MailView {
    lang: String,
    dir: &'static str,
    subject: String,
    system: String,
    name: String,
    body: Html,
}

/// The language that a mail of a kind will be in: the reader's, if there is a wording in it.
pub fn language_of(renderer: &Renderer, kind: &str, language: &LanguageTag) -> LanguageTag {
    let wordings = renderer.bundle().mails.get(kind);
    match wordings {
        Some(wordings) if wordings.contains_key(language) => language.clone(),
        _ => LanguageTag::source(),
    }
}

/// Makes a mail of a kind in a language, or else in the source language. The values are put in
/// after the Markdown is parsed: nothing in them is markup.
pub fn compose(
    renderer: &Renderer,
    kind: &str,
    language: &LanguageTag,
    values: &BTreeMap<&str, String>,
) -> Result<MailParts, RenderError> {
    let missing = || RenderError::MailMissing(kind.to_owned());
    let wordings = renderer.bundle().mails.get(kind).ok_or_else(missing)?;
    let source = LanguageTag::source();
    let (language, wording) = wordings
        .get_key_value(language)
        .or_else(|| wordings.get_key_value(&source))
        .ok_or_else(missing)?;
    let put_in = |text: &str| {
        markdown::fill(text, |name| values.get(name).cloned())
            .map_err(|placeholder| RenderError::Placeholder { kind: kind.to_owned(), placeholder })
    };
    let subject = put_in(&wording.subject)?;
    let text = put_in(&wording.body)?;
    let body = Document::parse(&wording.body).write(language).html(&markdown::Options {
        value: &|name| values.get(name).cloned(),
        link: &|_| None,
        // A mail loads nothing: the text of an image stands in its place.
        image: &|_| None,
        word: &|word| renderer.strings().find(language, word.key(), None).ok(),
    });
    let service = &renderer.directory().service;
    let html = renderer.render(
        "mail/frame.html",
        &MailView {
            lang: language.html_lang().to_owned(),
            dir: dir(language),
            subject: subject.clone(),
            system: service.system.clone(),
            name: service.name.clone(),
            body,
        },
    )?;
    Ok(MailParts { subject, text, html, language: language.clone() })
}
