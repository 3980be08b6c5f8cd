//! Who gets a request: the rule told in stories, and what it must never do, whatever the directory.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::answers::{AccessNeed, Answers, LibraryChoice, Prefer, SpokenLanguage};
use domain::branch::{Days, Skill, SkillLevel};
use domain::hours::Day;
use domain::routing::{
    Because, BranchSnapshot, Candidate, Decision, Destination, Exclusion, Relaxation, Snapshot,
    route,
};
use domain::{Branch, Directory, WayToMeet};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::{
    any_answers, any_directory, any_snapshot, asks, at, branch, branch_id, directory, expert,
    hours, routed, tag, topic_id,
};

/// A Tuesday morning.
fn now() -> Timestamp {
    at("2026-11-24T09:12")
}

fn to(decision: &Decision) -> &str {
    match &decision.to {
        Destination::Branch(id) => id.as_str(),
        Destination::Coordinator => "coordinator",
    }
}

fn check(answers: &Answers, directory: &Directory, expected: &str, because: &Because) {
    let decision = routed(answers, directory, &Snapshot::default(), now());
    assert_eq!(to(&decision), expected, "{:#?}", decision.receipt);
    assert_eq!(&decision.receipt.because, because);
}

fn prefers(library: &str, topic: &str) -> Answers {
    Answers { library: LibraryChoice::Branch(branch_id(library)), ..asks(topic) }
}

#[test]
fn the_preferred_library_gets_it_if_it_can() {
    let directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    check(&prefers("birch", "catalog"), &directory, "birch", &Because::Preferred);
}

#[test]
fn without_the_skill_there_the_nearest_neighbor_with_it_does() {
    let mut directory = directory(vec![
        branch("ash", &["cedar", "birch"]),
        branch("birch", &[]),
        branch("cedar", &[]),
    ]);
    for id in ["birch", "cedar"] {
        let branch = directory.branches.get_mut(&branch_id(id)).unwrap();
        branch.skills.insert(topic_id("genealogy"), expert());
    }
    let because = Because::NearestNeighbor(branch_id("ash"));
    check(&prefers("ash", "genealogy"), &directory, "cedar", &because);
}

#[test]
fn whoever_knows_it_only_on_days_before_the_deadline_counts() {
    let mut directory = directory(vec![branch("ash", &["birch"]), branch("birch", &[])]);
    let on = |day| Skill { level: SkillLevel::Able, days: Days::Only(BTreeSet::from([day])) };
    let ash = directory.branches.get_mut(&branch_id("ash")).unwrap();
    ash.skills.insert(topic_id("genealogy"), on(Day::Mon));
    let birch = directory.branches.get_mut(&branch_id("birch")).unwrap();
    birch.skills.insert(topic_id("genealogy"), on(Day::Thu));
    // Sent on a Tuesday, the promise ends on Thursday: the one who is there on Mondays is late.
    let because = Because::NearestNeighbor(branch_id("ash"));
    check(&prefers("ash", "genealogy"), &directory, "birch", &because);
}

#[test]
fn soonest_is_whoever_answers_first() {
    let mut directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let ash = directory.branches.get_mut(&branch_id("ash")).unwrap();
    ash.answering_hours = support::hours(&[Day::Wed], "09:00-17:00");
    check(&asks("catalog"), &directory, "birch", &Because::Soonest);
}

#[test]
fn my_language_is_a_speaker_anywhere() {
    let mut directory =
        directory(vec![branch("ash", &["birch"]), branch("birch", &[]), branch("cedar", &[])]);
    let cedar = directory.branches.get_mut(&branch_id("cedar")).unwrap();
    cedar.speaks.insert(tag("vi"), Days::Every);
    let answers = Answers {
        prefer: Some(Prefer::MyLanguage),
        language: SpokenLanguage::Tag(tag("vi")),
        ..prefers("ash", "catalog")
    };
    check(&answers, &directory, "cedar", &Because::SpeaksLanguage);
}

#[test]
fn a_language_without_speaker_or_interpreter_goes_to_the_coordinator() {
    let directory = directory(vec![branch("ash", &[])]);
    let answers = Answers { language: SpokenLanguage::Tag(tag("ko")), ..asks("catalog") };
    check(&answers, &directory, "coordinator", &Because::NobodyElseCan);
}

#[test]
fn of_two_alike_the_less_busy_one_gets_it() {
    let directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let mut snapshot = Snapshot::default();
    let busy = BranchSnapshot { open_requests: 5, ..BranchSnapshot::default() };
    snapshot.branches.insert(branch_id("ash"), busy);
    assert_eq!(to(&routed(&asks("catalog"), &directory, &snapshot, now())), "birch");
}

#[test]
fn a_full_week_is_given_up_before_the_skill() {
    let mut directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let ash = directory.branches.get_mut(&branch_id("ash")).unwrap();
    ash.skills.insert(topic_id("genealogy"), expert());
    let mut snapshot = Snapshot::default();
    let full = BranchSnapshot { sent_this_week: 10, ..BranchSnapshot::default() };
    snapshot.branches.insert(branch_id("ash"), full);
    let decision = routed(&asks("genealogy"), &directory, &snapshot, now());
    assert_eq!((to(&decision), &decision.receipt.relaxed[..]), ("ash", &[Relaxation::PerWeek][..]));
}

#[test]
fn an_expert_elsewhere_comes_first_where_the_topic_says_so() {
    let mut directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let able = Skill { level: SkillLevel::Able, days: Days::Every };
    for (id, skill) in [("ash", able), ("birch", expert())] {
        let branch = directory.branches.get_mut(&branch_id(id)).unwrap();
        branch.skills.insert(topic_id("genealogy"), skill);
    }
    check(&prefers("ash", "genealogy"), &directory, "ash", &Because::Preferred);
    directory.topics.get_mut(&topic_id("genealogy")).unwrap().experts_first = true;
    check(&prefers("ash", "genealogy"), &directory, "birch", &Because::ExpertFirst);
}

#[test]
fn changed_answers_are_measured_by_the_date_that_was_promised() {
    let fridays =
        Branch { answering_hours: hours(&[Day::Fri], "09:00-17:00"), ..branch("ash", &[]) };
    let directory = directory(vec![fridays, branch("birch", &[])]);
    let answers = prefers("ash", "catalog");
    let (wednesday, promised) = (at("2026-11-25T10:00"), at("2026-11-26T17:00"));
    let decision = route(&answers, &directory, &Snapshot::default(), wednesday, promised);
    assert_eq!(to(&decision), "birch");
    assert_eq!(decision.receipt.exclusions(&branch_id("ash")), [Exclusion::ClosedUntilDeadline]);
    let friday = at("2026-11-27T17:00");
    let decision = route(&answers, &directory, &Snapshot::default(), wednesday, friday);
    assert_eq!(to(&decision), "ash");
}

#[test]
fn another_session_goes_first_to_the_library_that_helped() {
    let directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    let snapshot = Snapshot { helped: Some(branch_id("birch")), ..Snapshot::default() };
    let decision = routed(&prefers("ash", "catalog"), &directory, &snapshot, now());
    assert_eq!((to(&decision), &decision.receipt.because), ("birch", &Because::HelpedBefore));
    let away = Snapshot { tried: [branch_id("birch")].into(), ..snapshot };
    assert_eq!(to(&routed(&prefers("ash", "catalog"), &directory, &away, now())), "ash");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn it_always_decides_and_always_alike(
        directory in any_directory(), answers in any_answers(), snapshot in any_snapshot(),
    ) {
        let decision = routed(&answers, &directory, &snapshot, now());
        prop_assert_eq!(&decision, &routed(&answers, &directory, &snapshot, now()));
        let copied: Directory =
            serde_json::from_str(&serde_json::to_string(&directory).unwrap()).unwrap();
        prop_assert_eq!(&decision, &routed(&answers, &copied, &snapshot, now()));
        if let Destination::Branch(id) = &decision.to {
            prop_assert!(directory.branches.contains_key(id));
        }
    }

    #[test]
    fn it_never_breaks_access_language_way_or_pilot(
        directory in any_directory(), answers in any_answers(), snapshot in any_snapshot(),
    ) {
        let decision = routed(&answers, &directory, &snapshot, now());
        let Destination::Branch(id) = &decision.to else { return Ok(()) };
        let branch = &directory.branches[id];
        prop_assert!(!answers.access.contains(&AccessNeed::Asl) || branch.asl);
        let SpokenLanguage::Tag(language) = &answers.language else { unreachable!() };
        let interpreted = directory.service.interpreters.contains(language);
        prop_assert!(language.is_source() || branch.speaks.contains_key(language) || interpreted);
        prop_assert!(directory.service.pilot.as_ref().is_none_or(|pilot| pilot.contains(id)));
        prop_assert!(!snapshot.tried.contains(id) && branch.retired.is_none());
        let step_free = answers.access.contains(&AccessNeed::StepFree);
        let usable = WayToMeet::ALL.into_iter().any(|way| {
            let asked = answers.meet.is_empty() || answers.meet.contains(&way);
            let open = directory.service.modes.iter().all(|mode| mode.suspended != way);
            let enters = way != WayToMeet::InPerson || branch.step_free || !step_free;
            asked && open && branch.meet.contains(&way) && enters
        });
        prop_assert!(usable);
    }

    #[test]
    fn every_branch_stands_in_the_receipt_once_with_its_place_or_its_reasons(
        directory in any_directory(), answers in any_answers(), snapshot in any_snapshot(),
    ) {
        let receipt = routed(&answers, &directory, &snapshot, now()).receipt;
        let considered: BTreeSet<_> = receipt.considered.iter().map(|c| c.branch.clone()).collect();
        prop_assert_eq!(receipt.considered.len(), directory.branches.len());
        prop_assert_eq!(considered, directory.branches.keys().cloned().collect());
        let mut rank = 0;
        for considered in &receipt.considered {
            match &considered.outcome {
                Candidate::Excluded(reasons) => prop_assert!(!reasons.is_empty()),
                Candidate::Ranked(standing) => {
                    rank += 1;
                    prop_assert_eq!(standing.rank, rank);
                }
            }
        }
    }

    #[test]
    fn nothing_is_given_up_while_somebody_can(
        directory in any_directory(), answers in any_answers(), snapshot in any_snapshot(),
    ) {
        let decision = routed(&answers, &directory, &snapshot, now());
        let relaxed = &decision.receipt.relaxed[..];
        prop_assert!(Relaxation::IN_ORDER.starts_with(relaxed));
        if decision.to == Destination::Coordinator {
            for considered in &decision.receipt.considered {
                let Candidate::Excluded(reasons) = &considered.outcome else { unreachable!() };
                let others = reasons.iter().any(|reason| !matches!(
                    reason,
                    Exclusion::WeekFull { .. } | Exclusion::SkillMissing | Exclusion::SkillNotInTime
                ));
                prop_assert!(others, "{} could have been asked", considered.branch);
            }
        }
    }
}
