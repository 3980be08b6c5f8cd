//! The site as it is now. A save puts a new one in its place; a save with a mistake in it leaves
//! the last good one.

use crate::cli::FolderArgs;
use crate::failure::{Failure, say};
use crate::loading;
use generator::{Options, Severity, Site};
use handler::LiveRenderer;
use render::html::Html;
use render::{RenderError, Renderer};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// The site as it is now, and who wants to know when it changes.
#[derive(Clone)]
pub(crate) struct Live {
    site: Arc<RwLock<Arc<Site>>>,
    /// Also the desk's.
    pub(crate) renderer: LiveRenderer,
    base_url: String,
    in_development: bool,
    /// Counts the changes.
    pub(crate) version: Arc<watch::Sender<u64>>,
}

/// Asks for news of the page, and loads it again when there are any.
pub(crate) const RELOAD: &str = "(async()=>{for(;;){try{const r=await fetch('/dev/reload');\
     if(r.status==205){location.reload();return}}catch{await new Promise(r=>setTimeout(r,999))}}})()";

impl Live {
    /// Loads the site for the first time. Mistakes are shown; only if there is no site to serve
    /// does it fail.
    pub(crate) fn load(
        folders: &FolderArgs,
        base_url: String,
        in_development: bool,
    ) -> Result<Self, Failure> {
        let site = read(folders)?.ok_or(Failure::Content)?;
        let renderer = renderer(&site).map_err(|error| {
            say(&format!("error: templates: {error}\n"));
            Failure::Content
        })?;
        Ok(Self {
            site: Arc::new(RwLock::new(site)),
            renderer: LiveRenderer::new(renderer),
            base_url,
            in_development,
            version: Arc::new(watch::Sender::new(0)),
        })
    }

    /// Loads it again after a save.
    pub(crate) fn reload(&self, folders: &FolderArgs) {
        let made = match read(folders) {
            Ok(Some(site)) => renderer(&site).map(|renderer| (site, renderer)),
            Ok(None) => return,
            Err(failure) => {
                // The server goes on; the exit code is for commands that end.
                let _ = failure.report();
                return;
            }
        };
        match made {
            Ok((site, renderer)) => {
                *self.site.write().unwrap_or_else(PoisonError::into_inner) = site;
                self.renderer.replace(renderer);
                self.version.send_modify(|version| *version += 1);
            }
            Err(error) => say(&format!("error: templates: {error}\n")),
        }
    }

    pub(crate) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What pages are made with today.
    pub(crate) fn options(&self, site: &Site) -> Options {
        let script = || Html::trusted(format!("<script>{RELOAD}</script>"));
        Options {
            base_url: Some(self.base_url.clone()),
            today: loading::today(site),
            development: self.in_development.then(script),
        }
    }

    pub(crate) fn in_development(&self) -> bool {
        self.in_development
    }
}

fn renderer(site: &Site) -> Result<Arc<Renderer>, RenderError> {
    Ok(Arc::new(Renderer::new(Arc::new(site.bundle()))?))
}

/// Reads everything, and shows what is wrong with it.
fn read(folders: &FolderArgs) -> Result<Option<Arc<Site>>, Failure> {
    let loaded = loading::load(folders)?;
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    for diagnostic in errors {
        say(&diagnostic.to_human(&loaded.sources, loading::color()));
    }
    Ok(loaded.site)
}
