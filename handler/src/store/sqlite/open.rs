//! Opening a database file: its settings and its schema. No file is created implicitly: [`open`]
//! needs an existing file, [`make`] a new one.

use super::room;
use super::worker::BUSY;
use crate::crypto::secrets::DeskId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How a folder is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read-only, also beside a running `serve`. Nothing is made or changed.
    Reads,
    /// Writing, exclusively. A new folder is made complete.
    Writes,
}

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
    /// The file can't be examined or created.
    #[error("{}: {error}; the folder must exist and be writable for this user", path.display())]
    System {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is damaged.
    #[error("{} is damaged ({what}); put it back from its copy", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// In which way.
        what: String,
    },
    /// It is missing, though others of the folder exist.
    #[error("{}", missing(path, *requests, *has_log))]
    Missing {
        /// Which file.
        path: PathBuf,
        /// How many requests are unreadable without it, if that can be known.
        requests: Option<u64>,
        /// Whether its log still exists.
        has_log: bool,
    },
    /// It is another desk's.
    #[error(
        "{} belongs to another desk than the files beside it; put this desk's own back from its copy",
        path.display()
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// Other users may read it.
    #[error(
        "{path} can be read or written by other users (mode {mode:03o}); `chmod 600 {path}`, and \
         think of who may have read it", path = path.display()
    )]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
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
    /// An older version has written it, and read-only access can't migrate it.
    #[error(
        "{} has schema {found} of an older version, this one reads {known}; start `serve` on the \
         folder once, which brings it up to date", path.display()
    )]
    TooOld {
        /// Which file.
        path: PathBuf,
        /// The schema's number.
        found: u32,
        /// The number that we read.
        known: u32,
    },
    /// An older version has written it, and there is no room to migrate it.
    #[error(
        "{} was written by an older version; to bring it up to date takes {} MB of free space, and \
         there are {} MB", path.display(), needed.div_ceil(1_000_000), free / 1_000_000
    )]
    NoRoom {
        /// Which file.
        path: PathBuf,
        /// How many bytes it takes.
        needed: u64,
        /// How many there are.
        free: u64,
    },
    /// The system gave no thread.
    #[error("no thread to be had: {0}")]
    Thread(std::io::Error),
}

impl OpenError {
    /// SQLite's error for a file.
    pub(crate) fn of(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            // Unknown: a table is missing. None: a value isn't one of ours.
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown)
            | None => Self::Damaged { path, what: error.to_string() },
            Some(_) => Self::File { path, error },
        }
    }

    /// Whether the disk may be full: SQLite can't allocate the memory that processes share.
    pub(super) fn may_be_full(&self) -> bool {
        match self {
            Self::NoRoom { .. } => true,
            Self::File { error, .. } => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen)
            ),
            _ => false,
        }
    }
}

fn missing(path: &Path, requests: Option<u64>, has_log: bool) -> String {
    let path = path.display();
    // SQLite would replay it into any new file of that name.
    let log = if has_log { format!("move {path}-wal aside, and ") } else { String::new() };
    let without = match requests {
        None | Some(0) => String::new(),
        Some(1) => ": without it 1 request can't be opened".to_owned(),
        Some(n) => format!(": without it {n} requests can't be opened"),
    };
    format!(
        "{path} is missing beside this desk's other files; {log}put it back from its copy{without}"
    )
}

/// How a file is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// With other processes, such as back-ups and `export`.
    WithAll,
    /// Only among this process's connections. SQLite's log index is then in our own memory rather
    /// than in a file, so that it works on a full disk.
    Alone,
}

impl Sharing {
    pub(super) fn vfs(self) -> &'static str {
        match self {
            Self::WithAll => "unix",
            Self::Alone => "unix-excl",
        }
    }
}

/// A database of the desk: its file name and its schema migrations.
pub(super) struct Kind {
    pub(super) file: &'static str,
    pub(super) steps: &'static [&'static str],
    /// The last migration that rewrites all rows. 0: none does.
    pub(super) written_anew_by: u32,
    /// The last migration that changes all rows in place. 0: none does.
    pub(super) changed_in_place_by: u32,
}

/// Cases and mail. A migration is never changed.
pub(super) const DESK: Kind = Kind {
    file: "desk.sqlite",
    steps: &[
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
        BELONGS,
        "
    DROP INDEX notices_by_ready;
    CREATE INDEX notices_by_tries ON notices (tries, ready);
    CREATE INDEX notices_by_since ON notices (since);
",
        include_str!("desk-5.sql"),
        include_str!("desk-6.sql"),
    ],
    written_anew_by: 5,
    changed_in_place_by: 6,
};

/// The keys of cases and of days. A migration is never changed.
pub(super) const KEYS: Kind = Kind {
    file: "keys.sqlite",
    steps: &[
        "
    CREATE TABLE case_keys (id TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE day_keys (day TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
",
        BELONGS,
        "
    CREATE TABLE contacts (hash BLOB NOT NULL, id TEXT NOT NULL, PRIMARY KEY (hash, id))
        STRICT, WITHOUT ROWID;
    CREATE INDEX contacts_by_case ON contacts (id);
",
    ],
    written_anew_by: 0,
    changed_in_place_by: 0,
};

/// One row: the file's owner, and the last value written by the health check.
const BELONGS: &str = "
    CREATE TABLE belongs (desk TEXT, probe INTEGER NOT NULL) STRICT;
    INSERT INTO belongs VALUES (NULL, 0);
";

/// Opens an existing file without changing it.
pub(super) fn open(path: &Path, sharing: Sharing) -> Result<Connection, OpenError> {
    let of = |error| OpenError::of(path, error);
    let metadata = std::fs::metadata(path)
        .map_err(|error| OpenError::System { path: path.to_owned(), error })?;
    let damaged = |what: &str| OpenError::Damaged { path: path.to_owned(), what: what.to_owned() };
    if metadata.len() == 0 {
        return Err(damaged("it is empty"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(path, flags, sharing.vfs()).map_err(of)?;
    connection.busy_timeout(BUSY).map_err(of)?;
    // Closing the last connection would checkpoint a log that a killed process left. Without a log,
    // this setting would leave an empty one.
    connection.set_db_config(KEEP_LOG, has_log(path)).map_err(of)?;
    if schema_of(&connection).map_err(of)? == 0 {
        return Err(damaged("nothing of the desk is in it"));
    }
    Ok(connection)
}

const KEEP_LOG: DbConfig = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;

/// Whether there is a log that isn't empty.
pub(super) fn has_log(path: &Path) -> bool {
    let log = with_suffix(path, "-wal");
    std::fs::metadata(log).is_ok_and(|metadata| metadata.len() > 0)
}

/// The name of a file that SQLite keeps beside a database.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

fn schema_of(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Prepares a connection. With write access, migrates the schema.
pub(super) fn ready(
    connection: &Connection,
    path: &Path,
    kind: &Kind,
    access: Access,
) -> Result<(), OpenError> {
    let of = |error| OpenError::of(path, error);
    let known = u32::try_from(kind.steps.len()).unwrap_or(u32::MAX);
    let found = schema_of(connection).map_err(of)?;
    let path = path.to_owned();
    if found > known {
        return Err(OpenError::TooNew { path, found, known });
    }
    if access == Access::Reads {
        if found < known {
            return Err(OpenError::TooOld { path, found, known });
        }
        return ready_as_it_is(connection, &path);
    }
    if (1..known).contains(&found) {
        room::must_be_there(connection, &path, kind, found)?;
    }
    connection.set_db_config(KEEP_LOG, false).map_err(of)?;
    // FULL: acknowledged writes survive a power cut. secure_delete: deleted data is gone from the
    // file, too.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = OFF;",
        )
        .map_err(of)?;
    for (number, step) in (1_u32..).zip(kind.steps).filter(|(number, _)| *number > found) {
        let done = connection
            .execute_batch(&format!("BEGIN; {step}; PRAGMA user_version = {number}; COMMIT;"));
        if done.is_err() && !connection.is_autocommit() {
            // A failed rollback can be ignored: closing the connection does the same.
            let _ = connection.execute_batch("ROLLBACK");
        }
        done.map_err(of)?;
    }
    // Only now: a migration may replace a table that others refer to.
    connection.execute_batch("PRAGMA foreign_keys = ON").map_err(of)
}

/// Whether it has an older version's schema.
pub(super) fn is_old(connection: &Connection, kind: &Kind) -> bool {
    let known = u32::try_from(kind.steps.len()).unwrap_or(u32::MAX);
    schema_of(connection).is_ok_and(|found| found < known)
}

/// Prepares a connection for reading as far as the schema allows.
pub(super) fn ready_as_it_is(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let done = connection.execute_batch("PRAGMA query_only = ON");
    done.map_err(|error| OpenError::of(path, error))
}

/// Creates a file, for this user alone, atomically: it gets its name only with its schema and its
/// owner.
pub(super) fn make(path: &Path, kind: &Kind, desk: Option<&DeskId>) -> Result<(), OpenError> {
    let system = |error| OpenError::System { path: path.to_owned(), error };
    let of = |error| OpenError::of(path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    let staged =
        tempfile::Builder::new().prefix(".").suffix(".part").tempfile_in(folder).map_err(system)?;
    let connection = Connection::open_with_flags(staged.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(of)?;
    ready(&connection, path, kind, Access::Writes)?;
    if let Some(desk) = desk {
        give_to(&connection, desk).map_err(of)?;
    }
    // Closing removes its log, which wouldn't follow the file to its new name.
    connection.close().map_err(|(_, error)| of(error))?;
    staged.as_file().sync_all().map_err(system)?;
    staged.persist_noclobber(path).map_err(|lost| system(lost.error))?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(system)
}

/// The file's owner. `None`: written before files had one.
pub(super) fn owner_of(connection: &Connection) -> rusqlite::Result<Option<DeskId>> {
    let knows = "SELECT 1 FROM sqlite_master WHERE name = 'belongs'";
    if connection.query_row(knows, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    let desk: Option<String> =
        connection.query_row("SELECT desk FROM belongs", [], |row| row.get(0))?;
    Ok(desk.map(DeskId::from_stored))
}

/// Records the file's owner.
pub(super) fn give_to(connection: &Connection, desk: &DeskId) -> rusqlite::Result<()> {
    connection.execute("UPDATE belongs SET desk = ?", [desk.as_str()]).map(drop)
}
