//! The cost of a statement doesn't grow with the stored data: every statement of the store finds
//! its rows by an index.

use super::open::{self, Access, DESK, KEYS, Kind, Sharing};
use super::{ahead, cases, keys, load, notices, queue, small};
use crate::case::{Case, LeaseId, NonceHash, NoticeId, PendingNotice, Stored, Tombstone};
use crate::crypto::contact_hash::ContactHash;
use crate::crypto::secrets::Secrets;
use crate::store::{Count, Leased, Record, RecordKey, Replacement, StoreError, Swap};
use domain::request::{Audience, EventId, Matter, Notice};
use domain::routing::Destination;
use domain::{BranchId, Email, Reference};
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Tables with a row per case, per mail, or more.
const GROWING: [&str; 7] =
    ["cases", "tombstones", "notices", "records", "sent_requests", "case_keys", "contacts"];

/// Runs once, at start: all mail that a stopped process had leased.
const WHOLE: [&str; 1] =
    ["UPDATE notices SET lease = NULL, ready = ?, tries = max(tries, 1) WHERE lease IS NOT NULL"];

/// Records the statements that a connection runs.
fn noting(connection: &mut Connection) -> Arc<Mutex<BTreeSet<String>>> {
    let ran = Arc::new(Mutex::new(BTreeSet::new()));
    let notes = Arc::clone(&ran);
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            notes.lock().unwrap().insert(statement.sql().into_owned());
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    ran
}

/// Steps of a plan that scan all rows of a growing table. With a limit, an index in the requested
/// order is read no further than that.
fn whole_tables(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let places = explained.parameter_count();
    let nulls = vec![rusqlite::types::Null; places];
    let steps = explained
        .query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>("detail"))
        .unwrap();
    let scans = steps.map(Result::unwrap).filter(|step| {
        let of = GROWING.iter().any(|table| {
            step == &format!("SCAN {table}") || step.starts_with(&format!("SCAN {table} "))
        });
        of && !(step.contains(" USING ") && sql.contains("LIMIT"))
    });
    scans.collect()
}

fn assert_bounded(connection: &Connection, ran: &Mutex<BTreeSet<String>>) {
    let ran = ran.lock().unwrap().clone();
    assert!(ran.len() > 3, "{ran:?}");
    let asks = |sql: &&String| {
        ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb))
    };
    for sql in ran.iter().filter(asks).filter(|sql| !WHOLE.contains(&sql.as_str())) {
        let whole = whole_tables(connection, sql);
        assert!(whole.is_empty(), "{sql}\nreads all of a table: {whole:?}");
    }
}

fn noon() -> Timestamp {
    "2026-11-24T20:00:00Z".parse().unwrap()
}

fn case() -> Case {
    let id = Reference::from_number(1);
    let branch = BranchId::parse("oak-harbor").unwrap();
    let json = format!(
        r#"{{"id":"{id}","kind":"request","version":1,"wake":"{now}","outbox":[],
            "summary":{{"topic":"genealogy","language":"en","meet":[],"branch":"{branch}",
            "state":"open","sent":"{now}","due":"{now}"}},"sealed":{{"master":1,"bytes":"AAAA"}},
            "nonce_hash":"{hash}","links":{{"generation":0,"key":1}}}}"#,
        id = id.compact(),
        now = noon(),
        hash = NonceHash([7; 32]).to_hex(),
    );
    let mut case: Case = serde_json::from_str(&json).unwrap();
    let event = EventId::parse("sent").unwrap();
    case.outbox.push(PendingNotice {
        id: NoticeId::new(id, &event, 0),
        notice: Notice { to: Audience::Branch(branch), what: Matter::NewRequest },
        since: noon(),
        tries: 0,
        ready: noon(),
        lease: None,
    });
    case
}

fn cases_and_mail(desk: &Connection) -> Result<(), StoreError> {
    let (case, now, lease) = (case(), noon(), LeaseId::random().unwrap());
    let record = Record {
        key: RecordKey::from_stored("mailbox oak-harbor"),
        value: String::new(),
        expires: now,
    };
    cases::create(desk, &case, std::slice::from_ref(&record))?;
    cases::find(desk, case.id)?;
    cases::wake_at(desk, case.id, 1, now)?;
    cases::woken(desk, now, 10)?;
    cases::ids_after(desk, None, 10)?;
    load::snapshot(desk, now)?;
    let notice = case.outbox[0].clone();
    let leased = Leased { case: case.id, notice, lease };
    notices::lease(desk, now, now, 20, lease)?;
    notices::lease_of(desk, case.id, now, now, lease)?;
    notices::mark_failed(desk, &leased, now)?;
    notices::release(desk, &leased, now)?;
    notices::put_back(desk, case.id, &leased.notice)?;
    notices::next_ready(desk)?;
    notices::waiting(desk, now, 10)?;
    ahead::pull_in(desk, now)?;
    notices::end_leases(desk, now)?;
    notices::mark_sent(desk, &leased)?;
    let next = Case { version: 2, outbox: Vec::new(), ..case.clone() };
    let swap = Swap { record: record.clone(), was: Some(String::new()), now };
    let withdrawn = vec![NoticeId::from_stored("none")];
    cases::replace(desk, &Replacement { withdrawn, ..Replacement::of(&next, 1) })?;
    cases::replace(desk, &Replacement { swaps: vec![swap], ..Replacement::of(&next, 1) })?;
    queue::page(desk, &Destination::Coordinator, None, 10)?;
    let tombstone = Tombstone {
        id: case.id,
        nonce_hash: case.nonce_hash,
        series: "Requests".to_owned(),
        erased_on: "2026-12-24".parse().unwrap(),
        answered_by: None,
    };
    let count = Count { name: "2026-11 requests".to_owned(), number: 1 };
    cases::erase(desk, &tombstone, 2, std::slice::from_ref(&count), now)?;
    cases::erased_of(desk, &[case.id])?;
    cases::sleep(desk, &[case.id])?;
    cases::import(desk, &Stored::Erased(tombstone))?;
    small::claim_record(desk, &record, now)?;
    small::set_count(desk, &count)?;
    small::delete_expired(desk, now, 10)?;
    Ok(())
}

fn opened(folder: &Path, kind: &Kind) -> Connection {
    let path = folder.join(kind.file);
    open::make(&path, kind, None).unwrap();
    let connection = open::open(&path, Sharing::WithAll).unwrap();
    open::ready(&connection, &path, kind, Access::Writes).unwrap();
    connection
}

#[test]
fn no_statement_reads_all_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = opened(folder.path(), &DESK);
    let ran = noting(&mut desk);
    cases_and_mail(&desk).unwrap();
    assert_bounded(&desk, &ran);
    let mut keys = opened(folder.path(), &KEYS);
    let ran = noting(&mut keys);
    let id = Reference::from_number(1).compact();
    keys::get_or_make_key(&keys, keys::CASE_KEY, &id).unwrap();
    keys::get_or_make_key(&keys, keys::CASE_KEY, &id).unwrap();
    keys::case_key(&keys, &id).unwrap();
    let contact = ContactHash::of_email(
        &Secrets::random().unwrap(),
        &Email::parse("lan@example.com").unwrap(),
    );
    keys::set_contacts(&keys, Reference::from_number(1), &[contact]).unwrap();
    keys::ids_of(&keys, &contact).unwrap();
    keys::forget_keys(&keys, &[Reference::from_number(1)]).unwrap();
    assert_eq!(ran.lock().unwrap().len(), 6);
    for sql in &*ran.lock().unwrap() {
        assert!(whole_tables(&keys, sql).is_empty(), "{sql}");
    }
}

#[test]
fn a_statement_that_reads_all_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let desk = opened(folder.path(), &DESK);
    let before = "SELECT branch, sum(open), sum(sent >= ?) FROM cases
                  WHERE branch IS NOT NULL GROUP BY branch";
    assert!(!whole_tables(&desk, before).is_empty());
    assert!(!whole_tables(&desk, "SELECT count(*) FROM notices").is_empty());
}
