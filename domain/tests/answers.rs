//! From a form's fields to answers, or to everything that is wrong with them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::answers::{Field, Fields, LibraryChoice, ProblemKind, SpokenLanguage, parse};
use domain::{Answers, ContactWay, LanguageTag, ServiceMode, WayToMeet};
use jiff::civil::date;
use proptest::prelude::*;
use support::{branch, branch_id, directory, tag};

fn read(pairs: &[(&str, &str)]) -> Result<Answers, Vec<(Field, ProblemKind)>> {
    let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let mut directory = directory(vec![branch("ash", &[]), branch("birch", &[])]);
    directory.branches.get_mut(&branch_id("birch")).unwrap().retired = Some(date(2026, 1, 1));
    directory.service.modes =
        vec![ServiceMode { suspended: WayToMeet::InPerson, from: date(2026, 1, 1), until: None }];
    parse(&Fields::new(pairs), &LanguageTag::source(), &directory, date(2026, 11, 24))
        .map_err(|problems| problems.into_iter().map(|p| (p.field, p.kind)).collect())
}

/// With a topic and a number, one field more.
fn with(name: &str, value: &str) -> Result<Answers, Vec<(Field, ProblemKind)>> {
    read(&[("topic", "catalog"), ("phone", "360-555-0142"), (name, value)])
}

fn refused(name: &str, value: &str, field: Field, kind: ProblemKind) {
    assert_eq!(with(name, value).unwrap_err(), [(field, kind)], "{name}={value}");
}

#[test]
fn a_topic_and_a_number_are_enough() {
    let answers = read(&[("topic", "catalog"), ("phone", "(360) 555-0142")]).unwrap();
    assert_eq!(answers.reach.contact(), ContactWay::Phone);
    assert_eq!(answers.reach.phone().unwrap().to_string(), "360-555-0142");
    assert_eq!(answers.library, LibraryChoice::Any);
    assert!(answers.meet.is_empty() && answers.times.is_empty() && answers.access.is_empty());
}

#[test]
fn nothing_at_all_is_two_mistakes() {
    let expected =
        [(Field::Topic, ProblemKind::TopicMissing), (Field::Email, ProblemKind::ReachMissing)];
    assert_eq!(read(&[]).unwrap_err(), expected);
}

#[test]
fn with_both_details_e_mail_is_the_way_unless_chosen_otherwise() {
    let both = [("topic", "catalog"), ("phone", "360-555-0142"), ("email", "a@b.example")];
    assert_eq!(read(&both).unwrap().reach.contact(), ContactWay::Email);
    let chosen = [&both[..], &[("contact", "phone")]].concat();
    assert_eq!(read(&chosen).unwrap().reach.contact(), ContactWay::Phone);
}

#[test]
fn a_chosen_way_without_its_detail_is_told_at_that_detail() {
    refused("contact", "email", Field::Email, ProblemKind::EmailMissing);
    let written = [("topic", "catalog"), ("email", "a@b.example"), ("contact", "phone")];
    assert_eq!(read(&written).unwrap_err(), [(Field::Phone, ProblemKind::PhoneMissing)]);
    refused("contact", "text", Field::Contact, ProblemKind::TextNotOffered);
}

#[test]
fn phone_numbers_are_read_as_people_write_them() {
    for (written, read) in [
        ("3605550142", "360-555-0142"),
        ("1 360 555 0142", "360-555-0142"),
        ("+1 (360) 555.0142", "360-555-0142"),
        ("360-555-0142 ext. 12", "360-555-0142 ext. 12"),
        ("360-555-0142 x12", "360-555-0142 ext. 12"),
        ("360-555-0142#123456", "360-555-0142 ext. 123456"),
        ("+84 24 3825 2345", "+842438252345"),
        ("٣٦٠٥٥٥٠١٤٢", "360-555-0142"),
    ] {
        let phone = domain::Phone::parse(written).unwrap();
        assert_eq!(phone.to_string(), read);
        assert_eq!(domain::Phone::parse(&phone.to_string()).unwrap(), phone);
    }
}

#[test]
fn what_is_no_phone_number_is_told_with_its_reason() {
    for (written, kind) in [
        ("555-0142", ProblemKind::PhoneLength),
        ("my number", ProblemKind::PhoneCharacters),
        ("160-555-0142", ProblemKind::PhoneNotInPlan),
        ("360-155-0142", ProblemKind::PhoneNotInPlan),
        ("360-555-0142 ext. 1234567", ProblemKind::PhoneExtension),
    ] {
        let error = read(&[("topic", "catalog"), ("phone", written)]).unwrap_err();
        assert_eq!(error, [(Field::Phone, kind)], "{written}");
    }
}

#[test]
fn what_is_no_address_is_told() {
    for written in
        ["lan", "lan@", "@b.example", "lan@b", "a b@c.example", "a@b.example\r\nBcc: c@d.example"]
    {
        let error = read(&[("topic", "catalog"), ("email", written)]).unwrap_err();
        assert_eq!(error, [(Field::Email, ProblemKind::EmailUnreadable)], "{written:?}");
    }
}

#[test]
fn something_else_by_e_mail_needs_a_word_about_what() {
    let bare = [("topic", "something-else"), ("email", "a@b.example")];
    assert_eq!(read(&bare).unwrap_err(), [(Field::Details, ProblemKind::DetailsMissing)]);
    assert!(read(&[&bare[..], &[("details", "A puzzle.")]].concat()).is_ok());
    assert!(read(&[("topic", "something-else"), ("phone", "360-555-0142")]).is_ok());
}

#[test]
fn topics_and_libraries_that_are_not_there_or_no_longer_are_told_apart() {
    refused("library", "atlantis", Field::Library, ProblemKind::LibraryUnknown);
    refused("library", "birch", Field::Library, ProblemKind::LibraryRetired);
    assert_eq!(with("library", "ash").unwrap().library, LibraryChoice::Branch(branch_id("ash")));
    let error = read(&[("topic", "../x"), ("phone", "360-555-0142")]).unwrap_err();
    assert_eq!(error, [(Field::Topic, ProblemKind::TopicUnknown)]);
}

#[test]
fn a_suspended_way_to_meet_is_told() {
    let kind = ProblemKind::WaySuspended { way: WayToMeet::InPerson, until: None };
    refused("meet", "in_person", Field::Meet, kind);
    refused("meet", "teleport", Field::Meet, ProblemKind::ChoiceUnknown);
}

#[test]
fn another_language_is_named_by_the_patron() {
    assert_eq!(with("language", "vi").unwrap().language, SpokenLanguage::Tag(tag("vi")));
    refused("language", "other", Field::LanguageOther, ProblemKind::LanguageOtherMissing);
    refused("language", "xx", Field::Language, ProblemKind::ChoiceUnknown);
}

#[test]
fn a_day_must_be_one_and_not_be_over() {
    assert_eq!(with("needed_by", "2026-11-24").unwrap().needed_by, Some(date(2026, 11, 24)));
    refused("needed_by", "2026-11-23", Field::NeededBy, ProblemKind::DatePast);
    refused("needed_by", "tomorrow", Field::NeededBy, ProblemKind::DateUnreadable);
}

#[test]
fn line_ends_count_as_one_character() {
    let lines = "a\r\n".repeat(1_999) + "ab";
    assert!(with("details", &lines).is_ok());
    let more = "a\r\n".repeat(2_000) + "a";
    let too_long = ProblemKind::TooLong { has: 4_001, max: 4_000 };
    refused("details", &more, Field::Details, too_long);
}

#[test]
fn answers_survive_being_stored() {
    let answers = with("details", "bà ngoại").unwrap();
    let stored = serde_json::to_string(&answers).unwrap();
    assert_eq!(serde_json::from_str::<Answers>(&stored).unwrap(), answers);
}

#[test]
fn nothing_personal_is_printed_for_a_log() {
    let answers = with("details", "my secret").unwrap();
    let printed = format!("{answers:?}");
    assert!(!printed.contains("secret") && !printed.contains("555"), "{printed}");
}

proptest! {
    #[test]
    fn any_fields_are_answered(
        pairs in proptest::collection::vec(
            (proptest::sample::select(Field::ALL.map(Field::as_str).to_vec()), ".{0,40}"), 0..20,
        ),
    ) {
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        if let Err(problems) = read(&pairs) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn a_phone_number_is_read_or_refused_and_never_changed(text in "[0-9+() .x#-]{0,24}") {
        if let Ok(phone) = domain::Phone::parse(&text) {
            let stored: String = phone.clone().into();
            prop_assert_eq!(domain::Phone::parse(&stored), Ok(phone));
        }
    }
}
