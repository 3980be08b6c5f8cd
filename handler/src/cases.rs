//! Letting an event happen to a stored case: read, apply, seal, write; again if somebody else was
//! faster; once, however often it is asked for.

use crate::case::body::{self, SealError};
use crate::case::{Case, Stored};
use crate::crypto::link::{self, Role};
use crate::crypto::secrets::Secrets;
use crate::crypto::token::keyed;
use crate::store::{Replaced, Replacement, Store, StoreError};
use domain::directory::Service;
use domain::request::{Actor, Event, EventId, Refusal};
use domain::{Reference, Request, retention};
use hmac::Mac;
use jiff::Timestamp;
use thiserror::Error;

/// How often a write is tried again after somebody else's.
const ROUNDS: u32 = 16;

/// Something that happens to a case.
#[derive(Debug, Clone)]
pub struct Happening {
    /// Its id: the same one happens once.
    pub id: EventId,
    /// What.
    pub event: Event,
    /// Who did it.
    pub actor: Actor,
}

/// Why an event was not written. Nothing has changed then.
#[derive(Debug, Error)]
pub enum AppendError {
    /// There is no such case, or it was erased.
    #[error("there is no such case, or it was erased")]
    Gone,
    /// It can't happen now.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The case could not be opened or sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Other writers were faster each time.
    #[error("the case changed {ROUNDS} times while it was written")]
    Contended,
}

/// Lets an event happen, and queues the mail that tells of it. The request as it is then.
pub async fn append(
    store: &dyn Store,
    secrets: &Secrets,
    service: &Service,
    id: Reference,
    happening: &Happening,
    now: Timestamp,
) -> Result<Request, AppendError> {
    for _ in 0..ROUNDS {
        let Some(Stored::Case(case)) = store.find(id).await? else {
            return Err(AppendError::Gone);
        };
        let key = store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?;
        let mut request = body::open(secrets, &key, &case)?;
        if request.has_event(&happening.id) {
            return Ok(request);
        }
        let Happening { id: event, event: what, actor } = happening.clone();
        let notices = request.apply(event.clone(), what, actor, now)?;
        let next = case
            .next(&request, secrets, &key)?
            .waking(retention::wake(&request, service, now))
            .with_notices(&event, notices, now);
        if store.replace(&Replacement::of(&next, case.version)).await? == Replaced::Replaced {
            return Ok(request);
        }
    }
    Err(AppendError::Contended)
}

/// A case and the request in it.
pub(crate) struct Opened {
    pub(crate) case: Case,
    pub(crate) request: Request,
    pub(crate) role: Role,
}

/// Why a link opened nothing.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    /// There is no such case, the link is another's, or the case was erased.
    #[error("nothing is there")]
    Gone,
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The body can't be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Opens the case of a link that was made for one of these roles.
pub(crate) async fn open_by_link(
    store: &dyn Store,
    secrets: &Secrets,
    locator: &str,
    roles: &[Role],
) -> Result<Opened, OpenError> {
    let (id, tag) = link::split(locator).ok_or(OpenError::Gone)?;
    let case = store.read(id).await?.ok_or(OpenError::Gone)?;
    let role = link::role(&secrets.link_keys, id, &tag, case.links)
        .filter(|role| roles.contains(role))
        .ok_or(OpenError::Gone)?;
    let key = store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?;
    let request = body::open(secrets, &key, &case)?;
    Ok(Opened { case, request, role })
}

/// The `k`-th number that a case may have which is made from this. Whatever makes it again, in any
/// process, finds the same ones. The id key never rotates, so they never change.
pub(crate) fn reference(secrets: &Secrets, purpose: &str, made_from: &[u8], k: u32) -> Reference {
    let mut mac = keyed(&secrets.id_key, purpose);
    mac.update(made_from);
    mac.update(&k.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let wide = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let number = wide % u64::from(Reference::COUNT);
    Reference::from_number(u32::try_from(number).unwrap_or_default())
}
