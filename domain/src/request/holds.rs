//! The staff times that a request holds: the offered times and the session's.

use super::state::{Keeper, State};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A span of somebody's time that a request holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hold {
    /// Whose time it is.
    pub keeper: Keeper,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// How an event changes the held times. Written together with the event, or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldChanges {
    /// Spans that are held from now on.
    pub held: BTreeSet<Hold>,
    /// Spans that are free again.
    pub freed: BTreeSet<Hold>,
}

impl State<'_> {
    /// All spans that it holds: of the colleague who offered times or set the session, and of the
    /// colleague who comes along.
    pub fn holds(&self) -> BTreeSet<Hold> {
        let offered = self.offering.iter().flat_map(|offering| {
            offering.offers.times().iter().map(|time| Hold {
                keeper: offering.keeper.clone(),
                from: time.at,
                until: time.until(),
            })
        });
        let session = self.booking.iter().flat_map(|booking| {
            let partner = self.partner.map(|partner| Keeper {
                desk: booking.keeper.desk.clone(),
                initials: partner.clone(),
            });
            [Some(booking.keeper.clone()), partner].into_iter().flatten().map(|keeper| Hold {
                keeper,
                from: booking.session.at,
                until: booking.session.until(),
            })
        });
        offered.chain(session).collect()
    }
}

impl HoldChanges {
    /// What turned the holds of one state into those of another.
    pub fn between(before: &State<'_>, after: &State<'_>) -> Self {
        Self::of(&before.holds(), &after.holds())
    }

    pub(super) fn of(before: &BTreeSet<Hold>, after: &BTreeSet<Hold>) -> Self {
        Self {
            held: after.difference(before).cloned().collect(),
            freed: before.difference(after).cloned().collect(),
        }
    }
}
