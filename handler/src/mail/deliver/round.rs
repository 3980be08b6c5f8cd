//! A round: some mails at once, and what their answers together say of the server.
//!
//! That nobody's mail is taken is concluded from several recipients, never from one: a server that
//! hangs up in the middle of one mail takes the next. Once it is concluded the round ends, and
//! whatever it didn't try is given back as it was.

use super::hand_over::{Fate, in_time};
use super::{Deliverer, GoesOn, schedule};
use crate::mail::mailbox_health;
use crate::mail::mailer::{SendError, Verdict};
use crate::store::{Leased, StoreError};
use domain::Reference;
use domain::request::Audience;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// From how many recipients it is concluded that nobody's mail is taken: fewer do where not even a
/// conversation began.
const UNCLEAR: usize = 3;
const AWAY: usize = 2;

/// How many tries a mail may be charged with while nobody's mail is taken: enough for it to come
/// after what was never tried, too few for it to end, or to wait for hours afterwards.
const CHARGED: u32 = 3;

/// What a round of delivery did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails handed over.
    pub sent: usize,
    /// Mails that were tried and wait for another try.
    pub postponed: usize,
    /// Notices that ended without a mail, as nobody is to be told any more.
    pub ended: usize,
    /// Mails that were given up. Whoever can help is told.
    pub refused: usize,
    /// Whether it ended because nobody takes mail just now.
    pub away: bool,
}

/// To whom: one mailbox, as far as a notice tells without being opened.
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

/// What is known of the server in a batch.
#[derive(Default)]
struct Evidence {
    suspects: Vec<Suspect>,
    /// Whoever's mail failed so: no other mail to them tells more.
    failing: BTreeSet<Whom>,
    /// Whether somebody's mail was taken, or refused by itself.
    listens: bool,
}

impl Evidence {
    /// Whether nobody's mail is taken.
    fn is_away(&self) -> bool {
        let different: BTreeSet<_> = self.suspects.iter().map(|it| whom(&it.leased)).collect();
        let known = self.suspects.iter().any(|it| it.error.verdict == Verdict::Away);
        match (known, self.listens) {
            (true, _) => different.len() >= AWAY,
            // A server that listened a moment ago: each of these fails by itself.
            (false, true) => false,
            (false, false) => different.len() >= UNCLEAR,
        }
    }
}

/// The moment, moved on by the whole seconds that have passed since.
pub(super) fn later(now: Timestamp, started: Instant) -> Timestamp {
    let passed = i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX);
    now.checked_add(SignedDuration::from_secs(passed)).unwrap_or(now)
}

impl Deliverer {
    /// Delivers what was taken up, some at once. One that can't be marked doesn't keep the others
    /// from being sent; two mean that the store is away.
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
                    // The server listens: those that failed before failed by themselves.
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
        // With a store that is away nothing can be given back: the leases run out.
        if failed.len() < 2 {
            for leased in untried {
                // To whom another mail failed: not at once again.
                failed.extend(self.release(&leased, schedule::next_look(now)).await.err());
            }
            for leased in waiting {
                failed.extend(self.release(&leased, now).await.err());
            }
        }
        failed.into_iter().next().map_or(Ok(()), Err)
    }

    /// Whether the mail server took somebody's mail lately.
    async fn takes_mail(&self, now: Timestamp) -> Result<bool, StoreError> {
        in_time(self.limits.store, mailbox_health::taken_lately(&*self.store, now)).await
    }

    /// Whether another mail can be tried before the lease ends: if not, somebody else would send it
    /// as well.
    fn has_time_for_another(&self, started: Instant) -> bool {
        let lease = std::time::Duration::try_from(self.lease).unwrap_or_default();
        started.elapsed() + self.limits.mail.min(lease / 2) < lease
    }

    /// What becomes of the mails whose failure nothing has explained.
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
                // Tried so often while others' mail goes: it is its own fault.
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
