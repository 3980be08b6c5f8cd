//! Every word that stands for a choice in what is stored. One that is gone can't be read any more; one
//! that is new can't be read by the release before.

use crate::pin::pinned;
use domain::ContactWay;
use domain::WayToMeet;
use domain::answers::{AccessNeed, LibraryChoice, PartOfWeek, Prefer, SpokenLanguage, Voicemail};
use domain::branch::SkillLevel;
use domain::request::*;
use domain::routing::*;
use handler::case::{CaseKind, SummaryState};
use serde::de::DeserializeOwned;

/// All words of a type: serde lists them where it is handed one that is none.
pub(crate) fn words_of<T: DeserializeOwned>() -> Vec<String> {
    words_in::<T>(serde_json::json!("?"))
}

fn words_in<T: DeserializeOwned>(none: serde_json::Value) -> Vec<String> {
    let error = serde_json::from_value::<T>(none).err().unwrap().to_string();
    let (_, listed) = error.split_once("expected ").unwrap_or_else(|| panic!("{error}"));
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_stored_word_is_known_and_none_is_new() {
    let words = [
        ("access need", words_of::<AccessNeed>()),
        ("agreement", words_of::<Agreement>()),
        ("audience", words_of::<Audience>()),
        ("because", words_of::<Because>()),
        ("cancel reason", words_of::<CancelReason>()),
        ("candidate", words_of::<Candidate>()),
        ("case kind", words_of::<CaseKind>()),
        ("closing", words_in::<Closing>(serde_json::json!({ "outcome": "?" }))),
        ("contact way", words_of::<ContactWay>()),
        ("decline reason", words_of::<DeclineReason>()),
        ("destination", words_of::<Destination>()),
        ("event", words_of::<Event>()),
        ("exclusion", words_of::<Exclusion>()),
        ("held for", words_of::<HeldFor>()),
        ("language help", words_of::<LanguageHelp>()),
        ("library choice", words_of::<LibraryChoice>()),
        ("link role", words_of::<LinkRole>()),
        ("mailbox health", words_of::<MailboxHealth>()),
        ("matter", words_of::<Matter>()),
        ("part of week", words_of::<PartOfWeek>()),
        ("prefer", words_of::<Prefer>()),
        ("referral", words_of::<Referral>()),
        ("relaxation", words_of::<Relaxation>()),
        ("skill level", words_of::<SkillLevel>()),
        ("solved", words_of::<Solved>()),
        ("spoken language", words_of::<SpokenLanguage>()),
        ("summary state", words_of::<SummaryState>()),
        ("tier", words_of::<Tier>()),
        ("try result", words_of::<TryResult>()),
        ("venue", words_of::<Venue>()),
        ("voicemail", words_of::<Voicemail>()),
        ("way closed", words_of::<WayClosed>()),
        ("way to meet", words_of::<WayToMeet>()),
    ];
    pinned("words.json", &words.map(|(of, words)| (of.to_owned(), words)));
}
