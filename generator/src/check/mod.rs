//! The checks of a whole site: what no file shows on its own.

mod addresses;
pub(crate) mod bodies;
mod references;
pub(crate) mod strings;
mod translations;

use crate::diagnostic::Diagnostic;
use crate::site::Site;

/// The file that there must be.
pub(crate) const SITE_YAML: &str = "content/site.yaml";

/// Everything that is wrong between files.
pub(crate) fn site(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = references::check(site);
    diagnostics.extend(addresses::check(site));
    diagnostics.extend(bodies::links(site));
    diagnostics.extend(bodies::images(site));
    diagnostics.extend(translations::check(site));
    diagnostics.extend(strings::check(site));
    diagnostics
}
