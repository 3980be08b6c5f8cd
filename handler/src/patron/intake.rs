//! Taking in a request: one form is one case, however often and however concurrently it is sent.

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

/// How many references are tried for a nonce before giving up. With a hundred million references,
/// even ten million cases leave the tenth try needed once in ten thousand million.
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
    /// It could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// An id could not be made.
    #[error("no free reference was found in {TRIES} tries")]
    NoReference,
}

/// Takes in a submission. The same one again has the same outcome.
pub(crate) async fn accept(
    writer: &Writer<'_>,
    directory: &Directory,
    submission: Submission,
    now: Timestamp,
) -> Result<Outcome, IntakeError> {
    let nonce_hash = submission.token.lineage.nonce().hash();
    let mut attempt = 0;
    while attempt < TRIES {
        // Sent again, a form finds its case by the same way.
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
                // Somebody was faster with this id: look at whose it is.
                None => {}
                Some(links) => return Ok(Outcome::Stored { id, links }),
            },
        }
    }
    Err(IntakeError::NoReference)
}

/// Stores a new case with its mail. `None` if the id was taken meanwhile.
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

/// Where changed answers go, if nobody has taken the request on and routing reads what has changed: by
/// the date that the patron was promised, and never back by itself.
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
