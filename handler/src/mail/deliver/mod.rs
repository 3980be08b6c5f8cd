//! Delivering mail: leases waiting notices, composes each mail, hands it over, and marks it as
//! sent. At least once: after a crash between the last two it is sent again, under the same id.

mod hand_over;
mod round;
mod schedule;

pub use round::Round;
pub(crate) use schedule::next_try;

use crate::case::{Case, PendingNotice};
use crate::crypto::secrets::Secrets;
use crate::mail::mailer::{Mail, Mailer};
use crate::mail::received::Several;
use crate::store::{Store, StoreError, after};
use domain::directory::Service;
use domain::{Reference, Request};
use hand_over::in_time;
use jiff::{SignedDuration, Timestamp};
use round::later;
use schedule::LOOK_AT_LEAST_EACH;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// How many notices are leased at once: few at first, as untried ones must be released when no mail
/// is taken; then more, so that a backlog is sent in parallel.
const BATCH_FIRST: usize = 8;
const BATCH_MAX: usize = 128;

/// Whether another mail may be started.
pub(crate) type GoesOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Whether a stop was signalled, or the sender is dropped.
pub(crate) fn is_told_to_stop(stop: &watch::Receiver<()>) -> bool {
    stop.has_changed().unwrap_or(true)
}

/// Makes the mail of a notice.
pub trait Compose: Send + Sync {
    /// The mail, or `None` if nobody needs to be told any more.
    fn compose(
        &self,
        case: &Case,
        request: &Request,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError>;

    /// The mail that tells a patron of several requests sent by one address.
    fn compose_several(
        &self,
        several: &Several,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError>;

    /// The service by the current content.
    fn service(&self) -> Service;
}

/// Why a mail could not be made: a mistake in a wording or template, which may be fixed while the
/// mail waits. For the log: it names no person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the mail could not be made: {0}")]
pub struct ComposeError(pub String);

/// Time limits for a mail and for a store call: a second line behind the limits of mailer and
/// store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To hand a mail over.
    pub mail: Duration,
    /// For the store to answer.
    pub store: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { mail: Duration::from_secs(240), store: Duration::from_secs(30) }
    }
}

/// The deliverer.
pub struct Deliverer {
    /// Where the notices wait.
    pub store: Arc<dyn Store>,
    /// Where the mail goes.
    pub mailer: Arc<dyn Mailer>,
    /// Opens cases.
    pub secrets: Arc<Secrets>,
    /// Makes the mails.
    pub compose: Arc<dyn Compose>,
    /// The lease: longer than a batch can take, or mail is sent twice; but mail of a killed process
    /// waits this long.
    pub lease: SignedDuration,
    /// The time limits.
    pub limits: Limits,
}

impl Deliverer {
    /// Delivers everything that is ready at `now`.
    pub async fn deliver_due(&self, now: Timestamp) -> Result<Round, StoreError> {
        self.deliver_while(now, &|| true).await
    }

    /// Delivers what is ready at `now` while `goes_on`, which is asked before each mail, allows it.
    /// Mails under way are finished; leased and untried ones are released.
    pub(crate) async fn deliver_while(
        &self,
        now: Timestamp,
        goes_on: GoesOn<'_>,
    ) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let started = Instant::now();
        let mut limit = BATCH_FIRST;
        while goes_on() {
            // A backlog takes time: what was ready at the start may be due again.
            let now = later(now, started);
            let leased = self.store.lease(now, self.until(now), limit);
            let batch = in_time(self.limits.store, leased).await?;
            if batch.is_empty() {
                break;
            }
            let delivered = self.deliver_all(batch, now, goes_on, &mut round).await;
            if delivered.is_err() || round.away {
                self.mailer.rest().await;
                return delivered.map(|()| round);
            }
            limit = (limit * 2).min(BATCH_MAX);
        }
        self.mailer.rest().await;
        Ok(round)
    }

    /// Delivers the ready mail of one case, after a write has rung for it.
    pub async fn deliver_case(&self, id: Reference, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let leased = self.store.lease_of(id, now, self.until(now));
        let batch = in_time(self.limits.store, leased).await?;
        let delivered = self.deliver_all(batch, now, &|| true, &mut round).await;
        self.mailer.rest().await;
        delivered.map(|()| round)
    }

    fn until(&self, now: Timestamp) -> Timestamp {
        after(now, self.lease)
    }

    /// Delivers whenever the bell rings or a postponed mail is ready, until `stop` changes or its
    /// sender is dropped. A mail under way then is finished, and no other started.
    pub async fn run(
        &self,
        bell: Arc<Notify>,
        mut stop: watch::Receiver<()>,
        clock: crate::live::Clock,
    ) {
        loop {
            let goes_on = || !is_told_to_stop(&stop);
            let is_away = match self.deliver_while(clock(), &goes_on).await {
                Ok(round) => round.away,
                Err(error) => {
                    tracing::error!(%error, "mail could not be looked for");
                    false
                }
            };
            if is_told_to_stop(&stop) {
                return;
            }
            // While no mail is taken, the bell doesn't matter.
            let wait = if is_away { LOOK_AT_LEAST_EACH } else { self.until_next(clock()).await };
            tokio::select! {
                () = bell.notified(), if !is_away => {}
                () = tokio::time::sleep(wait) => {}
                _ = stop.changed() => return,
            }
        }
    }

    async fn until_next(&self, now: Timestamp) -> Duration {
        let next = in_time(self.limits.store, self.store.next_ready()).await;
        schedule::until(next.ok().flatten(), now)
    }
}
