//! The news of a language for feed readers, as Atom (RFC 4287).

use super::xml::{self, Xml};
use super::{Maker, Result};
use crate::file::content::{PageWords, Words};
use crate::paths::PageKind;
use crate::site::Page;
use jiff::civil::Date;
use render::RenderError;
use render::frame::address;
use std::io;

/// How many posts a feed holds.
const POSTS: usize = 20;

/// A post as a feed shows it.
struct FeedPost {
    href: String,
    title: String,
    date: String,
    summary: String,
    html: String,
}

impl Maker<'_> {
    /// The feed. Posts in another language are left out: a feed reader wouldn't show the notice.
    pub(super) fn feed(&self) -> Result<Page> {
        let language = &self.id.language;
        let posts = self.site.posts_on(self.options.today).filter_map(|(id, date)| {
            let words = self.site.news.get(id)?.words.get(language)?;
            Some((id, date, words))
        });
        let entries: Vec<_> = posts
            .take(POSTS)
            .map(|(id, date, words)| self.feed_post(id, date, words))
            .collect::<Result<_>>()?;
        let service = &self.site.directory.service;
        let title = format!("{}: {}", service.name, self.locale.plain("news-title", &[])?);
        let subtitle = if service.sample {
            self.locale.plain("sample", &[("system", service.system.as_str().into())])?
        } else {
            self.locale.plain("news-lead", &[])?
        };
        let own = self.whole(&self.id.address());
        let news = self.whole(&address(language, &PageKind::News.path()));
        let attributes =
            [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language.html_lang())];
        let page = xml::document("feed", &attributes, "application/atom+xml", |xml| {
            xml::text(xml, "id", &[], &own)?;
            xml::text(xml, "title", &[], &title)?;
            xml::text(xml, "subtitle", &[], &subtitle)?;
            // The newest post's day, and not the time of the build: the same content makes the
            // same bytes.
            let newest = entries.first().map(|entry| entry.date.as_str());
            xml::text(xml, "updated", &[], newest.unwrap_or("1970-01-01T00:00:00Z"))?;
            link(xml, "self", "application/atom+xml", &own)?;
            link(xml, "alternate", "text/html", &news)?;
            xml.create_element("author")
                .write_inner_content(|xml| xml::text(xml, "name", &[], &service.system))?;
            entries.iter().try_for_each(|entry| {
                xml.create_element("entry").write_inner_content(|xml| write(xml, entry)).map(drop)
            })
        });
        Ok(page?)
    }

    fn feed_post(&self, id: &str, date: Date, words: &Words<PageWords>) -> Result<FeedPost> {
        let language = &self.id.language;
        let href = self.whole(&address(language, &PageKind::Post(id.to_owned()).path()));
        Ok(FeedPost {
            title: self.filled(&words.keys.title, language),
            date: self.midnight(date)?,
            summary: self.filled(&words.keys.summary, language),
            html: self.body_with(language, words, Some(&href)).as_str().to_owned(),
            href,
        })
    }

    /// The beginning of a day where the service is, with its distance from UTC.
    pub(super) fn midnight(&self, date: Date) -> Result<String> {
        let zone = self.site.directory.service.time_zone.clone();
        let wrong = |error: jiff::Error| RenderError::Xml(io::Error::other(error));
        let moment = date.to_zoned_datetime(zone).map_err(wrong)?;
        Ok(moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }
}

fn link(xml: &mut Xml, rel: &str, kind: &str, href: &str) -> io::Result<()> {
    xml::empty(xml, "link", &[("rel", rel), ("type", kind), ("href", href)])
}

fn write(xml: &mut Xml, entry: &FeedPost) -> io::Result<()> {
    // A post's address never changes, so it is also what names it.
    xml::text(xml, "id", &[], &entry.href)?;
    xml::text(xml, "title", &[], &entry.title)?;
    link(xml, "alternate", "text/html", &entry.href)?;
    xml::text(xml, "published", &[], &entry.date)?;
    xml::text(xml, "updated", &[], &entry.date)?;
    xml::text(xml, "summary", &[], &entry.summary)?;
    xml::text(xml, "content", &[("type", "html")], &entry.html)
}
