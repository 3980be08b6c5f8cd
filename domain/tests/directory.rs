//! Facts that don't fit together are found.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::directory::{About, Directory, DirectoryProblem, Misfit};
use support::{branch, branch_id, directory, expert, hours, tag, topic_id};

/// A directory in which everything fits.
fn sound() -> Directory {
    let mut ash = branch("ash", &["birch"]);
    ash.skills.insert(topic_id("genealogy"), expert());
    directory(vec![ash, branch("birch", &["ash"])])
}

fn check(change: impl FnOnce(&mut Directory), about: About, misfit: Misfit) {
    let mut directory = sound();
    change(&mut directory);
    assert_eq!(directory.problems(), [DirectoryProblem { about, misfit }]);
}

/// The same for a change to the branch `birch`.
fn check_birch(change: impl FnOnce(&mut domain::Branch), misfit: Misfit) {
    let birch = branch_id("birch");
    let change = |directory: &mut Directory| {
        change(directory.branches.get_mut(&birch).unwrap());
    };
    check(change, About::Branch(birch.clone()), misfit);
}

#[test]
fn where_everything_fits_nothing_is_said() {
    assert_eq!(sound().problems(), []);
}

#[test]
fn topics_neighbors_and_languages_that_are_not_there_are_found() {
    let topic = topic_id("alchemy");
    let skill = |b: &mut domain::Branch| drop(b.skills.insert(topic_id("alchemy"), expert()));
    check_birch(skill, Misfit::UnknownTopic(topic));
    let elm = branch_id("elm");
    check_birch(|b| b.neighbors.push(branch_id("elm")), Misfit::UnknownNeighbor(elm));
    check_birch(|b| b.neighbors.push(branch_id("birch")), Misfit::OwnNeighbor);
    let speaks =
        |b: &mut domain::Branch| drop(b.speaks.insert(tag("ru"), domain::branch::Days::Every));
    check_birch(speaks, Misfit::UnknownLanguage(tag("ru")));
}

#[test]
fn hours_that_no_promise_counts_are_found() {
    check_birch(|b| b.answering_hours = hours(&[], "09:00-17:00"), Misfit::NeverAnswers);
    let late = hours(&[domain::hours::Day::Mon], "12:00-20:00");
    let span = late.on(domain::hours::Day::Mon)[0];
    check_birch(|b| b.answering_hours = late, Misfit::OutsideHours { day: "mon", span });
}

#[test]
fn a_service_without_what_it_needs_is_found() {
    let pilot = |d: &mut Directory| d.service.pilot = Some([branch_id("elm")].into());
    check(pilot, About::Service, Misfit::UnknownPilot(branch_id("elm")));
    let languages = |d: &mut Directory| d.service.languages.retain(|l| !l.tag.is_source());
    check(languages, About::Service, Misfit::NoSourceLanguage);
    let topics = |d: &mut Directory| drop(d.topics.remove(&topic_id("something-else")));
    check(topics, About::Service, Misfit::NoSomethingElse);
}

#[test]
fn a_topic_that_nobody_lists_is_found() {
    let change = |d: &mut Directory| {
        d.branches.get_mut(&branch_id("ash")).unwrap().skills.clear();
    };
    check(change, About::Topic(topic_id("genealogy")), Misfit::NobodyListsIt);
}
