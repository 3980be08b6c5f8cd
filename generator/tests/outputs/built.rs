//! A site whose files are made when a test asks for them.

use crate::support::{copy, root};
use generator::{Diagnostic, Folders, Loaded, Options, PageId, Severity, Site, load};
use jiff::civil::{Date, date};
use render::Renderer;
use scraper::{Html, Selector};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub(crate) const BASE: &str = "https://library.example";

const TODAY: Date = date(2026, 11, 24);

pub(crate) struct Built {
    site: Arc<Site>,
    renderer: Renderer,
    options: Options,
    pages: BTreeMap<String, PageId>,
}

/// Adds a line to a file's front matter: its second.
pub(crate) fn add_key(content: &Path, file: &str, line: &str) {
    let path = content.join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replacen("---\n", &format!("---\n{line}\n"), 1)).unwrap();
}

/// The real content after an edit, and what is said of it.
pub(crate) fn loaded_after(edit: impl FnOnce(&Path)) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&root().join("content"), &content);
    edit(&content);
    load(&Folders { content, templates: root().join("templates") }).unwrap()
}

impl Built {
    /// The content as it is.
    pub(crate) fn from_real_content() -> Self {
        Self::after(|_| {})
    }

    /// The content after an edit.
    pub(crate) fn after(edit: impl FnOnce(&Path)) -> Self {
        Self::new(edit, Some(BASE.to_owned()))
    }

    pub(crate) fn without_base_url() -> Self {
        Self::new(|_| {}, None)
    }

    fn new(edit: impl FnOnce(&Path), base_url: Option<String>) -> Self {
        let loaded = loaded_after(edit);
        let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
        let errors: Vec<_> = loaded.diagnostics.iter().filter(is_error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let site = loaded.site.unwrap();
        let renderer = Renderer::new(Arc::new(site.bundle())).unwrap();
        let options = Options { base_url, today: TODAY, development: None };
        let ids = site.page_ids(TODAY).into_iter();
        let ids = ids.filter(|id| options.base_url.is_some() || !id.needs_base_url());
        let pages = ids.map(|id| (id.file(), id)).collect();
        Self { site, renderer, options, pages }
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.pages.contains_key(file) || self.site.assets().contains_key(&format!("/{file}"))
    }

    pub(crate) fn text(&self, file: &str) -> String {
        let id = self.pages.get(file).unwrap_or_else(|| panic!("there is no {file}"));
        let page = self.site.render(id, &self.renderer, &self.options).unwrap();
        String::from_utf8(page.bytes).unwrap()
    }

    /// Every page, by its file.
    pub(crate) fn pages(&self) -> impl Iterator<Item = (String, Html)> {
        let files = self.pages.keys().filter(|file| file.ends_with(".html"));
        files.map(|file| (file.clone(), Html::parse_document(&self.text(file))))
    }

    /// The page at an address.
    pub(crate) fn page_at(&self, address: &str) -> Option<Html> {
        let file = file_at(address);
        self.pages.contains_key(&file).then(|| Html::parse_document(&self.text(&file)))
    }

    /// Whether a link's target is a file of the site, or lies outside it.
    pub(crate) fn leads_somewhere(&self, target: &str) -> bool {
        let target = target.strip_prefix(BASE).unwrap_or(target);
        let outside = ["https://", "http://", "mailto:", "tel:", "#", "/desk/"];
        outside.iter().any(|scheme| target.starts_with(scheme))
            || self.has(&file_at(target))
            || self.site.pictures().addresses().contains(target)
    }
}

/// The file that a server shows at an address.
fn file_at(address: &str) -> String {
    let path = address.split('#').next().unwrap().trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into() }
}

/// The values of an attribute, of all elements that are selected.
pub(crate) fn attributes(page: &Html, selector: &str, attribute: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let found = page.select(&selector).filter_map(|element| element.value().attr(attribute));
    found.map(str::to_owned).collect()
}
