//! Mail that was given up, or came back. The coordinator is told of a library's mailbox, which gets
//! no new requests for a while if it isn't there or has refused for long; for a patron's address
//! whoever has the request is told, and the patron's page says so.

use crate::case::{CaseKind, Stored};
use crate::cases::{AppendError, Happening, append};
use crate::crypto::secrets::Secrets;
use crate::mail::mailbox_health;
use crate::store::mailboxes::{self, Cause};
use crate::store::{Store, StoreError};
use data_encoding::HEXLOWER;
use domain::directory::Service;
use domain::request::{Actor, Audience, Event, EventId};
use domain::{BranchId, Reference};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A mail that came back, or was complained of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The case that it told of.
    pub case: Reference,
    /// Whom it was for.
    pub to: Audience,
    /// What it says of the mailbox.
    pub says: Says,
    /// The event's id: the same mail comes back once.
    pub id: EventId,
}

/// What a mail that came back says of its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// There is none.
    NoMailbox,
    /// It refused this mail.
    Refused,
    /// Nothing: it was refused before it got there.
    Nothing,
}

/// Why it could not be noted.
#[derive(Debug, Error)]
pub enum ReturnedError {
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The case could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl Returned {
    /// From the thread of a mail, as [`crate::mail::mailer::Mail`] names it, and the mail's own id.
    /// `None` if it is no thread of ours.
    pub fn of_thread(thread: &str, mail: &str, says: Says) -> Option<Self> {
        let (case, to) = thread.split_once('-')?;
        let to = match to {
            "patron" => Audience::Patron,
            "coordinator" => Audience::Coordinator,
            branch => Audience::Branch(BranchId::parse(branch).ok()?),
        };
        Some(Self { case: Reference::parse(case).ok()?, to, says, id: event_id(mail) })
    }
}

/// The id of the event that this mail came back.
pub(crate) fn event_id(mail: &str) -> EventId {
    let digest = HEXLOWER.encode(&Sha256::digest(mail.as_bytes()));
    EventId::of(&digest, Timestamp::UNIX_EPOCH)
}

/// Notes what it says of the mailbox, and tells of it.
pub async fn note(
    store: &dyn Store,
    secrets: &Secrets,
    service: &Service,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    if let Audience::Branch(branch) = &returned.to
        && !is_canary(store, returned.case).await?
    {
        match returned.says {
            Says::NoMailbox => {
                store.put_record(&mailboxes::unhealthy(branch, Cause::CameBack, now)).await?;
            }
            Says::Refused => {
                mailbox_health::refused(store, branch, Cause::CameBack, service, now).await?;
            }
            Says::Nothing => {}
        }
    }
    tell(store, secrets, service, returned, now).await
}

async fn is_canary(store: &dyn Store, id: Reference) -> Result<bool, StoreError> {
    let found = store.find(id).await?;
    Ok(matches!(found, Some(Stored::Case(case)) if case.kind == CaseKind::Canary))
}

/// Queues the mail that tells of it.
pub(crate) async fn tell(
    store: &dyn Store,
    secrets: &Secrets,
    service: &Service,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    if is_canary(store, returned.case).await? {
        tracing::error!("the canary's mail was refused: look at `roles.canary` in site.yaml");
        return Ok(());
    }
    // There is nobody left to write to: `status` and the alarm for bounces tell the administrator.
    if returned.to == Audience::Coordinator {
        tracing::error!("mail to the coordinator came back: look at `roles` in site.yaml");
        return Ok(());
    }
    let happening = Happening {
        id: returned.id.clone(),
        event: Event::MailReturned { to: returned.to.clone() },
        actor: Actor::Service,
    };
    match append(store, secrets, service, returned.case, &happening, now).await {
        Ok(_) => Ok(()),
        // Erased meanwhile: there is nobody to tell about.
        Err(AppendError::Gone) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
