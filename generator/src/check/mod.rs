//! The checks of a whole site: what no file shows on its own.

mod addresses;
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
use crate::site::Site;
use jiff::civil::Date;

/// The file that there must be.
pub(crate) const SITE_YAML: &str = "content/site.yaml";

/// Everything that is wrong between files; with a day also what is wrong on that day.
pub(crate) fn site(site: &Site, today: Option<Date>) -> Vec<Diagnostic> {
    let mut diagnostics = references::check(site, today);
    diagnostics.extend(life::check(site, today));
    diagnostics.extend(ids::check(site));
    diagnostics.extend(addresses::check(site));
    diagnostics.extend(bodies::links(site));
    diagnostics.extend(bodies::images(site));
    diagnostics.extend(translations::check(site));
    diagnostics.extend(glossary::check(site));
    diagnostics.extend(strings::check(site));
    diagnostics
}
