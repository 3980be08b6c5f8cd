//! The sealed part of a case: everything personal, under a key of its own. Without that key, which
//! is in the second store, it can't be opened again: deleting the key is the erasure.

use super::{Case, CaseKind, NonceHash, SummaryState};
use crate::crypto::link::LinkVersion;
use crate::crypto::seal::{self, CipherError, Sealed};
use crate::crypto::secrets::{SecretKey, Secrets};
use domain::{BranchId, Reference, Request};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The newest format of a sealed body that this version knows, and the one it writes. Format 1 held
/// a request alone; format 2 adds a copy of the fields stored beside it.
pub const FORMAT: u32 = 2;

/// Fields stored beside a sealed body for queues, links and timers. Whoever changed them in the
/// store could send a request to another branch, make links of one case open another, or have a
/// request erased as a canary. So the body holds a copy, compared when it is opened.
///
/// The copy isn't associated data: adding a field to that would make every earlier case
/// unreadable. A new field here must be an `Option` with a default, and is compared only if
/// present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What the case holds.
    pub kind: CaseKind,
    /// Which form it came from.
    pub nonce_hash: NonceHash,
    /// The generations and key of its links.
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

/// The sealed content. The request's own fields stay at the top level, as in format 1, and a
/// release that knows only that ignores the copy: so an upgrade can be rolled back.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    request: &'a Request,
    beside: &'a Beside,
}

/// The copy alone. Parsed separately from the request, because `flatten` would lose maps whose
/// keys are numbers.
#[derive(Deserialize)]
struct Copied {
    #[serde(default)]
    beside: Option<Beside>,
}

/// Why something could not be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    /// A request without events is no case.
    #[error("the request has not been sent")]
    Empty,
    /// The master key of this number is gone from the secrets.
    #[error("master key {0} is missing from the secrets")]
    MasterMissing(u32),
    /// The case exists, but its own key doesn't.
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
    /// The fields beside the body differ from those that were sealed.
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
    /// The cipher refused: the input is too long.
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

/// Opens a case, and compares the fields beside its body with the copy inside. A format 1 body has
/// no copy, whatever format is stored with it: nobody can remove the copy from a body that has
/// one.
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

/// Binds a body to one case and version: an old body, or another case's, doesn't open.
fn belongs_to(id: Reference, version: u64) -> Vec<u8> {
    format!("case {} version {version}", id.compact()).into_bytes()
}
