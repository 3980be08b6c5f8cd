//! Pages: from the site to the views that templates show.

mod lists;
mod whole;

use crate::check::bodies::resolve;
use crate::content::{PageWords, Words};
use crate::site::{Kind, Options, Page, PageId, Site, Translated};
use domain::LanguageTag;
use domain::language::Extent;
use render::frame::{Back, Frame, Switch, address, address_for};
use render::html::{Html, escape};
use render::markdown::{self, Document};
use render::{Locale, RenderError, Renderer};
use serde::Serialize;

type Result<T> = std::result::Result<T, RenderError>;

impl Site {
    /// One page's bytes.
    pub fn render(&self, id: &PageId, renderer: &Renderer, options: &Options) -> Result<Page> {
        match &id.kind {
            Kind::Sitemap => return Ok(self.sitemap(options)),
            Kind::Robots => return Ok(robots(options)),
            _ => {}
        }
        let maker =
            Maker { site: self, renderer, options, id, locale: renderer.locale(&id.language) };
        let html = maker.html()?;
        Ok(Page { bytes: html.into_bytes(), content_type: "text/html; charset=utf-8" })
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
    fn html(&self) -> Result<String> {
        match &self.id.kind {
            Kind::Home => self.home(),
            Kind::Topics => self.topics(),
            Kind::Topic(id) => self.topic(id),
            Kind::Services => self.services(),
            Kind::Service(id) => self.service(id),
            Kind::Libraries => self.libraries(),
            Kind::Library(id) => self.library(id),
            Kind::News => self.news(),
            Kind::Post(id) => self.post(id),
            Kind::Page(id) => self.page(id),
            Kind::Request(topic) => self.request(topic.as_ref()),
            Kind::NotFound => self.message("not-found"),
            Kind::Sorry | Kind::Sitemap | Kind::Robots => self.message("sorry"),
        }
    }

    fn finish(&self, template: &str, about: About, view: &impl Serialize) -> Result<String> {
        let single = matches!(self.id.kind, Kind::NotFound | Kind::Sorry);
        let frame = Frame {
            language: self.id.language.clone(),
            title: about.title,
            description: about.description,
            switch: if single { Switch::None } else { Switch::Page(self.id.kind.path()) },
            back: about.back,
            error: false,
            content_language: about.content_language,
            base_url: self.options.base_url.clone(),
            development: self.options.development.clone(),
        };
        self.renderer.page(template, &frame, view)
    }

    /// The address of a kind of page for this page's reader.
    fn href(&self, kind: &Kind) -> String {
        let path = kind.path();
        match self.site.directory.language(&self.id.language) {
            Some(language) => address_for(language, &path),
            None => path,
        }
    }

    fn back(&self, kind: &Kind, key: &str) -> Result<Option<Back>> {
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
        let filled = markdown::fill(text, |name| Some(self.value(language, name)));
        Html::worded(&filled.unwrap_or_else(|_| text.to_owned()), language, self.locale.chrome())
    }

    fn value(&self, language: &LanguageTag, name: &str) -> String {
        let value = self.renderer.locale(language).placeholder(name);
        value.ok().flatten().unwrap_or_else(|| format!("{{{name}}}"))
    }

    /// A file's Markdown, its values in its own language, its links in the reader's.
    fn body<T>(&self, language: &LanguageTag, words: &Words<T>) -> Html {
        let html = Document::parse(&words.body).html(&markdown::Options {
            value: &|name| Some(self.value(language, name)),
            link: &|target| self.link(&words.file, target),
        });
        html.block(language, self.locale.chrome())
    }

    /// The address of a link to a content file.
    fn link(&self, from: &str, target: &str) -> Option<String> {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file = resolve(from, path);
        let stem = file.strip_prefix("content/")?.strip_suffix(".md")?;
        let kind = self.site.kind_of(stem)?;
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
        let plain = markdown::fill(&words.keys.summary, |name| Some(self.value(language, name)));
        (title, lead, plain.unwrap_or_else(|_| words.keys.summary.clone()))
    }

    fn foreign(&self, language: &LanguageTag) -> Option<LanguageTag> {
        (language != &self.id.language).then(|| language.clone())
    }
}

impl Site {
    /// The page that a content file becomes, by its path without ending.
    fn kind_of(&self, stem: &str) -> Option<Kind> {
        let (folder, id) = stem.split_once('/')?;
        Some(match (folder, id) {
            ("topics", id) => {
                Kind::Topic(self.topics.keys().find(|topic| topic.as_str() == id)?.clone())
            }
            ("branches", id) => {
                Kind::Library(self.branches.keys().find(|branch| branch.as_str() == id)?.clone())
            }
            ("services", "index") => Kind::Services,
            ("services", id) => Kind::Service(id.to_owned()),
            ("news", id) => Kind::Post(id.to_owned()),
            ("pages", "index") => Kind::Home,
            ("pages", id) => Kind::Page(id.to_owned()),
            _ => return None,
        })
    }

    /// Every page in every language that has it, with the same page in the others. Without the
    /// site's own address there is none: sitemaps need whole addresses.
    fn sitemap(&self, options: &Options) -> Page {
        let mut xml = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
        );
        let base = options.base_url.as_deref().unwrap_or_default();
        let languages: Vec<_> = self
            .directory
            .service
            .languages
            .iter()
            .filter(|language| self.strings.contains_key(&language.tag))
            .collect();
        for kind in self.kinds(options.today) {
            let path = kind.path();
            let in_all = render::frame::in_form_languages(&path);
            let having: Vec<_> =
                languages.iter().filter(|l| l.extent == Extent::Whole || in_all).collect();
            for language in &having {
                let own = escape(&format!("{base}{}", address(&language.tag, &path)));
                xml.push_str(&format!("<url><loc>{own}</loc>"));
                for other in &having {
                    let lang = other.tag.html_lang();
                    let href = escape(&format!("{base}{}", address(&other.tag, &path)));
                    xml.push_str(&format!(
                        "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"{href}\"/>"
                    ));
                }
                xml.push_str("</url>\n");
            }
        }
        xml.push_str("</urlset>\n");
        Page { bytes: xml.into_bytes(), content_type: "application/xml" }
    }
}

fn robots(options: &Options) -> Page {
    let mut text = String::from("User-agent: *\nDisallow: /desk/\n");
    if let Some(base) = &options.base_url {
        text.push_str(&format!("Sitemap: {base}/sitemap.xml\n"));
    }
    Page { bytes: text.into_bytes(), content_type: "text/plain; charset=utf-8" }
}
