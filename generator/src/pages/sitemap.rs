//! `sitemap.xml`: every page in every language in which it is in its own words, with the same page
//! in the others; and `robots.txt`.

use super::xml::{self, Xml};
use super::{Result, head::X_DEFAULT};
use crate::paths::PageKind;
use crate::site::{Options, Page, Site};
use domain::LanguageTag;
use jiff::civil::Date;
use render::frame::push_address;
use std::io::{self, Write};
use std::ops::RangeInclusive;

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A page with its versions.
struct SitemapPage<'a> {
    path: String,
    versions: Vec<&'a LanguageTag>,
    changed: Option<Date>,
}

impl Site {
    /// The sitemap, or where its parts are.
    pub(super) fn sitemap(&self, options: &Options) -> Result<Page> {
        let kinds = self.kinds(options.today);
        let parts = self.sitemap_parts(&kinds);
        if parts.is_empty() {
            return Ok(urls(&self.entries(&kinds, options.today), base(options))?);
        }
        Ok(index(parts, base(options))?)
    }

    /// A part of it, from 1.
    pub(super) fn sitemap_part(&self, part: usize, options: &Options) -> Result<Page> {
        let kinds = self.kinds(options.today);
        let part = kinds.chunks(self.kinds_in_part()).nth(part.saturating_sub(1));
        Ok(urls(&self.entries(part.unwrap_or_default(), options.today), base(options))?)
    }

    fn entries(&self, kinds: &[PageKind], today: Date) -> Vec<SitemapPage<'_>> {
        let entries = kinds.iter().map(|kind| SitemapPage {
            path: kind.path(),
            versions: self.versions(kind).iter().map(|version| &version.tag).collect(),
            changed: self.changed(kind, today),
        });
        entries.collect()
    }

    /// The day on which a page last changed, where content says it.
    fn changed(&self, kind: &PageKind, today: Date) -> Option<Date> {
        match kind {
            PageKind::Post(id) => self.news.get(id)?.date,
            PageKind::News => self.posts_on(today).next().map(|(_, date)| date),
            _ => None,
        }
    }
}

fn base(options: &Options) -> &str {
    options.base_url.as_deref().unwrap_or_default()
}

fn index(parts: RangeInclusive<usize>, base: &str) -> io::Result<Page> {
    xml::document("sitemapindex", &[("xmlns", NAMESPACE)], "application/xml", |xml| {
        parts.into_iter().try_for_each(|part| {
            let at = format!("{base}{}", PageKind::SitemapPart(part).path());
            xml.create_element("sitemap")
                .write_inner_content(|xml| xml::text(xml, "loc", &[], &at))
                .map(drop)
        })
    })
}

fn urls(entries: &[SitemapPage<'_>], base: &str) -> io::Result<Page> {
    let namespaces = [("xmlns", NAMESPACE), ("xmlns:xhtml", "http://www.w3.org/1999/xhtml")];
    xml::document("urlset", &namespaces, "application/xml", |xml| {
        entries.iter().try_for_each(|entry| {
            // They are the same for each version, and make up most of the file.
            let alternates = alternates(entry, base)?;
            entry.versions.iter().try_for_each(|own| {
                xml.create_element("url").write_inner_content(|xml| {
                    xml::text(xml, "loc", &[], &whole(own, entry, base))?;
                    if let Some(day) = entry.changed {
                        xml::text(xml, "lastmod", &[], &day.to_string())?;
                    }
                    xml.get_mut().write_all(&alternates)
                })?;
                xml::new_line(xml)
            })
        })
    })
}

fn whole(tag: &LanguageTag, entry: &SitemapPage<'_>, base: &str) -> String {
    let mut whole = base.to_owned();
    push_address(&mut whole, tag, &entry.path);
    whole
}

/// The versions of a page, as each of them names them all.
fn alternates(entry: &SitemapPage<'_>, base: &str) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new(Vec::new());
    if entry.versions.len() > 1 {
        let mut alternate = |lang: &str, tag: &LanguageTag| {
            let href = whole(tag, entry, base);
            let link = [("rel", "alternate"), ("hreflang", lang), ("href", href.as_str())];
            xml::empty(&mut xml, "xhtml:link", &link)
        };
        for tag in &entry.versions {
            alternate(tag.html_lang(), tag)?;
        }
        alternate(X_DEFAULT, &LanguageTag::source())?;
    }
    Ok(xml.into_inner())
}

/// `robots.txt`. It doesn't block a sample site: a crawler that may not read a page would never see
/// its `noindex`.
pub(super) fn robots(options: &Options) -> Page {
    let mut text = String::from("User-agent: *\nDisallow: /desk/\n");
    if let Some(base) = &options.base_url {
        text.push_str(&format!("Sitemap: {base}{}\n", PageKind::Sitemap.path()));
    }
    Page { bytes: text.into_bytes(), content_type: "text/plain; charset=utf-8" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_names_each_part() -> io::Result<()> {
        let page = index(1..=2, "https://library.example")?;
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(text.contains("<loc>https://library.example/sitemap-1.xml</loc>"), "{text}");
        assert_eq!(text.matches("<sitemap>").count(), 2);
        Ok(())
    }
}
