//! Why an event can't happen now.

use super::Phase;
use thiserror::Error;

/// Why an event can't happen now. The request is left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It was sent before.
    #[error("the request was sent before")]
    AlreadySent,
    /// It has not been sent yet.
    #[error("the request has not been sent yet")]
    NotSent,
    /// The request was erased.
    #[error("the request was erased")]
    Erased,
    /// It has ended.
    #[error("the request is closed")]
    Closed,
    /// It has not ended.
    #[error("the request is not closed")]
    NotClosed,
    /// It can't happen in this phase.
    #[error("not while the request is {}", .0.as_str())]
    NotWhile(Phase),
    /// It ended too long ago.
    #[error("the request was closed more than two weeks ago")]
    ClosedTooLong,
    /// Its outcome doesn't allow reopening.
    #[error("a request that ended like this doesn't go on")]
    NotReopenable,
    /// This actor can't do it, whichever branch has the request.
    #[error("this is not theirs to do")]
    NotTheirs,
    /// Another branch has the request, or the coordinator.
    #[error("the request is somewhere else")]
    NotHere,
    /// The request is already there.
    #[error("the request is there already")]
    AlreadyThere,
    /// That branch had the request and doesn't get it again by itself.
    #[error("that library had the request before")]
    AlreadyTried,
    /// They have taken it on themselves, or help with it.
    #[error("that colleague has it already")]
    SameColleague,
    /// Somebody has taken it on, so new answers no longer move it.
    #[error("somebody has taken the request on")]
    TakenOn,
    /// It was done before, and once is enough.
    #[error("this was done before")]
    AlreadyDone,
    /// The change isn't limited to the contact.
    #[error("more than the contact would change")]
    MoreThanContact,
    /// The patron has written as often as they can.
    #[error("the request takes no more messages")]
    TooManyMessages,
    /// The deadline is missing or too early.
    #[error("the deadline is missing or too early")]
    DeadlineTooEarly,
    /// The times were never offered, or no longer are.
    #[error("this time is not on offer")]
    NotOffered,
    /// The time is past, or has lapsed.
    #[error("this time is over")]
    TimeOver,
    /// The time is more than a year ahead.
    #[error("this time is more than a year ahead")]
    TooFarAhead,
    /// Times are on offer still.
    #[error("times are on offer still")]
    OffersStand,
    /// No session is set.
    #[error("no session is set")]
    NoSession,
    /// A session is already set; it can be moved.
    #[error("a session is set already")]
    SessionStands,
    /// The session is still to come.
    #[error("the session is still to come")]
    SessionAhead,
    /// The patron was contacted.
    #[error("the patron was contacted")]
    Contacted,
    /// The patron was not contacted.
    #[error("the patron was not contacted yet")]
    NotContacted,
    /// Its time has not come.
    #[error("its time has not come")]
    NotDue,
    /// A required detail is missing.
    #[error("a detail is missing")]
    Incomplete,
    /// A legal hold is set.
    #[error("a legal hold stands already")]
    OnHold,
    /// No legal hold is set.
    #[error("no legal hold stands")]
    NotOnHold,
    /// Something was done after it.
    #[error("it isn't what was done last")]
    NotLast,
    /// Events of this kind can't be undone.
    #[error("this can't be taken back")]
    NotUndoable,
    /// The time in which it could be undone is over.
    #[error("it is too late to take this back")]
    TooLateToUndo,
    /// One of its notices has already been sent.
    #[error("somebody has been told of it")]
    NoticeLeft,
    /// Another event with this id has happened.
    #[error("this form was used for something else")]
    IdUsed,
}
