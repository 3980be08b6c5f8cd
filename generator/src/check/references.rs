//! What doesn't fit between files, as the domain finds it, told at the file that has to be mended;
//! and files that must be there.

use crate::diagnostic::{Diagnostic, Place};
use crate::read::suggestion;
use crate::site::Site;
use domain::TopicId;
use domain::directory::{About, DirectoryProblem, Misfit};

const SITE: &str = "content/site.yaml";

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let problems = site.directory.problems();
    let mut diagnostics: Vec<_> =
        problems.iter().filter_map(|problem| diagnostic(site, problem)).collect();
    diagnostics.extend(missing_files(site));
    diagnostics
}

/// A file that is there but can't be read is told where it stands, and by nobody who names it.
fn diagnostic(site: &Site, problem: &DirectoryProblem) -> Option<Diagnostic> {
    let topics: Vec<_> = site.topics.keys().map(TopicId::as_str).collect();
    let branches: Vec<_> = site.branches.keys().map(|id| id.as_str()).collect();
    let (code, help) = match &problem.misfit {
        Misfit::UnknownTopic(id) if topics.contains(&id.as_str()) => return None,
        Misfit::UnknownTopic(id) => ("unknown-topic", suggestion(id.as_str(), &topics)),
        Misfit::UnknownNeighbor(id) | Misfit::UnknownPilot(id)
            if branches.contains(&id.as_str()) =>
        {
            return None;
        }
        Misfit::UnknownNeighbor(id) | Misfit::UnknownPilot(id) => {
            ("unknown-branch", suggestion(id.as_str(), &branches))
        }
        Misfit::OwnNeighbor => ("own-neighbor", "take it out of the list".to_owned()),
        Misfit::UnknownLanguage(_) => {
            ("unknown-language", "add it to languages in site.yaml, or take it out here".to_owned())
        }
        Misfit::NeverAnswers => ("never-answers", "give at least one day".to_owned()),
        Misfit::OutsideHours { .. } => {
            ("outside-hours", "keep within answering_hours of site.yaml, or widen those".to_owned())
        }
        Misfit::NoSourceLanguage => ("no-source-language", "add it as the first".to_owned()),
        Misfit::NoSomethingElse if topics.contains(&TopicId::SOMETHING_ELSE) => return None,
        Misfit::NoSomethingElse => {
            ("missing-file", "add content/topics/something-else.md".to_owned())
        }
        Misfit::NobodyListsIt => {
            ("nobody-can-help", "write who: any, or add the topic to a library's skills".to_owned())
        }
    };
    let file = match &problem.about {
        About::Service => SITE.to_owned(),
        About::Topic(id) => format!("content/topics/{id}.md"),
        About::Branch(id) => format!("content/branches/{id}.md"),
    };
    Some(Diagnostic::error(code, &file, Place::START, problem.misfit.to_string(), help))
}

/// Pages that every page leads to.
fn missing_files(site: &Site) -> Vec<Diagnostic> {
    let footer = site.missing_footer_pages().map(|id| format!("pages/{id}.md"));
    let indexes = [
        (site.ways.contains_key("index"), "services/index.md"),
        (site.pages.contains_key("index"), "pages/index.md"),
    ];
    let missing = indexes.into_iter().filter(|(there, _)| !there).map(|(_, file)| file.to_owned());
    footer
        .chain(missing)
        .map(|file| {
            let message = format!("there is no content/{file}, and every page leads to it");
            let help = "take it back from the last version";
            Diagnostic::error("missing-file", SITE, Place::START, message, help)
        })
        .collect()
}
