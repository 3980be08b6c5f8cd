//! A case: a request as the store keeps it. Personal data is sealed; the rest is what queues and
//! timers read without a key.

pub mod body;

pub use crate::crypto::lineage::NonceHash;

use crate::crypto::link::LinkVersion;
use crate::crypto::seal::Sealed;
use crate::crypto::secrets::{SecretKey, Secrets};
use body::{Beside, SealError};
use domain::request::{Actor, Event, EventId, Initials, Matter, Notice, Phase};
use domain::routing::Destination;
use domain::{BranchId, Reference, Request, TopicId, WayToMeet};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A request as the store keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its reference.
    pub id: Reference,
    /// What it holds.
    pub kind: CaseKind,
    /// How many times its history was written. Leasing or sending mail doesn't count.
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
    /// The generations and key of its links.
    pub links: LinkVersion,
}

/// What a case holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A request for a session.
    Request,
    /// A request that the service makes each day to check that all works. Its mail goes to a sink,
    /// and once that is sent it is erased and counted nowhere.
    Canary,
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
    /// Which branch has it; `None`: the coordinator, or nobody, for a canary.
    pub branch: Option<BranchId>,
    /// Whether it is still open.
    pub state: SummaryState,
    /// When it was sent.
    pub sent: Timestamp,
    /// By when a librarian gets in touch.
    pub due: Timestamp,
    /// Where it stands. `None` in old records: nobody has claimed it.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Who has taken it on.
    #[serde(default)]
    pub initials: Option<Initials>,
    /// When its session is.
    #[serde(default)]
    pub session: Option<Timestamp>,
    /// What the patron must be called about.
    #[serde(default)]
    pub call_task: Option<Matter>,
}

/// Whether a case is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryState {
    /// It is.
    Open,
    /// It has ended and waits for its erasure.
    Closed,
}

/// What remains of an erased case: that it existed, and nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its reference.
    pub id: Reference,
    /// Which form it came from: if that is sent again, it finds that the request was erased.
    pub nonce_hash: NonceHash,
    /// The records series by which it was erased.
    pub series: String,
    /// When.
    pub erased_on: Date,
    /// The event that brought its last answers: only the form that made it is told of the erasure.
    /// `None` in old records.
    #[serde(default)]
    pub answered_by: Option<EventId>,
}

/// What the store has under a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// The case.
    Case(Box<Case>),
    /// It was erased.
    Erased(Tombstone),
}

impl Stored {
    /// Its reference.
    pub fn id(&self) -> Reference {
        match self {
            Self::Case(case) => case.id,
            Self::Erased(tombstone) => tombstone.id,
        }
    }

    /// Which form it came from.
    pub fn nonce_hash(&self) -> NonceHash {
        match self {
            Self::Case(case) => case.nonce_hash,
            Self::Erased(tombstone) => tombstone.nonce_hash,
        }
    }
}

/// A notice that waits to be sent. Nothing in it is personal: address and text are made at
/// delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingNotice {
    /// Its id, the same whenever this event's notice is made.
    pub id: NoticeId,
    /// To whom, and what.
    pub notice: Notice,
    /// When it first became ready to be sent.
    pub since: Timestamp,
    /// How many times it was tried.
    pub tries: u32,
    /// When it may be leased: at once, after a failed try later, and while leased not before the
    /// lease ends.
    pub ready: Timestamp,
    /// The current lease, which marking it as sent must name.
    pub lease: Option<LeaseId>,
}

impl PendingNotice {
    /// A notice that nobody has tried yet, ready from a moment on.
    pub fn new(id: NoticeId, notice: Notice, ready: Timestamp) -> Self {
        Self { id, notice, since: ready, tries: 0, ready, lease: None }
    }
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

    /// The case whose notice it is.
    pub(crate) fn case(&self) -> Option<Reference> {
        Reference::parse(self.0.split('-').next()?).ok()
    }

    /// The event whose notice it is, and which of its notices.
    pub(crate) fn event(&self) -> Option<(EventId, usize)> {
        let (_, event) = self.0.split_once('-')?;
        let (event, n) = event.rsplit_once('-')?;
        Some((EventId::parse(event).ok()?, n.parse().ok()?))
    }

    /// An id that was stored.
    pub(crate) fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A lease on a notice: a random number, new with each lease.
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

    /// A number that was stored.
    pub(crate) fn from_number(number: i64) -> Self {
        Self(u64::try_from(number).unwrap_or_default())
    }
}

/// From this many sealed bytes on, only the state can change: a stored case can't grow without
/// limit (DynamoDB takes 400 KB, its mail included), and no person's request comes near this.
const SEALED_MAX: usize = 200 * 1024;

/// From this many bytes on the patron can't write more, so that staff can always answer.
const PATRONS_MAX: usize = 120 * 1024;

impl Case {
    /// The first version of a request's case, sealed, with no mail yet. It wakes at its deadline.
    pub fn new(
        kind: CaseKind,
        request: &Request,
        secrets: &Secrets,
        key: &SecretKey,
        nonce_hash: NonceHash,
    ) -> Result<Self, SealError> {
        let summary = summary(kind, request).ok_or(SealError::Empty)?;
        let links = LinkVersion::first(&secrets.link_keys);
        let beside = beside(kind, nonce_hash, links, &summary);
        Ok(Self {
            id: request.id(),
            kind,
            version: 1,
            wake: summary.due,
            outbox: Vec::new(),
            sealed: body::seal(secrets, key, request, 1, &beside)?,
            summary,
            nonce_hash,
            links,
        })
    }

    /// Whether it still takes this of somebody. Once it is full it takes no words, and of the patron,
    /// who could repeat themselves for ever, only what ends something.
    pub fn takes(&self, event: &Event, actor: &Actor) -> bool {
        let (most, always) = match actor {
            Actor::Patron => {
                let ends = matches!(event, Event::Cancelled | Event::EraseAsked | Event::NotMine);
                (PATRONS_MAX, ends)
            }
            Actor::Staff { .. } | Actor::Coordinator { .. } | Actor::Service => {
                (SEALED_MAX, !event.brings_words())
            }
        };
        always || self.sealed.bytes.len() < most
    }

    /// This case with another time for the sweep to look.
    pub fn waking(self, wake: Timestamp) -> Self {
        Self { wake, ..self }
    }

    /// The next version of this case, sealed, with no mail of its own: the store keeps waiting
    /// mail. It wakes when the previous version did.
    pub fn next(
        &self,
        request: &Request,
        secrets: &Secrets,
        key: &SecretKey,
    ) -> Result<Self, SealError> {
        let version = self.version + 1;
        let summary = summary(self.kind, request).ok_or(SealError::Empty)?;
        let links = renewed(self.links, request);
        let beside = beside(self.kind, self.nonce_hash, links, &summary);
        Ok(Self {
            version,
            outbox: Vec::new(),
            sealed: body::seal(secrets, key, request, version, &beside)?,
            summary,
            links,
            ..self.clone()
        })
    }

    /// Adds the notices of an event, ready at once.
    pub fn with_notices(mut self, event: &EventId, notices: Vec<Notice>, now: Timestamp) -> Self {
        for (n, notice) in notices.into_iter().enumerate() {
            self.outbox.push(PendingNotice::new(NoticeId::new(self.id, event, n), notice, now));
        }
        self
    }
}

/// The links renewed as often as the last event did. Earlier renewals are in them already; in a
/// case of an earlier release those are fewer than its history says.
fn renewed(links: LinkVersion, request: &Request) -> LinkVersion {
    let (before, after) = (request.state_before_last().links, request.state().links);
    let receipt = after.receipt.saturating_sub(before.receipt);
    links.renewed(receipt, after.mail.saturating_sub(before.mail))
}

/// The copy for the sealed body. Code that changes one of these fields must seal again.
fn beside(kind: CaseKind, nonce_hash: NonceHash, links: LinkVersion, summary: &Summary) -> Beside {
    Beside { kind, nonce_hash, links, branch: summary.branch.clone(), state: summary.state }
}

fn summary(kind: CaseKind, request: &Request) -> Option<Summary> {
    let state = request.state();
    let answers = state.answers()?;
    Some(Summary {
        topic: answers.topic.clone(),
        language: match &answers.language {
            domain::answers::SpokenLanguage::Tag(tag) => Some(tag.clone()),
            domain::answers::SpokenLanguage::Other(_) => None,
        },
        meet: answers.meet.clone(),
        branch: match (kind, state.holder.clone()?) {
            (CaseKind::Request, Destination::Branch(id)) => Some(id),
            (CaseKind::Canary, _) | (_, Destination::Coordinator) => None,
        },
        state: match state.closed {
            None => SummaryState::Open,
            Some(_) => SummaryState::Closed,
        },
        sent: state.sent?.at,
        due: state.due()?,
        phase: Some(state.phase),
        initials: state.initials.clone(),
        session: state.booking.as_ref().map(|booking| booking.session.at),
        call_task: state.call_task,
    })
}
