//! Pages: from the site to the views that templates show.

mod a_to_z;
mod aliases;
mod feeds;
mod head;
mod lists;
mod single;
mod sitemap;
mod stale;
mod structured;
mod xml;

use crate::fault::caught;
use crate::file::content::{PageWords, Words};
use crate::paths::{Folder, IMAGES, PageId, PageKind, Target, leads_outside, resolve};
use crate::site::{Options, Page, Site, Translated};
use domain::LanguageTag;
use render::frame::{Back, Frame, Switch, address_for};
use render::html::Html;
use render::markdown::{self, Document, Written};
use render::{Locale, RenderError, Renderer};
use serde::Serialize;

type Result<T> = std::result::Result<T, RenderError>;

impl Site {
    /// One page's bytes. A panic over a page is returned as its error.
    pub fn render(&self, id: &PageId, renderer: &Renderer, options: &Options) -> Result<Page> {
        let made = caught(|| self.rendered(id, renderer, options));
        made.unwrap_or_else(|fault| Err(RenderError::Fault(fault.to_string())))
    }

    fn rendered(&self, id: &PageId, renderer: &Renderer, options: &Options) -> Result<Page> {
        match &id.kind {
            PageKind::Sitemap => return self.sitemap(options),
            PageKind::SitemapPart(part) => return self.sitemap_part(*part, options),
            PageKind::Robots => return Ok(sitemap::robots(options)),
            _ => {}
        }
        let maker =
            Maker { site: self, renderer, options, id, locale: renderer.locale(&id.language) };
        if id.kind == PageKind::Feed {
            return maker.feed();
        }
        let bytes = maker.html()?;
        Ok(Page { bytes, content_type: "text/html; charset=utf-8" })
    }
}

/// What a page is made with.
struct Maker<'a> {
    site: &'a Site,
    renderer: &'a Renderer,
    options: &'a Options,
    id: &'a PageId,
    locale: Locale<'a>,
}

/// What a page says of itself.
struct About {
    title: String,
    description: String,
    back: Option<Back>,
    content_language: Option<LanguageTag>,
}

impl<'a> Maker<'a> {
    fn html(&self) -> Result<Vec<u8>> {
        match &self.id.kind {
            PageKind::Home => self.home(),
            PageKind::Topics => self.topics(),
            PageKind::Topic(id) => self.topic(id),
            PageKind::AToZ => self.a_to_z(),
            PageKind::Services => self.services(),
            PageKind::Service(id) => self.service(id),
            PageKind::Libraries => self.libraries(),
            PageKind::Library(id) => self.library(id),
            PageKind::News => self.news(1),
            PageKind::NewsOlder(page) => self.news(*page),
            PageKind::Post(id) => self.post(id),
            PageKind::Page(id) => self.page(id),
            PageKind::Request(topic) => self.request(topic.as_ref()),
            PageKind::NotFound => self.message("not-found"),
            PageKind::Moved(from) => self.moved(from),
            // The others are no HTML.
            PageKind::Sorry
            | PageKind::Feed
            | PageKind::Sitemap
            | PageKind::SitemapPart(_)
            | PageKind::Robots => self.message("sorry"),
        }
    }

    fn finish(&self, template: &str, about: About, view: &impl Serialize) -> Result<Vec<u8>> {
        let switch = match &self.id.kind {
            PageKind::NotFound | PageKind::Sorry => Switch::None,
            PageKind::Moved(from) => self.site.moved.get(from).map_or(Switch::None, to_same),
            kind => to_same(kind),
        };
        let head = self.head(&about)?;
        let frame = Frame {
            language: self.id.language.clone(),
            title: about.title,
            description: about.description,
            switch,
            back: about.back,
            error: false,
            content_language: about.content_language,
            head,
            development: self.options.development.clone(),
            draft: self.is_draft(),
        };
        self.renderer.page_bytes(template, &frame, view)
    }

    /// Whether the file that this page is made from is still being written.
    fn is_draft(&self) -> bool {
        if self.site.drafts.is_empty() {
            return false;
        }
        let stem = match &self.id.kind {
            PageKind::Topic(id) | PageKind::Request(Some(id)) => Folder::Topics.stem(id),
            PageKind::Library(id) => Folder::Branches.stem(id),
            PageKind::Service(id) => Folder::Services.stem(id),
            PageKind::Post(id) => Folder::News.stem(id),
            PageKind::Page(id) => Folder::Pages.stem(id),
            _ => return false,
        };
        self.site.drafts.contains(&stem)
    }

    /// The address of a kind of page for this page's reader.
    fn href(&self, kind: &PageKind) -> String {
        let path = kind.path();
        match self.site.directory.language(&self.id.language) {
            Some(language) => address_for(language, &path),
            None => path,
        }
    }

    fn back(&self, kind: &PageKind, key: &str) -> Result<Option<Back>> {
        Ok(Some(Back { href: self.href(kind), label: self.locale.t(key, &[])? }))
    }

    /// The words in the reader's language, else in the source language.
    fn words<T>(&self, translated: &'a Translated<T>) -> Option<(&'a LanguageTag, &'a Words<T>)> {
        translated
            .get_key_value(&self.id.language)
            .or_else(|| translated.get_key_value(&LanguageTag::source()))
            .map(|(language, words)| (language, &**words))
    }

    /// A short text with its values, marked with its language.
    fn line(&self, text: &str, language: &LanguageTag) -> Html {
        Html::worded(&self.filled(text, language), language, self.locale.chrome())
    }

    /// A short text with its values.
    fn filled(&self, text: &str, language: &LanguageTag) -> String {
        let filled = markdown::fill(text, |name| Some(self.value(language, name)));
        filled.unwrap_or_else(|_| text.to_owned())
    }

    fn value(&self, language: &LanguageTag, name: &str) -> String {
        let value = self.renderer.locale(language).placeholder(name);
        value.ok().flatten().unwrap_or_else(|| format!("{{{name}}}"))
    }

    /// A file's Markdown, its values in its own language, its links in the reader's. If it is a
    /// translation whose source has changed since, it says so and where.
    fn body<T>(&self, language: &LanguageTag, words: &Words<T>) -> Html {
        let Some(stale) = self.stale(words) else {
            return self.body_with(language, words, None);
        };
        let document = Document::parse(&words.body).with_notes(&stale.notes);
        let body = self.markdown(&document.write(language), language, &words.file, None);
        Html::trusted(format!("{}{}", stale.top.as_str(), body.as_str()))
    }

    /// The same without a note on what is stale. For use outside the site (feeds), `outside` is the
    /// page's address, and links are absolute.
    fn body_with<T>(
        &self,
        language: &LanguageTag,
        words: &Words<T>,
        outside: Option<&str>,
    ) -> Html {
        self.markdown(words.written(language), language, &words.file, outside)
    }

    fn markdown(
        &self,
        written: &Written,
        language: &LanguageTag,
        file: &str,
        outside: Option<&str>,
    ) -> Html {
        let link = |target: &str| match (self.link(file, target), outside) {
            (Some(address), Some(_)) if !address.is_empty() => Some(self.whole(&address)),
            (None, Some(page)) if target.starts_with('#') => Some(format!("{page}{target}")),
            (address, _) => address,
        };
        let html = written.html(&markdown::Options {
            value: &|name| Some(self.value(language, name)),
            link: &link,
            image: &|image| self.picture(file, image, outside.is_some()),
            word: &|word| self.renderer.strings().find(language, word.key(), None).ok(),
        });
        html.block(language, self.locale.chrome())
    }

    /// A picture; for use outside the site, with absolute addresses.
    fn picture(&self, from: &str, image: &markdown::Image<'_>, outside: bool) -> Option<Html> {
        let html = self.site.pictures.html(from, image)?;
        if !outside {
            return Some(html);
        }
        let whole = self.whole(IMAGES);
        Some(Html::trusted(html.as_str().replace(IMAGES, &whole)))
    }

    /// The address of a link to a content file; an empty one if its page isn't there today.
    fn link(&self, from: &str, target: &str) -> Option<String> {
        if leads_outside(target) {
            return None;
        }
        let Target { path, anchor } = Target::new(target);
        let file = resolve(from, path);
        if !file.ends_with(".md") {
            return None;
        }
        if !self.site.is_there(&file, self.options.today) {
            return Some(String::new());
        }
        let kind = self.site.page_of(&file)?;
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        Some(format!("{}{anchor}", self.href(&kind)))
    }

    fn title_and_lead(
        &self,
        language: &LanguageTag,
        words: &Words<PageWords>,
    ) -> (Html, Html, String) {
        let title = self.line(&words.keys.title, language);
        let lead = self.line(&words.keys.summary, language);
        (title, lead, self.filled(&words.keys.summary, language))
    }

    fn foreign(&self, language: &LanguageTag) -> Option<LanguageTag> {
        (language != &self.id.language).then(|| language.clone())
    }
}

/// The language switcher links to the same page.
fn to_same(kind: &PageKind) -> Switch {
    Switch::Page(kind.path())
}
