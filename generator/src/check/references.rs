//! What doesn't fit between files, as the domain finds it, told at the key that has to be mended;
//! and files that must be there.

use super::places::{Part, place};
use crate::diagnostic::suggestion;
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::paths::{Folder, SITE_YAML};
use crate::site::Site;
use domain::directory::{About, Cause, DirectoryProblem, Gap, Misfit};
use domain::{Directory, TopicId};
use jiff::civil::Date;
use std::borrow::Cow;

pub(super) fn check(site: &Site, today: Option<Date>) -> Vec<Diagnostic> {
    let mut problems = match today {
        Some(today) => site.directory.problems_on(today),
        None => site.directory.problems(),
    };
    if let Some(today) = today {
        problems.extend(published(site).gap_problems(today));
    }
    let mut diagnostics: Vec<_> =
        problems.iter().filter_map(|problem| diagnostic(site, problem)).collect();
    diagnostics.extend(missing_files(site));
    diagnostics
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

/// What is said of a misfit besides its own message.
struct Remark<'a> {
    code: &'static str,
    severity: Severity,
    help: String,
    key: &'static str,
    part: Part<'a>,
}

fn remark<'a>(code: &'static str, key: &'static str, help: impl Into<String>) -> Remark<'a> {
    Remark { code, severity: Severity::Error, help: help.into(), key, part: Part::Key }
}

impl<'a> Remark<'a> {
    fn at(self, name: &'a str) -> Self {
        Self { part: Part::Named(name), ..self }
    }

    fn item(self, item: usize) -> Self {
        Self { part: Part::Item(item), ..self }
    }

    fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    fn hint(self) -> Self {
        Self { severity: Severity::Hint, ..self }
    }
}

/// A file that is there but can't be read is told where it stands, and by nobody who names it.
fn diagnostic(site: &Site, problem: &DirectoryProblem) -> Option<Diagnostic> {
    let file = match &problem.about {
        About::Service => SITE_YAML.to_owned(),
        About::Topic(id) => Folder::Topics.file(id),
        About::Branch(id) => Folder::Branches.file(id),
    };
    let remark = remark_on(site, &problem.misfit)?;
    let at = match &problem.misfit {
        Misfit::NoSomethingElse => Place::START,
        _ => place(site, &file, remark.key, &remark.part),
    };
    let message = problem.misfit.to_string();
    let told = Diagnostic::error(remark.code, &file, at, message, remark.help);
    Some(Diagnostic { severity: remark.severity, ..told })
}

fn remark_on<'a>(site: &Site, misfit: &'a Misfit) -> Option<Remark<'a>> {
    let topics: Vec<_> = site.topics.keys().map(TopicId::as_str).collect();
    let branches: Vec<_> = site.branches.keys().map(|id| id.as_str()).collect();
    let or_later = "delete it, or let it end later";
    Some(match misfit {
        Misfit::UnknownTopic(id) if topics.contains(&id.as_str()) => return None,
        Misfit::UnknownTopic(id) => {
            remark("unknown-topic", "skills", suggestion(id.as_str(), &topics)).at(id.as_str())
        }
        Misfit::UnknownNeighbor(id) | Misfit::UnknownPilot(id)
            if branches.contains(&id.as_str()) =>
        {
            return None;
        }
        Misfit::UnknownNeighbor(id) => {
            let help = suggestion(id.as_str(), &branches);
            remark("unknown-branch", "neighbors", help).at(id.as_str())
        }
        Misfit::UnknownPilot(id) => {
            remark("unknown-branch", "pilot", suggestion(id.as_str(), &branches)).at(id.as_str())
        }
        Misfit::OwnNeighbor => remark("own-neighbor", "neighbors", "take it out of the list"),
        Misfit::OneWayNeighbor(id) => {
            let help = format!("add this library to neighbors in {id}.md, or take {id} out here");
            remark("one-way-neighbor", "neighbors", help).at(id.as_str()).warning()
        }
        Misfit::SharedMailbox(_) => {
            let help = "give each library its own: a request must be somebody's";
            remark("shared-mailbox", "mailbox", help).warning()
        }
        Misfit::UnknownLanguage(tag) => {
            let help = "add it to languages in site.yaml, or take it out here";
            remark("unknown-language", "speaks", help).at(tag.as_str())
        }
        Misfit::NeverAnswers => remark("never-answers", "answering_hours", "give at least one day"),
        Misfit::OutsideHours { day, .. } => {
            let help = "keep within answering_hours of site.yaml, or widen those";
            remark("outside-hours", "answering_hours", help).at(day)
        }
        Misfit::NoSourceLanguage => {
            remark("no-source-language", "languages", "add it as the first")
        }
        Misfit::NoSomethingElse if topics.contains(&TopicId::SOMETHING_ELSE) => return None,
        Misfit::NoSomethingElse => {
            remark("missing-file", "name", "add content/topics/something-else.md")
        }
        Misfit::NobodyListsIt => {
            let help = "write who: any, or add the topic to a library's skills";
            remark("nobody-can-help", "who", help)
        }
        Misfit::NobodyCanTake(gap) => gap_remark(gap),
        Misfit::OverlappingModes { item, .. } => {
            let help = "let one end before the other begins, or make one of both";
            remark("overlapping-modes", "service_modes", help).item(*item)
        }
        Misfit::EndedMode { item, .. } => {
            remark("ended-mode", "service_modes", or_later).item(*item).hint()
        }
        Misfit::EndedClosure { item, .. } => {
            remark("ended-closure", "closures", or_later).item(*item).hint()
        }
        Misfit::HolidayTwice { item, .. } => {
            remark("holiday-twice", "holidays", "delete one of the two").item(*item).warning()
        }
        Misfit::NoHolidaysAhead(_) => {
            let help = "add the coming ones: on a holiday nobody answers, and no promise counts it";
            remark("no-holidays-ahead", "holidays", help).hint()
        }
    })
}

/// A gap is mended where its cause is: at the topic, at the languages, or at the libraries.
fn gap_remark(gap: &Gap) -> Remark<'_> {
    let help = match gap.cause {
        Cause::Language => "add the language to interpreters in site.yaml",
        Cause::Way => "add the way to `meet` of a library that can, or suspend it in service_modes",
        Cause::Skill => "write who: any, or add the topic to the skills of a library that can",
        Cause::Hours => "look at answering_hours and closures of the libraries that can",
        Cause::NotTakingPart => {
            "look at pilot, and at draft, publish_on and retired of the libraries"
        }
    };
    let about_topic = gap.topics.len() == 1;
    let key = match gap.cause {
        _ if about_topic => "who",
        Cause::Language => "languages",
        Cause::NotTakingPart => "pilot",
        _ => "answering_hours",
    };
    let remark = remark("nobody-can-take", key, help).warning();
    match gap.languages.first() {
        Some(tag) if !about_topic && gap.cause == Cause::Language => remark.at(tag.as_str()),
        _ => remark,
    }
}

/// Pages that every page leads to.
fn missing_files(site: &Site) -> Vec<Diagnostic> {
    let footer = site.missing_footer_pages().map(|id| Folder::Pages.file(id));
    let indexes = [
        (site.ways.contains_key("index"), Folder::Services),
        (site.pages.contains_key("index"), Folder::Pages),
    ];
    let missing = indexes.into_iter().filter(|(there, _)| !there);
    let missing = missing.map(|(_, folder)| folder.file("index"));
    footer
        .chain(missing)
        .map(|file| {
            let message = format!("there is no {file}, and every page leads to it");
            let help = "take it back from the last version";
            Diagnostic::error("missing-file", SITE_YAML, Place::START, message, help)
        })
        .collect()
}
