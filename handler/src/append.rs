//! Letting an event happen to a stored case: read, apply, seal, write; again if somebody else was
//! faster; once, however often it is asked for.

use crate::case::Stored;
use crate::seal::{self, SealError};
use crate::secrets::Secrets;
use crate::store::{Replaced, Store, StoreError};
use domain::directory::Service;
use domain::request::{Actor, Event, EventId, Refusal};
use domain::{Reference, Request, retention};
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
        let mut request = seal::open(secrets, &key, &case)?;
        if request.has_event(&happening.id) {
            return Ok(request);
        }
        let Happening { id: event, event: what, actor } = happening.clone();
        let notices = request.apply(event.clone(), what, actor, now)?;
        let next = case
            .next(&request, secrets, &key)?
            .waking(retention::wake(&request, service, now))
            .with_notices(&event, notices, now);
        if store.replace(&next, case.version).await? == Replaced::Replaced {
            return Ok(request);
        }
    }
    Err(AppendError::Contended)
}
