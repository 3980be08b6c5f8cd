//! Taking in a request: one form is one case, however often and however concurrently it is sent.

use crate::case::{Case, CaseKind, Stored};
use crate::desk::Desk;
use crate::link::LinkVersion;
use crate::marks;
use crate::seal::{self, SealError};
use crate::store::{Created, FirstLook, Record, Replaced, StoreError};
use crate::token::Token;
use domain::calendar;
use domain::request::{Actor, Event, EventId, Refusal, Signals};
use domain::routing;
use domain::{Answers, Directory, Reference, Request, retention};
use hmac::Mac;
use jiff::Timestamp;
use thiserror::Error;

/// How many references are tried for a nonce before giving up. With a hundred million references,
/// even ten million cases leave the tenth try needed once in ten thousand million.
const TRIES: u32 = 32;

/// How often a write is tried again after somebody else's.
const ROUNDS: u32 = 16;

/// A form that was checked and sent.
pub(crate) struct Submission {
    /// What the patron answered.
    pub(crate) answers: Answers,
    /// The token of their check page.
    pub(crate) token: Token,
    /// How the form was filled in.
    pub(crate) signals: Signals,
    /// Whether they want a second request beside one they sent today.
    pub(crate) second: Second,
}

/// Whether a second request about the same topic is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// The patron pressed "send a second".
    Wanted,
    /// They have not been asked.
    Unasked,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is stored and its mail queued, now or when it was first sent.
    Stored {
        /// The case's reference.
        id: Reference,
        /// What its links are made with.
        links: LinkVersion,
    },
    /// It was erased since: there is nothing to change any more.
    Erased,
    /// It has been changed so often that it takes no more.
    Full {
        /// The case's reference.
        id: Reference,
    },
    /// Another form with this contact and topic was sent within a day.
    AlreadySent {
        /// That one's reference.
        id: Reference,
    },
}

/// Why a submission was not taken in. Nothing of it is stored then.
#[derive(Debug, Error)]
pub(crate) enum IntakeError {
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A case could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An event was refused that should have been legal.
    #[error("the event was refused: {0}")]
    Refused(Refusal),
    /// An id could not be made.
    #[error("no free reference was found in {TRIES} tries")]
    NoReference,
    /// Other writers were faster each time.
    #[error("the case changed {ROUNDS} times while it was written")]
    Contended,
}

/// Takes in a submission. The same one again has the same outcome.
pub(crate) async fn accept(
    desk: &Desk,
    directory: &Directory,
    submission: Submission,
    now: Timestamp,
) -> Result<Outcome, IntakeError> {
    let nonce_hash = submission.token.nonce.hash();
    let mut attempt = 0;
    while attempt < TRIES {
        let id = reference(desk, &submission, attempt);
        let look = desk.store.first_look(id, marks::days(directory, now), now).await?;
        match look.stored {
            Some(stored) if stored.nonce_hash() != nonce_hash => attempt += 1,
            Some(Stored::Case(case)) => {
                return change(desk, directory, *case, &submission, now).await;
            }
            Some(Stored::Erased(_)) => return Ok(Outcome::Erased),
            None => match create(desk, directory, id, &submission, &look, now).await? {
                // Somebody was faster with this id: look at whose it is.
                None => {}
                Some(outcome) => return Ok(outcome),
            },
        }
    }
    Err(IntakeError::NoReference)
}

/// The `k`-th reference of a nonce. Sent again, a form finds its case by the same way.
fn reference(desk: &Desk, submission: &Submission, k: u32) -> Reference {
    let mut mac = crate::token::keyed(&desk.secrets.id_key, "reference");
    mac.update(submission.token.nonce.as_bytes());
    mac.update(&k.to_be_bytes());
    reference_of(&mac.finalize().into_bytes())
}

/// The reference that the first bytes of a digest make.
pub(crate) fn reference_of(digest: &[u8]) -> Reference {
    let wide = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let number = wide % u64::from(Reference::COUNT);
    Reference::from_number(u32::try_from(number).unwrap_or_default())
}

/// Stores a new case with its mail. `None` if the id was taken meanwhile.
async fn create(
    desk: &Desk,
    directory: &Directory,
    id: Reference,
    submission: &Submission,
    look: &FirstLook,
    now: Timestamp,
) -> Result<Option<Outcome>, IntakeError> {
    let marks = marks::of(&submission.answers, &look.day_keys);
    if submission.second == Second::Unasked
        && let Some(earlier) = marks::find(desk, &marks, now).await?
    {
        // A concurrent copy of this very form is no earlier request.
        return Ok((earlier.nonce_hash != submission.token.nonce.hash())
            .then_some(Outcome::AlreadySent { id: earlier.id }));
    }
    let answers = &submission.answers;
    let mut request = Request::new(id);
    let event = event_id(&submission.token);
    let sent = Event::Sent {
        answers: Box::new(answers.clone()),
        as_of: submission.token.at,
        due: calendar::deadline(now, directory),
        decision: Box::new(routing::route(answers, directory, &look.snapshot, now)),
        signals: submission.signals,
    };
    let notices =
        request.apply(event.clone(), sent, Actor::Patron, now).map_err(IntakeError::Refused)?;
    let key = desk.store.key(id).await?;
    let nonce_hash = submission.token.nonce.hash();
    let case = Case::new(CaseKind::Request, &request, &desk.secrets, &key, nonce_hash)?
        .waking(retention::wake(&request, &directory.service, now))
        .with_notices(&event, notices, now);
    let links = case.links;
    let records: Vec<Record> = marks::records(marks, id, now);
    match desk.store.create(&case, &records).await? {
        Created::Created => Ok(Some(Outcome::Stored { id, links })),
        Created::AlreadyExists => Ok(None),
    }
}

/// The form was sent before. With newer answers it changes them; else nothing happens.
async fn change(
    desk: &Desk,
    directory: &Directory,
    mut case: Case,
    submission: &Submission,
    now: Timestamp,
) -> Result<Outcome, IntakeError> {
    let stored = Outcome::Stored { id: case.id, links: case.links };
    for _ in 0..ROUNDS {
        let key = desk.store.existing_key(case.id).await?.ok_or(SealError::KeyMissing(case.id))?;
        let mut request = seal::open(&desk.secrets, &key, &case)?;
        let event = event_id(&submission.token);
        let newer = request.answers_as_of().is_some_and(|as_of| as_of < submission.token.at);
        let same = request.answers() == Some(&submission.answers);
        let closed = request.closed_at().is_some();
        if !newer || same || closed || request.has_event(&event) {
            return Ok(stored);
        }
        if case.is_full() {
            return Ok(Outcome::Full { id: case.id });
        }
        let decision = match request.answers() {
            Some(old) if old.routes_differently(&submission.answers) => {
                let snapshot = desk.store.snapshot(now).await?;
                Some(Box::new(routing::route(&submission.answers, directory, &snapshot, now)))
            }
            _ => None,
        };
        let changed = Event::AnswersChanged {
            answers: Box::new(submission.answers.clone()),
            as_of: submission.token.at,
            decision,
        };
        let notices = request
            .apply(event.clone(), changed, Actor::Patron, now)
            .map_err(IntakeError::Refused)?;
        let next = case.next(&request, &desk.secrets, &key)?.with_notices(&event, notices, now);
        match desk.store.replace(&next, case.version).await? {
            Replaced::Replaced => return Ok(stored),
            Replaced::Conflict => match desk.store.read(case.id).await? {
                Some(newer) => case = newer,
                None => return Err(IntakeError::Contended),
            },
        }
    }
    Err(IntakeError::Contended)
}

/// The id of the event that a check page's *Send* makes: one for each check page of a form.
fn event_id(token: &Token) -> EventId {
    EventId::of(&token.nonce.hash().to_hex(), token.at)
}
