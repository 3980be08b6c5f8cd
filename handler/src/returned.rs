//! Mail that came back. A library's mailbox then gets no new requests for a while and the
//! coordinator is told; for a patron's address whoever has the request is told, and the patron's
//! page says so.

use crate::append::{AppendError, Happening, append};
use crate::case::{CaseKind, Stored};
use crate::secrets::Secrets;
use crate::store::{Store, StoreError, mailboxes};
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
    /// The event's id: the same mail comes back once.
    pub id: EventId,
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
    /// From the thread of a mail, as [`crate::mailer::Mail`] names it, and the mail's own id.
    /// `None` if it is no thread of ours.
    pub fn of_thread(thread: &str, mail: &str) -> Option<Self> {
        let (case, to) = thread.split_once('-')?;
        let to = match to {
            "patron" => Audience::Patron,
            "coordinator" => Audience::Coordinator,
            branch => Audience::Branch(BranchId::parse(branch).ok()?),
        };
        Some(Self { case: Reference::parse(case).ok()?, to, id: event_id(mail) })
    }
}

/// The id of the event that this mail came back.
pub(crate) fn event_id(mail: &str) -> EventId {
    let digest = HEXLOWER.encode(&Sha256::digest(mail.as_bytes()));
    EventId::of(&digest, Timestamp::UNIX_EPOCH)
}

/// Notes it, and queues the mail that tells of it.
pub async fn note(
    store: &dyn Store,
    secrets: &Secrets,
    service: &Service,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    let is_canary = matches!(
        store.find(returned.case).await?,
        Some(Stored::Case(case)) if case.kind == CaseKind::Canary
    );
    if is_canary {
        tracing::error!("the canary's mail came back: look at `roles.canary` in site.yaml");
        return Ok(());
    }
    match &returned.to {
        // There is nobody left to write to: the alarm for bounces tells the administrator.
        Audience::Coordinator => {
            tracing::error!("mail to the coordinator came back: look at `roles` in site.yaml");
            return Ok(());
        }
        Audience::Branch(branch) => store.put_record(&mailboxes::unhealthy(branch, now)).await?,
        Audience::Patron => {}
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
