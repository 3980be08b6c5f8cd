//! Delivering mail: takes up what waits, makes the mail, hands it over, and marks it as sent. At
//! least once: a crash between the last two sends it again, under the same id.

use crate::case::{Case, CaseKind, PendingNotice};
use crate::mailer::{Mail, Mailer, SendError};
use crate::returned::{self, Returned, ReturnedError};
use crate::seal::{self, SealError};
use crate::secrets::Secrets;
use crate::store::{Leased, Record, Store, StoreError};
use domain::directory::Service;
use domain::{Reference, Request};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;
use tokio::sync::{Notify, watch};

/// How many notices are taken up at once.
const BATCH: usize = 20;

/// The longest time between two looks, should a bell get lost.
const LOOK_AT_LEAST_EACH: Duration = Duration::from_secs(60);

/// Makes the mail of a notice.
pub trait Compose: Send + Sync {
    /// The mail, or `None` if nobody is to be told any more.
    fn compose(
        &self,
        case: &Case,
        request: &Request,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError>;

    /// The service as content has it now.
    fn service(&self) -> Service;
}

/// The record that a canary's mail was taken: only then it came through.
pub(crate) fn canary_mailed(id: Reference, now: Timestamp) -> Record {
    let expires = now.checked_add(SignedDuration::from_hours(49)).unwrap_or(now);
    Record { key: format!("canary mailed {}", id.compact()), value: String::new(), expires }
}

/// Why a mail could not be made: a mistake in the wording or the templates, which may be mended
/// while the mail waits. For the log: it names no person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the mail could not be made: {0}")]
pub struct ComposeError(pub String);

/// What a round of delivery did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails handed over.
    pub sent: usize,
    /// Mails that wait for another try.
    pub postponed: usize,
    /// Notices that ended without a mail, as nobody is to be told any more.
    pub ended: usize,
    /// Mails that were refused for good. Whoever can help is told.
    pub refused: usize,
    /// Whether it ended because nobody takes mail just now.
    pub away: bool,
    /// Since when the oldest of those has waited that were not sent in this round.
    pub oldest: Option<Timestamp>,
}

impl Round {
    fn count(&mut self, leased: &Leased, fate: &Fate) {
        match fate {
            Fate::Sent => self.sent += 1,
            Fate::Ended => self.ended += 1,
            Fate::Refused => self.refused += 1,
            Fate::Postponed | Fate::Away => {
                self.postponed += 1;
                self.away |= matches!(fate, Fate::Away);
                let since = leased.notice.since;
                self.oldest = Some(self.oldest.map_or(since, |oldest| oldest.min(since)));
            }
        }
    }
}

/// Delivers mail.
pub struct Deliverer {
    /// Where it waits.
    pub store: Arc<dyn Store>,
    /// Where it goes.
    pub mailer: Arc<dyn Mailer>,
    /// Opens cases.
    pub secrets: Arc<Secrets>,
    /// Makes the mails.
    pub compose: Arc<dyn Compose>,
    /// How long what was taken up is nobody else's: longer than a batch can take, as then it is
    /// sent again; but a process that is killed leaves its mail waiting for as long.
    pub lease: SignedDuration,
}

enum Fate {
    Sent,
    Ended,
    Refused,
    Postponed,
    /// Postponed, and so would all others be.
    Away,
}

/// A minute after the first failure, then five, then each quarter of an hour: what waits is seen at
/// least as often as the alarm for waiting mail looks.
fn next_try(tries: u32, now: Timestamp) -> Timestamp {
    let minutes = match tries {
        0 => 1,
        1 => 5,
        _ => 15,
    };
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

/// The moment, moved on by the whole seconds that have passed since.
fn later(now: Timestamp, started: Instant) -> Timestamp {
    let passed = i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX);
    now.checked_add(SignedDuration::from_secs(passed)).unwrap_or(now)
}

impl Deliverer {
    /// Delivers all that is ready at `now`.
    pub async fn deliver_due(&self, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let started = Instant::now();
        loop {
            // A backlog takes its time: what was ready at the start may be due again.
            let now = later(now, started);
            let batch = self.store.lease(now, self.until(now), BATCH).await?;
            self.deliver_all(&batch, now, &mut round).await?;
            if batch.is_empty() || round.away {
                return Ok(round);
            }
        }
    }

    /// Delivers what is ready at `now` of one case, when a write has rung for it.
    pub async fn deliver_case(&self, id: Reference, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let batch = self.store.lease_of(id, now, self.until(now)).await?;
        self.deliver_all(&batch, now, &mut round).await?;
        Ok(round)
    }

    fn until(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.lease).unwrap_or(now)
    }

    /// One that can't be marked doesn't keep the others from being sent; two mean that the store
    /// is away. Once nobody takes mail, the rest is postponed untried: a mailer that hangs would
    /// cost each of them its time.
    async fn deliver_all(
        &self,
        batch: &[Leased],
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let mut failed: Option<StoreError> = None;
        let started = Instant::now();
        for leased in batch {
            let now = later(now, started);
            let fate = if round.away {
                self.postpone(leased, now).await
            } else {
                self.deliver(leased, now).await
            };
            match (fate, failed.take()) {
                (Ok(fate), earlier) => {
                    round.count(leased, &fate);
                    failed = earlier;
                }
                (Err(error), None) => failed = Some(error),
                (Err(_), Some(first)) => return Err(first),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn deliver(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        let notice = leased.id().as_str();
        match self.hand_over(leased, now).await {
            Ok(fate) => {
                self.store.mark_sent(leased).await?;
                Ok(fate)
            }
            Err(HandOverError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(notice, tries = leased.notice.tries, %error, "a mail waits");
                let postponed = self.postpone(leased, now).await?;
                let away = matches!(error, HandOverError::Away(_));
                Ok(if away { Fate::Away } else { postponed })
            }
        }
    }

    async fn postpone(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        self.store.mark_failed(leased, next_try(leased.notice.tries, now)).await?;
        Ok(Fate::Postponed)
    }

    async fn hand_over(&self, leased: &Leased, now: Timestamp) -> Result<Fate, HandOverError> {
        let notice = leased.id().as_str();
        let id = leased.case;
        let Some(case) = self.store.read(id).await? else {
            tracing::info!(notice, "the case was erased: its mail is dropped");
            return Ok(Fate::Ended);
        };
        // Its mail waits until the keys are put back.
        let key = self.store.existing_key(id).await?.ok_or(SealError::KeyMissing(id))?;
        let request = seal::open(&self.secrets, &key, &case)?;
        let Some(mail) = self.compose.compose(&case, &request, &leased.notice, now)? else {
            return Ok(Fate::Ended);
        };
        match self.mailer.send(&mail).await {
            Ok(()) => {
                if case.kind == CaseKind::Canary {
                    self.store.put_record(&canary_mailed(id, now)).await?;
                }
                Ok(Fate::Sent)
            }
            Err(SendError::Never(reason)) => {
                tracing::error!(notice, reason, "a mail was refused for good");
                let returned = Returned {
                    case: id,
                    to: leased.notice.notice.to.clone(),
                    id: returned::event_id(notice),
                };
                let service = self.compose.service();
                returned::note(&*self.store, &self.secrets, &service, &returned, now).await?;
                Ok(Fate::Refused)
            }
            Err(SendError::Later(reason)) => Err(HandOverError::Later(reason)),
            Err(SendError::Away(reason)) => Err(HandOverError::Away(reason)),
        }
    }

    /// Delivers whenever the bell rings or a postponed mail is ready, until the other end of `stop`
    /// is dropped. What is under way then is finished.
    pub async fn run(
        &self,
        bell: Arc<Notify>,
        mut stop: watch::Receiver<()>,
        clock: crate::desk::Clock,
    ) {
        loop {
            if let Err(error) = self.deliver_due(clock()).await {
                tracing::error!(%error, "mail could not be looked for");
            }
            tokio::select! {
                () = bell.notified() => {}
                () = tokio::time::sleep(self.until_next(clock()).await) => {}
                _ = stop.changed() => return,
            }
        }
    }

    async fn until_next(&self, now: Timestamp) -> Duration {
        let next = self.store.next_ready().await.ok().flatten();
        let wait = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
        // Not at once either: a mail that is ready but can't be taken up would make it spin.
        wait.unwrap_or(LOOK_AT_LEAST_EACH).clamp(Duration::from_secs(1), LOOK_AT_LEAST_EACH)
    }
}

#[derive(Debug, Error)]
enum HandOverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Returned(#[from] ReturnedError),
    #[error(transparent)]
    Compose(#[from] ComposeError),
    #[error("{0}")]
    Later(String),
    #[error("{0}")]
    Away(String),
}
