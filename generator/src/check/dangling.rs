//! Links from pages that are there to pages that aren't: drafts, and pages whose days are over or
//! still to come.

use crate::diagnostic::{Diagnostic, Severity};
use crate::file::Parsed;
use crate::paths::{Target, source_file, stem};
use crate::site::{Presence, Site};
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn check(site: &Site, today: Option<Date>) -> Vec<Diagnostic> {
    // Few pages come and go, so only links to those are looked at further.
    let is_absent = |presence: &Presence| {
        presence.draft || today.is_some_and(|today| !presence.period.covers(today))
    };
    let all = site.files.iter();
    let absent: HashMap<&str, Presence> = all
        .filter_map(|(file, parsed)| Some((&**file, Presence::of(parsed).filter(is_absent)?)))
        .collect();
    if absent.is_empty() {
        return Vec::new();
    }
    let files: Vec<_> = site.files.iter().collect();
    let of_file = |(file, parsed): &(&Arc<str>, &Arc<Parsed>)| {
        let source = site.files.get(source_file(stem(file)).as_str());
        let from = source.and_then(|source| Presence::of(source));
        // A page that isn't published may link to anything.
        let leaves = from.is_some_and(|from| {
            !from.draft && !today.is_some_and(|today| from.period.is_over_on(today))
        });
        let links = parsed.outline.links.iter().filter(|_| leaves);
        let dead = links.filter_map(|(at, target)| {
            let target = Target::new(target);
            let to = (!target.path.is_empty()).then(|| target.file(file))?;
            let (severity, message, help) = dead(&to, from?, *absent.get(&*to)?, today)?;
            let told = Diagnostic::error("link-to-unpublished", file, *at, message, help);
            Some(Diagnostic { severity, ..told })
        });
        dead.collect::<Vec<_>>()
    };
    files.par_iter().flat_map_iter(of_file).collect()
}

fn dead(
    to: &str,
    from: Presence,
    target: Presence,
    today: Option<Date>,
) -> Option<(Severity, String, &'static str)> {
    if target.draft {
        let help = "publish that page first, or take the link out";
        return Some((Severity::Error, format!("{to} is a draft: nobody can follow this"), help));
    }
    let today = today?;
    if let Some(until) = target.period.until.filter(|_| target.period.is_over_on(today)) {
        // The passing of time must not break the nightly build: this is a warning, and the page
        // shows the words without a link.
        let message = format!("{to} is gone since {until}: this is no link any more");
        let help = "link to what took its place, or take the link out";
        return Some((Severity::Warning, message, help));
    }
    // The day from which this page is read.
    let read_from = from.period.from.map_or(today, |from| from.max(today));
    let later = target.period.from.filter(|on| *on > read_from)?;
    let message = format!("{to} is published on {later}: until then this is no link");
    Some((Severity::Warning, message, "publish this page on the same day, or leave it so"))
}
