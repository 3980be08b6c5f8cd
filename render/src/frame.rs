//! What every page shows around its content: the header with the languages, the way out, the
//! footer, and the notices that a page owes its reader.

use crate::head::Head;
use crate::html::{Html, dir};
use crate::renderer::{RenderError, Renderer};
use domain::LanguageTag;
use domain::language::{Extent, Language};
use serde::Serialize;

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
    /// Not at all: the page is in all languages, or for staff.
    None,
}

/// The address of a page in a language.
pub fn address(language: &LanguageTag, path: &str) -> String {
    if language.is_source() { path.to_owned() } else { format!("/{}{path}", language.in_address()) }
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

/// The frame as templates see it.
#[derive(Debug, Serialize)]
pub(crate) struct FrameView {
    pub(crate) chrome: LanguageTag,
    lang: String,
    dir: &'static str,
    title: String,
    description: String,
    head: Head,
    css: String,
    icon: String,
    system: String,
    name: String,
    /// Made from `brand.html`.
    brand: Html,
    switch: Vec<SwitchItem>,
    switch_form: Option<String>,
    sample: bool,
    /// Made from `footer.html`.
    footer: Html,
    /// Where a session is asked for.
    request: String,
    back: Option<Back>,
    phone: String,
    phone_link: String,
    hours: String,
    unreviewed: bool,
    untranslated: Option<String>,
    development: Option<Html>,
    draft: bool,
}

#[derive(Debug, Serialize)]
struct SwitchItem {
    lang: String,
    name: String,
    href: String,
    current: bool,
}

/// What is around all pages of a language, and the same on each: it is made once.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    brand: Html,
    footer: Html,
}

/// The same as its templates see it.
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

impl FrameView {
    pub(crate) fn new(renderer: &Renderer, frame: &Frame) -> Result<Self, RenderError> {
        let locale = renderer.locale(&frame.language);
        let service = &renderer.directory().service;
        let assets = &renderer.bundle().assets;
        let chrome = locale.chrome().clone();
        let own = renderer.directory().language(&frame.language);
        let title = if frame.error {
            locale.plain("error-title", &[("title", frame.title.as_str().into())])?
        } else {
            frame.title.clone()
        };
        let Around { brand, footer } = renderer.around(&frame.language)?;
        let foreign = frame.content_language.as_ref().is_some_and(|l| *l != frame.language);
        let untranslated = foreign || chrome != frame.language;
        Ok(Self {
            lang: chrome.html_lang().to_owned(),
            dir: dir(&chrome),
            title,
            description: frame.description.clone(),
            head: frame.head.clone(),
            css: assets.css.clone(),
            icon: assets.icon.clone(),
            system: service.system.clone(),
            name: service.name.clone(),
            brand,
            switch: switch(renderer, frame),
            switch_form: match &frame.switch {
                Switch::Form(id) => Some(id.clone()),
                Switch::Page(_) | Switch::Desk(_) | Switch::None => None,
            },
            sample: service.sample,
            footer,
            request: own
                .map_or_else(|| "/request/".to_owned(), |own| address_for(own, "/request/")),
            back: frame.back.clone(),
            phone: service.phone.to_string(),
            phone_link: format!("tel:{}", service.phone.dial()),
            hours: locale.service_hours()?,
            unreviewed: renderer.strings().unreviewed(&chrome),
            untranslated: untranslated.then(|| own.map(|own| own.name.clone())).flatten(),
            development: frame.development.clone(),
            draft: frame.draft,
            chrome,
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
        let made = |template| renderer.part(template, locale.chrome(), &view).map(Html::trusted);
        Ok(Self { brand: made("brand.html")?, footer: made("footer.html")? })
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

fn switch(renderer: &Renderer, frame: &Frame) -> Vec<SwitchItem> {
    let item = |language: &Language, href: String| SwitchItem {
        lang: language.tag.html_lang().to_owned(),
        name: language.name.clone(),
        href,
        current: language.tag == frame.language,
    };
    let languages = renderer.directory().service.languages.iter();
    match &frame.switch {
        Switch::None => Vec::new(),
        // A language that doesn't have the page has its home page.
        Switch::Page(path) => languages
            .map(|language| match language.extent {
                Extent::Form if !in_form_languages(path) => {
                    item(language, address(&language.tag, "/"))
                }
                _ => item(language, address(&language.tag, path)),
            })
            .collect(),
        Switch::Form(_) => languages
            .map(|language| item(language, format!("/desk/{}/form", language.tag.in_address())))
            .collect(),
        Switch::Desk(path) => languages
            .map(|language| item(language, format!("/desk/{}/{path}", language.tag.in_address())))
            .collect(),
    }
}
