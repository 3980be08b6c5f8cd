//! How a request ends.

use super::session::Minutes;
use crate::Reference;
use crate::choice::choice;
use serde::{Deserialize, Serialize};

choice! {
    /// How a request ended.
    Outcome {
        /// The session took place.
        Completed = "completed",
        /// The answer was written: no session was needed.
        AnsweredInWriting = "answered_in_writing",
        /// The patron didn't come.
        NoShow = "no_show",
        /// Three tries on three open days without an answer.
        NotReached = "not_reached",
        /// The patron cancelled.
        CancelledByPatron = "cancelled_by_patron",
        /// The library cancelled.
        CancelledByLibrary = "cancelled_by_library",
        /// The service doesn't help with it.
        Declined = "declined",
        /// Another request is the same.
        Duplicate = "duplicate",
        /// The person who was reached hadn't sent it.
        NotTheirs = "not_theirs",
        /// It was held, and the coordinator found no request for help in it.
        Rejected = "rejected",
    }
}

choice! {
    /// Why a request is declined. The patron is told in kind words.
    DeclineReason {
        /// The service doesn't help with this.
        OutOfScope = "out_of_scope",
        /// It takes a lawyer, a doctor, a tax adviser or the like.
        NeedsProfessional = "needs_professional",
        /// Somebody else does this better, and the patron is told who.
        BetterElsewhere = "better_elsewhere",
        /// The rules of conduct were broken.
        Conduct = "conduct",
        /// Another reason.
        Other = "other",
    }
}

choice! {
    /// Why the library cancels a session or a request. The patron is told in kind words.
    CancelReason {
        /// The colleague who would have helped is away.
        StaffAway = "staff_away",
        /// The library is closed then.
        LibraryClosed = "library_closed",
        /// The phone, the video call or the computers don't work.
        TechnicalTrouble = "technical_trouble",
        /// Another reason.
        Other = "other",
    }
}

/// How staff, or the service, close a request.
///
/// Old histories may lack a detail; a new closing can't.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Closing {
    /// The session took place.
    Completed {
        /// How long it took.
        #[serde(default)]
        minutes: Option<Minutes>,
    },
    /// The answer was written: no session was needed.
    AnsweredInWriting,
    /// The patron didn't come.
    NoShow,
    /// Nobody answered.
    NotReached,
    /// The patron cancelled, in histories from before `cancelled` was an event of its own.
    CancelledByPatron,
    /// The library cancels.
    CancelledByLibrary {
        /// Why.
        #[serde(default)]
        reason: Option<CancelReason>,
    },
    /// The service doesn't help with it.
    Declined {
        /// Why.
        #[serde(default)]
        reason: Option<DeclineReason>,
    },
    /// Another request is the same.
    Duplicate {
        /// Which.
        #[serde(default)]
        of: Option<Reference>,
    },
    /// The person who was reached hadn't sent it.
    NotTheirs,
}

impl Closing {
    /// The outcome without its details.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Completed { .. } => Outcome::Completed,
            Self::AnsweredInWriting => Outcome::AnsweredInWriting,
            Self::NoShow => Outcome::NoShow,
            Self::NotReached => Outcome::NotReached,
            Self::CancelledByPatron => Outcome::CancelledByPatron,
            Self::CancelledByLibrary { .. } => Outcome::CancelledByLibrary,
            Self::Declined { .. } => Outcome::Declined,
            Self::Duplicate { .. } => Outcome::Duplicate,
            Self::NotTheirs => Outcome::NotTheirs,
        }
    }

    /// Whether it has the detail that its outcome needs: an incomplete closing can be read but not
    /// made. A patron cancels by the event `cancelled` instead.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Completed { minutes } => minutes.is_some(),
            Self::CancelledByLibrary { reason } => reason.is_some(),
            Self::Declined { reason } => reason.is_some(),
            Self::Duplicate { of } => of.is_some(),
            Self::CancelledByPatron => false,
            Self::AnsweredInWriting | Self::NoShow | Self::NotReached | Self::NotTheirs => true,
        }
    }
}
