//! Health of the files. A running process's own view isn't enough: it reads pages from its cache,
//! and goes on writing into a deleted file.

use super::SqliteStore;
use super::open::{self, OpenError, Sharing};
use super::whole::{Opens, Whole};
use crate::crypto::secrets::DeskId;
use crate::store::StoreError;
use crate::store::last_second::LastSecond;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use sha2::{Digest, Sha256};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a check waits for the disk.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a check waits for that of whole files. If that takes longer, a later check reports it.
const WHOLE_PATIENCE: Duration = Duration::from_secs(1);

/// The state of the health check.
pub(super) struct Health {
    files: Arc<[Watched; 2]>,
    secrets: Option<Arc<Watched>>,
    sharing: Sharing,
    /// Why the files still have an older version's schema.
    pub(super) old: Option<String>,
    last: LastSecond<()>,
    /// Held during a check of the files from outside: a disk that hangs blocks one thread, however
    /// many callers ask.
    aside: Arc<tokio::sync::Mutex<()>>,
    whole: Whole,
}

/// A file's identity from when it was opened.
pub(crate) struct Watched {
    path: PathBuf,
    place: (u64, u64),
    content: Option<[u8; 32]>,
    /// Its largest size so far: these files never shrink.
    size: Mutex<u64>,
}

/// A file whose content never changes while it is in use.
pub(crate) fn watched(path: PathBuf) -> Result<Watched, OpenError> {
    let system = |error| OpenError::System { path: path.clone(), error };
    let content = std::fs::read(&path).map_err(system)?;
    let watched = Watched::of(path)?;
    Ok(Watched { content: Some(Sha256::digest(content).into()), ..watched })
}

impl Watched {
    fn of(path: PathBuf) -> Result<Self, OpenError> {
        let metadata = std::fs::metadata(&path)
            .map_err(|error| OpenError::System { path: path.clone(), error })?;
        let place = (metadata.dev(), metadata.ino());
        Ok(Self { path, place, content: None, size: Mutex::new(metadata.len()) })
    }

    /// What is wrong with it, seen from outside. Only a file whose content is compared is opened:
    /// closing a database's file would release all of SQLite's locks on it.
    fn wrong(&self) -> Option<String> {
        let path = self.path.display();
        let put_back = "put it back from its copy before this process ends";
        let metadata = match std::fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(error) => return Some(format!("{path}: {error}; {put_back}")),
        };
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Some(format!("{path} can be read or written by other users (mode {mode:03o})"));
        }
        if let Some(content) = self.content {
            return match std::fs::read(&self.path) {
                Ok(bytes) if <[u8; 32]>::from(Sha256::digest(&bytes)) == content => None,
                Ok(_) => Some(format!("{path} was changed while it was in use; {put_back}")),
                Err(error) => Some(format!("{path}: {error}; {put_back}")),
            };
        }
        if (metadata.dev(), metadata.ino()) != self.place {
            return Some(format!("{path} was replaced while it was in use; {put_back}"));
        }
        let mut size = self.size.lock().unwrap_or_else(PoisonError::into_inner);
        if metadata.len() < *size {
            return Some(format!("{path} was cut short while it was in use; {put_back}"));
        }
        *size = metadata.len();
        None
    }
}

impl Health {
    pub(super) fn of(
        paths: [PathBuf; 2],
        sharing: Sharing,
        old: Option<String>,
    ) -> Result<Self, OpenError> {
        let [desk, keys] = paths;
        Ok(Self {
            files: Arc::new([Watched::of(desk)?, Watched::of(keys)?]),
            secrets: None,
            sharing,
            old,
            last: LastSecond::default(),
            aside: Arc::default(),
            whole: Whole::default(),
        })
    }

    /// Checks the secrets' file, too, and whether requests open with them.
    pub(super) fn with(&mut self, secrets: Watched, opens: Opens) {
        self.secrets = Some(Arc::new(secrets));
        self.whole.opens = Some(opens);
    }

    /// The result of the last second, else a new one: however many ask, it costs nothing.
    pub(super) async fn of_last_second(
        &self,
        look: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let away = |_| Err(StoreError::Away("the disk doesn't answer".to_owned()));
        let look = async { tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(away) };
        self.last.or(look).await
    }

    /// Checks files on a separate thread, so that nobody waits for the disk.
    async fn aside(
        &self,
        look: impl FnOnce() -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let Ok(alone) = Arc::clone(&self.aside).try_lock_owned() else {
            return wrong("the disk doesn't answer: an earlier look has not ended".to_owned());
        };
        let looked = tokio::task::spawn_blocking(move || {
            let _alone = alone;
            look()
        });
        looked.await.map_err(|error| StoreError::Away(error.to_string()))?
    }
}

impl SqliteStore {
    /// Writes and reads both files as requests do, checks them from outside, and now and then
    /// checks them whole.
    pub(super) async fn look(&self, desk: &DeskId) -> Result<(), StoreError> {
        let health = &self.health;
        if let Some(old) = &health.old {
            return wrong(old.clone());
        }
        let (files, secrets) = (Arc::clone(&health.files), health.secrets.clone());
        let outside = move || {
            let mut all = files.iter().chain(secrets.as_deref());
            all.find_map(Watched::wrong).map_or(Ok(()), wrong)
        };
        health.aside(outside).await?;
        // SQLite's integers are signed.
        let probe = i64::try_from(getrandom::u64()? >> 1).unwrap_or_default();
        let write = move |connection: &Connection| {
            connection.prepare_cached("UPDATE belongs SET probe = ?")?.execute([probe])?;
            Ok(())
        };
        let [in_desk, in_keys] = &*health.files;
        self.writer.run(write).await.or_else(|error| wrong(of_file(in_desk, &error)))?;
        self.keys.run(write).await.or_else(|error| wrong(of_file(in_keys, &error)))?;
        let read = |connection: &Connection| {
            Ok(connection.query_row("SELECT probe FROM belongs", [], |row| row.get::<_, i64>(0))?)
        };
        match self.reader.run(read).await {
            Ok(found) if found == probe => {}
            Ok(_) => return wrong(of_file(in_desk, &"what was written is not read")),
            Err(error) => return wrong(of_file(in_desk, &error)),
        }
        let (files, sharing, desk) = (Arc::clone(&health.files), health.sharing, desk.clone());
        let outside = move || {
            let mut all = files.iter();
            let looked = all.try_for_each(|file| is_as_written(&file.path, sharing, &desk, probe));
            looked.map_err(|error| StoreError::Away(error.to_string()))
        };
        health.aside(outside).await?;
        if health.sharing == Sharing::Alone {
            return wrong(
                "the disk was full at the start: back-ups can't read the databases until this is \
                 started again"
                    .to_owned(),
            );
        }
        let [desk, keys] = &*health.files;
        if let Some(end) = health.whole.check([&desk.path, &keys.path], health.sharing) {
            // If it takes longer, a later check reports it.
            let _ = tokio::time::timeout(WHOLE_PATIENCE, end).await;
        }
        health.whole.wrong().map_or(Ok(()), Err)
    }
}

fn wrong(what: String) -> Result<(), StoreError> {
    Err(StoreError::Away(what))
}

fn of_file(file: &Watched, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", file.path.display())
}

/// Reads what was just written through a connection without a cache, and the start of the file
/// itself, which the log may hide.
fn is_as_written(
    path: &Path,
    sharing: Sharing,
    desk: &DeskId,
    probe: i64,
) -> Result<(), OpenError> {
    let of = |error| OpenError::of(path, error);
    let damaged = |what: &str| OpenError::Damaged { path: path.to_owned(), what: what.to_owned() };
    let connection = open::open(path, sharing)?;
    let (owner, read): (Option<String>, i64) = connection
        .query_row("SELECT desk, probe FROM belongs", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(of)?;
    if owner.is_some_and(|owner| owner != desk.as_str()) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    if read != probe {
        return Err(damaged("what was written is not in it"));
    }
    match beginning(path, sharing) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(damaged("its beginning is no database's"))
        }
        // During a checkpoint its size may seem wrong.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The characters that a path in a URI may contain unescaped.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// Reads the first page of the file itself, not of its log. Through SQLite, as closing the file
/// ourselves would release SQLite's locks on it.
fn beginning(path: &Path, sharing: Sharing) -> rusqlite::Result<()> {
    let name = percent_encode(path.as_os_str().as_bytes(), PATH);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name = format!("file:{name}?immutable=1");
    Connection::open_with_flags_and_vfs(name, flags, sharing.vfs())?.query_row(
        "SELECT count(*) FROM sqlite_master",
        [],
        |_| Ok(()),
    )
}
