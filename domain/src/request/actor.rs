//! Who does something to a request.

use crate::BranchId;
use crate::routing::Destination;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "StoredActor")]
pub enum Actor {
    /// The patron, through the form or a link.
    Patron,
    /// A member of a branch's staff, on one of its devices.
    Staff {
        /// The branch whose device it was.
        branch: BranchId,
        /// Who it was, as colleagues know them.
        initials: Initials,
    },
    /// The coordinator, or their stand-in.
    Coordinator {
        /// Who it was, as colleagues know them.
        initials: Initials,
    },
    /// The service itself, when a timer was due.
    Service,
}

/// The role in which somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The patron.
    Patron,
    /// Staff of a branch.
    Staff,
    /// The coordinator.
    Coordinator,
    /// The service.
    Service,
}

impl Actor {
    /// The role in which they act.
    pub fn role(&self) -> Role {
        match self {
            Self::Patron => Role::Patron,
            Self::Staff { .. } => Role::Staff,
            Self::Coordinator { .. } => Role::Coordinator,
            Self::Service => Role::Service,
        }
    }

    /// Where they work, if they are staff.
    pub fn desk(&self) -> Option<Destination> {
        match self {
            Self::Staff { branch, .. } => Some(Destination::Branch(branch.clone())),
            Self::Coordinator { .. } => Some(Destination::Coordinator),
            Self::Patron | Self::Service => None,
        }
    }

    /// Who they are, if they are staff.
    pub fn initials(&self) -> Option<&Initials> {
        match self {
            Self::Staff { initials, .. } | Self::Coordinator { initials } => Some(initials),
            Self::Patron | Self::Service => None,
        }
    }

    /// Whether both are of the same role and, if they are staff, of the same branch.
    pub fn is_colleague_of(&self, other: &Self) -> bool {
        self.role() == other.role() && self.desk() == other.desk()
    }
}

/// The initials of a member of staff: one to four letters, kept in capitals. No patron ever sees
/// them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Initials(String);

/// A text that is no initials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("initials are one to four letters")]
pub struct InitialsError;

/// Stands in for the initials in histories from before initials were kept.
const UNSIGNED: &str = "-";

impl Initials {
    /// Reads initials as people write them: `jd`, `J. D.`, `ĐN`.
    pub fn parse(text: &str) -> Result<Self, InitialsError> {
        let letters: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        let capitals = letters.to_uppercase();
        let fits = (1..=4).contains(&capitals.chars().count());
        if fits && capitals.chars().all(char::is_alphabetic) {
            Ok(Self(capitals))
        } else {
            Err(InitialsError)
        }
    }

    /// The initials in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Initials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Initials {
    type Error = InitialsError;

    /// Initials that were stored.
    fn try_from(text: String) -> Result<Self, InitialsError> {
        if text == UNSIGNED { Ok(Self(text)) } else { Self::parse(&text) }
    }
}

impl From<Initials> for String {
    fn from(initials: Initials) -> String {
        initials.0
    }
}

/// An actor as histories hold it: the first releases kept no initials of the coordinator.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredActor {
    Unsigned(UnsignedActor),
    Signed(SignedActor),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnsignedActor {
    Patron,
    Coordinator,
    Service,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SignedActor {
    Staff { branch: BranchId, initials: Initials },
    Coordinator { initials: Initials },
}

impl From<StoredActor> for Actor {
    fn from(stored: StoredActor) -> Self {
        match stored {
            StoredActor::Unsigned(UnsignedActor::Patron) => Self::Patron,
            StoredActor::Unsigned(UnsignedActor::Service) => Self::Service,
            StoredActor::Unsigned(UnsignedActor::Coordinator) => {
                Self::Coordinator { initials: Initials(UNSIGNED.to_owned()) }
            }
            StoredActor::Signed(SignedActor::Staff { branch, initials }) => {
                Self::Staff { branch, initials }
            }
            StoredActor::Signed(SignedActor::Coordinator { initials }) => {
                Self::Coordinator { initials }
            }
        }
    }
}
