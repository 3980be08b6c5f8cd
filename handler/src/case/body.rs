//! What is sealed of a case: everything personal, under a key of its own. Without that key, in the
//! second store, it can't be opened again: deleting the key is the erasure.

use super::{Case, CaseKind, NonceHash, SummaryState};
use crate::crypto::link::LinkVersion;
use crate::crypto::seal::{self, CipherError, Sealed};
use crate::crypto::secrets::{SecretKey, Secrets};
use domain::{BranchId, Reference, Request};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The newest format of a sealed body that this version knows, and the one it writes. In the first,
/// a request lay alone; in the second, a copy of what stands beside it lies with it.
pub const FORMAT: u32 = 2;

/// What stands beside a sealed body for queues, links and timers, and matters: who changed it in the
/// store could send a request to another branch, make links of one case open another, or have a
/// request erased as a canary. So a copy of it lies inside, and is compared when the body is opened.
///
/// It isn't associated data: a field that is added to that makes each case unreadable that was
/// sealed before. A field added here must be an `Option` with a default, and is compared only if it
/// is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What the case holds.
    pub kind: CaseKind,
    /// Which form it came from.
    pub nonce_hash: NonceHash,
    /// What its links are made with.
    pub links: LinkVersion,
    /// Which branch has it.
    pub branch: Option<BranchId>,
    /// Whether it is still open.
    pub state: SummaryState,
}

impl Beside {
    fn of(case: &Case) -> Self {
        Self {
            kind: case.kind,
            nonce_hash: case.nonce_hash,
            links: case.links,
            branch: case.summary.branch.clone(),
            state: case.summary.state,
        }
    }

    /// The first field in which the two differ.
    fn differs_from(&self, other: &Self) -> Option<&'static str> {
        let Self { kind, nonce_hash, links, branch, state } = self;
        [
            ("kind", *kind == other.kind),
            ("nonce hash", *nonce_hash == other.nonce_hash),
            ("links", *links == other.links),
            ("branch", *branch == other.branch),
            ("state", *state == other.state),
        ]
        .into_iter()
        .find_map(|(field, same)| (!same).then_some(field))
    }
}

/// What is sealed. The request's own fields stand at the top, as in the first format: a release that
/// knows no other reads on past the copy, so that a release can be taken back.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    request: &'a Request,
    beside: &'a Beside,
}

/// The copy alone. It is read apart from the request, since a flattened one would lose maps whose
/// keys are numbers.
#[derive(Deserialize)]
struct Copied {
    #[serde(default)]
    beside: Option<Beside>,
}

/// Why something could not be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    /// A request to which nothing has happened is no case.
    #[error("the request has not been sent")]
    Empty,
    /// The master key of this number is gone from the secrets.
    #[error("master key {0} is missing from the secrets")]
    MasterMissing(u32),
    /// The case is there and its own key is not.
    #[error("the key of {0} is missing: put the keys back from a copy")]
    KeyMissing(Reference),
    /// The key doesn't fit, or the bytes were changed.
    #[error("the sealed body of {0} can't be opened")]
    Broken(Reference),
    /// A newer version has sealed it.
    #[error(
        "the sealed body of {id} has format {found}, this version knows up to {FORMAT}; \
         use the newer version"
    )]
    TooNew {
        /// Whose body.
        id: Reference,
        /// Its format.
        found: u32,
    },
    /// What stands beside the body isn't what was there when it was sealed.
    #[error(
        "the {field} stored beside the sealed body of {id} is not the one inside: somebody has \
         changed the store; put it back from a copy"
    )]
    Differs {
        /// Whose body.
        id: Reference,
        /// What differs.
        field: &'static str,
    },
    /// The opened bytes are no request.
    #[error("the opened body of {0} is not a request: it was written by another version")]
    NotARequest(Reference),
    /// The cipher refused: more than it can take.
    #[error("the request can't be sealed")]
    Refused,
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}

impl SealError {
    fn of(id: Reference, error: CipherError) -> Self {
        match error {
            CipherError::MasterMissing(master) => Self::MasterMissing(master),
            CipherError::Broken => Self::Broken(id),
            CipherError::Refused => Self::Refused,
            CipherError::Random(error) => Self::Random(error),
        }
    }
}

/// Seals a request for the given version of its case.
pub fn seal(
    secrets: &Secrets,
    key: &SecretKey,
    request: &Request,
    version: u64,
    beside: &Beside,
) -> Result<Sealed, SealError> {
    let id = request.id();
    let plain = serde_json::to_vec(&Body { request, beside }).map_err(|_| SealError::Refused)?;
    seal::seal(secrets, key, FORMAT, &plain, &belongs_to(id, version))
        .map_err(|error| SealError::of(id, error))
}

/// Opens a case, and compares what stands beside its body with the copy inside. A body that was
/// sealed in the first format has none, whatever number stands with it: nobody can take the copy out
/// of one that has it.
pub fn open(secrets: &Secrets, key: &SecretKey, case: &Case) -> Result<Request, SealError> {
    if case.sealed.format > FORMAT {
        return Err(SealError::TooNew { id: case.id, found: case.sealed.format });
    }
    let plain = seal::open(secrets, key, &case.sealed, &belongs_to(case.id, case.version))
        .map_err(|error| SealError::of(case.id, error))?;
    let unreadable = |_| SealError::NotARequest(case.id);
    let Copied { beside } = serde_json::from_slice(&plain).map_err(unreadable)?;
    match beside.and_then(|copy| copy.differs_from(&Beside::of(case))) {
        Some(field) => Err(SealError::Differs { id: case.id, field }),
        None => serde_json::from_slice(&plain).map_err(unreadable),
    }
}

/// A body belongs to one case in one version: an old one put back, or another's, doesn't open.
fn belongs_to(id: Reference, version: u64) -> Vec<u8> {
    format!("case {} version {version}", id.compact()).into_bytes()
}
