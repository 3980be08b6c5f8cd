//! The sweep: once a minute it does everything that is due. It sends waiting mail, erases cases
//! whose time has come, refreshes the routing snapshot and looks after the day's canary. Each step
//! is idempotent, and safe under concurrent sweeps.

pub use super::clock::ErasureWaits;
pub use super::erase::EraseError;
use super::{canary, clock, erase, tidy};
use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind, Stored};
use crate::cases::Writer;
use crate::crypto::secrets::Secrets;
use crate::jobs::status::{self, Backlog};
use crate::live::{Clock, LiveRenderer};
use crate::mail::deliver::{Deliverer, GoesOn, Round, is_told_to_stop};
use crate::store::{Store, StoreError, after};
use domain::directory::Service;
use domain::{Directory, Reference, Request, retention};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// How many woken cases one sweep processes, the earliest first. Each then sleeps, so that the next
/// sweep goes on with others.
const WOKEN: usize = 500;

/// How long a case that can't be opened, or a canary under way, is set aside.
const ASIDE: SignedDuration = SignedDuration::from_hours(1);

/// How many of the longest-waiting mails a sweep looks at.
const WAITING: usize = 100;

/// For how long a sweep starts sending mails: a slow server must not delay the next sweep and
/// everything else. A function times out after 55 seconds, the last mail's included.
const MAIL_SHARE: SignedDuration = SignedDuration::from_secs(20);

/// The interval between sweeps in a long-running process.
const EACH: Duration = Duration::from_secs(60);

/// The sweep.
pub struct Sweep {
    /// Sends mail that waits.
    pub deliverer: Arc<Deliverer>,
    /// The current directory.
    pub renderer: LiveRenderer,
    /// Whether the service sends itself a request each day.
    pub canaries: Canaries,
}

/// Whether the service sends itself a request each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canaries {
    /// It does, if the directory names a sink for its mail.
    Sent,
    /// It doesn't: nobody would look.
    NotSent,
}

/// What one sweep did and saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// The mail.
    pub mail: Round,
    /// The mails that are still stuck after sending.
    pub backlog: Backlog,
    /// Cases that were erased.
    pub erased: usize,
    /// Cases whose day has come by the clock, but not by its sure moment: erased once the clock has
    /// run for some days.
    pub put_off: usize,
    /// Whether the day's canary came through in this sweep.
    pub canary: Canary,
    /// Cases that could not be processed, and erased ones whose key or log entry still exists: the
    /// next sweep retries them. The log says why.
    pub failed: usize,
}

/// The state of the day's canary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Canary {
    /// It is under way, came through earlier, or there is none.
    #[default]
    Quiet,
    /// In this sweep it was erased, after being made, routed and mailed to its sink.
    CameThrough,
}

impl Swept {
    fn log(&self, now: Timestamp) {
        if self.erased > 0 {
            tracing::info!(erased = self.erased, "erased");
        }
        if self.put_off > 0 {
            tracing::warn!(
                put_off = self.put_off,
                "cases wait to be erased, as the desk was off or its clock has jumped: is it right? \
                 `book-a-librarian status` says how long"
            );
        }
        if let Some(oldest) = self.backlog.oldest() {
            tracing::warn!(
                staff = self.backlog.staff_notices(),
                patrons = self.backlog.patrons.notices,
                oldest_minutes = now.duration_since(oldest).as_mins(),
                "mail is stuck: `book-a-librarian status` says whose, and what to do"
            );
        }
    }
}

impl Sweep {
    /// Sweeps once, until no ready mail is left.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, StoreError> {
        self.sweep_while(now, &|| true).await
    }

    /// Sweeps once. It sends mail only for its share of time; the next sweep goes on. It stops
    /// between two mails once `stop` changes or its sender is dropped.
    pub async fn sweep_in_time(
        &self,
        clock: &Clock,
        stop: &watch::Receiver<()>,
    ) -> Result<Swept, StoreError> {
        let began = OnceLock::new();
        let goes_on = || {
            let now = clock();
            let taken = now.duration_since(*began.get_or_init(|| now));
            // A clock that is set back ends the share, too.
            !is_told_to_stop(stop) && (SignedDuration::ZERO..MAIL_SHARE).contains(&taken)
        };
        self.sweep_while(clock(), &goes_on).await
    }

    /// A step that fails doesn't prevent the others.
    async fn sweep_while(
        &self,
        now: Timestamp,
        mail_goes_on: GoesOn<'_>,
    ) -> Result<Swept, StoreError> {
        let renderer = self.renderer.current();
        let directory = renderer.directory();
        let clock = clock::look(self.store(), now).await;
        let sure = clock.as_ref().ok().copied().flatten();
        let mut erased = Vec::new();
        let woken = self.look_at_woken(directory, sure, &mut erased, now).await;
        let noted = match &woken {
            Ok(Woken { put_off: 1.., .. }) => clock::note_waiting(self.store(), now).await,
            Ok(_) | Err(_) => Ok(()),
        };
        let branches: Vec<_> = directory.branches.keys().cloned().collect();
        let counted = self.store().refresh_snapshot(&branches, now).await;
        let tidied = match sure {
            Some(sure) => tidy::tidy(self.store(), &directory.service, sure, now).await,
            None => Ok(()),
        };
        let canary = match self.canaries {
            Canaries::Sent => canary::look_after(self, directory, &mut erased, now).await,
            Canaries::NotSent => Ok(Canary::Quiet),
        };
        let left = self.forget(&erased).await;
        // Last, as a slow mailer may take all the remaining time.
        let mail = self.deliverer.deliver_while(now, mail_goes_on).await;
        let backlog = status::backlog(self.store(), WAITING, now).await;
        clock?;
        counted.and(tidied)?;
        noted?;
        let Woken { erased, put_off, failed } = woken?;
        let failed = failed + left;
        Ok(Swept { mail: mail?, backlog: backlog?, erased, put_off, canary: canary?, failed })
    }

    /// Sweeps each minute until `stop` changes or its sender is dropped.
    pub async fn run(&self, mut stop: watch::Receiver<()>, clock: Clock) {
        let desk = self.secrets().desk_id();
        loop {
            // Where nobody polls `healthz`, the log reports it.
            if let Err(error) = self.store().health(&desk).await {
                tracing::error!(%error, "the desk is not well");
            }
            match self.sweep_in_time(&clock, &stop).await {
                Ok(swept) => swept.log(clock()),
                Err(error) => tracing::error!(%error, "the sweep was not finished"),
            }
            tokio::select! {
                () = tokio::time::sleep(EACH) => {}
                _ = stop.changed() => return,
            }
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.deliverer.store
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.deliverer.secrets
    }

    /// A writer of cases. Mail that it queues is sent at the end of the sweep.
    pub(super) fn writer<'a>(&'a self, service: &'a Service) -> Writer<'a> {
        Writer { store: self.store(), secrets: self.secrets(), service, bell: None }
    }

    async fn look_at_woken(
        &self,
        directory: &Directory,
        sure: Option<Timestamp>,
        erased: &mut Vec<Reference>,
        now: Timestamp,
    ) -> Result<Woken, StoreError> {
        let mut woken = Woken::default();
        for id in self.store().woken(now, WOKEN).await? {
            let looking = self.look_at(directory, id, sure, now);
            // A panic in one case must not block the others or the mail.
            let Ok(looked) = AssertUnwindSafe(looking).catch_unwind().await else {
                woken.failed += 1;
                tracing::error!(%id, "a case could not be looked at: a panic; please report it");
                continue;
            };
            match looked {
                Ok(Looked::Erased) => {
                    woken.erased += 1;
                    erased.push(id);
                }
                Ok(Looked::LeftOver) => erased.push(id),
                Ok(Looked::PutOff) => woken.put_off += 1,
                Ok(Looked::Kept) => {}
                Err(error) => {
                    woken.failed += 1;
                    tracing::error!(%id, %error, "a case could not be looked at");
                }
            }
        }
        Ok(woken)
    }

    /// Deletes the keys of erased cases in one batch: a store may have to block other writes until
    /// no trace of them is left. Returns how many are left for the next sweep.
    async fn forget(&self, erased: &[Reference]) -> usize {
        if erased.is_empty() {
            return 0;
        }
        match self.store().forget_keys(erased).await {
            Ok(()) => 0,
            Err(error) => {
                tracing::error!(
                    %error,
                    cases = erased.len(),
                    "what was erased is not gone everywhere yet; the next sweep goes on"
                );
                erased.len()
            }
        }
    }

    pub(super) async fn opened(&self, case: &Case) -> Result<Request, EraseError> {
        let key = self.store().existing_key(case.id).await?;
        let key = key.ok_or(SealError::KeyMissing(case.id))?;
        Ok(body::open(self.secrets(), &key, case)?)
    }

    /// Does what is due for one case, and sets its next wake time.
    async fn look_at(
        &self,
        directory: &Directory,
        id: Reference,
        sure: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Looked, EraseError> {
        let case = match self.store().find(id).await? {
            Some(Stored::Case(case)) => case,
            Some(Stored::Erased(_)) => return Ok(Looked::LeftOver),
            None => return Ok(Looked::Kept),
        };
        match self.look_into(directory, &case, sure, now).await {
            Err(error @ EraseError::Seal(_)) => {
                // Set aside a case that can't be opened: a few such would block all others.
                let aside = after(now, ASIDE);
                self.store().wake_at(id, case.version, aside).await?;
                Err(error)
            }
            looked => looked,
        }
    }

    async fn look_into(
        &self,
        directory: &Directory,
        case: &Case,
        sure: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Looked, EraseError> {
        let service = &directory.service;
        let day = |moment: Timestamp| service.at(moment).date();
        let today = day(now);
        if canary::is_over(case, today, &service.time_zone) {
            return canary::erase(self, case, today, now).await;
        }
        let id = case.id;
        if case.kind == CaseKind::Canary {
            let aside = after(now, ASIDE);
            self.store().wake_at(id, case.version, aside).await?;
            return Ok(Looked::Kept);
        }
        let request = self.opened(case).await?;
        match retention::erasure_of(&request, service) {
            Some(erasure) if erasure.erased_on <= today => {
                if sure.is_some_and(|sure| erasure.erased_on <= day(sure)) {
                    return erase::erase(self.store(), service, case, &request, now).await;
                }
                let aside = after(now, ASIDE);
                self.store().wake_at(id, case.version, aside).await?;
                Ok(Looked::PutOff)
            }
            _ => {
                // On a conflict the other write's wake time stands, and the next sweep looks.
                let wake = retention::wake(&request, service, now);
                self.store().wake_at(id, case.version, wake).await?;
                Ok(Looked::Kept)
            }
        }
    }
}

/// The result of processing a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    Erased,
    /// It was erased, but its key wasn't yet deleted.
    LeftOver,
    PutOff,
    Kept,
}

/// The results of all woken cases.
#[derive(Default)]
struct Woken {
    erased: usize,
    put_off: usize,
    failed: usize,
}
