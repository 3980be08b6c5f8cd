//! Who gets a request. [`route`] is pure, deterministic and total: it always decides, the same
//! way for the same input, and says of every branch why or why not. The desk, `simulate` and the
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
    /// The coordinator, who finds a way that no rule knows.
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

/// Decides who gets a request that has these answers, at this moment. `due` is the request's own
/// deadline, by which a branch must answer: routed again, a request is measured by the date that its
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

/// Filters and ranks all branches; if nobody is left, without the weekly limit, then without the
/// skill. Never without access, language, way to meet or pilot.
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
            // Nothing more may be given up. What was given up helped nobody, so the receipt names
            // every reason as it stood.
            None => return (Vec::new(), rank::ranked(asked, prefer, &[])),
        }
    }
}
