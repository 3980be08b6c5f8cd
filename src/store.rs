//! Opening the store in a data folder or the cloud, and the desk's secrets beside it.

use crate::cli::StoreKind;
use crate::cloud;
use crate::failure::Failure;
use handler::crypto::secrets::Secrets;
use handler::folder::{self, Folder};
use handler::store::Store;
use jiff::Timestamp;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// How a store is to be used.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access<'a> {
    /// Read-only, also beside a running `serve`. Nothing is made.
    Reads,
    /// Writing, exclusively. A new folder is made complete.
    Writes,
    /// Writing an archive's contents: a desk without secrets gets these.
    #[cfg_attr(not(feature = "archive"), expect(dead_code, reason = "`import` alone does"))]
    TakesIn(&'a Secrets),
}

impl Access<'_> {
    fn of_store(self) -> handler::store::Access {
        match self {
            Self::Reads => handler::store::Access::Reads,
            Self::Writes | Self::TakesIn(_) => handler::store::Access::Writes,
        }
    }
}

/// An open store, and what belongs to it.
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// The keys of its desk.
    pub(crate) secrets: Secrets,
    /// Locks the data folder until dropped.
    _alone: Option<File>,
}

/// Opens a store and its secrets, which must belong together.
pub(crate) async fn open(
    kind: StoreKind,
    data: &Path,
    access: Access<'_>,
) -> Result<Opened, Failure> {
    match kind {
        StoreKind::Sqlite => open_sqlite(data, access).await,
        StoreKind::Dynamodb => {
            let secrets = secrets_in_cloud(access).await?;
            let store = cloud::store(&secrets, access.of_store()).await?;
            Ok(Opened { store, secrets, _alone: None })
        }
    }
}

/// In the cloud the keys exist before the desk.
async fn secrets_in_cloud(access: Access<'_>) -> Result<Secrets, Failure> {
    match (cloud::secrets_there().await?, access) {
        (Some(secrets), _) => Ok(secrets),
        (None, Access::TakesIn(secrets)) => {
            cloud::put_secrets(secrets).await?;
            Ok(secrets.clone())
        }
        (None, Access::Reads | Access::Writes) => Err(Failure::CannotRun(
            "the desk has no keys yet: `infra/aws/deploy secrets` makes them".to_owned(),
        )),
    }
}

async fn open_sqlite(data: &Path, access: Access<'_>) -> Result<Opened, Failure> {
    let (alone, given) = match access {
        Access::Reads => (None, None),
        Access::Writes => (Some(alone_in(data)?), None),
        Access::TakesIn(secrets) => (Some(alone_in(data)?), Some(secrets)),
    };
    let Folder { store, secrets } =
        folder::open(data, access.of_store(), given).map_err(Failure::cannot_run)?;
    if let (Access::TakesIn(_), Some(old)) = (access, store.is_old()) {
        return Err(Failure::CannotRun(old.to_owned()));
    }
    if alone.is_some()
        && let Err(error) = store.end_leases(Timestamp::now()).await
    {
        // A full disk can still be read; the mail waits a little longer.
        tracing::error!(%error, "what a stopped process had taken up could not be freed");
    }
    Ok(Opened { store: Arc::new(store), secrets, _alone: alone })
}

/// Creates the data folder if missing, and locks it until the file is dropped. A process that knows
/// it is alone may take over at once what a killed one had under way.
fn alone_in(data: &Path) -> Result<File, Failure> {
    // It holds keys, requests and mail: for this user alone.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|error| data_failure(data, &error))?;
    let path = data.join("serve.lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(|error| data_failure(&path, &error))?;
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
