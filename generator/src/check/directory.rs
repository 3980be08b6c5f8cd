//! Facts that don't fit together, though each file may be right on its own: who knows what, who is
//! near whom, who answers when.

use super::locate::{Part, at};
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::paths::{Folder, SITE_YAML};
use crate::site::Site;
use domain::branch::Branch;
use domain::hours::TimeSpan;
use domain::topic::WhoCanHelp;
use domain::{LanguageTag, Topic, TopicId};

pub(super) fn check(site: &Site) -> Vec<Diagnostic> {
    let mut diagnostics = of_service(site);
    for branch in site.directory.branches.values() {
        diagnostics.extend(area(site, branch));
        diagnostics.extend(skills(site, branch));
        diagnostics.extend(neighbors(site, branch));
        diagnostics.extend(mailbox(site, branch));
        diagnostics.extend(languages(site, branch));
        diagnostics.extend(hours(site, branch));
    }
    diagnostics.extend(site.directory.topics.values().filter_map(|topic| group(site, topic)));
    diagnostics.extend(listed_by_nobody(site));
    diagnostics
}

fn of_service(site: &Site) -> Vec<Diagnostic> {
    let service = &site.directory.service;
    let mut diagnostics = Vec::new();
    let branches: Vec<_> = site.branches.keys().map(|id| id.as_str()).collect();
    // A file that is there but can't be read is reported itself, not where it is named.
    for id in service.pilot.iter().flatten().filter(|id| !branches.contains(&id.as_str())) {
        diagnostics.push(Diagnostic::error(
            "unknown-branch",
            SITE_YAML,
            at(site, SITE_YAML, "pilot", &Part::Named(id.as_str())),
            format!("pilot: there is no library {id}"),
            suggestion(id.as_str(), &branches),
        ));
    }
    if service.answering_hours.is_empty() {
        diagnostics.push(never_answers(site, SITE_YAML));
    }
    if site.directory.language(&LanguageTag::source()).is_none() {
        diagnostics.push(Diagnostic::error(
            "no-source-language",
            SITE_YAML,
            at(site, SITE_YAML, "languages", &Part::Key),
            "languages: en is missing",
            "add it as the first",
        ));
    }
    if !site.topics.keys().any(|id| id.as_str() == TopicId::SOMETHING_ELSE) {
        diagnostics.push(Diagnostic::error(
            "missing-file",
            SITE_YAML,
            Place::START,
            format!("there is no topic {}", TopicId::SOMETHING_ELSE),
            format!("add {}", Folder::Topics.file(TopicId::SOMETHING_ELSE)),
        ));
    }
    diagnostics
}

fn never_answers(site: &Site, file: &str) -> Diagnostic {
    Diagnostic::error(
        "never-answers",
        file,
        at(site, file, "answering_hours", &Part::Key),
        "answering_hours: nobody ever answers here",
        "give at least one day",
    )
}

fn area(site: &Site, branch: &Branch) -> Option<Diagnostic> {
    let areas: Vec<_> = site.directory.service.areas.iter().map(|area| area.id.as_str()).collect();
    let id = branch.area.as_str();
    let file = Folder::Branches.file(&branch.id);
    (!areas.contains(&id)).then(|| {
        Diagnostic::error(
            "unknown-area",
            &file,
            at(site, &file, "area", &Part::Value),
            format!("area: there is no area {id} in site.yaml"),
            suggestion(id, &areas),
        )
    })
}

fn group(site: &Site, topic: &Topic) -> Option<Diagnostic> {
    let groups: Vec<_> =
        site.directory.service.topic_groups.iter().map(|group| group.id.as_str()).collect();
    let id = topic.group.as_str();
    let file = Folder::Topics.file(&topic.id);
    (!groups.contains(&id)).then(|| {
        Diagnostic::error(
            "unknown-group",
            &file,
            at(site, &file, "group", &Part::Value),
            format!("group: there is no group {id} in site.yaml"),
            suggestion(id, &groups),
        )
    })
}

fn skills(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = Folder::Branches.file(&branch.id);
    let topics: Vec<_> = site.topics.keys().map(TopicId::as_str).collect();
    let unknown = branch.skills.keys().map(TopicId::as_str).filter(|id| !topics.contains(id));
    let told = unknown.map(|id| {
        Diagnostic::error(
            "unknown-topic",
            &file,
            at(site, &file, "skills", &Part::Named(id)),
            format!("skills: there is no topic {id}"),
            suggestion(id, &topics),
        )
    });
    told.collect()
}

fn neighbors(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = Folder::Branches.file(&branch.id);
    let known = &site.directory.branches;
    let there: Vec<_> = site.branches.keys().map(|id| id.as_str()).collect();
    let mut diagnostics = Vec::new();
    let say = |id: &str, code, message: String, help: String| {
        let place = at(site, &file, "neighbors", &Part::Named(id));
        Diagnostic::error(code, &file, place, message, help)
    };
    for id in &branch.neighbors {
        let name = id.as_str();
        if id == &branch.id {
            let message = "neighbors: a library isn't its own neighbor".to_owned();
            let place = at(site, &file, "neighbors", &Part::Key);
            let help = "take it out of the list";
            diagnostics.push(Diagnostic::error("own-neighbor", &file, place, message, help));
        } else if !there.contains(&name) {
            let message = format!("neighbors: there is no library {id}");
            diagnostics.push(say(name, "unknown-branch", message, suggestion(name, &there)));
        }
    }
    // If that list has an unknown name in it, this may be the one that was misspelt: it has been
    // reported.
    let is_whole = |near: &Branch| near.neighbors.iter().all(|id| known.contains_key(id));
    for near in branch.neighbors.iter().filter_map(|id| known.get(id)) {
        let both_stay = branch.retired.is_none() && near.retired.is_none();
        let is_mutual = near.id == branch.id || near.neighbors.contains(&branch.id);
        if both_stay && !is_mutual && is_whole(near) {
            let id = &near.id;
            let message = format!("neighbors: {id} doesn't name this library as its neighbor");
            let help = format!("add this library to neighbors in {id}.md, or take {id} out here");
            diagnostics.push(say(id.as_str(), "one-way-neighbor", message, help).warning());
        }
    }
    diagnostics
}

fn mailbox(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = Folder::Branches.file(&branch.id);
    let same = site.directory.branches.values().filter(|other| {
        other.id < branch.id && other.mailbox.as_str().eq_ignore_ascii_case(branch.mailbox.as_str())
    });
    let told = same.map(|other| {
        let told = Diagnostic::error(
            "shared-mailbox",
            &file,
            at(site, &file, "mailbox", &Part::Key),
            format!("mailbox: {} has the same one", other.id),
            "give each library its own: a request must be somebody's",
        );
        told.warning()
    });
    told.collect()
}

fn languages(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = Folder::Branches.file(&branch.id);
    let unknown = branch.speaks.keys().filter(|tag| site.directory.language(tag).is_none());
    let told = unknown.map(|tag| {
        Diagnostic::error(
            "unknown-language",
            &file,
            at(site, &file, "speaks", &Part::Named(tag.as_str())),
            format!("speaks: the site has no language {tag}"),
            "add it to languages in site.yaml, or take it out here",
        )
    });
    told.collect()
}

/// Hours in which a library answers while the service doesn't. No promise counts them.
fn hours(site: &Site, branch: &Branch) -> Vec<Diagnostic> {
    let file = Folder::Branches.file(&branch.id);
    let mut diagnostics = Vec::new();
    if branch.answering_hours.is_empty() {
        diagnostics.push(never_answers(site, &file));
    }
    for day in branch.answering_hours.days() {
        let service = site.directory.service.answering_hours.on(day);
        let within = |span: &TimeSpan| {
            service.iter().any(|s| s.from() <= span.from() && span.until() <= s.until())
        };
        let outside = branch.answering_hours.on(day).iter().filter(|span| !within(span));
        let day = day.as_str();
        diagnostics.extend(outside.map(|span| {
            Diagnostic::error(
                "outside-hours",
                &file,
                at(site, &file, "answering_hours", &Part::Named(day)),
                format!("answering_hours: {day} {span} is outside the service's hours"),
                "keep within answering_hours of site.yaml, or widen those",
            )
        }));
    }
    diagnostics
}

/// Topics with `who: listed` that no library lists.
fn listed_by_nobody(site: &Site) -> Vec<Diagnostic> {
    let branches = &site.directory.branches;
    let topics = site.directory.topics.values().filter(|topic| topic.who == WhoCanHelp::Listed);
    let unlisted =
        topics.filter(|topic| !branches.values().any(|b| b.skills.contains_key(&topic.id)));
    let told = unlisted.map(|topic| {
        let file = Folder::Topics.file(&topic.id);
        Diagnostic::error(
            "nobody-can-help",
            &file,
            at(site, &file, "who", &Part::Key),
            "who is listed, but no library lists this topic",
            "write who: any, or add the topic to a library's skills",
        )
    });
    told.collect()
}
