//! What routing is told of each branch is what lies in the store, whatever was written before.

use crate::kept::{Kept, in_memory, in_sqlite, later, tombstone};
use crate::support::{noon, sent};
use domain::{BranchId, Reference};
use handler::case::{Case, Stored, SummaryState};
use handler::store::Replacement;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A write. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Write {
    Create(u32, Summed),
    Import(u32, Summed),
    ImportErased(u32),
    Replace(usize, Summed),
    Wake(usize),
    Erase(usize),
}

/// What is counted of a case: branch, day, and whether it is open.
#[derive(Debug, Clone)]
struct Summed {
    branch: Option<BranchId>,
    day: i64,
    state: SummaryState,
}

fn summed() -> impl Strategy<Value = Summed> {
    let branch = prop::option::weighted(0.8, prop::sample::select(vec!["clinton", "edmonds"]));
    let state = prop::sample::select(vec![SummaryState::Open, SummaryState::Closed]);
    (branch, -9_i64..=1, state).prop_map(|(branch, day, state)| {
        let branch = branch.map(|branch| BranchId::parse(branch).unwrap());
        Summed { branch, day, state }
    })
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        4 => (0_u32..40, summed()).prop_map(|(id, summed)| Write::Create(id, summed)),
        1 => (0_u32..40, summed()).prop_map(|(id, summed)| Write::Import(id, summed)),
        1 => (0_u32..40).prop_map(Write::ImportErased),
        4 => (any::<usize>(), summed()).prop_map(|(n, summed)| Write::Replace(n, summed)),
        1 => any::<usize>().prop_map(Write::Wake),
        2 => any::<usize>().prop_map(Write::Erase),
    ]
}

fn days(days: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(24 * days)
}

impl Summed {
    fn of(&self, case: Case) -> Case {
        let mut case = case;
        case.summary.branch = self.branch.clone();
        case.summary.sent = days(self.day);
        case.summary.state = self.state;
        case
    }
}

async fn everything(kept: &Kept) -> Vec<Case> {
    let mut cases = Vec::new();
    for id in kept.store.ids_after(None, 1000).await.unwrap() {
        if let Some(Stored::Case(case)) = kept.store.find(id).await.unwrap() {
            cases.push(*case);
        }
    }
    cases
}

async fn do_write(kept: &Kept, template: &Case, write: Write) {
    let cases = everything(kept).await;
    let chosen = |n: usize| cases.get(n % cases.len().max(1)).cloned();
    let new = |id| Case { id: Reference::from_number(id), outbox: Vec::new(), ..template.clone() };
    match write {
        Write::Create(id, summed) => {
            kept.store.create(&summed.of(new(id)), &[]).await.unwrap();
        }
        Write::Import(id, summed) => {
            let stored = Stored::Case(Box::new(summed.of(new(id))));
            kept.store.import(&stored, None).await.unwrap();
        }
        Write::ImportErased(id) => {
            let stored = Stored::Erased(tombstone(&new(id)));
            kept.store.import(&stored, None).await.unwrap();
        }
        Write::Replace(n, summed) => {
            if let Some(case) = chosen(n) {
                let next = Case { version: case.version + 1, ..summed.of(case.clone()) };
                kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap();
                // Somebody who was slower changes nothing.
                kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap();
            }
        }
        Write::Wake(n) => {
            if let Some(case) = chosen(n) {
                kept.store.wake_at(case.id, case.version, later(5)).await.unwrap();
            }
        }
        Write::Erase(n) => {
            if let Some(case) = chosen(n) {
                let tombstone = tombstone(&case);
                kept.store.erase(&tombstone, case.version, &[], noon()).await.unwrap();
            }
        }
    }
}

/// Open requests and those of the week, by branch; branches without any are left out.
type Loads = BTreeMap<BranchId, (u32, u32)>;

async fn told(kept: &Kept, now: Timestamp) -> Loads {
    let snapshot = kept.store.snapshot(now).await.unwrap();
    let loads = snapshot.branches.into_iter();
    loads
        .map(|(id, branch)| (id, (branch.open_requests, branch.sent_this_week)))
        .filter(|(_, load)| *load != (0, 0))
        .collect()
}

/// The same by looking at each case.
async fn counted(kept: &Kept, today: i64) -> Loads {
    let mut loads = Loads::new();
    for case in everything(kept).await {
        let Some(branch) = case.summary.branch else {
            continue;
        };
        let day = (case.summary.sent.duration_since(noon()).as_hours()) / 24;
        let load = loads.entry(branch).or_default();
        load.0 += u32::from(case.summary.state == SummaryState::Open);
        load.1 += u32::from((today - 7..=today).contains(&day));
    }
    loads.retain(|_, load| *load != (0, 0));
    loads
}

async fn is_counted(kept: Kept, writes: Vec<Write>) {
    let (_, template) = sent(&*kept.store, &kept.secrets, 99).await;
    for write in writes {
        do_write(&kept, &template, write.clone()).await;
        for today in [0, 3] {
            let told = told(&kept, days(today)).await;
            assert_eq!(told, counted(&kept, today).await, "{today} days on, after {write:?}");
        }
    }
}

fn run<F: Future>(story: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(story)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_counts_of_sqlite_are_those_of_its_rows(writes in prop::collection::vec(write(), 1..40)) {
        run(async { is_counted(in_sqlite().await, writes).await });
    }

    #[test]
    fn the_counts_in_memory_are_those_of_its_cases(writes in prop::collection::vec(write(), 1..40)) {
        run(async { is_counted(in_memory().await, writes).await });
    }
}
