//! Pages that come and go: links to those that aren't there on a day, pages that must always be
//! there, and pages that somebody should read again.

use super::bodies::resolve;
use super::places::{Part, place};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::stem;
use crate::parse::{Parsed, What};
use crate::site::Site;
use domain::TopicId;
use jiff::civil::Date;
use rayon::prelude::*;
use render::frame::FOOTER_PAGES;
use std::collections::HashMap;
use std::sync::Arc;

/// When a page is there.
#[derive(Clone, Copy)]
struct Stay {
    draft: bool,
    from: Option<Date>,
    until: Option<Date>,
}

fn stay(parsed: &Parsed) -> Option<Stay> {
    let life = parsed.life?;
    let date = match &parsed.what {
        What::Post(_, date, _) => *date,
        _ => None,
    };
    Some(Stay { draft: life.draft, from: life.publish_on.max(date), until: life.expires_on })
}

impl Site {
    /// Whether a content file's page is there on a day: a draft is, where the site has drafts.
    pub(crate) fn is_there(&self, file: &str, today: Date) -> bool {
        let Some(parsed) = self.files.get(file) else { return true };
        let Some(stay) = stay(parsed) else { return true };
        let is_shown = || match &parsed.what {
            What::Topic(id, ..) => self.directory.topics.contains_key(id),
            What::Branch(id, ..) => self.directory.branches.contains_key(id),
            What::Way(id, ..) => self.ways.contains_key(id),
            What::Post(id, ..) => self.news.contains_key(id),
            What::Page(id, ..) => self.pages.contains_key(id),
            _ => true,
        };
        stay.from.is_none_or(|from| from <= today)
            && stay.until.is_none_or(|until| today < until)
            && (!stay.draft || is_shown())
    }
}

pub(super) fn check(site: &Site, today: Option<Date>) -> Vec<Diagnostic> {
    let mut diagnostics = required(site);
    if let Some(today) = today {
        diagnostics.extend(reviews(site, today));
    }
    diagnostics.extend(links(site, today));
    diagnostics
}

/// Pages that every page leads to can't come and go.
fn required(site: &Site) -> Vec<Diagnostic> {
    let footer = FOOTER_PAGES.map(|id| format!("content/pages/{id}.md"));
    let others = [
        "content/pages/index.md".to_owned(),
        "content/services/index.md".to_owned(),
        format!("content/topics/{}.md", TopicId::SOMETHING_ELSE),
    ];
    let mut diagnostics = Vec::new();
    for file in footer.iter().chain(&others) {
        let Some(life) = site.files.get(file.as_str()).and_then(|parsed| parsed.life) else {
            continue;
        };
        let end = if file.contains("/topics/") { "retired" } else { "expires_on" };
        let keys = [
            (life.draft, "draft"),
            (life.publish_on.is_some(), "publish_on"),
            (life.expires_on.is_some(), end),
        ];
        for (_, key) in keys.into_iter().filter(|(there, _)| *there) {
            let message = format!("{key}: every page leads to this one, so it is always there");
            let at = place(site, file, key, &Part::Key);
            let help = "delete this line";
            diagnostics.push(Diagnostic::error("required-page", file, at, message, help));
        }
    }
    diagnostics
}

fn reviews(site: &Site, today: Date) -> Vec<Diagnostic> {
    let due = site.files.iter().filter_map(|(file, parsed)| {
        let on = parsed.life?.review_by.filter(|on| *on < today)?;
        let message = format!("review_by: this should have been read again by {on}");
        let help = "read it, mend what changed, and write the next day; or delete this line";
        let at = place(site, file, "review_by", &Part::Key);
        Some(Diagnostic::error("review-due", file, at, message, help).warning())
    });
    due.collect()
}

/// Links from pages that are there to pages that aren't.
fn links(site: &Site, today: Option<Date>) -> Vec<Diagnostic> {
    // Few pages come and go: only links to those are looked at further.
    let is_absent = |stay: &Stay| {
        let gone = |today| stay.until.is_some_and(|until| until <= today);
        let later = |today| stay.from.is_some_and(|from| from > today);
        stay.draft || today.is_some_and(|today| gone(today) || later(today))
    };
    let all = site.files.iter();
    let absent: HashMap<&str, Stay> =
        all.filter_map(|(file, parsed)| Some((&**file, stay(parsed).filter(is_absent)?))).collect();
    if absent.is_empty() {
        return Vec::new();
    }
    let files: Vec<_> = site.files.iter().collect();
    let of_file = |(file, parsed): &(&Arc<str>, &Arc<Parsed>)| {
        let source = site.files.get(format!("{}.md", stem(file)).as_str());
        let from = source.and_then(|source| stay(source));
        // What isn't there itself may lead anywhere.
        let leaves = from.is_some_and(|from| {
            let gone = from.until.zip(today).is_some_and(|(until, today)| until <= today);
            !from.draft && !gone
        });
        let links = parsed.outline.links.iter().filter(|_| leaves);
        let dead = links.filter_map(|(at, target)| {
            let path = target.split('#').next().filter(|path| !path.is_empty())?;
            let to = resolve(file, path);
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
    from: Stay,
    target: Stay,
    today: Option<Date>,
) -> Option<(Severity, String, &'static str)> {
    if target.draft {
        let help = "publish that page first, or take the link out";
        return Some((Severity::Error, format!("{to} is a draft: nobody can follow this"), help));
    }
    let today = today?;
    if let Some(until) = target.until.filter(|until| *until <= today) {
        // Time alone makes no error: the nightly build goes on, and shows the words without link.
        let message = format!("{to} is gone since {until}: this is no link any more");
        let help = "link to what took its place, or take the link out";
        return Some((Severity::Warning, message, help));
    }
    // The day from which this page is read.
    let read_from = from.from.map_or(today, |from| from.max(today));
    let later = target.from.filter(|on| *on > read_from)?;
    let message = format!("{to} is published on {later}: until then this is no link");
    Some((Severity::Warning, message, "publish this page on the same day, or leave it so"))
}
