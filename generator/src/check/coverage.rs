//! Requests that nobody could take on a day, told where their cause can be mended.

use super::locate::{Part, at};
use crate::diagnostic::Diagnostic;
use crate::paths::{Folder, SITE_YAML};
use crate::site::Site;
use domain::Directory;
use domain::directory::{Cause, Gap};
use jiff::civil::Date;
use std::borrow::Cow;

pub(super) fn check(site: &Site, today: Date) -> Vec<Diagnostic> {
    let gaps = published(site).gaps(today);
    gaps.iter().map(|gap| diagnostic(site, gap)).collect()
}

/// The directory without drafts: a library that is still being written takes nothing.
fn published(site: &Site) -> Cow<'_, Directory> {
    if site.drafts.is_empty() {
        return Cow::Borrowed(&site.directory);
    }
    let mut directory = site.directory.clone();
    let is_draft = |folder: Folder, id: &str| site.drafts.contains(&folder.stem(id));
    directory.topics.retain(|id, _| !is_draft(Folder::Topics, id.as_str()));
    directory.branches.retain(|id, _| !is_draft(Folder::Branches, id.as_str()));
    Cow::Owned(directory)
}

fn diagnostic(site: &Site, gap: &Gap) -> Diagnostic {
    let help = match gap.cause {
        Cause::Language => "add the language to interpreters in site.yaml",
        Cause::Way => "add the way to `meet` of a library that can, or suspend it in service_modes",
        Cause::Skill => "write who: any, or add the topic to the skills of a library that can",
        Cause::Hours => "look at answering_hours and closures of the libraries that can",
        Cause::NotTakingPart => {
            "look at pilot, and at draft, publish_on and retired of the libraries"
        }
    };
    let (file, key, part) = match (gap.topics.as_slice(), gap.cause) {
        ([topic], _) => (Folder::Topics.file(topic), "who", Part::Key),
        (_, Cause::Language) => {
            let first = gap.languages.first();
            let part = first.map_or(Part::Key, |tag| Part::Named(tag.as_str()));
            (SITE_YAML.to_owned(), "languages", part)
        }
        (_, Cause::NotTakingPart) => (SITE_YAML.to_owned(), "pilot", Part::Key),
        _ => (SITE_YAML.to_owned(), "answering_hours", Part::Key),
    };
    let place = at(site, &file, key, &part);
    Diagnostic::error("nobody-can-take", &file, place, message(gap), help).warning()
}

fn message(gap: &Gap) -> String {
    fn list<T: ToString>(items: impl Iterator<Item = T>) -> String {
        items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
    }
    let topics = match gap.every_topic {
        true => "anything".to_owned(),
        false => list(gap.topics.iter()),
    };
    let languages = match gap.every_language {
        true => "any language".to_owned(),
        false => list(gap.languages.iter()),
    };
    let ways = list(gap.ways.iter().map(|way| way.as_str()));
    let cause = match gap.cause {
        Cause::Language => "nobody speaks it, and no interpreter can be booked",
        Cause::Way => "no library offers it",
        Cause::Skill => "no library that lists the topic can",
        Cause::Hours => "nobody answers before the deadline",
        Cause::NotTakingPart => "no library takes part",
    };
    format!("nobody can take {topics} by {ways} in {languages}: {cause}")
}
