//! `check`: reports everything that is wrong with the content.

use crate::cli::{CheckArgs, CheckFormat, Deny, FolderArgs};
use crate::failure::{Failure, print, say};
use crate::loading;
use generator::{Diagnostic, Drafts, Loaded, Look, Options, Severity, narrow, told};
use jiff::civil::Date;
use rayon::prelude::*;
use render::Renderer;
use std::sync::Arc;

pub(crate) fn run(folders: &FolderArgs, args: &CheckArgs) -> Result<(), Failure> {
    let loaded = loading::load(folders, Drafts::Shown, Look::ForAll, args.today)?;
    let count = |severity| loaded.diagnostics.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match args.format {
        CheckFormat::Human => loading::tell(&loaded.diagnostics, &loaded.sources),
        CheckFormat::Json => {
            for diagnostic in &loaded.diagnostics {
                print(&json(diagnostic)?)?;
            }
        }
        CheckFormat::Github => {
            for told in told(&loaded.diagnostics) {
                print(&(told.to_github() + "\n"))?;
            }
        }
    }
    // With errors in the content, pages would fail for the reasons just reported.
    if errors == 0 {
        render_all(&loaded, args.today)?;
    }
    say(&loading::summary(errors, warnings));
    if errors > 0 || (warnings > 0 && args.deny == Some(Deny::Warnings)) {
        return Err(Failure::Content);
    }
    Ok(())
}

fn json(diagnostic: &Diagnostic) -> Result<String, Failure> {
    Ok(serde_json::to_string(diagnostic).map_err(Failure::cannot_run)? + "\n")
}

/// Renders without writing, as `check` must also find a template that fails.
fn render_all(loaded: &Loaded, today: Option<Date>) -> Result<(), Failure> {
    let Some(site) = &loaded.site else {
        return Err(Failure::Content);
    };
    let failed = |error: render::RenderError| {
        say(&format!("error: templates: {}\n", narrow(&error.to_string())));
        Failure::Content
    };
    let renderer = Renderer::new(Arc::new(site.bundle())).map_err(failed)?;
    let today = today.unwrap_or_else(|| loading::today(site));
    let options = Options { base_url: None, today, development: None };
    let pages = site.page_ids(options.today);
    pages
        .par_iter()
        .try_for_each(|id| site.render(id, &renderer, &options).map(drop))
        .map_err(failed)
}
