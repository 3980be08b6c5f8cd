//! Coverage: requests that nobody could take, as decided by routing itself.

use super::Directory;
use crate::answers::{Answers, SpokenLanguage};
use crate::calendar;
use crate::routing::{Candidate, Destination, Exclusion, Receipt, Relaxation, Snapshot, route};
use crate::topic::WhoCanHelp;
use crate::{LanguageTag, Reach, Topic, TopicId, WayToMeet};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Requests that nobody can take, for the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is asked for.
    pub topics: Vec<TopicId>,
    /// How they would meet.
    pub ways: Vec<WayToMeet>,
    /// In which languages.
    pub languages: Vec<LanguageTag>,
    /// What keeps the libraries out.
    pub cause: Cause,
    /// Whether the topics are all that are on offer.
    pub every_topic: bool,
    /// Whether the languages are all that the site has.
    pub every_language: bool,
}

/// What keeps the libraries from taking a request: the routing rule that excludes most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Nobody speaks the language, and no interpreter can be booked.
    Language,
    /// No library that meets the other conditions offers the way to meet.
    Way,
    /// The libraries that list the topic fail another condition.
    Skill,
    /// Nobody answers before the deadline.
    Hours,
    /// The libraries don't take part.
    NotTakingPart,
}

impl Cause {
    fn of(exclusion: &Exclusion) -> Self {
        match exclusion {
            Exclusion::NoLanguage => Self::Language,
            Exclusion::NoWayToMeet(_) => Self::Way,
            Exclusion::SkillMissing | Exclusion::SkillNotInTime => Self::Skill,
            Exclusion::ClosedUntilDeadline => Self::Hours,
            _ => Self::NotTakingPart,
        }
    }

    /// The cause of a decision that found nobody; `None` if it found a branch that knows the topic.
    fn of_decision(to: &Destination, receipt: &Receipt) -> Option<Self> {
        if receipt.relaxed.contains(&Relaxation::Skill) {
            return Some(Self::Skill);
        }
        if !matches!(to, Destination::Coordinator) {
            return None;
        }
        let mut counts: BTreeMap<Self, usize> = BTreeMap::new();
        for considered in &receipt.considered {
            let Candidate::Excluded(reasons) = &considered.outcome else { continue };
            for reason in reasons {
                *counts.entry(Self::of(reason)).or_default() += 1;
            }
        }
        let most = counts.iter().max_by_key(|(cause, count)| (**count, std::cmp::Reverse(**cause)));
        Some(most.map_or(Self::NotTakingPart, |(cause, _)| *cause))
    }
}

impl Directory {
    /// What nobody can take on a day: each topic on offer, by each open way and in each language of
    /// the site, routed like a patron's request while no branch is busy.
    pub fn gaps(&self, today: Date) -> Vec<Gap> {
        let noon = today.at(12, 0, 0, 0).to_zoned_datetime(self.service.time_zone.clone());
        let (Ok(noon), Ok(reach)) = (
            noon.map(|noon| noon.timestamp()),
            Reach::new(None, Some(self.service.phone.clone()), None),
        ) else {
            return Vec::new();
        };
        let topics = self.topics_on(today);
        let due = calendar::deadline(noon, self);
        let mut routed = Routed { directory: self, reach, noon, due, known: BTreeMap::new() };
        let mut gaps: BTreeMap<(Cause, Vec<WayToMeet>, Vec<LanguageTag>), Vec<TopicId>> =
            BTreeMap::new();
        for topic in &topics {
            let mut of_topic: BTreeMap<(Cause, Vec<LanguageTag>), Vec<WayToMeet>> = BTreeMap::new();
            for way in self.ways_open_on(today) {
                let mut languages: BTreeMap<Cause, Vec<LanguageTag>> = BTreeMap::new();
                for language in &self.service.languages {
                    if let Some(cause) = routed.cause(topic, way, &language.tag) {
                        languages.entry(cause).or_default().push(language.tag.clone());
                    }
                }
                for (cause, languages) in languages {
                    of_topic.entry((cause, languages)).or_default().push(way);
                }
            }
            for ((cause, languages), ways) in of_topic {
                gaps.entry((cause, ways, languages)).or_default().push(topic.id.clone());
            }
        }
        let gap = |((cause, ways, languages), in_gap): (_, Vec<TopicId>)| {
            let languages: Vec<LanguageTag> = languages;
            let every_topic = in_gap.len() == topics.len();
            let every_language = languages.len() == self.service.languages.len();
            Gap { topics: in_gap, ways, languages, cause, every_topic, every_language }
        };
        gaps.into_iter().map(gap).collect()
    }
}

/// A cache of routed requests. Topics that anybody can take share an entry, and so do languages
/// that everybody can help in: routing can't tell them apart.
struct Routed<'a> {
    directory: &'a Directory,
    reach: Reach,
    noon: Timestamp,
    due: Timestamp,
    known: BTreeMap<(Option<TopicId>, WayToMeet, Option<LanguageTag>), Option<Cause>>,
}

impl Routed<'_> {
    fn cause(&mut self, topic: &Topic, way: WayToMeet, language: &LanguageTag) -> Option<Cause> {
        let listed = topic.who == WhoCanHelp::Listed;
        if listed && !self.directory.branches.values().any(|b| b.skills.contains_key(&topic.id)) {
            // A topic that nobody lists is reported separately.
            return None;
        }
        let interpreters = &self.directory.service.interpreters;
        let anybody = language.is_source() || interpreters.contains(language);
        let key = (listed.then(|| topic.id.clone()), way, (!anybody).then(|| language.clone()));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut answers = Answers::least(topic.id.clone(), self.reach.clone());
        answers.meet.insert(way);
        answers.language = SpokenLanguage::Tag(language.clone());
        let decision = route(&answers, self.directory, &Snapshot::default(), self.noon, self.due);
        let cause = Cause::of_decision(&decision.to, &decision.receipt);
        self.known.insert(key, cause);
        cause
    }
}
