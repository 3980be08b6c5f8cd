//! Taking in a request: one form is one case, however often and however concurrently it is sent.

use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind, Stored, Tombstone};
use crate::cases;
use crate::crypto::link::LinkVersion;
use crate::crypto::token::Token;
use crate::http::Desk;
use crate::patron::duplicates;
use crate::store::{Created, FirstLook, Replaced, Replacement, StoreError};
use domain::calendar;
use domain::request::{Actor, Event, EventId, Refusal, Signals};
use domain::routing::{self, Snapshot};
use domain::{Answers, Directory, Reference, Request, retention};
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
    /// Other answers of this form count, and these don't descend from them. Nothing was changed, and
    /// whoever sent these is told of no request: it may be another's.
    Overtaken,
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
    let nonce_hash = submission.token.lineage.nonce().hash();
    let mut attempt = 0;
    while attempt < TRIES {
        // Sent again, a form finds its case by the same way.
        let nonce = submission.token.lineage.nonce();
        let id = cases::reference(&desk.secrets, "reference", nonce.as_bytes(), attempt);
        let look = desk.store.first_look(id, duplicates::days(directory, now), now).await?;
        match look.stored {
            Some(stored) if stored.nonce_hash() != nonce_hash => attempt += 1,
            Some(Stored::Case(case)) => {
                return change(desk, directory, *case, &submission, now).await;
            }
            Some(Stored::Erased(tombstone)) => return Ok(erased(&submission.token, &tombstone)),
            None => match create(desk, directory, id, &submission, &look, now).await? {
                // Somebody was faster with this id: look at whose it is.
                None => {}
                Some(outcome) => return Ok(outcome),
            },
        }
    }
    Err(IntakeError::NoReference)
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
    let marks = duplicates::Marks::of(&submission.answers, &look.day_keys);
    let signals = marks.look_up(&*desk.store, id, submission.signals, now).await?;
    let answers = &submission.answers;
    let mut request = Request::new(id);
    let event = submission.token.hash.event_id();
    let due = calendar::deadline(now, directory);
    let sent = Event::Sent {
        answers: Box::new(answers.clone()),
        as_of: submission.token.at,
        due,
        decision: Box::new(routing::route(answers, directory, &look.snapshot, now, due)),
        signals,
        held: None,
        after: None,
    };
    let notices =
        request.apply(event.clone(), sent, Actor::Patron, now).map_err(IntakeError::Refused)?;
    let key = desk.store.key(id).await?;
    let nonce_hash = submission.token.lineage.nonce().hash();
    let case = Case::new(CaseKind::Request, &request, &desk.secrets, &key, nonce_hash)?
        .waking(retention::wake(&request, &directory.service, now))
        .with_notices(&event, notices, now);
    let links = case.links;
    match desk.store.create(&case, &marks.records(id, now)).await? {
        Created::Created => Ok(Some(Outcome::Stored { id, links })),
        Created::AlreadyExists => Ok(None),
    }
}

/// How a token stands to the answers that count.
enum Standing {
    /// They came with it.
    Same,
    /// Its form was made from the page that they were sent from.
    Descends,
    /// Neither: it is older, or another page of the form was sent meanwhile.
    Overtaken,
}

/// Equal answers prove nothing, as they can be guessed; nor does a token's time, as clocks differ.
fn standing(token: &Token, counts: Option<&EventId>) -> Standing {
    match counts {
        Some(event) if *event == token.hash.event_id() => Standing::Same,
        Some(event) if token.lineage.descends_from(event) => Standing::Descends,
        Some(_) | None => Standing::Overtaken,
    }
}

/// What a form finds whose request was erased.
fn erased(token: &Token, tombstone: &Tombstone) -> Outcome {
    match standing(token, tombstone.answered_by.as_ref()) {
        Standing::Same | Standing::Descends => Outcome::Erased,
        Standing::Overtaken => Outcome::Overtaken,
    }
}

/// The form was sent before. Answers that descend from those that count change them.
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
        let mut request = body::open(&desk.secrets, &key, &case)?;
        let event = submission.token.hash.event_id();
        match standing(&submission.token, request.answered_by()) {
            Standing::Same => return Ok(stored),
            Standing::Overtaken => return Ok(Outcome::Overtaken),
            Standing::Descends => {}
        }
        let same = request.answers() == Some(&submission.answers);
        if same || request.closed_at().is_some() {
            return Ok(stored);
        }
        if case.is_full() {
            return Ok(Outcome::Full { id: case.id });
        }
        let state = request.state();
        let tried = state.tried.clone();
        let decision = match (state.answers(), state.due()) {
            (Some(old), Some(due))
                if !state.phase.is_taken_on() && old.routes_differently(&submission.answers) =>
            {
                // By the date that the patron was promised, and never back by itself.
                let snapshot = Snapshot { tried, ..desk.store.snapshot(now).await? };
                let answers = &submission.answers;
                Some(Box::new(routing::route(answers, directory, &snapshot, now, due)))
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
        match desk.store.replace(&Replacement::of(&next, case.version)).await? {
            Replaced::Replaced => return Ok(stored),
            Replaced::Conflict => match desk.store.find(case.id).await? {
                Some(Stored::Case(newer)) => case = *newer,
                Some(Stored::Erased(tombstone)) => {
                    return Ok(erased(&submission.token, &tombstone));
                }
                None => return Err(IntakeError::Contended),
            },
        }
    }
    Err(IntakeError::Contended)
}
