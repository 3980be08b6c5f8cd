//! Delivering mail: takes up what waits, makes the mail, hands it over, and marks it as sent. At
//! least once: a crash between the last two sends it again, under the same id.

use crate::case::{Case, PendingNotice};
use crate::mailer::{Mail, Mailer, SendError};
use crate::seal::{self, SealError};
use crate::secrets::Secrets;
use crate::store::{Leased, Store, StoreError};
use domain::Request;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Notify;

/// How many notices are taken up at once.
const BATCH: usize = 20;

/// How long a batch may take until somebody else may take it up.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

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
    /// Notices that ended without a mail.
    pub ended: usize,
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
}

enum Fate {
    Sent,
    Ended,
    Postponed,
}

/// A minute after the first failure, then five, then a quarter of an hour, then each hour.
fn next_try(tries: u32, now: Timestamp) -> Timestamp {
    let minutes = match tries {
        0 => 1,
        1 => 5,
        2 => 15,
        _ => 60,
    };
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(now)
}

impl Deliverer {
    /// Delivers all that is ready at `now`.
    pub async fn deliver_due(&self, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        loop {
            let until = now.checked_add(LEASE).unwrap_or(now);
            let batch = self.store.lease(now, until, BATCH).await?;
            if batch.is_empty() {
                return Ok(round);
            }
            for leased in batch {
                match self.deliver(&leased, now).await? {
                    Fate::Sent => round.sent += 1,
                    Fate::Ended => round.ended += 1,
                    Fate::Postponed => round.postponed += 1,
                }
            }
        }
    }

    async fn deliver(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        let notice = leased.id().as_str();
        match self.hand_over(leased, now).await {
            Ok(fate) => {
                self.store.mark_sent(leased).await?;
                Ok(fate)
            }
            Err(error) => {
                tracing::warn!(notice, tries = leased.notice.tries, %error, "a mail waits");
                self.store.mark_failed(leased, next_try(leased.notice.tries, now)).await?;
                Ok(Fate::Postponed)
            }
        }
    }

    async fn hand_over(&self, leased: &Leased, now: Timestamp) -> Result<Fate, HandOverError> {
        let notice = leased.id().as_str();
        let (Some(case), Some(key)) =
            (self.store.read(leased.case).await?, self.store.existing_key(leased.case).await?)
        else {
            tracing::info!(notice, "the case was erased: its mail is dropped");
            return Ok(Fate::Ended);
        };
        let request = seal::open(&self.secrets, &key, &case)?;
        let Some(mail) = self.compose.compose(&case, &request, &leased.notice, now)? else {
            return Ok(Fate::Ended);
        };
        match self.mailer.send(&mail).await {
            Ok(()) => Ok(Fate::Sent),
            Err(SendError::Never(reason)) => {
                tracing::error!(notice, reason, "a mail was refused for good");
                Ok(Fate::Ended)
            }
            Err(SendError::Later(reason)) => Err(HandOverError::Later(reason)),
        }
    }

    /// Delivers whenever the bell rings or a postponed mail is ready, until `stop` is rung. What
    /// is under way then is finished.
    pub async fn run(self, bell: Arc<Notify>, stop: Arc<Notify>, clock: crate::desk::Clock) {
        loop {
            if let Err(error) = self.deliver_due(clock()).await {
                tracing::error!(%error, "mail could not be looked for");
            }
            tokio::select! {
                () = bell.notified() => {}
                () = tokio::time::sleep(self.until_next(clock()).await) => {}
                () = stop.notified() => return,
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
    Compose(#[from] ComposeError),
    #[error("{0}")]
    Later(String),
}
