//! The phases of a request.

use super::Outcome;
use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing has happened yet.
    Unsent,
    /// The coordinator looks at it before a branch does.
    Held,
    /// It waits for somebody to claim it.
    Waiting,
    /// Somebody has taken it on.
    Claimed,
    /// It waits for the patron, who was asked a question or offered times.
    Asked,
    /// A session is set.
    Scheduled,
    /// It has ended.
    Closed(Outcome),
    /// Nothing of it is left.
    Erased,
}

impl Phase {
    /// The phase by name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsent => "unsent",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Asked => "asked",
            Self::Scheduled => "scheduled",
            Self::Closed(_) => "closed",
            Self::Erased => "erased",
        }
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        match self {
            Self::Held | Self::Waiting | Self::Claimed | Self::Asked | Self::Scheduled => true,
            Self::Unsent | Self::Closed(_) | Self::Erased => false,
        }
    }

    /// Whether somebody has taken it on.
    pub fn is_taken_on(self) -> bool {
        matches!(self, Self::Claimed | Self::Asked | Self::Scheduled)
    }
}
