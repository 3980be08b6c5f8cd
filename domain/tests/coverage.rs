//! What nobody can take is found exactly as routing decides it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::answers::SpokenLanguage;
use domain::directory::Cause;
use domain::routing::{Destination, Exclusion, Relaxation, Snapshot};
use domain::topic::WhoCanHelp;
use domain::{Directory, LanguageTag, TopicId, WayToMeet};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::{
    any_directory, asks, at, branch, branch_id, directory, expert, routed, tag, topic_id,
};

const TODAY: Date = date(2026, 11, 24);

type Combination = (TopicId, WayToMeet, LanguageTag);

/// Each combination on its own, routed.
fn one_by_one(directory: &Directory) -> BTreeSet<Combination> {
    let mut missing = BTreeSet::new();
    for topic in directory.topics_on(TODAY) {
        let listed = directory.branches.values().any(|b| b.skills.contains_key(&topic.id));
        if topic.who == WhoCanHelp::Listed && !listed {
            continue;
        }
        for way in directory.ways_open_on(TODAY) {
            for language in &directory.service.languages {
                let mut answers = asks(topic.id.as_str());
                answers.meet.insert(way);
                answers.language = SpokenLanguage::Tag(language.tag.clone());
                let noon = at("2026-11-24T12:00");
                let decision = routed(&answers, directory, &Snapshot::default(), noon);
                let nobody = decision.to == Destination::Coordinator;
                if nobody || decision.receipt.relaxed.contains(&Relaxation::Skill) {
                    missing.insert((topic.id.clone(), way, language.tag.clone()));
                }
            }
        }
    }
    missing
}

fn in_gaps(directory: &Directory) -> BTreeSet<Combination> {
    let mut combinations = BTreeSet::new();
    for gap in directory.gaps(TODAY) {
        for topic in &gap.topics {
            for way in &gap.ways {
                for language in &gap.languages {
                    combinations.insert((topic.clone(), *way, language.clone()));
                }
            }
        }
    }
    combinations
}

proptest! {
    #[test]
    fn the_gaps_are_what_routing_finds_one_by_one(directory in any_directory()) {
        prop_assert_eq!(in_gaps(&directory), one_by_one(&directory));
    }
}

#[test]
fn a_language_without_speaker_and_interpreter_is_one_gap_for_all_topics() {
    let mut ash = branch("ash", &["birch"]);
    ash.skills.insert(topic_id("genealogy"), expert());
    let directory = directory(vec![ash, branch("birch", &["ash"])]);
    let gaps = directory.gaps(TODAY);
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert_eq!((gaps[0].cause, gaps[0].languages.clone()), (Cause::Language, vec![tag("ko")]));
    assert_eq!(gaps[0].topics.len(), 3);
}

#[test]
fn a_topic_whose_only_library_does_not_offer_a_way_is_a_gap_of_that_topic() {
    let mut ash = branch("ash", &["birch"]);
    ash.skills.insert(topic_id("genealogy"), expert());
    ash.meet = BTreeSet::from([WayToMeet::Phone]);
    let mut directory = directory(vec![ash, branch("birch", &["ash"])]);
    directory.service.languages.retain(|language| language.tag != tag("ko"));
    let gaps = directory.gaps(TODAY);
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert_eq!(
        (gaps[0].cause, gaps[0].topics.clone()),
        (Cause::Skill, vec![topic_id("genealogy")])
    );
    assert_eq!(gaps[0].ways, [WayToMeet::Video, WayToMeet::InPerson]);
    assert!(gaps[0].every_language && !gaps[0].every_topic);
}

#[test]
fn a_library_that_opens_later_takes_nothing_before_its_day() {
    let mut ash = branch("ash", &[]);
    ash.published = Some(date(2026, 12, 1));
    let directory = directory(vec![ash, branch("birch", &[])]);
    let decided = |now: &str| routed(&asks("catalog"), &directory, &Snapshot::default(), at(now));
    let early = decided("2026-11-24T12:00");
    assert_eq!(early.to, Destination::Branch(branch_id("birch")));
    let reasons = early.receipt.exclusions(&branch_id("ash")).to_vec();
    assert_eq!(reasons, [Exclusion::NotYet(date(2026, 12, 1))]);
    let late = decided("2026-12-01T12:00");
    assert!(late.receipt.exclusions(&branch_id("ash")).is_empty());
}
