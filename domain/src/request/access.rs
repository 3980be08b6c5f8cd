//! Who may see and do what. All permission checks are here; no other code checks roles.

use super::event::{Event, LinkRole};

/// The role in which somebody accesses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Viewer {
    /// The patron, through the link of their receipt.
    ReceiptLink,
    /// Anybody who reads the patron's mailbox, through the link of a mail.
    MailLink,
    /// A device of a branch.
    Branch,
    /// A device of the coordinator.
    Coordinator,
    /// A device of the moderator.
    Moderator,
}

impl Viewer {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::ReceiptLink, Self::MailLink, Self::Branch, Self::Coordinator, Self::Moderator];
}

impl From<LinkRole> for Viewer {
    fn from(role: LinkRole) -> Self {
        match role {
            LinkRole::Receipt => Self::ReceiptLink,
            LinkRole::Mail => Self::MailLink,
        }
    }
}

/// Something that a viewer may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Read what was written, and the contact.
    ReadWords,
    /// Read the state, the times, and what the librarian left.
    ReadState,
    /// Write, pick a time, cancel, ask for another session, say that the request isn't theirs.
    TakePart,
    /// Change the contact.
    ChangeContact,
    /// Change the other answers, make a new link, read everything that is kept.
    Manage,
    /// Have it erased.
    Erase,
    /// Claim, close, refer, and everything in between.
    Work,
    /// Held requests, others' absences, closures, legal holds.
    Oversee,
    /// Comments.
    Moderate,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ReadWords,
        Self::ReadState,
        Self::TakePart,
        Self::ChangeContact,
        Self::Manage,
        Self::Erase,
        Self::Work,
        Self::Oversee,
        Self::Moderate,
    ];

    /// The right that an event needs; `None`: only the service does it, or it is an undo, which
    /// needs the right of the event that is undone.
    pub fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Message { .. }
            | Event::Picked { .. }
            | Event::NoneFits
            | Event::Cancelled
            | Event::NotMine
            | Event::Solved { .. } => Some(Self::TakePart),
            Event::ContactChanged { .. } => Some(Self::ChangeContact),
            Event::AnswersChanged { .. } | Event::LinkRenewed { .. } => Some(Self::Manage),
            Event::EraseAsked => Some(Self::Erase),
            Event::Shown => Some(Self::ReadWords),
            Event::Reopened(_)
            | Event::Claimed
            | Event::Released
            | Event::TakenOver
            | Event::CallTaken
            | Event::Tried { .. }
            | Event::Noted { .. }
            | Event::QuestionAsked { .. }
            | Event::Told { .. }
            | Event::Offered { .. }
            | Event::SessionSet { .. }
            | Event::SessionMoved { .. }
            | Event::SessionCancelled { .. }
            | Event::NoShow
            | Event::Closed(_)
            | Event::Referred { .. }
            | Event::PassedUp { .. }
            | Event::Partner { .. } => Some(Self::Work),
            Event::SentOn { .. }
            | Event::Accepted { .. }
            | Event::Rejected
            | Event::LegalHoldSet
            | Event::LegalHoldReleased
            | Event::DeadlineMoved { .. } => Some(Self::Oversee),
            // A form has no link yet.
            Event::Sent { .. } => None,
            Event::Nudged
            | Event::Moved { .. }
            | Event::GivenToCoordinator
            | Event::ContactOverdue
            | Event::DelayTold
            | Event::Reminded
            | Event::OffersLapsed
            | Event::PassedUnseen { .. }
            | Event::Stalled
            | Event::MailReturned { .. }
            | Event::Undone { .. } => None,
        }
    }
}

/// How far a viewer's right extends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// Not at all.
    No,
    /// On the phone with the patron, in their name, for what the branch has or took a call about.
    InTheirName,
    /// After *Show*, which the history keeps, for what the branch has or took a call about.
    OwnByShow,
    /// After *Show*, for every request.
    ByShow,
    /// For what the branch has, or took a call about.
    Own,
    /// For every request that they can open.
    Yes,
}

/// How far a viewer has a right.
pub fn may(viewer: Viewer, right: Right) -> Grant {
    use Viewer::{Branch, Coordinator, MailLink, Moderator, ReceiptLink};
    match (right, viewer) {
        (Right::Moderate, Moderator) => Grant::Yes,
        (Right::Moderate, _) | (_, Moderator) => Grant::No,
        (Right::ReadWords, ReceiptLink) => Grant::Yes,
        (Right::ReadWords, MailLink) => Grant::No,
        (Right::ReadWords, Branch) => Grant::OwnByShow,
        (Right::ReadWords, Coordinator) => Grant::ByShow,
        (Right::ReadState, _) => Grant::Yes,
        (Right::TakePart | Right::ChangeContact, Branch) => Grant::InTheirName,
        (Right::TakePart, _) => Grant::Yes,
        (Right::ChangeContact | Right::Erase, ReceiptLink | Coordinator) => Grant::Yes,
        (Right::ChangeContact | Right::Erase, MailLink | Branch) => Grant::No,
        (Right::Manage, ReceiptLink) => Grant::Yes,
        (Right::Manage, _) => Grant::No,
        (Right::Work, Branch) => Grant::Own,
        (Right::Work, Coordinator) => Grant::Yes,
        (Right::Work, ReceiptLink | MailLink) => Grant::No,
        (Right::Oversee, Coordinator) => Grant::Yes,
        (Right::Oversee, _) => Grant::No,
    }
}
