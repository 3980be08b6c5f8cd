//! Mail that was given up, or bounced. The coordinator is told of a library's mailbox, which gets
//! no new requests for a while if it doesn't exist or has refused for long; for a patron's address
//! the request's holder is told, and the patron's page says so.
//!
//! Staff mail that bounced for any reason but a missing mailbox waits again, on the schedule of
//! mail that is refused at once: no mail to staff is dropped silently. A patron's isn't sent again:
//! the holder knows, and the patron gave a number or reads their page.

use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind, NoticeId, PendingNotice, Stored};
use crate::cases::{AppendError, Appended, Decided, Happening, Writer};
use crate::mail::{deliver, mailbox_health};
use crate::store::mailboxes::{self, Cause};
use crate::store::{Held, Record, RecordKey, Store, StoreError, after};
use data_encoding::HEXLOWER;
use domain::request::{Actor, Audience, Event, EventId};
use domain::routing::MailboxHealth;
use domain::{BranchId, Reference, Request};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A mail that bounced, or was reported as spam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The case of its notice.
    pub case: Reference,
    /// Whom it was for.
    pub to: Audience,
    /// What it says of the mailbox.
    pub says: Says,
    /// The event's id: recording the same bounce is idempotent.
    pub id: EventId,
    /// What became of the mail itself.
    pub mail: Afterwards,
}

/// What became of a mail that bounced or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Afterwards {
    /// It is finished, or may have arrived.
    Ended,
    /// It was refused at once, and waits for its next try.
    Waits,
    /// It was taken but didn't arrive, and its notice is known.
    Lost(Lost),
}

/// A mail that didn't arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The notice that it was made from.
    pub notice: NoticeId,
    /// Its own id: each of a notice's mails may bounce, and a bounce may be reported twice.
    pub mail: EventId,
}

/// What a bounce says of its mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It doesn't exist.
    NoMailbox,
    /// It refused this mail.
    Refused,
    /// Nothing: the mail was refused before it got there.
    Nothing,
}

/// Why a bounce could not be recorded.
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
    /// From a mail's thread, as [`crate::mail::mailer::Mail`] names it, and the mail's id. `None`
    /// if it is no thread of ours.
    pub fn of_thread(thread: &str, mail: &str, says: Says) -> Option<Self> {
        let (case, to) = thread_of(thread)?;
        Some(Self { case, to, says, id: event_id(mail), mail: Afterwards::Ended })
    }

    /// The same for a mail that didn't arrive, made from this notice of the same case.
    pub fn lost(self, notice: &str) -> Self {
        let notice = NoticeId::from_stored(notice);
        if notice.case() != Some(self.case) {
            return self;
        }
        // However many of its mails bounce, they are reported once.
        let id = event_id(notice.as_str());
        Self { id, mail: Afterwards::Lost(Lost { notice, mail: self.id }), ..self }
    }
}

/// The case and the audience.
fn thread_of(thread: &str) -> Option<(Reference, Audience)> {
    let (case, to) = thread.split_once('-')?;
    let to = match to {
        "patron" => Audience::Patron,
        "former" => Audience::FormerPatron,
        "coordinator" => Audience::Coordinator,
        "canary" => {
            tracing::error!("the canary's mail came back: look at `roles.canary` in site.yaml");
            return None;
        }
        branch => Audience::Branch(BranchId::parse(branch).ok()?),
    };
    Some((Reference::parse(case).ok()?, to))
}

/// The id of the event for a bounce of this mail.
pub(crate) fn event_id(mail: &str) -> EventId {
    let digest = HEXLOWER.encode(&Sha256::digest(mail.as_bytes()));
    EventId::of(&digest, Timestamp::UNIX_EPOCH)
}

/// Records that a mail of this thread arrived: its mailbox takes mail.
pub async fn arrived(
    store: &dyn Store,
    thread: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    match thread_of(thread) {
        Some((_, Audience::Branch(branch))) => {
            mailbox_health::arrived(store, &branch, at, now).await
        }
        _ => Ok(()),
    }
}

/// Records what the bounce says of the mailbox, queues staff mail again, and notifies: at once if
/// the mail is finished, else once its mailbox is unhealthy.
pub async fn note(
    writer: &Writer<'_>,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    note_as(Cause::CameBack, writer, returned, now).await
}

/// The same for a mail that was refused at once, or bounced.
pub(crate) async fn note_as(
    cause: Cause,
    writer: &Writer<'_>,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    let store = writer.store;
    // A canary goes to a sink, which says nothing of any library's mailbox.
    if is_canary(store, returned.case).await? {
        if returned.mail != Afterwards::Waits {
            tracing::error!("the canary's mail was refused: look at `roles.canary` in site.yaml");
        }
        return Ok(());
    }
    let mut health = MailboxHealth::Healthy;
    if let Audience::Branch(branch) = &returned.to {
        match returned.says {
            Says::NoMailbox => {
                store.put_record(&mailboxes::unhealthy(branch, cause, now)).await?;
                health = MailboxHealth::Unhealthy;
            }
            Says::Refused => {
                health = mailbox_health::refused(store, branch, cause, writer.service, now).await?;
            }
            Says::Nothing => {}
        }
    }
    if waits_again(writer, returned, now).await? && health == MailboxHealth::Healthy {
        return Ok(());
    }
    tell(writer, returned, now).await
}

/// Whether it waits for its next try, like staff mail that bounced and isn't given up.
async fn waits_again(
    &Writer { store, secrets, .. }: &Writer<'_>,
    returned: &Returned,
    now: Timestamp,
) -> Result<bool, ReturnedError> {
    let (lost, id) = match &returned.mail {
        Afterwards::Ended => return Ok(false),
        Afterwards::Waits => return Ok(true),
        Afterwards::Lost(lost) => (lost, returned.case),
    };
    match (&returned.to, returned.says) {
        (Audience::Patron | Audience::FormerPatron, _) | (Audience::Branch(_), Says::NoMailbox) => {
            return Ok(false);
        }
        // Nobody is left to be notified: `status` reports the waiting mail.
        (Audience::Coordinator, _) | (Audience::Branch(_), _) => {}
    }
    let key = RecordKey::came_back(&lost.notice);
    let before = store.records(std::slice::from_ref(&key), now).await?;
    let before = before.first().and_then(|record| record.value.split_once(' '));
    let tries = match before {
        // This bounce was reported before.
        Some((_, mail)) if mail == lost.mail.as_str() => return Ok(true),
        Some((tries, _)) => tries.parse::<u32>().unwrap_or(0).saturating_add(1),
        None => 1,
    };
    let Some(case) = store.read(id).await? else {
        return Ok(false);
    };
    let key_of_case = store.existing_key(id).await?.ok_or(SealError::KeyMissing(id));
    let request = body::open(secrets, &key_of_case.map_err(AppendError::from)?, &case)
        .map_err(AppendError::from)?;
    let made = lost.notice.event().and_then(|(event, n)| request.notice(&event, n));
    let Some((notice, since)) = made.filter(|(notice, _)| notice.to == returned.to) else {
        return Ok(false);
    };
    let again = PendingNotice {
        id: lost.notice.clone(),
        notice,
        since,
        tries,
        ready: deliver::next_try(tries - 1, now),
        lease: None,
    };
    // If it waits already, another of its mails has just bounced.
    let (Held::Held | Held::Lost) = store.put_back(id, &again).await?;
    let value = format!("{tries} {}", lost.mail.as_str());
    store.put_record(&Record { key, value, expires: after(now, CAME_BACK_LIFE) }).await?;
    Ok(true)
}

/// How long the number of a notice's bounces is remembered: longer than between two tries, and than
/// SES retries by itself.
const CAME_BACK_LIFE: SignedDuration = SignedDuration::from_hours(3 * 24);

async fn is_canary(store: &dyn Store, id: Reference) -> Result<bool, StoreError> {
    let found = store.find(id).await?;
    Ok(matches!(found, Some(Stored::Case(case)) if case.kind == CaseKind::Canary))
}

/// Whether it was for an address that the patron has changed since: it says nothing of the new one.
fn is_of_an_earlier_address(returned: &Returned, request: &Request) -> bool {
    let (Audience::Patron, Afterwards::Lost(lost)) = (&returned.to, &returned.mail) else {
        return false;
    };
    let place = |id: &EventId| request.history().iter().position(|entry| entry.id == *id);
    let made = lost.notice.event().and_then(|(event, _)| place(&event));
    made.zip(request.addressed_by().and_then(place)).is_some_and(|(made, given)| made < given)
}

/// Queues the mail that tells of it.
async fn tell(
    writer: &Writer<'_>,
    returned: &Returned,
    now: Timestamp,
) -> Result<(), ReturnedError> {
    // Nobody is left to write to: the mail waits, and `status` reports it.
    if returned.to == Audience::Coordinator {
        tracing::error!("mail to the coordinator came back: look at `roles` in site.yaml");
        return Ok(());
    }
    let happening = Happening {
        id: returned.id.clone(),
        event: Event::MailReturned { to: returned.to.clone() },
        actor: Actor::Service,
    };
    let decide = |_: &Case, request: &Request| -> Result<_, AppendError> {
        let decided = match is_of_an_earlier_address(returned, request) {
            true => Decided::Stays(()),
            false => Decided::Happens(happening.clone()),
        };
        Ok(decided)
    };
    match writer.append(returned.case, now, decide).await {
        Ok(Appended::Happened(_) | Appended::Stayed(())) => Ok(()),
        // Erased meanwhile: there is nobody to tell about.
        Err(AppendError::Gone) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
