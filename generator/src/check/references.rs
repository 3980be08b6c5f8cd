//! References between files: topics and branches that don't exist, and facts that don't fit.

use crate::diagnostic::{Diagnostic, Place};
use crate::read::suggestion;
use crate::site::Site;
use domain::topic::WhoCanHelp;
use domain::{Branch, TopicId};

const SITE: &str = "content/site.yaml";

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<_> =
        site.directory.branches.values().flat_map(|branch| of_branch(site, branch)).collect();
    diagnostics.extend(of_site(site));
    diagnostics.extend(coverage(site));
    diagnostics
}

/// A file that is there counts, even if it can't be read: that is told where it stands.
fn of_branch(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = format!("content/branches/{}.md", branch.id);
    let topics: Vec<_> = site.topics.keys().map(TopicId::as_str).collect();
    let branches: Vec<_> = site.directory.branches.keys().map(|id| id.as_str()).collect();
    let mut diagnostics = Vec::new();
    let mut say = |code, message: String, help: String| {
        diagnostics.push(Diagnostic::error(code, &file, Place::START, message, help));
    };
    for topic in branch.skills.keys().filter(|id| !topics.contains(&id.as_str())) {
        let help = suggestion(topic.as_str(), &topics);
        say("unknown-topic", format!("skills: there is no topic {topic}"), help);
    }
    for id in &branch.neighbors {
        if id == &branch.id {
            let help = "take it out of the list".to_owned();
            say("own-neighbor", "neighbors: a library isn't its own neighbor".to_owned(), help);
        } else if !branches.contains(&id.as_str()) {
            let help = suggestion(id.as_str(), &branches);
            say("unknown-branch", format!("neighbors: there is no library {id}"), help);
        }
    }
    for tag in branch.speaks.keys().filter(|tag| site.directory.language(tag).is_none()) {
        let help = "add it to languages in site.yaml, or take it out here".to_owned();
        say("unknown-language", format!("speaks: the site has no language {tag}"), help);
    }
    if branch.answering_hours.is_empty() {
        let help = "give at least one day".to_owned();
        say("never-answers", "answering_hours: nobody ever answers here".to_owned(), help);
    }
    for day in branch.answering_hours.days() {
        let within = |span: &domain::hours::TimeSpan| {
            let service = site.directory.service.answering_hours.on(day);
            service.iter().any(|open| open.from() <= span.from() && span.until() <= open.until())
        };
        for span in branch.answering_hours.on(day).iter().filter(|span| !within(span)) {
            let help = "keep within answering_hours of site.yaml, or widen those".to_owned();
            let day = day.as_str();
            let message = format!("answering_hours: {day} {span} is outside the service's hours");
            say("outside-hours", message, help);
        }
    }
    diagnostics
}

fn of_site(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut say = |code, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(code, SITE, Place::START, message, help));
    };
    let service = &site.directory.service;
    for id in service.pilot.iter().flatten() {
        if !site.branches.contains_key(id) {
            say("unknown-branch", format!("pilot: there is no library {id}"), "mend the id");
        }
    }
    if service.answering_hours.is_empty() {
        let message = "answering_hours: nobody ever answers".to_owned();
        say("never-answers", message, "give at least one day");
    }
    if !service.languages.iter().any(|language| language.tag.is_source()) {
        say("no-source-language", "languages: en is missing".to_owned(), "add it as the first");
    }
    let something_else = TopicId::SOMETHING_ELSE;
    if !site.directory.topics.keys().any(|id| id.as_str() == something_else) {
        let message = format!("there is no topic {something_else}");
        say("missing-file", message, "add content/topics/something-else.md");
    }
    for id in site.missing_footer_pages() {
        let message = format!("there is no page {id}, and every footer links to it");
        say("missing-file", message, "add it to content/pages");
    }
    for (there, file) in [
        (site.ways.contains_key("index"), "services/index.md"),
        (site.pages.contains_key("index"), "pages/index.md"),
    ] {
        if !there {
            let message = format!("there is no content/{file}, and every page leads to it");
            say("missing-file", message, "take it back from the last version");
        }
    }
    diagnostics
}

/// A topic for which experts are listed, but nobody lists it.
fn coverage(site: &Site) -> Vec<Diagnostic> {
    let listed = site.directory.topics.values().filter(|topic| topic.who == WhoCanHelp::Listed);
    listed
        .filter(|topic| {
            let mut branches = site.directory.branches.values();
            !branches.any(|branch| branch.skills.contains_key(&topic.id))
        })
        .map(|topic| {
            Diagnostic::error(
                "nobody-can-help",
                &format!("content/topics/{}.md", topic.id),
                Place::START,
                format!("who is listed, but no library lists {}", topic.id),
                "write who: any, or add the topic to a library's skills",
            )
        })
        .collect()
}
