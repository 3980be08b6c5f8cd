//! The current site. A save replaces it; after a mistake the last good pages stay, with the errors
//! shown above them until they are fixed.

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

/// The current site, and a channel for those who wait for changes.
#[derive(Clone)]
pub(crate) struct Live {
    site: Arc<RwLock<Arc<Site>>>,
    /// Shared with the desk.
    pub(crate) renderer: LiveRenderer,
    /// The errors, as they are shown above every page in development.
    overlay: Arc<RwLock<Arc<str>>>,
    base_url: String,
    in_development: bool,
    /// Counts the changes.
    pub(crate) version: Arc<watch::Sender<u64>>,
}

/// Waits for news of the page, and reloads it when there is any. It stops where it may not ask
/// (404).
pub(crate) const RELOAD: &str = "(async()=>{for(;;){try{const r=await fetch('/dev/reload');\
     if(r.status==205){location.reload();return}if(r.status!=204)return}\
     catch{await new Promise(r=>setTimeout(r,999))}}})()";

/// What editors and designers wrote, cached so that a save reads only what changed.
pub(crate) struct Saved {
    content: Content,
    live: Live,
    trouble: Trouble,
    /// Saved files that couldn't be read: they are read again with the next save.
    unread: Vec<PathBuf>,
    /// The errors that were reported last.
    told: Vec<Diagnostic>,
}

/// What keeps saves from the pages, other than mistakes in the content.
#[derive(Default)]
struct Trouble {
    /// Why the folders can't be read.
    folders: Option<String>,
    /// Why the templates can't be used.
    templates: Option<String>,
    /// What made the program itself fail.
    fault: Option<String>,
    /// Why saves may be noticed late.
    unwatched: Option<String>,
}

impl Trouble {
    fn lines(&self) -> Vec<&str> {
        let all = [&self.fault, &self.folders, &self.templates, &self.unwatched];
        all.into_iter().flatten().map(String::as_str).collect()
    }
}

impl Live {
    /// Loads the site for the first time. Mistakes are shown; it fails only if there is no site to
    /// serve.
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

    /// The errors as HTML; empty if there are none.
    pub(crate) fn overlay(&self) -> Arc<str> {
        Arc::clone(&self.overlay.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The options for pages made today.
    pub(crate) fn options(&self, site: &Site) -> Options {
        let head = || Html::trusted(format!("<script>{RELOAD}</script>"));
        Options {
            base_url: Some(self.base_url.clone()),
            today: loading::today(site),
            development: self.in_development.then(head),
        }
    }

    /// How often the site has changed. A caller that reads this first and then the site gets the
    /// site of that version, or a later one.
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

    /// Reads saved files again, and shows the result. [`Self::tell`] reports errors later: editors
    /// write a file in several steps, and half a file is no mistake of theirs.
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

    /// The program failed on what was saved: the previous pages stay, and say so.
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

    /// Sets why saves may be noticed late, if they may.
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
    /// that parses may still refer to something missing.
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

    /// Reports the errors, unless they are those reported last.
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

    /// Shows the errors above the pages.
    fn show(&self, sources: &Sources) {
        let html = overlay::html(&self.told, sources, &self.trouble.lines());
        if *html != *self.live.overlay() {
            *self.live.overlay.write().unwrap_or_else(PoisonError::into_inner) = html.into();
            self.live.changed();
        }
    }
}

/// Editors see their drafts; others who can reach the server don't.
fn drafts(in_development: bool) -> Drafts {
    if in_development { Drafts::Shown } else { Drafts::Hidden }
}

fn errors(content: &Content) -> Vec<Diagnostic> {
    let site = content.site(Drafts::Shown);
    let today = site.as_deref().map(loading::today);
    let all = content.diagnostics(site.as_deref(), Look::ForErrors, today).into_iter();
    all.filter(|diagnostic| diagnostic.severity == Severity::Error).collect()
}

/// The path as the watcher will name it. A missing folder keeps the name it was given.
fn whole(folder: &std::path::Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
