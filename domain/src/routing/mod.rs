//! Who gets a request. [`route`] is pure, deterministic and total: it always decides, the same
//! way for the same input, and gives reasons for every branch. The desk, `simulate` and the
//! build's coverage check all call it.

mod filter;
mod rank;
mod receipt;
mod snapshot;

pub use receipt::{
    Because, Candidate, Considered, Exclusion, LanguageHelp, Receipt, Relaxation, Standing, Tier,
    WayClosed,
};
pub use snapshot::{BranchSnapshot, MailboxHealth, Snapshot};

use crate::answers::{Answers, Prefer};
use crate::{BranchId, Directory};
use filter::Asked;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who gets a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The staff of this branch.
    Branch(BranchId),
    /// The coordinator, who handles what no rule covers.
    Coordinator,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who gets it.
    pub to: Destination,
    /// Who was considered, and why not.
    pub receipt: Receipt,
}

/// Decides who gets a request with these answers at this moment. `due` is the request's own
/// deadline, by which a branch must answer: a request that is routed again keeps the date that its
/// patron was promised.
pub fn route(
    answers: &Answers,
    directory: &Directory,
    snapshot: &Snapshot,
    now: Timestamp,
    due: Timestamp,
) -> Decision {
    let preferred = answers.library.branch().cloned();
    let prefer = answers.prefer.unwrap_or(match preferred {
        Some(_) => Prefer::MyLibrary,
        None => Prefer::Soonest,
    });
    let asked = Asked { answers, directory, snapshot, now, due };
    let (relaxed, considered) = consider(&asked, prefer);
    let winner = considered
        .iter()
        .filter_map(|considered| match &considered.outcome {
            Candidate::Ranked(standing) => Some((standing, &considered.branch)),
            Candidate::Excluded(_) => None,
        })
        .min_by_key(|(standing, _)| standing.rank);
    let (to, because) = match winner {
        Some((standing, branch)) => {
            (Destination::Branch(branch.clone()), rank::because(&asked, branch, standing, prefer))
        }
        None => (Destination::Coordinator, Because::NobodyElseCan),
    };
    Decision { to, receipt: Receipt { preferred, prefer, considered, relaxed, because } }
}

/// Filters and ranks all branches. If none is left, relaxes the weekly limit, then also the skill;
/// never access, language, way to meet or pilot.
fn consider(asked: &Asked<'_>, prefer: Prefer) -> (Vec<Relaxation>, Vec<Considered>) {
    let mut relaxed = Vec::new();
    loop {
        let considered = rank::ranked(asked, prefer, &relaxed);
        let somebody =
            considered.iter().any(|branch| matches!(branch.outcome, Candidate::Ranked(_)));
        if somebody {
            return (relaxed, considered);
        }
        match Relaxation::IN_ORDER.iter().find(|step| !relaxed.contains(*step)) {
            Some(step) => relaxed.push(*step),
            // Nothing more may be relaxed, and relaxing didn't help, so the receipt gives every
            // reason of the unrelaxed filters.
            None => return (Vec::new(), rank::ranked(asked, prefer, &[])),
        }
    }
}
