//! Dated facts whose day has come: modes, closures and holidays that are over, and pages to read
//! again.

use super::locate::{Part, at};
use crate::diagnostic::Diagnostic;
use crate::paths::{Folder, SITE_YAML};
use crate::site::Site;
use domain::branch::Closure;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

pub(super) fn check(site: &Site, today: Date) -> Vec<Diagnostic> {
    let service = &site.directory.service;
    let mut diagnostics = overlapping_modes(site);
    diagnostics.extend(ended_modes(site, today));
    diagnostics.extend(ended_closures(site, SITE_YAML, &service.closures, today));
    diagnostics.extend(holidays(site, today));
    diagnostics.extend(reviews(site, today));
    for branch in site.directory.branches.values() {
        let file = Folder::Branches.file(&branch.id);
        diagnostics.extend(ended_closures(site, &file, &branch.closures, today));
    }
    diagnostics
}

fn overlapping_modes(site: &Site) -> Vec<Diagnostic> {
    let modes = &site.directory.service.modes;
    let mut diagnostics = Vec::new();
    for (item, mode) in modes.iter().enumerate() {
        let earlier = modes.iter().take(item).filter(|m| m.suspended == mode.suspended);
        for both in earlier.map(|other| mode.period().both(other.period())) {
            let Some(on) = both.from.filter(|_| !both.is_empty()) else { continue };
            let way = mode.suspended.as_str();
            diagnostics.push(Diagnostic::error(
                "overlapping-modes",
                SITE_YAML,
                at(site, SITE_YAML, "service_modes", &Part::Item(item)),
                format!("service_modes: {way} is suspended twice on {on}"),
                "let one end before the other begins, or make one of both",
            ));
        }
    }
    diagnostics
}

const OR_LATER: &str = "delete it, or let it end later";

fn ended_modes(site: &Site, today: Date) -> Vec<Diagnostic> {
    let modes = site.directory.service.modes.iter().enumerate();
    let ended = modes.filter_map(|(item, mode)| {
        let on = mode.until.filter(|_| mode.period().is_over_on(today))?;
        let place = at(site, SITE_YAML, "service_modes", &Part::Item(item));
        let message = format!("service_modes: this ended on {on}");
        Some(Diagnostic::error("ended-mode", SITE_YAML, place, message, OR_LATER).hint())
    });
    ended.collect()
}

fn ended_closures(site: &Site, file: &str, closures: &[Closure], today: Date) -> Vec<Diagnostic> {
    let closures = closures.iter().enumerate();
    let ended = closures.filter(|(_, closure)| closure.period().is_over_on(today));
    let told = ended.map(|(item, closure)| {
        let place = at(site, file, "closures", &Part::Item(item));
        let message = format!("closures: this ended on {}", closure.until);
        Diagnostic::error("ended-closure", file, place, message, OR_LATER).hint()
    });
    told.collect()
}

fn holidays(site: &Site, today: Date) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for (item, holiday) in site.directory.service.holidays.iter().enumerate() {
        if !seen.insert(holiday.date) {
            let place = at(site, SITE_YAML, "holidays", &Part::Item(item));
            let message = format!("holidays: {} stands here twice", holiday.date);
            let help = "delete one of the two";
            let twice = Diagnostic::error("holiday-twice", SITE_YAML, place, message, help);
            diagnostics.push(twice.warning());
        }
    }
    let in_a_year = today.saturating_add(1.year());
    if !seen.iter().any(|date| (today..in_a_year).contains(date)) {
        let told = Diagnostic::error(
            "no-holidays-ahead",
            SITE_YAML,
            at(site, SITE_YAML, "holidays", &Part::Key),
            format!("holidays: there is none in the twelve months from {today} on"),
            "add the coming ones: on a holiday nobody answers, and no promise counts it",
        );
        diagnostics.push(told.hint());
    }
    diagnostics
}

/// Pages that somebody should have read again by now.
fn reviews(site: &Site, today: Date) -> Vec<Diagnostic> {
    let due = site.files.iter().filter_map(|(file, parsed)| {
        let on = parsed.life?.review_by.filter(|on| *on < today)?;
        let message = format!("review_by: this should have been read again by {on}");
        let help = "read it, mend what changed, and write the next day; or delete this line";
        let place = at(site, file, "review_by", &Part::Key);
        Some(Diagnostic::error("review-due", file, place, message, help).warning())
    });
    due.collect()
}
