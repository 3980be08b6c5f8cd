//! A round: several mails at once, and what their results together say of the server.
//!
//! One recipient's failure never proves that the server takes no mail; several do: a server that
//! hangs up in the middle of one mail takes the next. Once that is concluded, the round ends and
//! releases what it didn't try unchanged.

use super::hand_over::{Fate, in_time};
use super::{Deliverer, GoesOn, schedule};
use crate::mail::mailbox_health;
use crate::mail::mailer::{SendError, Verdict};
use crate::store::{Leased, StoreError, after};
use domain::Reference;
use domain::request::Audience;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// From how many recipients on it is concluded that no mail is taken; fewer are enough where not
/// even a conversation began.
const UNCLEAR: usize = 3;
const AWAY: usize = 2;

/// The most tries charged to a mail while no mail is taken: enough to put it behind mail that was
/// never tried, too few to end it, or to make it wait for hours afterwards.
const CHARGED: u32 = 3;

/// What a round of delivery did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails handed over.
    pub sent: usize,
    /// Mails that were tried and wait for another try.
    pub postponed: usize,
    /// Notices that ended without a mail, as nobody needs to be told any more.
    pub ended: usize,
    /// Mails that were given up, with a notice to somebody who can help.
    pub refused: usize,
    /// Whether it ended because no mail is taken just now.
    pub away: bool,
}

/// The recipient's mailbox, as far as a notice shows without being opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whom {
    Staff(Audience),
    Patron(Reference),
}

fn whom(leased: &Leased) -> Whom {
    match &leased.notice.notice.to {
        Audience::Patron | Audience::FormerPatron => Whom::Patron(leased.case),
        staff => Whom::Staff(staff.clone()),
    }
}

/// A mail whose failure may be its own or the server's.
struct Suspect {
    leased: Leased,
    error: SendError,
}

/// What a batch shows of the server.
#[derive(Default)]
struct Evidence {
    suspects: Vec<Suspect>,
    /// Recipients whose mail failed unclearly: further mail to them would show nothing new.
    failing: BTreeSet<Whom>,
    /// Whether any mail was taken, or refused on its own account.
    listens: bool,
}

impl Evidence {
    /// Whether the server takes no mail.
    fn is_away(&self) -> bool {
        let different: BTreeSet<_> = self.suspects.iter().map(|it| whom(&it.leased)).collect();
        let known = self.suspects.iter().any(|it| it.error.verdict == Verdict::Away);
        match (known, self.listens) {
            (true, _) => different.len() >= AWAY,
            // The server has just listened, so each of these failed on its own account.
            (false, true) => false,
            (false, false) => different.len() >= UNCLEAR,
        }
    }
}

/// `now` plus the whole seconds that have passed since `started`.
pub(super) fn later(now: Timestamp, started: Instant) -> Timestamp {
    let passed = i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX);
    after(now, SignedDuration::from_secs(passed))
}

impl Deliverer {
    /// Delivers leased mail, several at once. A mail that can't be marked doesn't block the others;
    /// two mean that the store is away.
    pub(super) async fn deliver_all(
        &self,
        batch: Vec<Leased>,
        now: Timestamp,
        goes_on: GoesOn<'_>,
        round: &mut Round,
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let mut evidence = Evidence::default();
        let mut failed: Vec<StoreError> = Vec::new();
        let mut untried = Vec::new();
        let mut waiting = batch.into_iter();
        let mut under_way = FuturesUnordered::new();
        let mut tried = 0;
        loop {
            while under_way.len() < self.mailer.at_once()
                && !evidence.is_away()
                && failed.len() < 2
                && goes_on()
                && (tried == 0 || self.has_time_for_another(started))
                && let Some(leased) = waiting.next()
            {
                if evidence.failing.contains(&whom(&leased)) {
                    untried.push(leased);
                } else {
                    tried += 1;
                    under_way.push(self.deliver(leased, later(now, started)));
                }
            }
            let Some((leased, fate)) = under_way.next().await else {
                break;
            };
            match fate {
                Ok(Fate::Unclear(error)) => {
                    evidence.failing.insert(whom(&leased));
                    evidence.suspects.push(Suspect { leased, error });
                }
                Ok(fate) => {
                    // The server listens, so the earlier failures were the mails' own.
                    if fate.shows_that_the_server_listens() {
                        evidence.listens = true;
                        for Suspect { leased, error } in std::mem::take(&mut evidence.suspects) {
                            let fate = self.wait(&leased, &error, later(now, started)).await;
                            round.count(fate, &mut failed);
                        }
                    }
                    round.count(Ok(fate), &mut failed);
                }
                Err(error) => failed.push(error),
            }
        }
        drop(under_way);
        let now = later(now, started);
        self.conclude(evidence, now, round, &mut failed).await;
        // A store that is away can't release anything: the leases run out.
        if failed.len() < 2 {
            for leased in untried {
                // Another mail to this recipient failed, so wait a moment.
                failed.extend(self.release(&leased, schedule::next_look(now)).await.err());
            }
            for leased in waiting {
                failed.extend(self.release(&leased, now).await.err());
            }
        }
        failed.into_iter().next().map_or(Ok(()), Err)
    }

    /// Whether the mail server took any mail lately.
    async fn takes_mail(&self, now: Timestamp) -> Result<bool, StoreError> {
        in_time(self.limits.store, mailbox_health::taken_lately(&*self.store, now)).await
    }

    /// Whether the lease leaves time for another mail: otherwise another process would send it as
    /// well.
    fn has_time_for_another(&self, started: Instant) -> bool {
        let lease = std::time::Duration::try_from(self.lease).unwrap_or_default();
        started.elapsed() + self.limits.mail.min(lease / 2) < lease
    }

    /// The fate of the mails whose failure is still unexplained.
    async fn conclude(
        &self,
        evidence: Evidence,
        now: Timestamp,
        round: &mut Round,
        failed: &mut Vec<StoreError>,
    ) {
        let is_away = evidence.is_away();
        let often = |it: &Suspect| it.leased.notice.tries >= CHARGED;
        let takes_mail = evidence.suspects.iter().any(often)
            && self.takes_mail(now).await.unwrap_or_else(|error| {
                failed.push(error);
                false
            });
        for Suspect { leased, error } in evidence.suspects {
            let is_known = error.verdict == Verdict::Away;
            if !is_away && !is_known {
                let fate = self.wait(&leased, &error, now).await;
                round.count(fate, failed);
                continue;
            }
            round.away = true;
            round.postponed += 1;
            let tries = leased.notice.tries;
            let given_back = if is_known {
                self.release(&leased, schedule::next_look(now)).await
            } else if tries < CHARGED {
                self.postpone(&leased, schedule::next_look(now)).await
            } else if takes_mail {
                // Other mail goes, but this failed so often: it is its own fault.
                let fate = self.wait(&leased, &error, now).await;
                failed.extend(fate.err());
                continue;
            } else {
                self.release(&leased, schedule::next_look(now)).await
            };
            failed.extend(given_back.err());
            let notice = leased.id().as_str();
            tracing::warn!(notice, reason = %error, "nobody takes mail now");
        }
    }
}

impl Round {
    fn count(&mut self, fate: Result<Fate, StoreError>, failed: &mut Vec<StoreError>) {
        match fate {
            Ok(Fate::Sent) => self.sent += 1,
            Ok(Fate::Ended) => self.ended += 1,
            Ok(Fate::Refused) => self.refused += 1,
            Ok(Fate::NotBefore(_)) => {}
            Ok(Fate::Postponed(_) | Fate::Unclear(_)) => self.postponed += 1,
            Err(error) => failed.push(error),
        }
    }
}
