//! The site as it is now. A save puts a new one in its place; a mistake leaves the last good pages,
//! and stands above them until it is mended.

use super::overlay;
use crate::cli::FolderArgs;
use crate::failure::{Failure, say};
use crate::loading;
use generator::fault::{Fault, REPORT};
use generator::{
    Content, Diagnostic, Drafts, Folders, Look, Options, Severity, Site, Sources, narrow,
};
use handler::LiveRenderer;
use render::html::Html;
use render::{RenderError, Renderer};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// The site as it is now, and who wants to know when it changes.
#[derive(Clone)]
pub(crate) struct Live {
    site: Arc<RwLock<Arc<Site>>>,
    /// Also the desk's.
    pub(crate) renderer: LiveRenderer,
    /// What is wrong, as it stands above every page in development.
    overlay: Arc<RwLock<Arc<str>>>,
    base_url: String,
    in_development: bool,
    /// Counts the changes.
    pub(crate) version: Arc<watch::Sender<u64>>,
}

/// Asks for news of the page, and loads it again when there are any. Where nobody may ask (404) it
/// stops.
pub(crate) const RELOAD: &str = "(async()=>{for(;;){try{const r=await fetch('/dev/reload');\
     if(r.status==205){location.reload();return}if(r.status!=204)return}\
     catch{await new Promise(r=>setTimeout(r,999))}}})()";

/// What editors and designers wrote, kept so that a save reads only what changed.
pub(crate) struct Saved {
    content: Content,
    live: Live,
    trouble: Trouble,
    /// What was saved and couldn't be read: it is read again with the next save.
    unread: Vec<PathBuf>,
    /// The errors that were told last.
    told: Vec<Diagnostic>,
}

/// What keeps saves from the pages, but for mistakes in the content.
#[derive(Default)]
struct Trouble {
    /// Why the folders can't be read.
    folders: Option<String>,
    /// Why the templates can't be used.
    templates: Option<String>,
    /// Over what the program failed.
    fault: Option<String>,
    /// Why saves may not be noticed at once.
    unwatched: Option<String>,
}

impl Trouble {
    fn lines(&self) -> Vec<&str> {
        let all = [&self.fault, &self.folders, &self.templates, &self.unwatched];
        all.into_iter().flatten().map(String::as_str).collect()
    }
}

impl Live {
    /// Loads the site for the first time. Mistakes are shown; only if there is no site to serve
    /// does it fail.
    pub(crate) fn load(
        folders: &FolderArgs,
        base_url: String,
        in_development: bool,
    ) -> Result<Saved, Failure> {
        let folders =
            Folders { content: whole(&folders.content), templates: whole(&folders.templates) };
        let content = Content::read(&folders).map_err(Failure::cannot_run)?;
        let errors = errors(&content);
        let sources = content.sources(&errors);
        loading::tell(&errors, &sources);
        let site = content.site(drafts(in_development)).ok_or(Failure::Content)?;
        let renderer = Renderer::new(Arc::new(site.bundle())).map_err(|error| {
            say(&format!("error: templates: {}\n", narrow(&error.to_string())));
            Failure::Content
        })?;
        let live = Self {
            site: Arc::new(RwLock::new(site)),
            renderer: LiveRenderer::new(Arc::new(renderer)),
            overlay: Arc::new(RwLock::new(overlay::html(&errors, &sources, &[]).into())),
            base_url,
            in_development,
            version: Arc::new(watch::Sender::new(0)),
        };
        let trouble = Trouble::default();
        Ok(Saved { content, live, trouble, unread: Vec::new(), told: errors })
    }

    pub(crate) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is wrong, as HTML; empty if nothing is.
    pub(crate) fn overlay(&self) -> Arc<str> {
        Arc::clone(&self.overlay.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What pages are made with today.
    pub(crate) fn options(&self, site: &Site) -> Options {
        let head = || Html::trusted(format!("<script>{RELOAD}</script>"));
        Options {
            base_url: Some(self.base_url.clone()),
            today: loading::today(site),
            development: self.in_development.then(head),
        }
    }

    /// How often the site has changed. Whoever looks here first and at the site then, sees it as it
    /// was at that version, or later.
    pub(crate) fn version_now(&self) -> u64 {
        *self.version.borrow()
    }

    pub(crate) fn in_development(&self) -> bool {
        self.in_development
    }

    fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }
}

impl Saved {
    pub(crate) fn live(&self) -> &Live {
        &self.live
    }

    /// Reads again what was saved, and shows it. What is wrong is told later, by [`Self::tell`]:
    /// editors write a file in several steps, and half a file is no mistake of theirs.
    pub(crate) fn take_up(&mut self, paths: &[PathBuf]) {
        self.unread.extend_from_slice(paths);
        self.trouble.fault = None;
        let read = self.content.refresh(&self.unread);
        self.trouble.folders = read.as_ref().err().map(ToString::to_string);
        if read.is_err() {
            return;
        }
        let Some(site) = self.content.site(drafts(self.live.in_development)) else {
            self.unread.clear();
            return;
        };
        match self.renewed(&site) {
            Ok(renderer) => {
                *self.live.site.write().unwrap_or_else(PoisonError::into_inner) = site;
                self.live.renderer.replace(Arc::new(renderer));
                self.trouble.templates = None;
                self.live.changed();
            }
            Err(error) => {
                self.trouble.templates = Some(format!("templates: {}", narrow(&error.to_string())))
            }
        }
        self.unread.clear();
    }

    /// The program failed over what was saved: the pages are still those of before, and say so.
    pub(crate) fn failed(&mut self, fault: &Fault, paths: &[PathBuf]) {
        const NAMED: usize = 3;
        let mut names: Vec<_> =
            paths.iter().take(NAMED).map(|path| path.display().to_string()).collect();
        if paths.len() > NAMED {
            names.push(format!("{} more", paths.len() - NAMED));
        }
        let what = if names.is_empty() { "the last save".to_owned() } else { names.join(", ") };
        let told = format!("{what}: {fault}; {REPORT}. The pages are those of before.");
        say(&format!("error: {told}\n"));
        self.trouble.fault = Some(told);
        let sources = self.content.sources(&self.told);
        self.show(&sources);
    }

    /// Saves may not be noticed at once: why, or nothing if they are.
    pub(crate) fn unwatched(&mut self, why: Option<String>) {
        if self.trouble.unwatched == why {
            return;
        }
        if let Some(why) = &why {
            say(&format!("warning: {why}\n"));
        }
        self.trouble.unwatched = why;
        let sources = self.content.sources(&self.told);
        self.show(&sources);
    }

    /// The renderer of a new site. New templates and strings are tried on a page of each kind: one
    /// that can be read may still ask for what isn't there.
    fn renewed(&self, site: &Site) -> Result<Renderer, RenderError> {
        let before = self.live.renderer.current();
        let renderer = before.renewed(Arc::new(site.bundle()))?;
        if !renderer.shares_templates(&before) {
            let options = self.live.options(site);
            for page in site.samples(options.today) {
                site.render(&page, &renderer, &options)?;
            }
        }
        Ok(renderer)
    }

    /// Tells what is wrong now, if that is not what was told last.
    pub(crate) fn tell(&mut self) {
        let errors = errors(&self.content);
        let sources = self.content.sources(&errors);
        // Both are sorted.
        let is_new = |error: &&Diagnostic| self.told.binary_search(error).is_err();
        loading::tell(errors.iter().filter(is_new), &sources);
        for error in [&self.trouble.folders, &self.trouble.templates].into_iter().flatten() {
            say(&format!("error: {error}\n"));
        }
        if errors.is_empty() && !self.told.is_empty() {
            say("All mistakes are mended\n");
        }
        self.told = errors;
        self.show(&sources);
    }

    /// Has what is wrong stand above the pages.
    fn show(&self, sources: &Sources) {
        let html = overlay::html(&self.told, sources, &self.trouble.lines());
        if *html != *self.live.overlay() {
            *self.live.overlay.write().unwrap_or_else(PoisonError::into_inner) = html.into();
            self.live.changed();
        }
    }
}

/// Editors see their drafts; whoever else can reach the server doesn't.
fn drafts(in_development: bool) -> Drafts {
    if in_development { Drafts::Shown } else { Drafts::Hidden }
}

fn errors(content: &Content) -> Vec<Diagnostic> {
    let site = content.site(Drafts::Shown);
    let today = site.as_deref().map(loading::today);
    let all = content.diagnostics(site.as_deref(), Look::ForErrors, today).into_iter();
    all.filter(|diagnostic| diagnostic.severity == Severity::Error).collect()
}

/// As the watcher will name it. A folder that isn't there is named as it was given.
fn whole(folder: &std::path::Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
