//! Facts of a directory that don't fit together. Each file may be right on its own.

use super::Directory;
use super::coverage::Gap;
use crate::branch::Branch;
use crate::hours::TimeSpan;
use crate::topic::WhoCanHelp;
use crate::{BranchId, LanguageTag, TopicId, WayToMeet};
use jiff::civil::Date;
use thiserror::Error;

/// Something that doesn't fit, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryProblem {
    /// What it is about: whose facts have to be mended.
    pub about: About,
    /// What doesn't fit.
    pub misfit: Misfit,
}

/// What a problem is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The service as a whole.
    Service,
    /// A topic.
    Topic(TopicId),
    /// A branch.
    Branch(BranchId),
}

/// What doesn't fit. The messages name the key in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Misfit {
    /// A branch lists a topic that isn't there.
    #[error("skills: there is no topic {0}")]
    UnknownTopic(TopicId),
    /// A branch has a neighbor that isn't there.
    #[error("neighbors: there is no library {0}")]
    UnknownNeighbor(BranchId),
    /// A branch is its own neighbor.
    #[error("neighbors: a library isn't its own neighbor")]
    OwnNeighbor,
    /// A branch's staff speak a language that the site doesn't have.
    #[error("speaks: the site has no language {0}")]
    UnknownLanguage(LanguageTag),
    /// Nobody ever answers: at a branch, or at all.
    #[error("answering_hours: nobody ever answers here")]
    NeverAnswers,
    /// A branch answers while the service doesn't, which no promise counts.
    #[error("answering_hours: {day} {span} is outside the service's hours")]
    OutsideHours {
        /// The day, as content writes it.
        day: &'static str,
        /// The span.
        span: TimeSpan,
    },
    /// The pilot names a branch that isn't there.
    #[error("pilot: there is no library {0}")]
    UnknownPilot(BranchId),
    /// The source language isn't among the languages.
    #[error("languages: en is missing")]
    NoSourceLanguage,
    /// The topic that is always on offer isn't there.
    #[error("there is no topic {}", TopicId::SOMETHING_ELSE)]
    NoSomethingElse,
    /// Only branches that list the topic can take it, and none does.
    #[error("who is listed, but no library lists this topic")]
    NobodyListsIt,
    /// A branch lists a neighbor that doesn't list it.
    #[error("neighbors: {0} doesn't name this library as its neighbor")]
    OneWayNeighbor(BranchId),
    /// Two branches read the same mailbox.
    #[error("mailbox: {0} has the same one")]
    SharedMailbox(BranchId),
    /// Nobody can take some requests.
    #[error("{0}")]
    NobodyCanTake(Gap),
    /// Two modes suspend the same way on the same day.
    #[error("service_modes: {} is suspended twice on {on}", way.as_str())]
    OverlappingModes {
        /// The way.
        way: WayToMeet,
        /// The first day on which both do.
        on: Date,
        /// Where the later one stands in the list, from 0.
        item: usize,
    },
    /// A mode that is over.
    #[error("service_modes: this ended on {on}")]
    EndedMode {
        /// The day on which the way was open again.
        on: Date,
        /// Where it stands in the list, from 0.
        item: usize,
    },
    /// A closure that is over.
    #[error("closures: this ended on {on}")]
    EndedClosure {
        /// Its last day.
        on: Date,
        /// Where it stands in the list, from 0.
        item: usize,
    },
    /// A holiday that stands twice.
    #[error("holidays: {on} stands here twice")]
    HolidayTwice {
        /// The day.
        on: Date,
        /// Where it stands again, from 0.
        item: usize,
    },
    /// The holidays of the coming year are not known yet.
    #[error("holidays: there is none in the twelve months from {0} on")]
    NoHolidaysAhead(Date),
}

impl Directory {
    /// Everything that doesn't fit together, branches first, by id.
    pub fn problems(&self) -> Vec<DirectoryProblem> {
        let branches = self.branches.values().flat_map(|branch| {
            let about = About::Branch(branch.id.clone());
            self.of_branch(branch).into_iter().map(move |misfit| (about.clone(), misfit))
        });
        let service = self.of_service().into_iter().map(|misfit| (About::Service, misfit));
        let topics = self.topics.values().filter(|topic| topic.who == WhoCanHelp::Listed);
        let unlisted = topics
            .filter(|topic| !self.branches.values().any(|b| b.skills.contains_key(&topic.id)))
            .map(|topic| (About::Topic(topic.id.clone()), Misfit::NobodyListsIt));
        branches
            .chain(service)
            .chain(unlisted)
            .map(|(about, misfit)| DirectoryProblem { about, misfit })
            .collect()
    }

    fn of_branch(&self, branch: &Branch) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let topics = branch.skills.keys().filter(|id| !self.topics.contains_key(*id));
        misfits.extend(topics.cloned().map(Misfit::UnknownTopic));
        for id in &branch.neighbors {
            if id == &branch.id {
                misfits.push(Misfit::OwnNeighbor);
            } else if !self.branches.contains_key(id) {
                misfits.push(Misfit::UnknownNeighbor(id.clone()));
            }
        }
        // A list with an unknown name in it has been told: that may be the one that is missing.
        let is_whole = |near: &Branch| near.neighbors.iter().all(|n| self.branches.contains_key(n));
        let near = branch.neighbors.iter().filter_map(|id| self.branches.get(id));
        let one_way = near.filter(|near| {
            let both_stay = branch.retired.is_none() && near.retired.is_none();
            let is_mutual = near.id == branch.id || near.neighbors.contains(&branch.id);
            both_stay && !is_mutual && is_whole(near)
        });
        misfits.extend(one_way.map(|near| Misfit::OneWayNeighbor(near.id.clone())));
        let shares = |other: &&Branch| {
            other.id < branch.id
                && other.mailbox.as_str().eq_ignore_ascii_case(branch.mailbox.as_str())
        };
        let shared = self.branches.values().filter(shares).map(|other| other.id.clone());
        misfits.extend(shared.map(Misfit::SharedMailbox));
        let languages = branch.speaks.keys().filter(|tag| self.language(tag).is_none());
        misfits.extend(languages.cloned().map(Misfit::UnknownLanguage));
        if branch.answering_hours.is_empty() {
            misfits.push(Misfit::NeverAnswers);
        }
        for day in branch.answering_hours.days() {
            let service = self.service.answering_hours.on(day);
            let within = |span: &TimeSpan| {
                service.iter().any(|s| s.from() <= span.from() && span.until() <= s.until())
            };
            let outside = branch.answering_hours.on(day).iter().filter(|span| !within(span));
            misfits.extend(
                outside.map(|span| Misfit::OutsideHours { day: day.as_str(), span: *span }),
            );
        }
        misfits
    }

    fn of_service(&self) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let pilot = self.service.pilot.iter().flatten();
        let unknown = pilot.filter(|id| !self.branches.contains_key(*id));
        misfits.extend(unknown.cloned().map(Misfit::UnknownPilot));
        if self.service.answering_hours.is_empty() {
            misfits.push(Misfit::NeverAnswers);
        }
        if self.language(&LanguageTag::source()).is_none() {
            misfits.push(Misfit::NoSourceLanguage);
        }
        if !self.topics.keys().any(|id| id.as_str() == TopicId::SOMETHING_ELSE) {
            misfits.push(Misfit::NoSomethingElse);
        }
        misfits
    }
}
