//! The two databases of a folder, examined before anything in them is changed. [`crate::folder`]
//! decides whether they are right.

use super::SqliteStore;
use super::open::{self, Access, DESK, KEYS, Kind, OpenError, Sharing};
use crate::case::{Case, CaseKind};
use crate::crypto::secrets::{DeskId, SecretKey};
use rusqlite::{Connection, OptionalExtension};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How many of the newest rows are examined; canaries among them don't count.
const NEWEST: u32 = 20;

/// Both databases, opened.
pub(crate) struct Pair {
    desk: Database,
    keys: Database,
    sharing: Sharing,
}

struct Database {
    path: PathBuf,
    connection: Connection,
}

/// One of the newest cases; `None` if its row can't be parsed.
pub(crate) struct Newest {
    pub(crate) case: Option<Case>,
    pub(crate) key: Option<SecretKey>,
}

/// The paths of a folder's databases: cases, then keys.
pub(crate) fn paths(folder: &Path) -> [PathBuf; 2] {
    [folder.join(DESK.file), folder.join(KEYS.file)]
}

/// Refuses databases that other users may read or write, and so their logs.
pub(crate) fn must_be_ours(folder: &Path) -> Result<(), OpenError> {
    for path in paths(folder) {
        for suffix in ["", "-wal", "-shm"] {
            file_must_be_ours(&open::with_suffix(&path, suffix))?;
        }
    }
    Ok(())
}

/// Refuses a file that other users may read or write; a missing one is fine.
pub(crate) fn file_must_be_ours(path: &Path) -> Result<(), OpenError> {
    match std::fs::metadata(path) {
        Ok(metadata) => {
            let mode = metadata.permissions().mode() & 0o777;
            match mode & 0o077 {
                0 => Ok(()),
                _ => Err(OpenError::Exposed { path: path.to_owned(), mode }),
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(OpenError::System { path: path.to_owned(), error }),
    }
}

impl Database {
    fn open(path: &Path, sharing: Sharing) -> Result<Self, OpenError> {
        Ok(Self { path: path.to_owned(), connection: open::open(path, sharing)? })
    }

    fn count(&self, sql: &str) -> Result<u64, OpenError> {
        let count = self.connection.query_row(sql, [], |row| row.get::<_, u32>(0));
        count.map(u64::from).map_err(|error| OpenError::of(&self.path, error))
    }

    fn owner(&self) -> Result<Option<DeskId>, OpenError> {
        open::owner_of(&self.connection).map_err(|error| OpenError::of(&self.path, error))
    }

    fn give_to(&self, desk: &DeskId, kind: &Kind) -> Result<(), OpenError> {
        open::ready(&self.connection, &self.path, kind, Access::Writes)?;
        open::give_to(&self.connection, desk).map_err(|error| OpenError::of(&self.path, error))
    }
}

/// How many cases, or keys of cases, a database holds that exists without the other.
pub(crate) fn held_in(path: &Path) -> Result<u64, OpenError> {
    let database = Database::open(path, Sharing::WithAll)?;
    if path.ends_with(DESK.file) {
        return database.count("SELECT count(*) FROM cases");
    }
    database.count("SELECT count(*) FROM case_keys")
}

/// Whether a database holds no request, no tombstone, and no case key.
pub(crate) fn is_empty(path: &Path) -> Result<bool, OpenError> {
    if held_in(path)? > 0 {
        return Ok(false);
    }
    let left = "SELECT count(*) FROM tombstones";
    let is_desk = path.ends_with(DESK.file);
    Ok(!is_desk || Database::open(path, Sharing::WithAll)?.count(left)? == 0)
}

/// The missing database whose log exists: SQLite would replay the log into a new one.
pub(crate) fn lost_of_log(folder: &Path) -> Option<PathBuf> {
    paths(folder).into_iter().find(|path| !path.exists() && open::has_log(path))
}

/// Creates missing ones for this desk; an existing one becomes this desk's.
pub(crate) fn make(folder: &Path, desk: Option<&DeskId>) -> Result<(), OpenError> {
    for (path, kind) in paths(folder).iter().zip([DESK, KEYS]).rev() {
        if !path.exists() {
            open::make(path, &kind, desk)?;
        } else if let Some(desk) = desk {
            Database::open(path, Sharing::WithAll)?.give_to(desk, &kind)?;
        }
    }
    Ok(())
}

impl Pair {
    /// Opens both, which must exist. On a full disk a writer, which is alone, opens them
    /// exclusively: then they can be read.
    pub(crate) fn open(folder: &Path, access: Access) -> Result<Self, OpenError> {
        match Self::shared(folder, Sharing::WithAll) {
            Err(error) if access == Access::Writes && error.may_be_full() => {
                let pair = Self::shared(folder, Sharing::Alone).map_err(|_| error)?;
                tracing::error!(
                    folder = %folder.display(),
                    "the disk may be full: until there is room and this is started again, nothing \
                     is stored, and no back-up or export can read the databases"
                );
                Ok(pair)
            }
            opened => opened,
        }
    }

    fn shared(folder: &Path, sharing: Sharing) -> Result<Self, OpenError> {
        let [desk, keys] = paths(folder);
        Ok(Self {
            desk: Database::open(&desk, sharing)?,
            keys: Database::open(&keys, sharing)?,
            sharing,
        })
    }

    /// The owners: of cases, then of keys.
    pub(crate) fn owners(&self) -> Result<[Option<DeskId>; 2], OpenError> {
        Ok([self.desk.owner()?, self.keys.owner()?])
    }

    /// The newest requests, each with its key.
    pub(crate) fn newest(&self) -> Result<Vec<Newest>, OpenError> {
        let of = |error| OpenError::of(&self.desk.path, error);
        // Row ids show the newest without reading all rows; older schemas have an index.
        let numbered = "SELECT 1 FROM pragma_table_list WHERE name = 'cases' AND wr = 0";
        let numbered = self.desk.connection.prepare(numbered).and_then(|mut has| has.exists([]));
        let order = if numbered.map_err(of)? { "rowid" } else { "sent" };
        let sql = format!("SELECT id FROM cases ORDER BY {order} DESC LIMIT ?");
        let mut ids = self.desk.connection.prepare(&sql).map_err(of)?;
        let ids = ids.query_map([NEWEST], |row| row.get(0)).map_err(of)?;
        let ids = ids.collect::<Result<Vec<String>, _>>().map_err(of)?;
        let cases = ids.into_iter().map(|id| self.case(&id));
        cases
            .filter(|newest| {
                let case = newest.as_ref().ok().and_then(|newest| newest.case.as_ref());
                case.is_none_or(|case| case.kind == CaseKind::Request)
            })
            .collect()
    }

    fn case(&self, id: &str) -> Result<Newest, OpenError> {
        let body: String = self
            .desk
            .connection
            .query_row("SELECT body FROM cases WHERE id = ?", [id], |row| row.get(0))
            .map_err(|error| OpenError::of(&self.desk.path, error))?;
        let key = self
            .keys
            .connection
            .query_row("SELECT key FROM case_keys WHERE id = ?", [id], |row| row.get(0))
            .optional()
            .map_err(|error| OpenError::of(&self.keys.path, error))?;
        let case = serde_json::from_str(&body).ok();
        Ok(Newest { case, key: key.map(SecretKey::from_bytes) })
    }

    /// How many requests have no key. Reads all rows of both.
    pub(crate) fn without_key(&self) -> Result<u64, OpenError> {
        let of = |error| OpenError::of(&self.desk.path, error);
        let mut ids = self.desk.connection.prepare("SELECT id FROM cases").map_err(of)?;
        let mut rows = ids.query([]).map_err(of)?;
        let mut without = 0;
        while let Some(row) = rows.next().map_err(of)? {
            let id: String = row.get(0).map_err(of)?;
            let has = "SELECT 1 FROM case_keys WHERE id = ?";
            let has = self.keys.connection.prepare_cached(has).and_then(|mut has| has.exists([id]));
            without += u64::from(!has.map_err(|error| OpenError::of(&self.keys.path, error))?);
        }
        Ok(without)
    }

    /// Migrates both. If there is no room for that, they can still be read: returns why they are
    /// old.
    fn bring_up_to_date(&self, access: Access) -> Result<Option<String>, OpenError> {
        let both = [(&self.desk, &DESK), (&self.keys, &KEYS)];
        let ready = both.iter().try_for_each(|(database, kind)| {
            open::ready(&database.connection, &database.path, kind, access)
        });
        let is_old = || both.iter().any(|(of, kind)| open::is_old(&of.connection, kind));
        match ready {
            Ok(()) => Ok(None),
            Err(error) if access == Access::Writes && error.may_be_full() && is_old() => {
                let old =
                    format!("{error}; make room and start again: until then nothing is stored");
                tracing::error!("{old}, and pages and receipts are shown");
                for (database, _) in both {
                    open::ready_as_it_is(&database.connection, &database.path)?;
                }
                Ok(Some(old))
            }
            Err(error) => Err(error),
        }
    }

    /// Records their owner. If that fails, on a full disk, the next start does it.
    fn give_to(&self, desk: &DeskId) {
        for database in [&self.desk, &self.keys] {
            if let Err(error) = open::give_to(&database.connection, desk) {
                tracing::warn!(%error, "whose files these are could not be written into them");
            }
        }
    }

    /// The store in them. Databases without an owner become this desk's.
    pub(crate) fn into_store(
        self,
        access: Access,
        desk: Option<&DeskId>,
    ) -> Result<SqliteStore, OpenError> {
        let old = self.bring_up_to_date(access)?;
        if let (None, Some(desk)) = (&old, desk) {
            self.give_to(desk);
        }
        let another = |path: &Path, kind: &Kind| {
            let connection = open::open(path, self.sharing)?;
            match &old {
                None => open::ready(&connection, path, kind, access)?,
                Some(_) => open::ready_as_it_is(&connection, path)?,
            }
            Ok::<_, OpenError>(connection)
        };
        let beside = another(&self.desk.path, &DESK)?;
        let reader = another(&self.desk.path, &DESK)?;
        let keys_reader = another(&self.keys.path, &KEYS)?;
        let paths = [self.desk.path, self.keys.path];
        let connections = [self.desk.connection, beside, reader, self.keys.connection, keys_reader];
        SqliteStore::of(connections, paths, self.sharing, access, old)
    }
}
