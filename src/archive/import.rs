//! `import`: reads what `export` wrote, and stores all of it, or what is missing.

use crate::archive::{self, Line, Reader, passphrase};
use crate::cli::archive::ImportArgs;
use crate::failure::{Failure, print, say};
use crate::store::{self, Access};
use handler::case::Stored;
use handler::case::body::{self, SealError};
use handler::crypto::secrets::{SecretKey, Secrets};
use handler::store::{Count, Created, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// How many cases and counts are written concurrently.
const TOGETHER: usize = 32;

pub(crate) fn run(args: &ImportArgs) -> Result<(), Failure> {
    archive::must_be_there(&args.archive)?;
    let passphrase = passphrase::existing(&args.passphrase)?;
    let archive = Reader::open(&args.archive, passphrase)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::cannot_run)?;
    runtime.block_on(import(args, archive))
}

async fn import(args: &ImportArgs, mut archive: Reader) -> Result<(), Failure> {
    let secrets = secrets_in(&mut archive)?;
    archive.rewind()?;
    let (kind, data) = (args.kept.store, &args.kept.data);
    let opened = store::open(kind, data, Access::TakesIn(&secrets)).await?;
    if opened.secrets != *secrets {
        return Err(Failure::CannotRun(
            "the desk there has other secrets than the archive, so its cases would not open; \
             take it in where no `serve` has run yet, as in a new --data folder"
                .to_owned(),
        ));
    }
    let seen = take_in(&opened.store, &mut archive).await?;
    if seen.erased_elsewhere > 0 {
        say(&format!(
            "note: {} of those that were there already was erased where the archive comes from; \
             here it is erased on its own day\n",
            seen.erased_elsewhere
        ));
    }
    let cases = if seen.taken_in == 1 { "case" } else { "cases" };
    let were = if seen.there_already == 1 { "was" } else { "were" };
    print(&format!(
        "{} {cases} taken in, {} {were} there already\n",
        seen.taken_in, seen.there_already
    ))
}

/// Reads the archive to its end first: nothing is written unless it is complete.
fn secrets_in(archive: &mut Reader) -> Result<Box<Secrets>, Failure> {
    let mut secrets = None;
    while let Some(line) = archive.next()? {
        match line {
            Line::Secrets(found) => secrets = Some(found),
            Line::Case { case, .. } if case.sealed.format > body::FORMAT => {
                let (id, found) = (case.id, case.sealed.format);
                return Err(Failure::cannot_run(SealError::TooNew { id, found }));
            }
            _ => {}
        }
    }
    secrets.ok_or_else(|| Failure::CannotRun("the archive has no secrets in it".to_owned()))
}

/// What was imported.
#[derive(Debug, Default)]
struct Seen {
    taken_in: usize,
    there_already: usize,
    /// How many of those the archive has only as a tombstone.
    erased_elsewhere: usize,
}

async fn take_in(store: &Arc<dyn Store>, archive: &mut Reader) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let counts = store.counts().await.map_err(Failure::cannot_run)?;
    let counts: BTreeMap<_, _> =
        counts.into_iter().map(|count| (count.name, count.number)).collect();
    // Written concurrently, they cost one flush to disk.
    let mut together = Vec::new();
    while let Some(line) = archive.next()? {
        let part = match line {
            Line::Case { case, key } => Part::Stored(Stored::Case(case), key),
            Line::Tombstone(tombstone) => Part::Stored(Stored::Erased(tombstone), None),
            // Counts only grow: a larger one here has counted what the archive hasn't.
            Line::Count(count) if counts.get(&count.name).is_none_or(|n| *n < count.number) => {
                Part::Count(count)
            }
            Line::Count(_) | Line::Secrets(_) | Line::Archive { .. } | Line::End { .. } => continue,
        };
        together.push(tokio::spawn(write(Arc::clone(store), part)));
        if together.len() == TOGETHER {
            finish(std::mem::take(&mut together), &mut seen).await?;
        }
    }
    finish(together, &mut seen).await?;
    Ok(seen)
}

async fn finish(
    writes: Vec<JoinHandle<Result<Written, StoreError>>>,
    seen: &mut Seen,
) -> Result<(), Failure> {
    for write in writes {
        match write.await.map_err(Failure::cannot_run)?.map_err(Failure::cannot_run)? {
            Written::Count => {}
            Written::TakenIn => seen.taken_in += 1,
            Written::ThereAlready => seen.there_already += 1,
            Written::ErasedElsewhere => {
                seen.there_already += 1;
                seen.erased_elsewhere += 1;
            }
        }
    }
    Ok(())
}

/// A case or a count to store.
enum Part {
    Stored(Stored, Option<SecretKey>),
    Count(Count),
}

/// The result of storing it.
enum Written {
    Count,
    TakenIn,
    ThereAlready,
    /// It exists, but the archive has only its tombstone.
    ErasedElsewhere,
}

async fn write(store: Arc<dyn Store>, part: Part) -> Result<Written, StoreError> {
    let (stored, key) = match part {
        Part::Stored(stored, key) => (stored, key),
        Part::Count(count) => {
            store.import_count(&count).await?;
            return Ok(Written::Count);
        }
    };
    match store.import(&stored, key.as_ref()).await? {
        Created::Created => Ok(Written::TakenIn),
        Created::AlreadyExists => match stored {
            Stored::Erased(tombstone) if store.read(tombstone.id).await?.is_some() => {
                Ok(Written::ErasedElsewhere)
            }
            Stored::Case(_) | Stored::Erased(_) => Ok(Written::ThereAlready),
        },
    }
}
