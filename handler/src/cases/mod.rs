//! Writing cases, which only [`Writer`] does: it reads and opens the case, asks what is to happen,
//! applies that, seals the result and writes it, together with its mail, the staff times that it
//! holds and its next wake time. If another write came first, it asks again.

mod by_link;
mod held_times;

pub(crate) use by_link::{OpenError, Opened, open_by_link};

use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind, NonceHash, NoticeId, PendingNotice, Stored};
use crate::crypto::link::LinkVersion;
use crate::crypto::secrets::{SecretKey, Secrets};
use crate::crypto::token::keyed;
use crate::store::{Created, Record, Replaced, Replacement, Store, StoreError, after};
use domain::directory::Service;
use domain::request::{self, Actor, Event, EventId, HoldChanges, Notice, Refusal, UndoWindow};
use domain::{Reference, Request, retention};
use hmac::Mac;
use jiff::{SignedDuration, Timestamp};
use std::convert::Infallible;
use thiserror::Error;
use tokio::sync::Notify;

/// How often a write is tried again after a conflict.
const ROUNDS: u32 = 16;

/// When a canary wakes by itself: each sweep of its day reads it by its number anyway.
const CANARY_WAKES_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Writes cases.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// Where cases are kept.
    pub store: &'a dyn Store,
    /// The keys that seal them.
    pub secrets: &'a Secrets,
    /// The rules of the service.
    pub service: &'a Service,
    /// Rung after a write that left mail to send. `None`: the caller sends it, or the store has its
    /// own bell.
    pub bell: Option<&'a Notify>,
}

/// Something that happens to a case.
#[derive(Debug, Clone)]
pub struct Happening {
    /// Its id, for idempotence.
    pub id: EventId,
    /// What.
    pub event: Event,
    /// Who did it.
    pub actor: Actor,
}

/// An undo.
#[derive(Debug, Clone)]
pub struct TakingBack {
    /// The id of the undo, for idempotence.
    pub id: EventId,
    /// The event to undo.
    pub event: EventId,
    /// Who undoes it.
    pub actor: Actor,
}

impl TakingBack {
    /// As an event.
    fn undone(&self) -> Event {
        Event::Undone { event: self.event.clone() }
    }
}

/// What is to become of a case, decided on the very version that is written to.
pub enum Decided<T> {
    /// This happens.
    Happens(Happening),
    /// This is undone, with its mail; refused as a whole if some of that has left.
    IsTakenBack(TakingBack),
    /// Nothing, and why.
    Stays(T),
}

/// What became of a case.
#[derive(Debug)]
pub enum Appended<T> {
    /// It has happened, now or in an earlier call.
    Happened(Written),
    /// Nothing has.
    Stayed(T),
}

/// A case as it is written.
#[derive(Debug)]
pub struct Written {
    /// The generations and key of its links.
    pub links: LinkVersion,
    /// The request in it.
    pub request: Request,
}

/// A case that is new.
pub struct New<'a> {
    /// What it holds.
    pub kind: CaseKind,
    /// Its number.
    pub id: Reference,
    /// What its history begins with.
    pub first: Happening,
    /// Which form it came from.
    pub nonce_hash: NonceHash,
    /// Small records written with it.
    pub records: &'a [Record],
}

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum AppendError {
    /// There is no such case, or it was erased.
    #[error("there is no such case, or it was erased")]
    Gone,
    /// The event can't happen now.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// It takes no more text; its state can still change.
    #[error("the case takes no more words")]
    Full,
    /// Another request holds part of this time of the same staff member.
    #[error("the time from {from} until {until} is taken")]
    TimeTaken {
        /// When the requested time begins.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The case could not be opened or sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Other writers came first each time.
    #[error("the case changed {ROUNDS} times while it was written")]
    Contended,
}

/// What a step changes: notices added and withdrawn, and staff times.
struct Step {
    added: Vec<PendingNotice>,
    withdrawn: Vec<NoticeId>,
    times: HoldChanges,
}

impl Writer<'_> {
    /// Stores a new case with its mail. `None` if its number is taken.
    pub async fn create(
        &self,
        new: New<'_>,
        now: Timestamp,
    ) -> Result<Option<LinkVersion>, AppendError> {
        let mut request = Request::new(new.id);
        let step = self.happen(&mut request, new.first, now)?;
        let key = self.store.key(new.id).await?;
        let wake = self.wake(new.kind, &request, now);
        let case = Case::new(new.kind, &request, self.secrets, &key, new.nonce_hash)?;
        let case = Case { outbox: step.added, ..case.waking(wake) };
        match self.store.create(&case, new.records).await? {
            Created::Created => {
                self.ring(&case);
                Ok(Some(case.links))
            }
            Created::AlreadyExists => Ok(None),
        }
    }

    /// Changes a case in its current version. After each conflict, `decide` is asked again.
    pub async fn append<T, E: From<AppendError>>(
        &self,
        id: Reference,
        now: Timestamp,
        decide: impl FnMut(&Case, &Request) -> Result<Decided<T>, E>,
    ) -> Result<Appended<T>, E> {
        let case = self.read(id).await?;
        self.append_to(case, now, decide).await
    }

    /// [`Self::append`] to a case that was just read.
    pub async fn append_to<T, E: From<AppendError>>(
        &self,
        mut case: Case,
        now: Timestamp,
        mut decide: impl FnMut(&Case, &Request) -> Result<Decided<T>, E>,
    ) -> Result<Appended<T>, E> {
        for _ in 0..ROUNDS {
            let key = self.key(case.id).await?;
            let mut request = body::open(self.secrets, &key, &case).map_err(AppendError::from)?;
            let step = match decide(&case, &request)? {
                Decided::Stays(why) => return Ok(Appended::Stayed(why)),
                Decided::Happens(it) if is_repeated(&request, &it)? => None,
                Decided::Happens(it) if !case.takes(&it.event, &it.actor) => {
                    return Err(AppendError::Full.into());
                }
                Decided::Happens(it) => Some(self.happen(&mut request, it, now)?),
                Decided::IsTakenBack(it) if is_taken_back(&request, &it)? => None,
                Decided::IsTakenBack(it) if !case.takes(&it.undone(), &it.actor) => {
                    return Err(AppendError::Full.into());
                }
                Decided::IsTakenBack(it) => Some(take_back(&case, &mut request, it, now)?),
            };
            let Some(step) = step else {
                return Ok(Appended::Happened(Written { links: case.links, request }));
            };
            let wake = self.wake(case.kind, &request, now);
            let next = case.next(&request, self.secrets, &key).map_err(AppendError::from)?;
            let next = Case { outbox: step.added, ..next.waking(wake) };
            let links = next.links;
            if self.replace(next, case.version, step.withdrawn, &step.times, now).await? {
                return Ok(Appended::Happened(Written { links, request }));
            }
            case = self.read(case.id).await?;
        }
        Err(AppendError::Contended.into())
    }

    /// Appends an event, whatever the case has become.
    pub async fn happens(
        &self,
        id: Reference,
        happening: &Happening,
        now: Timestamp,
    ) -> Result<Request, AppendError> {
        let decide = |_: &Case, _: &Request| -> Result<_, AppendError> {
            Ok(Decided::<Infallible>::Happens(happening.clone()))
        };
        match self.append(id, now, decide).await? {
            Appended::Happened(written) => Ok(written.request),
            Appended::Stayed(never) => match never {},
        }
    }

    async fn read(&self, id: Reference) -> Result<Case, AppendError> {
        match self.store.find(id).await? {
            Some(Stored::Case(case)) => Ok(*case),
            Some(Stored::Erased(_)) | None => Err(AppendError::Gone),
        }
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, AppendError> {
        Ok(self.store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?)
    }

    /// Applies an event. Its notices are ready once it can no longer be undone.
    fn happen(
        &self,
        request: &mut Request,
        happening: Happening,
        now: Timestamp,
    ) -> Result<Step, AppendError> {
        let Happening { id, event, actor } = happening;
        let window = UndoWindow::of_minutes(self.service.undo_minutes);
        let notices = request.apply_within(window, id.clone(), event, actor, now)?;
        let added = pending(request, &id, notices);
        Ok(Step { added, withdrawn: Vec::new(), times: changed_times(request) })
    }

    /// Writes the next version; `false` on a conflict.
    async fn replace(
        &self,
        case: Case,
        read_version: u64,
        withdrawn: Vec<NoticeId>,
        times: &HoldChanges,
        now: Timestamp,
    ) -> Result<bool, AppendError> {
        let swaps = held_times::swaps(self.store, case.id, times, now).await?;
        let rings = is_ready(&case, now);
        let replacement = Replacement { case, read_version, withdrawn, swaps, rings };
        if self.store.replace(&replacement).await? == Replaced::Conflict {
            return Ok(false);
        }
        self.ring(&replacement.case);
        Ok(true)
    }

    fn wake(&self, kind: CaseKind, request: &Request, now: Timestamp) -> Timestamp {
        match kind {
            CaseKind::Request => retention::wake(request, self.service, now),
            CaseKind::Canary => after(now, CANARY_WAKES_AFTER),
        }
    }

    /// Also for mail that is ready later: the deliverer must know until when it can sleep.
    fn ring(&self, case: &Case) {
        if let Some(bell) = self.bell.filter(|_| !case.outbox.is_empty()) {
            bell.notify_one();
        }
    }
}

/// Whether this very event has happened before.
fn is_repeated(request: &Request, happening: &Happening) -> Result<bool, AppendError> {
    Ok(request.is_repeated(&happening.id, &happening.event, &happening.actor)?)
}

/// Whether this very event was taken back before, under this id.
fn is_taken_back(request: &Request, taking: &TakingBack) -> Result<bool, AppendError> {
    Ok(request.is_repeated(&taking.id, &taking.undone(), &taking.actor)?)
}

/// Takes an event back, with each of its notices: they are all there, and nobody has taken one up.
fn take_back(
    case: &Case,
    request: &mut Request,
    taking: TakingBack,
    now: Timestamp,
) -> Result<Step, AppendError> {
    let TakingBack { id, event, actor } = taking;
    let notice = |place| NoticeId::new(case.id, &event, place);
    let has_left = |place| {
        let pending = case.outbox.iter().find(|pending| pending.id == notice(place));
        pending.is_none_or(|pending| pending.tries > 0 || pending.lease.is_some())
    };
    let undoing = request.undo(id, &event, actor, now, has_left)?;
    let withdrawn = undoing.withdrawn.into_iter().map(notice).collect();
    Ok(Step { added: Vec::new(), withdrawn, times: undoing.holds })
}

/// The notices of the last event, each ready at its time.
fn pending(request: &Request, event: &EventId, notices: Vec<Notice>) -> Vec<PendingNotice> {
    let Some(last) = request.history().last() else { return Vec::new() };
    let before = request.state_before_last();
    let ready = |notice: &Notice| request::ready(&before, last, notice);
    let each = notices.into_iter().enumerate();
    each.map(|(place, notice)| {
        let (id, ready) = (NoticeId::new(request.id(), event, place), ready(&notice));
        PendingNotice::new(id, notice, ready)
    })
    .collect()
}

/// The staff times that the last event changes.
fn changed_times(request: &Request) -> HoldChanges {
    HoldChanges::between(&request.state_before_last(), &request.state())
}

/// Whether any of the mail that a write adds can be sent at once.
fn is_ready(case: &Case, now: Timestamp) -> bool {
    case.outbox.iter().any(|pending| pending.ready <= now)
}

/// The `k`-th candidate reference derived from `made_from`: the same in every process and for ever,
/// as the id key never rotates.
pub(crate) fn reference(secrets: &Secrets, purpose: &str, made_from: &[u8], k: u32) -> Reference {
    let mut mac = keyed(&secrets.id_key, purpose);
    mac.update(made_from);
    mac.update(&k.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let wide = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let number = wide % u64::from(Reference::COUNT);
    Reference::from_number(u32::try_from(number).unwrap_or_default())
}
