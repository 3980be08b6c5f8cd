//! A data folder: `desk.sqlite`, `keys.sqlite` and `secrets.json`, which are useless without each
//! other. Only [`open`] decides whether they belong together: an error names the file and what to
//! do, and nothing has been made or changed then.

use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind, SummaryState};
use crate::crypto::secrets::{self, DeskId, SecretKey, Secrets, SecretsError};
use crate::store::{Access, OpenError, SqliteStore, pair, watched};
use pair::Pair;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// How many of the newest requests are opened to check that the files belong together.
const OPENED: usize = 5;

/// An opened folder.
pub struct Folder {
    /// Its databases as a store.
    pub store: SqliteStore,
    /// Its keys.
    pub secrets: Secrets,
}

/// Why a folder can't be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// It is empty, and nothing may be created.
    #[error("there is no desk.sqlite in {}; name a --data folder", .0.display())]
    Empty(PathBuf),
    /// A database failed to open.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The secrets failed to open.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The keys are a copy from before some of the requests.
    #[error(
        "{} is older than the desk.sqlite beside it: {requests} requests have no key in it; put the \
         newer one back, or both databases from one back-up", path.display()
    )]
    KeysOlder {
        /// The file.
        path: PathBuf,
        /// How many requests can't be opened.
        requests: u64,
    },
    /// The secrets are a copy from before a rotation.
    #[error(
        "{} is older than the requests beside it: master key {master}, which sealed them, is not in \
         it; put back the newer one", path.display()
    )]
    SecretsOlder {
        /// The file.
        path: PathBuf,
        /// The key that is missing.
        master: u32,
    },
    /// A newer version has written here.
    #[error(transparent)]
    Newer(SealError),
    /// None of the newest requests opens.
    #[error(
        "the newest requests in {} don't open with the keys.sqlite and secrets.json beside it: one \
         of the three is another desk's or damaged; put this desk's own back from its copy",
        path.display()
    )]
    NothingOpens {
        /// The file with the requests.
        path: PathBuf,
    },
}

/// Opens a folder. For writing, a new folder is made complete, with these secrets or new ones; one
/// that a killed process left incomplete, and that holds nothing yet, is completed.
pub fn open(folder: &Path, access: Access, given: Option<&Secrets>) -> Result<Folder, FolderError> {
    let file = secrets::path_in(folder);
    let [desk, keys] = pair::paths(folder);
    pair::must_be_ours(folder)?;
    pair::file_must_be_ours(&file)?;
    let there = [&desk, &keys, &file].map(|path| path.exists());
    if pair::lost_of_log(folder).is_some() {
        return Err(missing(folder));
    }
    match (there, access) {
        ([true, true, true], _) => {}
        ([false, false, false], Access::Reads) => {
            return Err(FolderError::Empty(folder.to_owned()));
        }
        ([_, _, false], Access::Writes) if holds_nothing(folder)? => make(folder, given)?,
        _ => return Err(missing(folder)),
    }
    let secrets = Secrets::there(folder)?.ok_or_else(|| missing(folder))?;
    let pair = Pair::open(folder, access)?;
    let desk = secrets.desk_id();
    let becomes_ours = is_of(&pair, folder, &secrets)? == Known::No && access == Access::Writes;
    let ours = secrets.clone();
    let opens = Arc::new(move |case: &Case, key: Option<&SecretKey>| unopened(&ours, case, key));
    let store =
        pair.into_store(access, becomes_ours.then_some(&desk))?.beside(watched(file)?, opens);
    Ok(Folder { store, secrets })
}

/// Why a case can't be opened, if it can't. A case without a key may just have been erased,
/// unless it is an open request.
fn unopened(secrets: &Secrets, case: &Case, key: Option<&SecretKey>) -> Option<String> {
    let error = match key {
        Some(key) => body::open(secrets, key, case).err(),
        None if is_open_request(case) => Some(SealError::KeyMissing(case.id)),
        None => None,
    };
    error.map(|error| error.to_string())
}

fn is_open_request(case: &Case) -> bool {
    (case.kind, case.summary.state) == (CaseKind::Request, SummaryState::Open)
}

/// Whether making new secrets would lose nothing: no database has a request, a tombstone or a case
/// key. Secrets are made last, so a process killed while making a folder leaves it like this.
fn holds_nothing(folder: &Path) -> Result<bool, FolderError> {
    for path in pair::paths(folder).iter().filter(|path| path.exists()) {
        if !pair::is_empty(path)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn make(folder: &Path, given: Option<&Secrets>) -> Result<(), FolderError> {
    let secrets = match given {
        Some(secrets) => secrets.clone(),
        None => Secrets::random().map_err(SecretsError::Random)?,
    };
    pair::make(folder, Some(&secrets.desk_id()))?;
    Ok(secrets.put(folder)?)
}

/// The first missing file, and how many requests can't be read without it.
fn missing(folder: &Path) -> FolderError {
    let [desk, keys] = pair::paths(folder);
    let files = [desk.clone(), keys.clone(), secrets::path_in(folder)];
    let log_of = pair::lost_of_log(folder);
    let path = log_of.clone().or_else(|| files.into_iter().find(|path| !path.exists()));
    // If they can't be counted, the file is missing all the same.
    let requests = [desk, keys].iter().find_map(|path| pair::held_in(path).ok());
    let path = path.unwrap_or_else(|| folder.to_owned());
    OpenError::Missing { path, requests, has_log: log_of.is_some() }.into()
}

/// Whether both databases record their desk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    No,
}

/// Whether the databases belong to these secrets. If they were written by an earlier release, which
/// recorded no desk, their newest requests must open.
fn is_of(pair: &Pair, folder: &Path, secrets: &Secrets) -> Result<Known, FolderError> {
    let ours = secrets.desk_id();
    let [desk, keys] = pair::paths(folder);
    let foreign = |path: PathBuf| Err(OpenError::Foreign { path }.into());
    let owners = pair.owners()?;
    let is_foreign = |owner: &Option<DeskId>| owner.as_ref().is_some_and(|owner| *owner != ours);
    match &owners {
        [of_desk, of_keys] if is_foreign(of_desk) && of_desk == of_keys => {
            return foreign(secrets::path_in(folder));
        }
        [of_desk, _] if is_foreign(of_desk) => return foreign(desk),
        [_, of_keys] if is_foreign(of_keys) => return foreign(keys),
        _ => {}
    }
    let known = if owners.iter().all(Option::is_some) { Known::Yes } else { Known::No };
    let (newest, opened) = newest_opened(pair, &keys, folder, secrets)?;
    match known {
        // The keys are right, so a request that doesn't open is damaged, which health reports.
        Known::Yes => Ok(known),
        Known::No if newest > 0 && opened == 0 => Err(FolderError::NothingOpens { path: desk }),
        Known::No => Ok(known),
    }
}

/// How many of the newest requests were looked at, and how many of them open.
fn newest_opened(
    pair: &Pair,
    keys: &Path,
    folder: &Path,
    secrets: &Secrets,
) -> Result<(usize, usize), FolderError> {
    let newest = pair.newest()?;
    let mut opened = 0;
    for found in newest.iter().take(OPENED) {
        let (case, key) = match (&found.case, &found.key) {
            (Some(case), Some(key)) => (case, key),
            // Open requests aren't erased: the key was made after this copy of the keys.
            (Some(case), None) if is_open_request(case) => {
                let requests = pair.without_key()?;
                return Err(FolderError::KeysOlder { path: keys.to_owned(), requests });
            }
            // A closed one may have been erased since; a row that is no case opens with no key.
            (Some(_), None) | (None, _) => continue,
        };
        match body::open(secrets, key, case) {
            // The fields beside it were changed, but it opens with these keys.
            Ok(_) | Err(SealError::Differs { .. }) => opened += 1,
            Err(SealError::MasterMissing(master)) => {
                let path = secrets::path_in(folder);
                return Err(FolderError::SecretsOlder { path, master });
            }
            Err(error @ SealError::TooNew { .. }) => return Err(FolderError::Newer(error)),
            Err(_) => {}
        }
    }
    Ok((newest.len().min(OPENED), opened))
}
