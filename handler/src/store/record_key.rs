//! The keys of small records: all shapes in one place, so that no two kinds share a key. Nothing in
//! a key is personal: personal parts are keyed hashes.

use crate::case::NoticeId;
use data_encoding::HEXLOWER;
use domain::request::Keeper;
use domain::routing::Destination;
use domain::{BranchId, Reference};
use jiff::civil::Date;
use std::fmt;

/// The key of a small record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(String);

impl RecordKey {
    /// The prefix for unhealthy mailboxes and nothing else: routing reads every key with it.
    pub(crate) const UNHEALTHY_MAILBOXES: &str = "mailbox ";

    /// A key that was stored.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Since when the clock has run without a jump.
    pub(crate) fn clock() -> Self {
        Self("clock".to_owned())
    }

    /// Exists while cases wait to be erased.
    pub(crate) fn erasure_waits() -> Self {
        Self("erasure waits".to_owned())
    }

    /// The keys of days past were deleted on this day.
    pub(crate) fn tidied(day: Date) -> Self {
        Self(format!("tidied {day}"))
    }

    /// The canary of this day came through.
    pub(crate) fn canary_came_through(day: Date) -> Self {
        Self(format!("canary {day}"))
    }

    /// The mail of this canary was taken.
    pub(crate) fn canary_mailed(id: Reference) -> Self {
        Self(format!("canary mailed {}", id.compact()))
    }

    /// A form was sent with this contact and topic: `hash` is the day's keyed hash of them.
    pub(crate) fn sent(hash: &[u8]) -> Self {
        Self(format!("sent {}", HEXLOWER.encode(hash)))
    }

    /// The `place`-th *received* mail of a day to a mailbox; `mailbox` is the day's keyed hash.
    pub(crate) fn received_place(mailbox: &str, place: usize) -> Self {
        Self(format!("received {mailbox} {place}"))
    }

    /// Which requests one mail has told this spelling of a mailbox's address about.
    pub(crate) fn received_told(mailbox: &str, spelling: &str) -> Self {
        Self(format!("received {mailbox} told {spelling}"))
    }

    /// Which notice is about to tell this spelling of a mailbox's address.
    pub(crate) fn received_sender(mailbox: &str, spelling: &str) -> Self {
        Self(format!("received {mailbox} sender {spelling}"))
    }

    /// The mailbox of this branch is unhealthy: routing avoids it.
    pub(crate) fn unhealthy_mailbox(branch: &BranchId) -> Self {
        Self(format!("{}{branch}", Self::UNHEALTHY_MAILBOXES))
    }

    /// The branch of an unhealthy mailbox's key.
    pub(crate) fn as_unhealthy_mailbox(&self) -> Option<BranchId> {
        BranchId::parse(self.0.strip_prefix(Self::UNHEALTHY_MAILBOXES)?).ok()
    }

    /// The mailbox of this branch refuses mail, but isn't unhealthy yet.
    pub(crate) fn refusing_mailbox(branch: &BranchId) -> Self {
        Self(format!("refusing {branch}"))
    }

    /// Our mail server took mail for staff.
    pub(crate) fn staff_mail_taken() -> Self {
        Self("staff mail taken".to_owned())
    }

    /// Mail arrived in some branch's mailbox, where our mail server accepts all and reports later.
    pub(crate) fn staff_mail_arrived() -> Self {
        Self("staff mail arrived".to_owned())
    }

    /// How often this notice's mail bounced.
    pub(crate) fn came_back(notice: &NoticeId) -> Self {
        Self(format!("came back {}", notice.as_str()))
    }

    /// The held times of a staff member.
    pub(crate) fn times_of(keeper: &Keeper) -> Self {
        let desk = match &keeper.desk {
            Destination::Branch(branch) => branch.as_str(),
            Destination::Coordinator => "coordinator",
        };
        Self(format!("times {desk} {}", keeper.initials))
    }

    /// How many requests were sent to each branch on a day, in stores that count in records.
    #[cfg(feature = "aws")]
    pub(crate) fn sent_on(day: Date) -> Self {
        Self(format!("sent {day}"))
    }

    /// On how many days a word found nothing; `hash` is its keyed hash.
    pub(crate) fn unfound(hash: &[u8]) -> Self {
        Self(format!("found-nothing {}", HEXLOWER.encode(hash)))
    }

    /// One of a day's places for new words that found nothing.
    pub(crate) fn unfound_place(day: Date, place: u64) -> Self {
        Self(format!("found-nothing place {day} {place}"))
    }

    /// The words of a month that found nothing and may be read.
    pub(crate) fn unfound_list(month: Date) -> Self {
        Self(format!("found-nothing list {}", month.strftime("%Y-%m")))
    }

    /// The routing snapshot, in stores that keep it as a record.
    #[cfg(feature = "aws")]
    pub(crate) fn snapshot() -> Self {
        Self("snapshot".to_owned())
    }

    /// What the store's health check writes.
    #[cfg(feature = "aws")]
    pub(crate) fn health() -> Self {
        Self("health".to_owned())
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
