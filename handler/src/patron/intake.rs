//! Taking in a request: one form is one case, however often and concurrently it is sent.

use super::duplicates;
use crate::case::{Case, CaseKind, Stored, Tombstone};
use crate::cases::{self, AppendError, Appended, Decided, Happening, New, Writer};
use crate::crypto::link::LinkVersion;
use crate::crypto::token::Token;
use crate::store::{FirstLook, StoreError};
use domain::calendar;
use domain::request::{Actor, Event, EventId, Signals};
use domain::routing::{self, Decision, Snapshot};
use domain::{Answers, Directory, Reference, Request};
use jiff::Timestamp;
use thiserror::Error;

/// How many references are tried for a nonce. With ten million cases among a hundred million
/// references, more than ten tries are needed once in ten thousand million forms.
const TRIES: u32 = 32;

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
    /// It is stored and its mail queued, now or by an earlier call.
    Stored {
        /// The case's reference.
        id: Reference,
        /// The generations and key of its links.
        links: LinkVersion,
    },
    /// It has been erased since: nothing can be changed any more.
    Erased,
    /// It has been changed too often to take more.
    Full {
        /// The case's reference.
        id: Reference,
    },
    /// Other answers of this form are current, and these don't descend from them. Nothing was
    /// changed, and the sender is told of no request: it may be another's.
    Overtaken,
}

/// Why a submission was not taken in. Nothing of it is stored.
#[derive(Debug, Error)]
pub(crate) enum IntakeError {
    /// The store didn't answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// An id could not be made.
    #[error("no free reference was found in {TRIES} tries")]
    NoReference,
}

/// Takes in a submission. Idempotent.
pub(crate) async fn accept(
    writer: &Writer<'_>,
    directory: &Directory,
    submission: Submission,
    now: Timestamp,
) -> Result<Outcome, IntakeError> {
    let nonce_hash = submission.token.lineage.nonce().hash();
    let mut attempt = 0;
    while attempt < TRIES {
        // A form that is sent again derives the same references.
        let nonce = submission.token.lineage.nonce();
        let id = cases::reference(writer.secrets, "reference", nonce.as_bytes(), attempt);
        let look = writer.store.first_look(id, duplicates::days(directory, now), now).await?;
        match look.stored {
            Some(stored) if stored.nonce_hash() != nonce_hash => attempt += 1,
            Some(Stored::Case(case)) => {
                return change(writer, directory, *case, &look.snapshot, &submission, now).await;
            }
            Some(Stored::Erased(tombstone)) => return Ok(erased(&submission.token, &tombstone)),
            None => match create(writer, directory, id, &submission, &look, now).await? {
                // Another write took this id first: look at whose it is.
                None => {}
                Some(links) => return Ok(Outcome::Stored { id, links }),
            },
        }
    }
    Err(IntakeError::NoReference)
}

/// Stores a new case with its mail. `None` if the id has been taken since.
async fn create(
    writer: &Writer<'_>,
    directory: &Directory,
    id: Reference,
    submission: &Submission,
    look: &FirstLook,
    now: Timestamp,
) -> Result<Option<LinkVersion>, IntakeError> {
    let marks = duplicates::Marks::of(&submission.answers, &look.day_keys);
    let signals = marks.look_up(writer.store, id, submission.signals, now).await?;
    let answers = &submission.answers;
    let due = calendar::deadline(now, directory);
    let event = Event::Sent {
        answers: Box::new(answers.clone()),
        as_of: submission.token.at,
        due,
        decision: Box::new(routing::route(answers, directory, &look.snapshot, now, due)),
        signals,
        held: None,
        after: None,
    };
    let new = New {
        kind: CaseKind::Request,
        id,
        first: Happening { id: submission.token.hash.event_id(), event, actor: Actor::Patron },
        nonce_hash: submission.token.lineage.nonce().hash(),
        records: &marks.records(id, now),
    };
    Ok(writer.create(new, now).await?)
}

/// How a token relates to the current answers.
enum Standing {
    /// They came with it.
    Same,
    /// Its form was made from the page that they were sent from.
    Descends,
    /// Neither: it is older, or another page of the form has been sent since.
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

/// The outcome for a form whose request was erased.
fn erased(token: &Token, tombstone: &Tombstone) -> Outcome {
    match standing(token, tombstone.answered_by.as_ref()) {
        Standing::Same | Standing::Descends => Outcome::Erased,
        Standing::Overtaken => Outcome::Overtaken,
    }
}

/// The form was sent before. Answers that descend from the current ones replace them.
async fn change(
    writer: &Writer<'_>,
    directory: &Directory,
    case: Case,
    snapshot: &Snapshot,
    submission: &Submission,
    now: Timestamp,
) -> Result<Outcome, IntakeError> {
    let id = case.id;
    let decide = |case: &Case, request: &Request| -> Result<_, AppendError> {
        let stored = Outcome::Stored { id, links: case.links };
        match standing(&submission.token, request.answered_by()) {
            Standing::Same => return Ok(Decided::Stays(stored)),
            Standing::Overtaken => return Ok(Decided::Stays(Outcome::Overtaken)),
            Standing::Descends => {}
        }
        let same = request.answers() == Some(&submission.answers);
        if same || request.closed_at().is_some() {
            return Ok(Decided::Stays(stored));
        }
        let event = Event::AnswersChanged {
            answers: Box::new(submission.answers.clone()),
            as_of: submission.token.at,
            decision: routed_again(request, directory, snapshot, &submission.answers, now),
        };
        let id = submission.token.hash.event_id();
        Ok(Decided::Happens(Happening { id, event, actor: Actor::Patron }))
    };
    match writer.append_to(case, now, decide).await {
        Ok(Appended::Happened(written)) => Ok(Outcome::Stored { id, links: written.links }),
        Ok(Appended::Stayed(outcome)) => Ok(outcome),
        Err(AppendError::Full) => Ok(Outcome::Full { id }),
        Err(AppendError::Gone) => match writer.store.find(id).await? {
            Some(Stored::Erased(tombstone)) => Ok(erased(&submission.token, &tombstone)),
            Some(Stored::Case(_)) | None => Err(AppendError::Gone.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// Where changed answers go, if the request is unclaimed and what routing reads has changed: routed
/// by the date that the patron was promised, and never back to a branch that had it.
fn routed_again(
    request: &Request,
    directory: &Directory,
    snapshot: &Snapshot,
    answers: &Answers,
    now: Timestamp,
) -> Option<Box<Decision>> {
    let state = request.state();
    let (old, due) = (state.answers()?, state.due()?);
    if state.phase.is_taken_on() || !old.routes_differently(answers) {
        return None;
    }
    let snapshot = Snapshot { tried: state.tried.clone(), ..snapshot.clone() };
    Some(Box::new(routing::route(answers, directory, &snapshot, now, due)))
}
