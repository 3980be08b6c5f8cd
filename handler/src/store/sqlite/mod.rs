//! Cases in SQLite: for one server. Cases and mail in `desk.sqlite`, keys in `keys.sqlite`, so that
//! their copies can be kept for different times.

mod open;
mod worker;

pub use open::OpenError;

use super::{Created, Held, Leased, Record, Replaced, Store, StoreError};
use crate::case::{Case, LeaseId, PendingNotice};
use crate::secrets::SecretKey;
use async_trait::async_trait;
use domain::routing::Snapshot;
use domain::{BranchId, Reference};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use worker::Worker;

/// A store in two SQLite files of one folder.
pub struct SqliteStore {
    /// The only writer of `desk.sqlite`.
    writer: Worker,
    /// Reads `desk.sqlite` while the writer waits for the disk.
    reader: Worker,
    /// The only writer and reader of `keys.sqlite`.
    keys: Worker,
}

impl SqliteStore {
    /// Opens, or makes, both files in this folder.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let desk = folder.join("desk.sqlite");
        let writer = open::open(&desk, open::DESK)?;
        let reader = open::open(&desk, open::DESK)?;
        let keys = open::open(&folder.join("keys.sqlite"), open::KEYS)?;
        Ok(Self {
            writer: Worker::start("desk writer", writer)?,
            reader: Worker::start_reading("desk reader", reader)?,
            keys: Worker::start("keys", keys)?,
        })
    }
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unreadable {
        what: "what was to be written".to_owned(),
        error: error.to_string(),
    })
}

fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Unreadable { what: what.to_owned(), error: error.to_string() })
}

fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|error| StoreError::Unreadable {
        what: format!("the moment {millis}"),
        error: error.to_string(),
    })
}

fn write_case(connection: &Connection, case: &Case) -> Result<(), StoreError> {
    let body = to_json(&Case { outbox: Vec::new(), ..case.clone() })?;
    let version = i64::try_from(case.version).unwrap_or(i64::MAX);
    connection.prepare_cached(
        "INSERT INTO cases (id, version, wake, branch, sent, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET version = ?2, wake = ?3, branch = ?4, sent = ?5, body = ?6",
    )?
    .execute(params![
        case.id.compact(),
        version,
        case.wake.as_millisecond(),
        case.summary.branch.as_ref().map(BranchId::as_str),
        case.summary.sent.as_millisecond(),
        body
    ])?;
    for pending in &case.outbox {
        connection
            .prepare_cached(
                "INSERT INTO notices (id, case_id, notice, tries, ready) VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![
                pending.id.as_str(),
                case.id.compact(),
                to_json(&pending.notice)?,
                pending.tries,
                pending.ready.as_millisecond()
            ])?;
    }
    Ok(())
}

fn version_of(connection: &Connection, id: Reference) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT version FROM cases WHERE id = ?")?
        .query_row([id.compact()], |row| row.get(0))
        .optional()?)
}

/// A row of `notices` as text and numbers: id, case, notice, tries, ready, lease.
type NoticeRow = (String, String, String, u32, i64, Option<i64>);

fn notice_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<NoticeRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn pending(row: NoticeRow) -> Result<(Reference, PendingNotice), StoreError> {
    let (id, case, notice, tries, ready, lease) = row;
    let what = format!("notice {id}");
    let pending = PendingNotice {
        notice: from_json(&what, &notice)?,
        tries,
        ready: moment(ready)?,
        lease: lease.map(|lease| from_json::<LeaseId>(&what, &lease.to_string())).transpose()?,
        id: from_json(&what, &to_json(&id)?)?,
    };
    let case = Reference::parse(&case)
        .map_err(|error| StoreError::Unreadable { what, error: error.to_string() })?;
    Ok((case, pending))
}

fn read_case(connection: &Connection, id: Reference) -> Result<Option<Case>, StoreError> {
    let body: Option<String> = connection
        .prepare_cached("SELECT body FROM cases WHERE id = ?")?
        .query_row([id.compact()], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(None) };
    let mut case: Case = from_json(&format!("case {id}"), &body)?;
    let mut notices = connection.prepare_cached(
        "SELECT id, case_id, notice, tries, ready, lease FROM notices WHERE case_id = ? ORDER BY id",
    )?;
    for row in notices.query_map([id.compact()], notice_row)? {
        case.outbox.push(pending(row?)?.1);
    }
    Ok(Some(case))
}

fn get_or_make_key(
    connection: &Connection,
    [insert, select]: [&str; 2],
    of: &str,
) -> Result<SecretKey, StoreError> {
    let fresh = SecretKey::random()?;
    connection.prepare_cached(insert)?.execute(params![of, fresh.as_bytes()])?;
    let bytes: [u8; 32] = connection.prepare_cached(select)?.query_row([of], |row| row.get(0))?;
    Ok(SecretKey::from_bytes(bytes))
}

#[async_trait]
impl Store for SqliteStore {
    async fn create(&self, case: &Case, records: &[Record]) -> Result<Created, StoreError> {
        let (case, records) = (case.clone(), records.to_vec());
        self.writer
            .run(move |connection| {
                if version_of(connection, case.id)?.is_some() {
                    return Ok(Created::AlreadyExists);
                }
                write_case(connection, &case)?;
                for record in records {
                    connection
                        .prepare_cached(
                            "INSERT OR REPLACE INTO records (key, value, expires) VALUES (?, ?, ?)",
                        )?
                        .execute(params![
                            record.key,
                            record.value,
                            record.expires.as_millisecond()
                        ])?;
                }
                Ok(Created::Created)
            })
            .await
    }

    async fn read(&self, id: Reference) -> Result<Option<Case>, StoreError> {
        self.reader.run(move |connection| read_case(connection, id)).await
    }

    async fn replace(&self, case: &Case, read_version: u64) -> Result<Replaced, StoreError> {
        let case = case.clone();
        self.writer
            .run(move |connection| {
                let stored = version_of(connection, case.id)?;
                if stored.and_then(|version| u64::try_from(version).ok()) != Some(read_version) {
                    return Ok(Replaced::Conflict);
                }
                write_case(connection, &case)?;
                Ok(Replaced::Replaced)
            })
            .await
    }

    async fn key(&self, id: Reference) -> Result<SecretKey, StoreError> {
        const SQL: [&str; 2] = [
            "INSERT OR IGNORE INTO case_keys (id, key) VALUES (?, ?)",
            "SELECT key FROM case_keys WHERE id = ?",
        ];
        self.keys.run(move |connection| get_or_make_key(connection, SQL, &id.compact())).await
    }

    async fn existing_key(&self, id: Reference) -> Result<Option<SecretKey>, StoreError> {
        self.keys
            .run(move |connection| {
                let bytes = connection
                    .prepare_cached("SELECT key FROM case_keys WHERE id = ?")?
                    .query_row([id.compact()], |row| row.get(0))
                    .optional()?;
                Ok(bytes.map(SecretKey::from_bytes))
            })
            .await
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Leased>, StoreError> {
        let lease = LeaseId::random()?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.writer
            .run(move |connection| {
                let mut taken = connection.prepare_cached(
                    "UPDATE notices SET ready = ?1, lease = ?2 WHERE id IN
                         (SELECT id FROM notices WHERE ready <= ?3 ORDER BY ready, id LIMIT ?4)
                     RETURNING id, case_id, notice, tries, ready, lease",
                )?;
                let until = until.as_millisecond();
                let rows = taken.query_map(
                    params![until, lease.number(), now.as_millisecond(), limit],
                    notice_row,
                )?;
                rows.map(|row| {
                    let (case, notice) = pending(row?)?;
                    Ok(Leased { case, notice, lease })
                })
                .collect()
            })
            .await
    }

    async fn end_leases(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                connection
                    .prepare_cached(
                        "UPDATE notices SET lease = NULL, ready = ? WHERE lease IS NOT NULL",
                    )?
                    .execute([now.as_millisecond()])?;
                Ok(())
            })
            .await
    }

    async fn mark_sent(&self, leased: &Leased) -> Result<Held, StoreError> {
        let leased = leased.clone();
        self.writer
            .run(move |connection| {
                let changed = connection
                    .prepare_cached("DELETE FROM notices WHERE id = ? AND lease = ?")?
                    .execute(params![leased.id().as_str(), leased.lease.number()])?;
                Ok(if changed == 1 { Held::Held } else { Held::Lost })
            })
            .await
    }

    async fn mark_failed(&self, leased: &Leased, next_try: Timestamp) -> Result<Held, StoreError> {
        let leased = leased.clone();
        self.writer
            .run(move |connection| {
                let changed = connection
                    .prepare_cached(
                        "UPDATE notices SET tries = tries + 1, ready = ?, lease = NULL
                         WHERE id = ? AND lease = ?",
                    )?
                    .execute(params![
                        next_try.as_millisecond(),
                        leased.id().as_str(),
                        leased.lease.number()
                    ])?;
                Ok(if changed == 1 { Held::Held } else { Held::Lost })
            })
            .await
    }

    async fn next_ready(&self) -> Result<Option<Timestamp>, StoreError> {
        self.reader
            .run(|connection| {
                let ready: Option<i64> = connection
                    .prepare_cached("SELECT min(ready) FROM notices")?
                    .query_row([], |row| row.get(0))?;
                ready.map(moment).transpose()
            })
            .await
    }

    async fn record(&self, key: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.reader
            .run(move |connection| {
                Ok(connection
                    .prepare_cached("SELECT value FROM records WHERE key = ? AND expires > ?")?
                    .query_row(params![key, now.as_millisecond()], |row| row.get(0))
                    .optional()?)
            })
            .await
    }

    async fn day_key(&self, day: Date) -> Result<SecretKey, StoreError> {
        const SQL: [&str; 2] = [
            "INSERT OR IGNORE INTO day_keys (day, key) VALUES (?, ?)",
            "SELECT key FROM day_keys WHERE day = ?",
        ];
        self.keys.run(move |connection| get_or_make_key(connection, SQL, &day.to_string())).await
    }

    async fn delete_day_keys_before(&self, day: Date) -> Result<(), StoreError> {
        self.keys
            .run(move |connection| {
                connection
                    .prepare_cached("DELETE FROM day_keys WHERE day < ?")?
                    .execute([day.to_string()])?;
                Ok(())
            })
            .await
    }

    async fn snapshot(&self, week_ago: Timestamp) -> Result<Snapshot, StoreError> {
        self.reader
            .run(move |connection| {
                let mut counts = connection.prepare_cached(
                    "SELECT branch, count(*), sum(sent >= ?) FROM cases
                     WHERE branch IS NOT NULL GROUP BY branch",
                )?;
                let rows = counts.query_map([week_ago.as_millisecond()], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?))
                })?;
                let mut snapshot = Snapshot::default();
                for row in rows {
                    let (branch, open, sent) = row?;
                    let id = BranchId::parse(&branch).map_err(|error| StoreError::Unreadable {
                        what: "a case's branch".to_owned(),
                        error: error.to_string(),
                    })?;
                    let counts = snapshot.branches.entry(id).or_default();
                    counts.open_requests = open;
                    counts.sent_this_week = sent;
                }
                Ok(snapshot)
            })
            .await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.reader.run(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await?;
        self.keys.run(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await
    }
}
