//! Loading the content, and reporting what is wrong with it.

use crate::cli::FolderArgs;
use crate::failure::{Failure, say};
use generator::{Diagnostic, Drafts, Folders, Loaded, Look, Severity, Site, Sources, told};
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::IsTerminal;
use std::sync::Arc;

/// Loads everything, and checks it for a day, by default today. Fails only if there is nothing to
/// load.
pub(crate) fn load(
    folders: &FolderArgs,
    drafts: Drafts,
    look: Look,
    day: Option<Date>,
) -> Result<Loaded, Failure> {
    let folders =
        Folders { content: folders.content.clone(), templates: folders.templates.clone() };
    let day = |site: &Site| Some(day.unwrap_or_else(|| today(site)));
    generator::load_on(&folders, drafts, look, &day).map_err(Failure::cannot_run)
}

/// The site, if it has no errors; otherwise reports them all on stderr.
pub(crate) fn load_clean(
    folders: &FolderArgs,
    drafts: Drafts,
    day: Option<Date>,
) -> Result<Arc<Site>, Failure> {
    let loaded = load(folders, drafts, Look::ForErrors, day)?;
    let errors: Vec<_> =
        loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    tell(errors.iter().copied(), &loaded.sources);
    match (errors.is_empty(), loaded.site) {
        (true, Some(site)) => Ok(site),
        _ => {
            say(&summary(errors.len(), 0));
            Err(Failure::Content)
        }
    }
}

/// Reports diagnostics to people, with excerpts.
pub(crate) fn tell<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>, sources: &Sources) {
    for told in told(diagnostics) {
        say(&told.to_human(sources, color()));
    }
}

/// "2 errors, 3 warnings".
pub(crate) fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    format!("{}, {}\n", count(errors, "error"), count(warnings, "warning"))
}

/// Today's date in the service's time zone.
pub(crate) fn today(site: &Site) -> Date {
    let zone = site.directory().service.time_zone.clone();
    Timestamp::now().to_zoned_datetime(zone).date()
}

/// Color only on a terminal, and not if <https://no-color.org> asks for none.
pub(crate) fn color() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
