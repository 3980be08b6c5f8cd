//! What SQLite alone takes for the rows that the desk wrote: the keys' file committed first, then
//! the desk's, as the desk does it, with its settings and its schema. No HTTP, no sealing, no reads.

use crate::Result;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;
use std::path::Path;
use std::time::Instant;

/// Rows of one request, by table.
type Rows = Vec<(usize, Vec<Value>)>;

/// The tables that a request has rows in, and what finds them by its reference.
const DESK: [(&str, &str); 3] = [
    ("cases", "SELECT * FROM cases WHERE id = ?1"),
    ("notices", "SELECT * FROM notices WHERE case_id = ?1"),
    ("records", "SELECT * FROM marks WHERE value = ?1"),
];
const KEYS: [(&str, &str); 1] = [("case_keys", "SELECT * FROM case_keys WHERE id = ?1")];

/// Marks are found by their keys alone, which nobody knows.
const MARKS: &str = "
    CREATE TEMP TABLE marks AS SELECT * FROM records WHERE key LIKE 'sent %';
    CREATE INDEX temp.marks_by_value ON marks (value);
";

/// Writes the rows of `count` requests that lie in one folder and not in the other into that one.
pub(crate) fn write(from: &Path, kept: &Path, count: u64, group: usize) -> Result<()> {
    let (from_desk, from_keys) = (open(from, "desk.sqlite")?, open(from, "keys.sqlite")?);
    let (desk, keys) = (open(kept, "desk.sqlite")?, open(kept, "keys.sqlite")?);
    from_desk.execute_batch(MARKS)?;
    let mut requests = Vec::new();
    let mut ids = from_desk.prepare("SELECT id FROM cases")?;
    let mut known = desk.prepare("SELECT 1 FROM cases WHERE id = ?")?;
    for id in ids.query_map([], |row| row.get::<_, Value>(0))? {
        let id = id?;
        if !known.exists([&id])? {
            requests.push((rows(&from_keys, &KEYS, &id)?, rows(&from_desk, &DESK, &id)?));
        }
        if requests.len() as u64 == count {
            break;
        }
    }
    let rows: usize = requests.iter().map(|(keys, desk)| keys.len() + desk.len()).sum();
    let started = Instant::now();
    for group in requests.chunks(group) {
        insert(&keys, &KEYS, group.iter().map(|(keys, _)| keys))?;
        insert(&desk, &DESK, group.iter().map(|(_, desk)| desk))?;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "requests": requests.len(), "rows": rows, "group": group, "seconds": seconds,
            "per_second": requests.len() as f64 / seconds, "rows_per_second": rows as f64 / seconds,
        })
    );
    Ok(())
}

fn open(folder: &Path, name: &str) -> Result<Connection> {
    let connection = Connection::open(folder.join(name))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON;",
    )?;
    Ok(connection)
}

fn rows(from: &Connection, tables: &[(&str, &str)], id: &Value) -> Result<Rows> {
    let mut found = Vec::new();
    for (number, (_, select)) in tables.iter().enumerate() {
        let mut select = from.prepare_cached(select)?;
        let columns = select.column_count();
        let rows = select.query_map([id], |row| (0..columns).map(|n| row.get(n)).collect())?;
        for row in rows {
            found.push((number, row?));
        }
    }
    Ok(found)
}

fn insert<'a>(
    into: &Connection,
    tables: &[(&str, &str)],
    requests: impl Iterator<Item = &'a Rows>,
) -> Result<()> {
    into.execute_batch("BEGIN IMMEDIATE")?;
    for (table, row) in requests.flatten() {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {} VALUES ({places})", tables[*table].0);
        into.prepare_cached(&sql)?.execute(params_from_iter(row))?;
    }
    Ok(into.execute_batch("COMMIT")?)
}
