//! A backlog holds up nobody: whoever is told to stop does so between two mails, and the sweep goes
//! on to other work.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use async_trait::async_trait;
use handler::Clock;
use handler::crypto::secrets::Secrets;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::{Mail, Mailer, MemoryMailer, SendError};
use handler::store::{Cases, MemoryStore, Outbox};
use jiff::SignedDuration;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use support::{noon, renderer, sent};
use tokio::sync::{Notify, watch};

/// Takes every mail, slowly by the test's clock, and says stop after some.
struct Slow {
    taken: MemoryMailer,
    seconds: Arc<AtomicI64>,
    stop_after: usize,
    stop: Mutex<Option<watch::Sender<()>>>,
}

#[async_trait]
impl Mailer for Slow {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.seconds.fetch_add(12, Ordering::SeqCst);
        if self.taken.sent().len() + 1 == self.stop_after {
            self.stop.lock().unwrap().take();
        }
        self.taken.send(mail).await
    }
}

struct Backlog {
    store: Arc<MemoryStore>,
    mailer: Arc<Slow>,
    deliverer: Deliverer,
    clock: Clock,
    stopped: watch::Receiver<()>,
}

/// Mail of twenty requests, two each, and a mailer that says stop after so many.
async fn backlog(stop_after: usize) -> Backlog {
    let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
    for number in 1..=20 {
        let (_, case) = sent(&*store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
    }
    let seconds = Arc::new(AtomicI64::new(0));
    let passed = Arc::clone(&seconds);
    let clock: Clock =
        Arc::new(move || noon() + SignedDuration::from_secs(passed.load(Ordering::SeqCst)));
    let (stop, stopped) = watch::channel(());
    let (taken, stop) = (MemoryMailer::new(), Mutex::new(Some(stop)));
    let mailer = Arc::new(Slow { taken, seconds, stop_after, stop });
    let deliverer = support::deliverer(Arc::clone(&store) as _, Arc::clone(&mailer) as _, &secrets);
    Backlog { store, mailer, deliverer, clock, stopped }
}

impl Backlog {
    /// So many were sent, and all others are anybody's at once, as if nobody had looked at them.
    async fn sent_and_the_rest_given_back(&self, sent: usize) {
        assert_eq!(self.mailer.taken.sent().len(), sent);
        let waiting = self.store.waiting(noon(), 100).await.unwrap();
        assert_eq!(waiting.len(), 40 - sent);
        let now = (self.clock)();
        for notice in waiting {
            assert_eq!((notice.tries, notice.lease), (0, None));
            assert!(notice.ready <= now);
        }
    }
}

#[tokio::test]
async fn whoever_is_told_to_stop_finishes_the_mail_on_its_way_and_gives_back_the_rest() {
    for number in [1, 9, 13] {
        let backlog = backlog(number).await;
        let (bell, clock) = (Arc::new(Notify::new()), Arc::clone(&backlog.clock));
        backlog.deliverer.run(bell, backlog.stopped.clone(), clock).await;
        backlog.sent_and_the_rest_given_back(number).await;
    }
}

#[tokio::test]
async fn a_sweep_that_is_told_to_stop_does_so_between_two_mails() {
    let Backlog { store, mailer, deliverer, clock, stopped } = backlog(1).await;
    let (deliverer, canaries) = (Arc::new(deliverer), Canaries::NotSent);
    let sweep = Sweep { deliverer, renderer: renderer(), canaries };
    sweep.run(stopped, Arc::clone(&clock)).await;
    assert_eq!(
        (mailer.taken.sent().len(), store.waiting(noon(), 100).await.unwrap().len()),
        (1, 39)
    );
}

#[tokio::test]
async fn a_slow_mail_server_has_a_share_of_a_sweep_and_the_next_goes_on() {
    let mut backlog = backlog(99).await;
    let deliverer = std::mem::replace(&mut backlog.deliverer, self::backlog(99).await.deliverer);
    let (deliverer, canaries) = (Arc::new(deliverer), Canaries::NotSent);
    let sweep = Sweep { deliverer, renderer: renderer(), canaries };
    for sweeps in 1..=3 {
        let swept = sweep.sweep_in_time(&backlog.clock, &backlog.stopped).await.unwrap();
        // Twelve seconds each, and twenty seconds to begin another.
        assert_eq!(swept.mail.sent, 2);
        backlog.sent_and_the_rest_given_back(2 * sweeps).await;
    }
}
