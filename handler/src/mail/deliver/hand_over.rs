//! One mail: composing it, handing it over, marking it, and what its refusal means.

use super::schedule;
use super::{ComposeError, Deliverer};
use crate::case::body::{self, SealError};
use crate::case::{Case, CaseKind};
use crate::cases::Writer;
use crate::mail::bounces::{self, Afterwards, Returned, ReturnedError, Says};
use crate::mail::mailbox_health;
use crate::mail::mailer::{SendError, Verdict};
use crate::mail::received::{self, Turn};
use crate::store::mailboxes::Cause;
use crate::store::{Leased, Record, RecordKey, StoreError, after};
use domain::request::Audience;
use domain::{Reference, Request};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use thiserror::Error;
use tokio::time::timeout;

/// What became of a mail.
#[derive(Debug)]
pub(super) enum Fate {
    /// Somebody else answers for it now.
    Sent,
    /// Nobody needs to be told any more.
    Ended,
    /// It was given up, and somebody who can help is told.
    Refused,
    /// Not before this moment, by design: no try has failed.
    NotBefore(Timestamp),
    /// It waits for its next try.
    Postponed(Asked),
    /// It failed, perhaps because the server takes no mail at all. Nothing is marked yet.
    Unclear(SendError),
}

/// Whether the mail server was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Yes,
    No,
}

impl Fate {
    pub(super) fn shows_that_the_server_listens(&self) -> bool {
        matches!(self, Self::Sent | Self::Refused | Self::Postponed(Asked::Yes))
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
    #[error(transparent)]
    Send(#[from] SendError),
}

/// The record that a canary's mail was taken, which it needs to have come through.
fn canary_mailed(id: Reference, now: Timestamp) -> Record {
    let expires = after(now, SignedDuration::from_hours(49));
    Record { key: RecordKey::canary_mailed(id), value: String::new(), expires }
}

/// A store's answer within the time limit: a store that hangs must not stop mail for ever.
pub(super) async fn in_time<T>(
    limit: Duration,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = |_| StoreError::Away("no answer in time".to_owned());
    timeout(limit, asked).await.map_err(late)?
}

impl Deliverer {
    /// Delivers one mail.
    pub(super) async fn deliver(
        &self,
        leased: Leased,
        now: Timestamp,
    ) -> (Leased, Result<Fate, StoreError>) {
        let fate = match AssertUnwindSafe(self.fate(&leased, now)).catch_unwind().await {
            Ok(fate) => fate,
            Err(_) => self.after_a_panic(&leased, now).await,
        };
        (leased, fate)
    }

    /// Postpones only this mail, not the others of its batch.
    async fn after_a_panic(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        let (notice, tries) = (leased.id().as_str(), leased.notice.tries);
        tracing::error!(notice, tries, "a mail could not be delivered: a panic; please report it");
        self.put_off_unmade(leased, now).await
    }

    /// Postpones an uncomposed mail, charging one try at most, as no mail server was asked.
    async fn put_off_unmade(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        let next = schedule::next_making(leased.notice.since, now);
        if leased.notice.tries < schedule::CHARGED_UNMADE {
            self.postpone(leased, next).await?;
        } else {
            self.release(leased, next).await?;
        }
        Ok(Fate::Postponed(Asked::No))
    }

    async fn fate(&self, leased: &Leased, now: Timestamp) -> Result<Fate, StoreError> {
        match self.hand_over(leased, now).await {
            Ok(Fate::NotBefore(ready)) => {
                self.release(leased, ready).await?;
                Ok(Fate::NotBefore(ready))
            }
            Ok(fate) => {
                in_time(self.limits.store, self.store.mark_sent(leased)).await?;
                Ok(fate)
            }
            Err(HandOverError::Send(error)) if error.verdict != Verdict::NotMade => {
                match error.verdict {
                    Verdict::Unclear | Verdict::Away => Ok(Fate::Unclear(error)),
                    _ => self.wait(leased, &error, now).await,
                }
            }
            Err(HandOverError::Store(error @ StoreError::Away(_))) => Err(error),
            // It can't be composed: a missing or broken key or wording, which somebody will fix.
            Err(error) => {
                let notice = leased.id().as_str();
                tracing::warn!(notice, tries = leased.notice.tries, %error, "a mail waits");
                self.put_off_unmade(leased, now).await
            }
        }
    }

    async fn hand_over(&self, leased: &Leased, now: Timestamp) -> Result<Fate, HandOverError> {
        let limit = self.limits.store;
        let id = leased.case;
        let Some(case) = in_time(limit, self.store.read(id)).await? else {
            tracing::info!(
                notice = leased.id().as_str(),
                "the case was erased: its mail is dropped"
            );
            return Ok(Fate::Ended);
        };
        // Its mail waits until the keys are restored.
        let key = in_time(limit, self.store.existing_key(id)).await?;
        let key = key.ok_or(SealError::KeyMissing(id))?;
        let request = body::open(&self.secrets, &key, &case)?;
        let turn = self.turn(leased, (&case, &request), now).await?;
        let mail = match &turn {
            Turn::Now => self.compose.compose(&case, &request, &leased.notice, now)?,
            Turn::Several(several) => self.compose.compose_several(several, &leased.notice, now)?,
            Turn::At(ready) => return Ok(Fate::NotBefore(*ready)),
            Turn::Never => None,
        };
        let Some(mail) = mail else {
            return Ok(Fate::Ended);
        };
        let late = |_| SendError::new(Verdict::Unclear, "the mailer didn't answer in time");
        timeout(self.limits.mail, self.mailer.send(&mail)).await.map_err(late)??;
        if let Err(error) = self.taken(leased, (&case, &request), &turn, now).await {
            // The mail is sent, and this only helps others to know.
            tracing::warn!(%error, "that a mail was taken could not be noted");
        }
        Ok(Fate::Sent)
    }

    /// Whether it is sent now: an address gets one "received" mail a day.
    async fn turn(
        &self,
        leased: &Leased,
        told: (&Case, &Request),
        now: Timestamp,
    ) -> Result<Turn, StoreError> {
        let service = self.compose.service();
        let turn = received::turn(&*self.store, &self.secrets, &service, leased, told, now);
        in_time(self.limits.store, turn).await
    }

    /// Records what an accepted mail shows.
    async fn taken(
        &self,
        leased: &Leased,
        (case, request): (&Case, &Request),
        turn: &Turn,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let limit = self.limits.store;
        if let Turn::Several(several) = turn {
            return in_time(limit, several.note_told(&*self.store)).await;
        }
        match (case.kind, &leased.notice.notice.to) {
            (CaseKind::Canary, _) => {
                let mailed = canary_mailed(leased.case, now);
                in_time(limit, self.store.put_record(&mailed)).await
            }
            // A patron's mail shows that the server takes mail, too.
            (CaseKind::Request, to) => {
                let shows = self.mailer.shows();
                in_time(limit, mailbox_health::taken(&*self.store, to, shows, now)).await?;
                self.count_sent(leased, request).await
            }
        }
    }

    /// Counts a request at the branch that it was sent to, once that has heard of it.
    async fn count_sent(&self, leased: &Leased, request: &Request) -> Result<(), StoreError> {
        let notice = &leased.notice.notice;
        let sent = request.history().first();
        // Not by its time: a store may keep that less exactly.
        let told = leased.id().event().zip(sent).is_some_and(|((event, _), sent)| event == sent.id);
        match (&notice.to, sent) {
            (Audience::Branch(branch), Some(sent)) if told => {
                in_time(self.limits.store, self.store.count_sent(branch, sent.at)).await
            }
            _ => Ok(()),
        }
    }

    /// The fate of a mail that was refused on its own account, not with all others.
    pub(super) async fn wait(
        &self,
        leased: &Leased,
        error: &SendError,
        now: Timestamp,
    ) -> Result<Fate, StoreError> {
        let notice = leased.id().as_str();
        let (to, tries) = (&leased.notice.notice.to, leased.notice.tries);
        let next = schedule::next_try(tries, now);
        let is_final = error.verdict == Verdict::Final && *to != Audience::Coordinator;
        if is_final || schedule::is_over(to, tries) {
            tracing::error!(notice, tries, reason = %error, "a mail is given up");
            let says = if is_final { Says::NoMailbox } else { Says::Nothing };
            return match self.tell(leased, says, now).await {
                Ok(()) => {
                    in_time(self.limits.store, self.store.mark_sent(leased)).await?;
                    Ok(Fate::Refused)
                }
                // Nobody was told, so it must not be dropped.
                Err(error) => {
                    tracing::error!(notice, %error, "that a mail is given up could not be told");
                    self.postpone(leased, next).await?;
                    Ok(Fate::Postponed(Asked::Yes))
                }
            };
        }
        tracing::warn!(notice, tries, reason = %error, "a mail waits");
        self.postpone(leased, next).await?;
        if let (Verdict::MailboxWaits, Audience::Branch(_)) = (error.verdict, to)
            && let Err(error) = self.tell(leased, Says::Refused, now).await
        {
            // The next refusal records it.
            tracing::warn!(notice, %error, "that a mailbox refuses mail could not be noted");
        }
        Ok(Fate::Postponed(Asked::Yes))
    }

    /// Records what a refusal says of the mailbox, and tells somebody who can help. A refusal that
    /// may be temporary is reported only once it has lasted.
    async fn tell(&self, leased: &Leased, says: Says, now: Timestamp) -> Result<(), ReturnedError> {
        let returned = Returned {
            case: leased.case,
            to: leased.notice.notice.to.clone(),
            says,
            id: bounces::event_id(leased.id().as_str()),
            mail: if says == Says::Refused { Afterwards::Waits } else { Afterwards::Ended },
        };
        let (service, cause) = (self.compose.service(), Cause::Refused);
        let (store, secrets) = (&*self.store, &*self.secrets);
        let writer = Writer { store, secrets, service: &service, bell: None };
        let told = bounces::note_as(cause, &writer, &returned, now);
        let late = |_| ReturnedError::from(StoreError::Away("no answer in time".to_owned()));
        timeout(self.limits.store, told).await.map_err(late)?
    }

    pub(super) async fn postpone(
        &self,
        leased: &Leased,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        in_time(self.limits.store, self.store.mark_failed(leased, next)).await.map(drop)
    }

    pub(super) async fn release(
        &self,
        leased: &Leased,
        ready: Timestamp,
    ) -> Result<(), StoreError> {
        in_time(self.limits.store, self.store.release(leased, ready)).await.map(drop)
    }
}
