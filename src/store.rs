//! Opening what a data folder or the cloud keeps: the store, and the desk's secrets beside it.

use crate::cli::StoreKind;
use crate::cloud;
use crate::failure::Failure;
use handler::secrets::Secrets;
use handler::store::{SqliteStore, Store};
use jiff::Timestamp;
use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

/// What somebody wants of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// To read what is there, beside a running `serve` too. Nothing is made.
    Reads,
    /// To write, alone. A folder and files that are missing are made.
    Writes,
}

/// A store, and what goes with it for as long as it is open.
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// The data folder is ours alone until this is dropped.
    _alone: Option<File>,
}

/// Opens a store.
pub(crate) async fn open(kind: StoreKind, data: &Path, access: Access) -> Result<Opened, Failure> {
    match kind {
        StoreKind::Sqlite => open_sqlite(data, access).await,
        StoreKind::Dynamodb => Ok(Opened { store: cloud::store()?, _alone: None }),
    }
}

/// The secrets of the desk that uses a store, if it has any yet.
pub(crate) async fn secrets_there(
    kind: StoreKind,
    data: &Path,
) -> Result<Option<Secrets>, Failure> {
    match kind {
        StoreKind::Sqlite => Secrets::there(data).map_err(Failure::cannot_run),
        StoreKind::Dynamodb => cloud::secrets_there().await,
    }
}

/// Gives these secrets to a desk that has none.
pub(crate) async fn put_secrets(
    kind: StoreKind,
    data: &Path,
    secrets: &Secrets,
) -> Result<(), Failure> {
    match kind {
        StoreKind::Sqlite => secrets.put(data).map_err(Failure::cannot_run),
        StoreKind::Dynamodb => cloud::put_secrets(secrets).await,
    }
}

async fn open_sqlite(data: &Path, access: Access) -> Result<Opened, Failure> {
    let alone = match access {
        Access::Reads if !data.join("desk.sqlite").exists() => {
            let line =
                format!("there is no desk.sqlite in {}; name a --data folder", data.display());
            return Err(Failure::CannotRun(line));
        }
        Access::Reads => None,
        Access::Writes => Some(alone_in(data)?),
    };
    let store = SqliteStore::open(data).map_err(Failure::cannot_run)?;
    if alone.is_some() {
        store.end_leases(Timestamp::now()).await.map_err(Failure::cannot_run)?;
    }
    Ok(Opened { store: Arc::new(store), _alone: alone })
}

/// Makes a data folder if it isn't there, and holds it until the file is dropped. A process that
/// knows it is alone may take up at once what one before it had under way when it was killed.
pub(crate) fn alone_in(data: &Path) -> Result<File, Failure> {
    // Keys, requests and mail lie in it: for this user alone.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|error| data_failure(data, &error))?;
    let path = data.join("serve.lock");
    let file = File::create(&path).map_err(|error| data_failure(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::CannotRun(format!(
            "another `serve` or `import` uses {}; stop it, or give another --data folder",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(data_failure(&path, &error)),
    }
}

/// Something in a data folder can't be read or written.
pub(crate) fn data_failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::CannotRun(format!(
        "{}: {error}; give a --data folder that this user may write",
        path.display()
    ))
}
