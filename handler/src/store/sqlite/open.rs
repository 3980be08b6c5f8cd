//! Opening the two database files: their settings and their schemas.

use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// Why a database could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file can't be opened, read or written.
    #[error("{}: {error}; the folder must exist and be writable for this user", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        error: rusqlite::Error,
    },
    /// It can't be kept from other users.
    #[error("{}: {error}; it must be this user's own file", path.display())]
    Mode {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A newer version has written it.
    #[error(
        "{} has schema {found}, this version knows up to {known}; use the newer version, \
         or another --data folder", path.display()
    )]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// The schema's number.
        found: u32,
        /// The newest number we know.
        known: u32,
    },
    /// The system gave no thread.
    #[error("no thread to be had: {0}")]
    Thread(std::io::Error),
}

/// The steps that made the schema of `desk.sqlite`, oldest first. A step is never changed.
pub(super) const DESK: &[&str] = &[
    "
    CREATE TABLE cases (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        wake INTEGER NOT NULL,
        branch TEXT,
        sent INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cases_by_branch ON cases (branch, sent);
    CREATE INDEX cases_by_wake ON cases (wake);
    CREATE TABLE notices (
        id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES cases (id),
        notice TEXT NOT NULL,
        tries INTEGER NOT NULL,
        ready INTEGER NOT NULL,
        lease INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notices_by_ready ON notices (ready);
    CREATE INDEX notices_by_case ON notices (case_id);
    CREATE TABLE records (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX records_by_expiry ON records (expires);
",
    "
    ALTER TABLE cases ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE notices ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE tombstones (id TEXT PRIMARY KEY, wake INTEGER, body TEXT NOT NULL)
        STRICT, WITHOUT ROWID;
    CREATE INDEX tombstones_by_wake ON tombstones (wake);
    CREATE TABLE counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
",
];

/// The steps that made the schema of `keys.sqlite`.
pub(super) const KEYS: &[&str] = &["
    CREATE TABLE case_keys (id TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE day_keys (day TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
"];

/// Opens a file, sets it up and brings its schema up to date.
pub(super) fn open(path: &Path, steps: &[&str]) -> Result<Connection, OpenError> {
    let file = |error| OpenError::File { path: path.to_owned(), error };
    let connection = Connection::open(path).map_err(file)?;
    // For this user alone; SQLite's other files have the mode of the database.
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path, mode)
        .map_err(|error| OpenError::Mode { path: path.to_owned(), error })?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(file)?;
    // FULL: what is acknowledged survives a power cut. secure_delete: what is deleted is gone
    // from the file, too.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;",
        )
        .map_err(file)?;
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let found: u32 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(file)?;
    if found > known {
        return Err(OpenError::TooNew { path: path.to_owned(), found, known });
    }
    for (number, step) in (1_u32..).zip(steps).filter(|(number, _)| *number > found) {
        connection
            .execute_batch(&format!("BEGIN; {step}; PRAGMA user_version = {number}; COMMIT;"))
            .map_err(file)?;
    }
    Ok(connection)
}
