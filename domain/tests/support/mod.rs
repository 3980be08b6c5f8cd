//! Directories, answers and snapshots for tests: a small one to tell stories with, and any at all.

#![allow(dead_code, clippy::unwrap_used, reason = "each test binary uses a part of it")]

use domain::answers::{AccessNeed, Answers, LibraryChoice, PartOfWeek, Prefer, SpokenLanguage};
use domain::branch::{Branch, Days, Skill, SkillLevel};
use domain::calendar::deadline;
use domain::directory::{Area, Directory, Promise, RecordsSeries, Roles, Service, TopicGroup};
use domain::hours::{Day, TimeSpan, WeeklyHours};
use domain::language::{Extent, Language};
use domain::routing::{BranchSnapshot, Decision, MailboxHealth, Snapshot, route};
use domain::topic::{LibraryCard, Topic, WhoCanHelp};
use domain::{
    AreaId, BranchId, Email, GroupId, LanguageTag, Phone, Reach, ServiceMode, TopicId, WayToMeet,
};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn branch_id(id: &str) -> BranchId {
    BranchId::parse(id).unwrap()
}

pub(crate) fn topic_id(id: &str) -> TopicId {
    TopicId::parse(id).unwrap()
}

pub(crate) fn tag(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

/// A moment of the service's clock, such as `2026-11-24T09:12`.
pub(crate) fn at(local: &str) -> Timestamp {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    local.to_zoned_datetime(zone()).unwrap().timestamp()
}

fn zone() -> TimeZone {
    TimeZone::get("America/Los_Angeles").unwrap()
}

/// Hours of some days, all alike.
pub(crate) fn hours(days: &[Day], span: &str) -> WeeklyHours {
    let span = TimeSpan::parse(span).unwrap();
    WeeklyHours::new(days.iter().map(|day| (*day, vec![span])).collect()).unwrap()
}

pub(crate) const WEEKDAYS: [Day; 5] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];

pub(crate) fn branch(id: &str, neighbors: &[&str]) -> Branch {
    Branch {
        id: branch_id(id),
        name: id.to_owned(),
        mailbox: Email::parse(&format!("{id}@library.example")).unwrap(),
        phone: Phone::parse("360-555-0100").unwrap(),
        area: AreaId::parse("island").unwrap(),
        neighbors: neighbors.iter().map(|id| branch_id(id)).collect(),
        skills: BTreeMap::new(),
        speaks: BTreeMap::new(),
        asl: false,
        step_free: true,
        meet: WayToMeet::ALL.into(),
        answering_hours: hours(&WEEKDAYS, "09:00-17:00"),
        open_hours: hours(&WEEKDAYS, "09:00-17:00"),
        per_week: 10,
        closures: Vec::new(),
        published: None,
        retired: None,
    }
}

fn topic(id: &str, who: WhoCanHelp) -> Topic {
    Topic {
        id: topic_id(id),
        group: GroupId::parse("technical").unwrap(),
        who,
        library_card: LibraryCard::No,
        order: 1,
        session_minutes: None,
        experts_first: false,
        published: None,
        retired: None,
    }
}

fn language(name: &str) -> Language {
    Language {
        tag: tag(name),
        name: name.to_owned(),
        english_name: name.to_owned(),
        extent: Extent::Whole,
        reviewed: None,
    }
}

/// A service that answers on weekdays from nine to five, with these branches.
pub(crate) fn directory(branches: Vec<Branch>) -> Directory {
    let topics = [
        topic("catalog", WhoCanHelp::Any),
        topic("genealogy", WhoCanHelp::Listed),
        topic("something-else", WhoCanHelp::Any),
    ];
    let email = |name: &str| Email::parse(&format!("{name}@library.example")).unwrap();
    Directory {
        service: Service {
            name: "Book a Librarian".to_owned(),
            system: "Libraries".to_owned(),
            sample: true,
            time_zone: zone(),
            phone: Phone::parse("425-555-0100").unwrap(),
            session_minutes: 45,
            promise: Promise { answering_days: 2 },
            escalate: [0.25, 0.5, 0.75],
            guardian_under: 13,
            undo_minutes: 2,
            text_messages: false,
            video_hosts: Vec::new(),
            answering_hours: hours(&WEEKDAYS, "09:00-17:00"),
            holidays: Vec::new(),
            closures: Vec::new(),
            modes: Vec::new(),
            languages: ["en", "vi", "ko"].map(language).into(),
            interpreters: BTreeSet::from([tag("vi")]),
            areas: vec![Area { id: AreaId::parse("island").unwrap(), name: "Island".to_owned() }],
            topic_groups: vec![TopicGroup {
                id: GroupId::parse("technical").unwrap(),
                name: "Technical".to_owned(),
            }],
            roles: Roles {
                sender: email("sender"),
                coordinator: email("coordinator"),
                moderator: email("moderator"),
                canary: None,
            },
            pilot: None,
            records: RecordsSeries {
                series: "sample".to_owned(),
                keep_days: 30,
                minimum_days: 3,
                backup_days: 7,
            },
        },
        topics: topics.map(|topic| (topic.id.clone(), topic)).into(),
        branches: branches.into_iter().map(|branch| (branch.id.clone(), branch)).collect(),
    }
}

pub(crate) fn expert() -> Skill {
    Skill { level: SkillLevel::Expert, days: Days::Every }
}

/// Who gets a request that is sent now.
pub(crate) fn routed(
    answers: &Answers,
    directory: &Directory,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Decision {
    route(answers, directory, snapshot, now, deadline(now, directory))
}

/// Answers with nothing but a topic and a phone number.
pub(crate) fn asks(topic: &str) -> Answers {
    let reach = Reach::new(None, Some(Phone::parse("360-555-0142").unwrap()), None).unwrap();
    Answers::least(topic_id(topic), reach)
}

const IDS: [&str; 6] = ["ash", "birch", "cedar", "fir", "hemlock", "maple"];
const TAGS: [&str; 4] = ["en", "vi", "ko", "ar"];

fn any_days() -> impl Strategy<Value = Days> {
    prop_oneof![
        Just(Days::Every),
        proptest::sample::subsequence(Day::ALL.to_vec(), 1..4)
            .prop_map(|days| Days::Only(days.into_iter().collect())),
    ]
}

fn any_skill() -> impl Strategy<Value = Skill> {
    let level = prop_oneof![Just(SkillLevel::Expert), Just(SkillLevel::Able)];
    (level, any_days()).prop_map(|(level, days)| Skill { level, days })
}

fn any_branch(id: &'static str) -> impl Strategy<Value = Branch> {
    let speaks = proptest::collection::btree_map(
        proptest::sample::select(TAGS.to_vec()).prop_map(tag),
        any_days(),
        0..3,
    );
    let neighbors = proptest::sample::subsequence(IDS.to_vec(), 0..4);
    let meet = proptest::sample::subsequence(WayToMeet::ALL.to_vec(), 0..4);
    let days = proptest::sample::subsequence(Day::ALL.to_vec(), 0..6);
    let retired = proptest::option::weighted(0.1, Just(date(2026, 11, 1)));
    (
        neighbors,
        proptest::option::of(any_skill()),
        speaks,
        any::<[bool; 2]>(),
        meet,
        days,
        0_u32..4,
        retired,
    )
        .prop_map(
            move |(neighbors, skill, speaks, [asl, step_free], meet, days, per_week, retired)| {
                Branch {
                    skills: skill.map(|skill| (topic_id("genealogy"), skill)).into_iter().collect(),
                    speaks,
                    asl,
                    step_free,
                    meet: meet.into_iter().collect(),
                    answering_hours: hours(&days, "10:00-16:00"),
                    per_week,
                    retired,
                    ..branch(id, &neighbors)
                }
            },
        )
}

prop_compose! {
    /// Any directory: branches with and without skills, languages, access, hours, pilot, modes.
    pub(crate) fn any_directory()(
        branches in IDS.map(any_branch),
        pilot in proptest::option::weighted(0.3, proptest::sample::subsequence(IDS.to_vec(), 0..4)),
        suspended in proptest::sample::subsequence(WayToMeet::ALL.to_vec(), 0..3),
        experts_first in any::<bool>(),
    ) -> Directory {
        let mut directory = directory(branches.into());
        directory.service.pilot = pilot.map(|ids| ids.into_iter().map(branch_id).collect());
        directory.service.modes = suspended
            .into_iter()
            .map(|way| ServiceMode { suspended: way, from: date(2026, 11, 1), until: None })
            .collect();
        for topic in directory.topics.values_mut() {
            topic.experts_first = experts_first;
        }
        directory
    }
}

prop_compose! {
    /// Any answers, as far as routing reads them.
    pub(crate) fn any_answers()(
        topic in prop_oneof![Just("catalog"), Just("genealogy")],
        library in proptest::option::of(proptest::sample::select(IDS.to_vec())),
        meet in proptest::sample::subsequence(WayToMeet::ALL.to_vec(), 0..4),
        language in proptest::sample::select(TAGS.to_vec()),
        prefer in proptest::option::of(proptest::sample::select(Prefer::ALL.to_vec())),
        times in proptest::sample::subsequence(PartOfWeek::ALL.to_vec(), 0..3),
        access in proptest::sample::subsequence(AccessNeed::ALL.to_vec(), 0..4),
    ) -> Answers {
        Answers {
            library: library.map_or(LibraryChoice::Any, |id| LibraryChoice::Branch(branch_id(id))),
            meet: meet.into_iter().collect(),
            language: SpokenLanguage::Tag(tag(language)),
            prefer,
            times: times.into_iter().collect(),
            access: access.into_iter().collect(),
            ..asks(topic)
        }
    }
}

prop_compose! {
    fn any_branch_snapshot()(
        open_requests in 0_u32..50,
        sent_this_week in 0_u32..6,
        paused in proptest::bool::weighted(0.1),
        mailbox in prop_oneof![
            8 => Just(MailboxHealth::Healthy),
            1 => Just(MailboxHealth::Unconfirmed),
            1 => Just(MailboxHealth::Unhealthy),
        ],
        closed in proptest::option::weighted(0.1, Just(date(2026, 12, 24))),
        away in proptest::option::weighted(0.1, Just(date(2026, 12, 24))),
    ) -> BranchSnapshot {
        BranchSnapshot {
            open_requests,
            sent_this_week,
            paused,
            building_closed_until: closed,
            staff_away_until: away,
            mailbox,
        }
    }
}

prop_compose! {
    /// Any moment: load, pauses, flags, mailboxes, and who was tried.
    pub(crate) fn any_snapshot()(
        branches in proptest::collection::btree_map(
            proptest::sample::select(IDS.to_vec()).prop_map(branch_id),
            any_branch_snapshot(),
            0..6,
        ),
        tried in proptest::sample::subsequence(IDS.to_vec(), 0..3),
        helped in proptest::option::weighted(0.2, proptest::sample::select(IDS.to_vec())),
    ) -> Snapshot {
        let tried = tried.into_iter().map(branch_id).collect();
        Snapshot { branches, tried, helped: helped.map(branch_id) }
    }
}
