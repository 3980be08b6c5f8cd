//! What every page shows around its content: the header with the language switcher and navigation,
//! the footer, and notices such as "not translated yet".

use crate::head::Head;
use crate::html::{Html, dir};
use crate::renderer::{RenderError, Renderer};
use domain::LanguageTag;
use domain::language::{Extent, Language};
use serde::Serialize;
use std::borrow::Cow;
use tera::Value;

/// The pages that every footer links to.
pub const FOOTER_PAGES: [&str; 4] = ["its-us", "privacy", "accessibility", "appropriate-use"];

/// What a page says of itself.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The reader's language.
    pub language: LanguageTag,
    /// Its title, without the site's name.
    pub title: String,
    /// What search engines show.
    pub description: String,
    /// How the language is changed.
    pub switch: Switch,
    /// The page above it: address and name.
    pub back: Option<Back>,
    /// Whether it asks to mend something: then its title begins with "Error".
    pub error: bool,
    /// The language of the content, where it isn't the reader's.
    pub content_language: Option<LanguageTag>,
    /// What it says to search engines and feed readers.
    pub head: Head,
    /// A script of the development server, as a whole element.
    pub development: Option<Html>,
    /// Whether it is made from a draft, which is not on the site that patrons see.
    pub draft: bool,
}

/// The page above a page.
#[derive(Debug, Clone, Serialize)]
pub struct Back {
    /// Its address.
    pub href: String,
    /// Its name.
    pub label: Html,
}

/// How the language is changed.
#[derive(Debug, Clone)]
pub enum Switch {
    /// By a link to the same page: its address in the source language.
    Page(String),
    /// By a button that sends this form along, so that no answer is lost.
    Form(String),
    /// By a link to the same page of the desk: its address behind the language.
    Desk(String),
    /// There is no switcher: the page is in all languages, or for staff.
    None,
}

/// The address of a page in a language.
pub fn address(language: &LanguageTag, path: &str) -> String {
    let mut address = String::with_capacity(16 + path.len());
    push_address(&mut address, language, path);
    address
}

/// The same, appended to a string.
pub fn push_address(behind: &mut String, language: &LanguageTag, path: &str) {
    if !language.is_source() {
        behind.push('/');
        behind.extend(language.as_str().chars().map(|letter| letter.to_ascii_lowercase()));
    }
    behind.push_str(path);
}

/// Whether a page exists in languages that have only the form.
pub fn in_form_languages(path: &str) -> bool {
    path == "/" || path.starts_with("/request/")
}

/// The address of a page for a reader of this language: in the source language where theirs
/// doesn't have it.
pub fn address_for(language: &Language, path: &str) -> String {
    match language.extent {
        Extent::Form if !in_form_languages(path) => path.to_owned(),
        _ => address(&language.tag, path),
    }
}

/// What a page says of itself, as templates see it: `page`.
#[derive(Debug, Serialize)]
pub(crate) struct FrameView<'a> {
    title: Cow<'a, str>,
    description: &'a str,
    head: &'a Head,
    /// The addresses that the languages of `site` lead to.
    switch: Vec<String>,
    switch_form: Option<&'a str>,
    back: Option<&'a Back>,
    untranslated: Option<&'a str>,
    development: Option<&'a Html>,
    draft: bool,
}

/// The part of the frame that is the same on all pages of a language: it is made once.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    pub(crate) chrome: LanguageTag,
    /// As templates see it.
    pub(crate) site: Value,
}

/// What is the same on all pages of a language, as templates see it: `site`.
#[derive(Debug, Serialize)]
struct SiteView<'a> {
    lang: &'a str,
    dir: &'static str,
    css: &'a str,
    icon: &'a str,
    system: &'a str,
    name: &'a str,
    /// That the site is a sample, if it is one.
    sample: Option<Html>,
    /// Made from `brand.html`.
    brand: Html,
    /// Made from `footer.html`.
    footer: Html,
    /// Where a session is asked for.
    request: &'a str,
    phone: &'a str,
    phone_link: &'a str,
    hours: &'a str,
    /// A notice, if no person has read this language's strings.
    unreviewed: Option<Html>,
    languages: Vec<SiteLanguage<'a>>,
}

#[derive(Debug, Serialize)]
struct SiteLanguage<'a> {
    lang: &'a str,
    name: &'a str,
    /// Whether it is the page's.
    current: bool,
}

/// What `brand.html` and `footer.html` are made from.
#[derive(Debug, Serialize)]
struct AroundView {
    system: String,
    name: String,
    home: String,
    request: String,
    nav: Vec<NavItem>,
    footer: Vec<NavItem>,
    phone: String,
    phone_link: String,
    hours: String,
}

#[derive(Debug, Serialize)]
struct NavItem {
    href: String,
    label: Html,
    /// Set where the link leads to another language than the page's.
    lang: Option<String>,
}

impl<'a> FrameView<'a> {
    pub(crate) fn new(
        renderer: &'a Renderer,
        frame: &'a Frame,
        chrome: &LanguageTag,
    ) -> Result<Self, RenderError> {
        let title = if frame.error {
            let title = [("title", frame.title.as_str().into())];
            renderer.locale(&frame.language).plain("error-title", &title)?.into()
        } else {
            frame.title.as_str().into()
        };
        let foreign = frame.content_language.as_ref().is_some_and(|l| *l != frame.language);
        let untranslated = foreign || *chrome != frame.language;
        let own = || renderer.directory().language(&frame.language);
        Ok(Self {
            title,
            description: &frame.description,
            head: &frame.head,
            switch: switch(renderer, frame),
            switch_form: match &frame.switch {
                Switch::Form(id) => Some(id),
                Switch::Page(_) | Switch::Desk(_) | Switch::None => None,
            },
            back: frame.back.as_ref(),
            untranslated: untranslated.then(own).flatten().map(|own| own.name.as_str()),
            development: frame.development.as_ref(),
            draft: frame.draft,
        })
    }
}

impl Around {
    pub(crate) fn new(renderer: &Renderer, language: &LanguageTag) -> Result<Self, RenderError> {
        let locale = renderer.locale(language);
        let service = &renderer.directory().service;
        let own = renderer.directory().language(language);
        let to = |path: &str| own.map_or_else(|| path.to_owned(), |own| address_for(own, path));
        let mut nav = Vec::new();
        for (path, key) in NAV {
            nav.push(nav_item(own, path, locale.t(key, &[])?));
        }
        let mut footer = Vec::new();
        for id in FOOTER_PAGES {
            let label = renderer
                .bundle()
                .worded(language, |texts| texts.pages.get(id).map(|page| page.title.as_str()));
            footer.push(nav_item(own, &format!("/{id}/"), locale.worded(label, id)));
        }
        let view = AroundView {
            system: service.system.clone(),
            name: service.name.clone(),
            home: to("/"),
            request: to("/request/"),
            nav,
            footer,
            phone: service.phone.to_string(),
            phone_link: format!("tel:{}", service.phone.dial()),
            hours: locale.service_hours()?,
        };
        let chrome = locale.chrome();
        let made = |template| renderer.part(template, chrome, &view).map(Html::trusted);
        let assets = &renderer.bundle().assets;
        let languages = service.languages.iter().map(|other| SiteLanguage {
            lang: other.tag.html_lang(),
            name: &other.name,
            current: other.tag == *language,
        });
        let site = SiteView {
            lang: chrome.html_lang(),
            dir: dir(chrome),
            css: &assets.css,
            icon: &assets.icon,
            system: &view.system,
            name: &view.name,
            sample: service
                .sample
                .then(|| locale.t("sample", &[("system", view.system.as_str().into())]))
                .transpose()?,
            brand: made("brand.html")?,
            footer: made("footer.html")?,
            request: &view.request,
            phone: &view.phone,
            phone_link: &view.phone_link,
            hours: &view.hours,
            unreviewed: renderer
                .strings()
                .unreviewed(chrome)
                .then(|| locale.t("unreviewed", &[("phone", view.phone.as_str().into())]))
                .transpose()?,
            languages: languages.collect(),
        };
        Ok(Self { site: Value::try_from_serializable(&site)?, chrome: chrome.clone() })
    }
}

const NAV: [(&str, &str); 4] = [
    ("/topics/", "nav-topics"),
    ("/services/", "nav-services"),
    ("/libraries/", "nav-libraries"),
    ("/news/", "nav-news"),
];

fn nav_item(own: Option<&Language>, path: &str, label: Html) -> NavItem {
    let href = own.map_or_else(|| path.to_owned(), |own| address_for(own, path));
    let foreign = own.is_some_and(|own| !own.tag.is_source() && href == path);
    let source = LanguageTag::source();
    NavItem { href, label, lang: foreign.then(|| source.html_lang().to_owned()) }
}

fn switch(renderer: &Renderer, frame: &Frame) -> Vec<String> {
    let languages = renderer.directory().service.languages.iter();
    let in_address = |language: &Language| language.tag.in_address();
    match &frame.switch {
        Switch::None => Vec::new(),
        // A language that doesn't have the page has its home page.
        Switch::Page(path) => languages
            .map(|language| match language.extent {
                Extent::Form if !in_form_languages(path) => address(&language.tag, "/"),
                _ => address(&language.tag, path),
            })
            .collect(),
        Switch::Form(_) => {
            languages.map(|language| format!("/desk/{}/form", in_address(language))).collect()
        }
        Switch::Desk(path) => {
            languages.map(|language| format!("/desk/{}/{path}", in_address(language))).collect()
        }
    }
}
