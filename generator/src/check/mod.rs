//! The checks between files: mistakes that no file shows on its own.

mod addresses;
mod coverage;
mod dangling;
mod dated;
mod directory;
mod glossary;
mod ids;
mod links;
mod locate;
mod required;
mod strings;
mod translations;

use crate::diagnostic::Diagnostic;
use crate::fault::checked;
use crate::paths::SITE_YAML;
use crate::site::Site;
use jiff::civil::Date;
use rayon::prelude::*;

/// How much is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Only what must be mended before pages are published: enough for a build, and after each
    /// save.
    ForErrors,
    /// Everything, hints too.
    ForAll,
}

/// Everything that is wrong between files; with a day also what is wrong on that day.
pub(crate) fn site(site: &Site, look: Look, today: Option<Date>) -> Vec<Diagnostic> {
    let on_a_day = |check: fn(&Site, Date) -> Vec<Diagnostic>| {
        today.map(|today| check(site, today)).unwrap_or_default()
    };
    let checks: [&(dyn Fn() -> Vec<Diagnostic> + Sync); 12] = [
        &|| directory::check(site),
        &|| on_a_day(dated::check),
        &|| on_a_day(coverage::check),
        &|| required::check(site),
        &|| dangling::check(site, today),
        &|| ids::check(site),
        &|| addresses::check(site),
        &|| links::links(site),
        &|| links::images(site),
        &|| translations::check(site, look),
        &|| if look == Look::ForAll { glossary::check(site) } else { Vec::new() },
        &|| strings::check(site),
    ];
    // A check that panics is reported at site.yaml; the other checks still run.
    checks.par_iter().flat_map_iter(|check| checked(SITE_YAML, check)).collect()
}
