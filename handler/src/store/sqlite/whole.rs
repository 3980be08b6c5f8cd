//! The check of both files' whole contents. However large they are, it takes a small share of one
//! thread's time, and nobody waits for it.

use super::open::{self, OpenError, Sharing};
use crate::case::Case;
use crate::crypto::secrets::SecretKey;
use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// It takes at most one part in this many of a thread's time.
const SHARE: u32 = 100;

/// How long it runs without a pause, which is enough unless there are thousands of cases.
const AT_ONCE: Duration = Duration::from_secs(1);

/// After that it rests this many times as long as it worked, so that requests are served.
const REST: u32 = 19;

/// How many cases are read at once: a long-lived reader keeps the log from being emptied.
const CASES: u32 = 200;

/// For how many unreadable cases the reason is given, each with its number.
const TOLD: usize = 10;

/// Why a case can't be opened with its key, if it can't.
pub(crate) type Opens = Arc<dyn Fn(&Case, Option<&SecretKey>) -> Option<String> + Send + Sync>;

/// Runs the check, and keeps its result.
#[derive(Default)]
pub(super) struct Whole {
    /// Set where the secrets are available.
    pub(super) opens: Option<Opens>,
    last: Arc<Mutex<Last>>,
}

/// The last check.
#[derive(Default)]
struct Last {
    is_running: bool,
    ended: Option<(Instant, Duration)>,
    wrong: Option<StoreError>,
}

impl Whole {
    /// What the last check found wrong.
    pub(super) fn wrong(&self) -> Option<StoreError> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).wrong.clone()
    }

    /// Begins a check unless one is running or ended recently; the result comes at its end.
    /// Detached: a process that ends doesn't wait for it.
    pub(super) fn check(
        &self,
        files: [&PathBuf; 2],
        sharing: Sharing,
    ) -> Option<oneshot::Receiver<()>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.ended.is_none_or(|(at, took)| at.elapsed() >= took * SHARE);
        if last.is_running || !is_due {
            return None;
        }
        let (files, opens) = (files.map(Clone::clone), self.opens.clone());
        let kept = Arc::clone(&self.last);
        let (ended, end) = oneshot::channel();
        let check = move || {
            let begun = Instant::now();
            let wrong = wrong_in(&files, sharing, opens.as_ref());
            let mut last = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let ended_at = Some((Instant::now(), begun.elapsed()));
            *last = Last { is_running: false, ended: ended_at, wrong };
            drop(last);
            // The caller may have gone.
            let _ = ended.send(());
        };
        last.is_running =
            std::thread::Builder::new().name("whole files".to_owned()).spawn(check).is_ok();
        last.is_running.then_some(end)
    }
}

fn wrong_in(files: &[PathBuf; 2], sharing: Sharing, opens: Option<&Opens>) -> Option<StoreError> {
    let unopened = || match opens {
        Some(opens) => unopened_in(files, sharing, opens),
        None => Ok(None),
    };
    let looked =
        files.iter().try_for_each(|file| is_whole(file, sharing)).and_then(|()| unopened());
    looked.unwrap_or_else(|error| Some(StoreError::Away(error.to_string())))
}

/// Whether a file's b-trees and rows are intact.
fn is_whole(path: &Path, sharing: Sharing) -> Result<(), OpenError> {
    let connection = open::open(path, sharing)?;
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| OpenError::of(path, error))?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(OpenError::Damaged { path: path.to_owned(), what: found.replace('\n', ", ") }),
    }
}

/// Whether each case opens: SQLite doesn't notice a flipped bit inside a row; the seal does.
fn unopened_in(
    [desk, keys]: &[PathBuf; 2],
    sharing: Sharing,
    opens: &Opens,
) -> Result<Option<StoreError>, OpenError> {
    let (cases, keys_of) = (open::open(desk, sharing)?, open::open(keys, sharing)?);
    let (mut all, mut unopened) = (0, Unopened::default());
    let mut after = String::new();
    let begun = Instant::now();
    loop {
        let page_begun = Instant::now();
        let page = page(&cases, &after).map_err(|error| OpenError::of(desk, error))?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after.clone_from(last);
        for (id, body) in &page {
            let key = key(&keys_of, id).map_err(|error| OpenError::of(keys, error))?;
            let why = match serde_json::from_str(body) {
                Ok(case) => opens(&case, key.as_ref()),
                Err(_) => Some(format!("the row of {id} is no case")),
            };
            all += 1;
            unopened.extend(why);
        }
        if begun.elapsed() > AT_ONCE {
            std::thread::sleep(page_begun.elapsed() * REST);
        }
    }
    Ok(unopened.of(all, desk))
}

/// Requests that can't be opened.
#[derive(Default)]
struct Unopened {
    number: usize,
    /// The reasons of the first ones.
    why: Vec<String>,
}

impl Unopened {
    fn extend(&mut self, why: Option<String>) {
        self.number += usize::from(why.is_some());
        self.why.extend(why.filter(|_| self.why.len() < TOLD));
    }

    /// The error if there are any among `all`: a few are damaged, while others are served; if it is
    /// most of them, the keys are wrong.
    fn of(self, all: usize, file: &Path) -> Option<StoreError> {
        let Self { number, why } = self;
        let told = format!(
            "{number} of the {all} requests in {} can't be opened: {}{}",
            file.display(),
            why.join("; "),
            if number > TOLD { "; …" } else { "" }
        );
        match number {
            0 => None,
            number if number > 1 && number * 2 > all => Some(StoreError::Away(told)),
            _ => Some(StoreError::Unopened(told)),
        }
    }
}

/// The next cases by id.
fn page(cases: &Connection, after: &str) -> rusqlite::Result<Vec<(String, String)>> {
    cases
        .prepare_cached("SELECT id, body FROM cases WHERE id > ? ORDER BY id LIMIT ?")?
        .query_map((after, CASES), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn key(keys: &Connection, id: &str) -> rusqlite::Result<Option<SecretKey>> {
    let key = keys
        .prepare_cached("SELECT key FROM case_keys WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(key.map(SecretKey::from_bytes))
}
