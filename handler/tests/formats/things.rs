//! What stands beside what is sealed: cases, their mail, what is left of them, counts, keys.

use crate::pin::{numbered, pinned};
use crate::samples::{id, later, start};
use crate::support::{branch_id, tag, topic_id};
use crate::words::words_of;
use domain::request::{Audience, Initials, Matter, Notice, Outcome, Phase};
use domain::routing::{BranchSnapshot, MailboxHealth, Snapshot};
use domain::{Reference, WayToMeet};
use handler::case::body::Beside;
use handler::case::{
    Case, CaseKind, NonceHash, NoticeId, PendingNotice, Stored, Summary, SummaryState, Tombstone,
};
use handler::crypto::link::LinkVersion;
use handler::crypto::seal::Sealed;
use handler::crypto::secrets::{SecretKey, Secrets};
use handler::store::Count;
use jiff::civil::date;
use serde_json::json;

fn audiences() -> [Audience; 4] {
    let branch = Audience::Branch(branch_id("ash"));
    [Audience::Patron, Audience::FormerPatron, branch, Audience::Coordinator]
}

/// Each matter, and each reader.
fn notices() -> Vec<Notice> {
    let matters = words_of::<Matter>().into_iter();
    let matters: Vec<Matter> =
        matters.map(|word| serde_json::from_value(json!(word)).unwrap()).collect();
    assert_eq!(words_of::<Audience>().len(), audiences().len());
    let to_each = audiences().map(|to| Notice { to, what: matters[0] });
    let of_each = matters.into_iter().map(|what| Notice { to: Audience::Patron, what });
    to_each.into_iter().chain(of_each).collect()
}

pub(crate) fn pending() -> Vec<PendingNotice> {
    let notices = notices().into_iter().take(2);
    let pending = (0..).zip(notices).map(|(n, notice)| PendingNotice {
        id: NoticeId::new(Reference::from_number(1), &id("sent"), n),
        notice,
        since: start(),
        tries: 0,
        ready: start(),
        lease: None,
    });
    let mut pending: Vec<_> = pending.collect();
    pending[1] = PendingNotice {
        tries: 3,
        ready: later(start(), 15),
        lease: serde_json::from_value(json!(766_995_730_162_801_u64)).unwrap(),
        ..pending[1].clone()
    };
    pending
}

pub(crate) fn case() -> Case {
    Case {
        id: Reference::from_number(1),
        kind: CaseKind::Request,
        version: 7,
        wake: later(start(), 600),
        outbox: pending(),
        summary: Summary {
            topic: topic_id("genealogy"),
            language: Some(tag("vi")),
            meet: WayToMeet::ALL.into(),
            branch: Some(branch_id("ash")),
            state: SummaryState::Open,
            sent: start(),
            due: later(start(), 600),
            phase: Some(Phase::Scheduled),
            initials: Some(Initials::parse("JD").unwrap()),
            session: Some(later(start(), 900)),
            call_task: Some(Matter::SessionMoved),
        },
        sealed: Sealed { format: 2, master: 1, bytes: b"sealed under two keys".to_vec() },
        nonce_hash: NonceHash([7; 32]),
        links: LinkVersion { receipt: 1, mail: 3, key: 2 },
    }
}

fn tombstones() -> Vec<Tombstone> {
    let tombstone = Tombstone {
        id: Reference::from_number(2),
        nonce_hash: NonceHash([8; 32]),
        series: "Requests".to_owned(),
        erased_on: date(2026, 12, 24),
        answered_by: Some(id("sent")),
    };
    vec![Tombstone { answered_by: None, ..tombstone.clone() }, tombstone]
}

#[test]
fn cases_are_read_as_they_were_written() {
    let case = case();
    let mut bare = Case { kind: CaseKind::Canary, outbox: Vec::new(), ..case.clone() };
    bare.summary = Summary {
        language: None,
        branch: None,
        meet: [].into(),
        state: SummaryState::Closed,
        phase: Some(Phase::Closed(Outcome::Completed)),
        initials: None,
        session: None,
        call_task: None,
        ..case.summary.clone()
    };
    pinned("cases.json", &numbered([case, bare], |case| format!("{:?}", case.kind)));
}

#[test]
fn what_is_copied_into_a_sealed_body_is_read_as_it_was_written() {
    let case = case();
    let beside = Beside {
        kind: case.kind,
        nonce_hash: case.nonce_hash,
        links: case.links,
        branch: case.summary.branch,
        state: case.summary.state,
    };
    let nobodys = Beside { branch: None, ..beside.clone() };
    pinned("beside.json", &numbered([beside, nobodys], |beside| format!("{:?}", beside.state)));
}

#[test]
fn what_is_left_of_an_erased_case_is_read_as_it_was_written() {
    let name = |it: &Tombstone| format!("answered by {:?}", it.answered_by.as_ref().map(|_| "it"));
    pinned("tombstones.json", &numbered(tombstones(), name));
    let stored = tombstones().into_iter().map(Stored::Erased);
    let stored: Vec<_> = stored.chain([Stored::Case(Box::new(case()))]).collect();
    pinned("stored.json", &numbered(stored, |stored| stored.id().compact()));
}

#[test]
fn notices_of_each_matter_and_to_each_reader_are_read_as_they_were_written() {
    pinned("notices.json", &numbered(notices(), |notice| format!("{:?}", notice.what)));
    pinned("pending.json", &numbered(pending(), |it| it.id.as_str().to_owned()));
}

#[test]
fn counts_are_read_as_they_were_written() {
    let name = "destroyed 2026-12-24 gone-from-backups 2026-12-31 Requests".to_owned();
    pinned("counts.json", &numbered([Count { name, number: 12 }], |count| count.name.clone()));
}

#[test]
fn what_routing_knows_of_the_moment_is_read_as_it_was_written() {
    let busy = BranchSnapshot {
        open_requests: 3,
        sent_this_week: 2,
        paused: true,
        building_closed_until: Some(date(2026, 12, 24)),
        staff_away_until: Some(date(2026, 12, 25)),
        mailbox: MailboxHealth::Unhealthy,
    };
    let branches = [("ash", busy), ("birch", BranchSnapshot::default())];
    let snapshot = Snapshot {
        branches: branches.map(|(id, branch)| (branch_id(id), branch)).into(),
        tried: [branch_id("cedar")].into(),
        helped: Some(branch_id("ash")),
    };
    let samples = [snapshot, Snapshot::default()];
    pinned("snapshots.json", &numbered(samples, |it| format!("{} branches", it.branches.len())));
}

#[test]
fn the_desks_keys_are_read_as_they_were_written() {
    let key = |n| serde_json::to_value(SecretKey::from_bytes([n; 32])).unwrap();
    let secrets: Secrets = serde_json::from_value(json!({
        "id_key": key(1), "token_keys": { "1": key(2), "12": key(3) },
        "link_keys": { "1": key(4) }, "master_keys": { "2": key(5) },
    }))
    .unwrap();
    pinned("secrets.json", &numbered([secrets.clone()], |_| "in an archive".to_owned()));
    // The file beside the databases has its number, too.
    let folder = tempfile::tempdir().unwrap();
    secrets.put(folder.path()).unwrap();
    let file = std::fs::read(folder.path().join("secrets.json")).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    pinned("secrets-file.json", &numbered([file], |_| "in a folder".to_owned()));
    let there = Secrets::there(folder.path()).unwrap();
    assert!(there == Some(secrets));
}
