//! Delivering mail: takes up what waits, makes the mail, hands it over, and marks it as sent. At
//! least once: a crash between the last two sends it again, under the same id.

mod hand_over;
mod round;
mod schedule;

pub use round::Round;
pub(crate) use schedule::next_try;

use crate::case::{Case, PendingNotice};
use crate::crypto::secrets::Secrets;
use crate::mail::mailer::{Mail, Mailer};
use crate::mail::received::Several;
use crate::store::{Store, StoreError};
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

/// How many notices are taken up at once: few at first, as what isn't tried must be given back when
/// nobody takes mail; then more, so that a backlog is sent side by side.
const BATCH_FIRST: usize = 8;
const BATCH_MAX: usize = 128;

/// Whether another mail is begun.
pub(crate) type GoesOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Whether somebody said so, or is gone.
pub(crate) fn is_told_to_stop(stop: &watch::Receiver<()>) -> bool {
    stop.has_changed().unwrap_or(true)
}

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

    /// The mail that tells a patron of several requests at once: those that one address sent.
    fn compose_several(
        &self,
        several: &Several,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError>;

    /// The service as content has it now.
    fn service(&self) -> Service;
}

/// Why a mail could not be made: a mistake in the wording or the templates, which may be mended
/// while the mail waits. For the log: it names no person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the mail could not be made: {0}")]
pub struct ComposeError(pub String);

/// For how long a mail and a call of the store are waited for: the mailer and the store have limits
/// of their own, and these hold where those don't.
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
    /// For how long others are waited for.
    pub limits: Limits,
}

impl Deliverer {
    /// Delivers all that is ready at `now`.
    pub async fn deliver_due(&self, now: Timestamp) -> Result<Round, StoreError> {
        self.deliver_while(now, &|| true).await
    }

    /// Delivers what is ready at `now` for as long as `goes_on` says so, which is asked before each
    /// mail. Those under way are finished, and what was taken up and not tried is given back.
    pub(crate) async fn deliver_while(
        &self,
        now: Timestamp,
        goes_on: GoesOn<'_>,
    ) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let started = Instant::now();
        let mut limit = BATCH_FIRST;
        while goes_on() {
            // A backlog takes its time: what was ready at the start may be due again.
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

    /// Delivers what is ready at `now` of one case, when a write has rung for it.
    pub async fn deliver_case(&self, id: Reference, now: Timestamp) -> Result<Round, StoreError> {
        let mut round = Round::default();
        let leased = self.store.lease_of(id, now, self.until(now));
        let batch = in_time(self.limits.store, leased).await?;
        let delivered = self.deliver_all(batch, now, &|| true, &mut round).await;
        self.mailer.rest().await;
        delivered.map(|()| round)
    }

    fn until(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.lease).unwrap_or(now)
    }

    /// Delivers whenever the bell rings or a postponed mail is ready, until `stop` changes or its
    /// other end is dropped. The mail that is on its way then is finished, and no other begun.
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
            // While nobody takes mail, a bell changes nothing.
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
