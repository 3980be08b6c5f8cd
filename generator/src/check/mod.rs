//! The checks of a whole site: what no file shows on its own.

pub(crate) mod addresses;
pub(crate) mod bodies;
mod glossary;
mod ids;
mod language;
pub(crate) mod life;
mod places;
pub(crate) mod prose;
mod references;
pub(crate) mod strings;
mod translations;
mod wording;

use crate::diagnostic::Diagnostic;
use crate::fault::checked;
use crate::load::Look;
use crate::site::Site;
use jiff::civil::Date;
use rayon::prelude::*;

/// The file that there must be.
pub(crate) const SITE_YAML: &str = "content/site.yaml";

/// Everything that is wrong between files; with a day also what is wrong on that day.
pub(crate) fn site(site: &Site, look: Look, today: Option<Date>) -> Vec<Diagnostic> {
    let checks: [&(dyn Fn() -> Vec<Diagnostic> + Sync); 9] = [
        &|| references::check(site, today),
        &|| life::check(site, today),
        &|| ids::check(site),
        &|| addresses::check(site),
        &|| bodies::links(site),
        &|| bodies::images(site),
        &|| translations::check(site, look),
        &|| if look == Look::ForAll { glossary::check(site) } else { Vec::new() },
        &|| strings::check(site),
    ];
    // One that fails is told where the site as a whole is described; the others are still made.
    checks.par_iter().flat_map_iter(|check| checked(SITE_YAML, check)).collect()
}
