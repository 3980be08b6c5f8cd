//! `export`: all cases in one file, encrypted to a passphrase.

use crate::archive::{self, Line, Writer, passphrase};
use crate::cli::archive::ExportArgs;
use crate::failure::{Failure, print, say};
use crate::store::{self, Access, Opened};
use age::secrecy::SecretString;
use domain::Reference;
use handler::case::Stored;
use handler::crypto::secrets::SecretKey;
use handler::store::{Store, StoreError};
use std::sync::Arc;

/// How many ids are read per page.
const IDS: usize = 1_000;

/// How many cases are read concurrently.
const CASES: usize = 32;

pub(crate) fn run(args: &ExportArgs) -> Result<(), Failure> {
    archive::must_be_free(&args.out)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::cannot_run)?;
    let passphrase = || passphrase::new(&args.passphrase);
    runtime.block_on(export(args, passphrase))
}

async fn export(
    args: &ExportArgs,
    passphrase: impl FnOnce() -> Result<SecretString, Failure>,
) -> Result<(), Failure> {
    let (kind, data) = (args.kept.store, &args.kept.data);
    let Opened { store, secrets, .. } = store::open(kind, data, Access::Reads).await?;
    let mut archive = Writer::create(&args.out, passphrase()?)?;
    archive.write(&Line::Secrets(Box::new(secrets)))?;
    let (mut cases, mut erased) = (0, 0);
    for ids in ids(&*store).await?.chunks(CASES) {
        let reads: Vec<_> =
            ids.iter().map(|id| tokio::spawn(read(Arc::clone(&store), *id))).collect();
        for read in reads {
            match read.await.map_err(Failure::cannot_run)?.map_err(Failure::cannot_run)? {
                Some((Stored::Case(case), key)) => {
                    if key.is_none() {
                        say(&format!("warning: the key of case {} is missing\n", case.id));
                    }
                    cases += 1;
                    archive.write(&Line::Case { case, key })?;
                }
                Some((Stored::Erased(tombstone), _)) => {
                    erased += 1;
                    archive.write(&Line::Tombstone(tombstone))?;
                }
                None => {}
            }
        }
    }
    for count in store.counts().await.map_err(Failure::cannot_run)? {
        archive.write(&Line::Count(count))?;
    }
    archive.finish()?;
    let noun = if cases == 1 { "case" } else { "cases" };
    print(&format!("{cases} {noun} in {}, and {erased} erased\n", args.out.display()))
}

/// All stored references in order, so that the archive doesn't depend on the store's
/// order.
async fn ids(store: &dyn Store) -> Result<Vec<Reference>, Failure> {
    let mut all: Vec<Reference> = Vec::new();
    loop {
        let ids = store.ids_after(all.last().copied(), IDS).await.map_err(Failure::cannot_run)?;
        if ids.is_empty() {
            break;
        }
        all.extend(ids);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// What is stored under an id, with the case's key.
async fn read(
    store: Arc<dyn Store>,
    id: Reference,
) -> Result<Option<(Stored, Option<SecretKey>)>, StoreError> {
    let Some(stored) = store.find(id).await? else {
        return Ok(None);
    };
    if matches!(stored, Stored::Erased(_)) {
        // A key that is still to be deleted is left out.
        return Ok(Some((stored, None)));
    }
    if let Some(key) = store.existing_key(id).await? {
        return Ok(Some((stored, Some(key))));
    }
    // Either it has just been erased, or its key is lost.
    Ok(store.find(id).await?.map(|stored| (stored, None)))
}
