//! A case: a request as the store keeps it. What is personal lies sealed; the rest is what queues
//! and timers read without a key.

use crate::link::LinkVersion;
use crate::seal::{self, Sealed};
use crate::secrets::{SecretKey, Secrets};
use data_encoding::HEXLOWER;
use domain::request::{EventId, Notice};
use domain::routing::Destination;
use domain::{BranchId, Reference, Request, TopicId, WayToMeet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A request as the store keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its reference.
    pub id: Reference,
    /// What it holds.
    pub kind: CaseKind,
    /// How many writes its history has had. Mail that is leased or sent leaves it alone.
    pub version: u64,
    /// When the sweep looks next: it may be early, never late.
    pub wake: Timestamp,
    /// The mail that is still to be sent.
    pub outbox: Vec<PendingNotice>,
    /// What queues read. Nothing in it is personal.
    pub summary: Summary,
    /// Everything personal.
    pub sealed: Sealed,
    /// Which form it came from.
    pub nonce_hash: NonceHash,
    /// What its links are made with.
    pub links: LinkVersion,
}

/// What a case holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A request for a session.
    Request,
}

/// What queues and counts read without a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The topic.
    pub topic: TopicId,
    /// The language of the session, if it is one of the site's.
    pub language: Option<domain::LanguageTag>,
    /// The ways to meet that were chosen.
    pub meet: BTreeSet<WayToMeet>,
    /// Which branch has it; `None`: the coordinator.
    pub branch: Option<BranchId>,
    /// When it was sent.
    pub sent: Timestamp,
    /// By when a librarian gets in touch.
    pub due: Timestamp,
}

/// The SHA-256 of a form's nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NonceHash(pub [u8; 32]);

impl NonceHash {
    /// In hexadecimal digits.
    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl Serialize for NonceHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for NonceHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| serde::de::Error::custom("not 32 bytes"))?;
        Ok(Self(bytes))
    }
}

/// A notice that waits to be sent. Nothing in it is personal: address and text are made when it
/// is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingNotice {
    /// Its id: the same notice of the same event always has the same one.
    pub id: NoticeId,
    /// To whom, and what.
    pub notice: Notice,
    /// How often it was tried.
    pub tries: u32,
    /// When it may be taken up: now, after a failed try later, while somebody has it not before
    /// their lease is over.
    pub ready: Timestamp,
    /// Who has it: the lease that marking it as sent must name.
    pub lease: Option<LeaseId>,
}

/// The id of a notice: letters, digits and hyphens, fit for a file name and a mail header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(String);

impl NoticeId {
    /// The id of the n-th notice of an event.
    pub fn new(id: Reference, event: &EventId, n: usize) -> Self {
        Self(format!("{}-{}-{n}", id.compact(), event.as_str()))
    }

    /// The id as it is stored and sent along.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has a notice: a random number, new with each lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaseId(u64);

impl LeaseId {
    /// A new one. Fails only where the system has no random numbers to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        // 53 bits, so that it survives every JSON reader and SQLite's signed integers.
        Ok(Self(getrandom::u64()? >> 11))
    }

    /// The number, for a store's column.
    pub(crate) fn number(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl Case {
    /// The first version of a request's case, sealed, with no mail yet.
    pub fn new(
        request: &Request,
        secrets: &Secrets,
        key: &SecretKey,
        links: LinkVersion,
        nonce_hash: NonceHash,
    ) -> Result<Self, seal::SealError> {
        let summary = summary(request).ok_or(seal::SealError::Empty)?;
        Ok(Self {
            id: request.id(),
            kind: CaseKind::Request,
            version: 1,
            wake: summary.due,
            outbox: Vec::new(),
            sealed: seal::seal(secrets, key, request, 1)?,
            summary,
            nonce_hash,
            links,
        })
    }

    /// The next version of this case, sealed, with no mail of its own: the store keeps what waits.
    pub fn next(
        &self,
        request: &Request,
        secrets: &Secrets,
        key: &SecretKey,
    ) -> Result<Self, seal::SealError> {
        let version = self.version + 1;
        let summary = summary(request).ok_or(seal::SealError::Empty)?;
        Ok(Self {
            version,
            wake: self.wake.min(summary.due),
            outbox: Vec::new(),
            sealed: seal::seal(secrets, key, request, version)?,
            summary,
            ..self.clone()
        })
    }

    /// Adds the notices of an event, ready at once.
    pub fn with_notices(mut self, event: &EventId, notices: Vec<Notice>, now: Timestamp) -> Self {
        for (n, notice) in notices.into_iter().enumerate() {
            let id = NoticeId::new(self.id, event, n);
            self.outbox.push(PendingNotice { id, notice, tries: 0, ready: now, lease: None });
        }
        self
    }
}

fn summary(request: &Request) -> Option<Summary> {
    let answers = request.answers()?;
    Some(Summary {
        topic: answers.topic.clone(),
        language: match &answers.language {
            domain::answers::SpokenLanguage::Tag(tag) => Some(tag.clone()),
            domain::answers::SpokenLanguage::Other(_) => None,
        },
        meet: answers.meet.clone(),
        branch: match request.holder()? {
            Destination::Branch(id) => Some(id),
            Destination::Coordinator => None,
        },
        sent: request.sent_at()?,
        due: request.due()?,
    })
}
