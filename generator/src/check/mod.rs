//! The checks of a whole site: what no file shows on its own.

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

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What must be mended before pages are published: a build and each save look for that alone.
    ForErrors,
    /// All that can be said.
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
    // One that fails is told where the site as a whole is described; the others are still made.
    checks.par_iter().flat_map_iter(|check| checked(SITE_YAML, check)).collect()
}
