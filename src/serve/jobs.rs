//! The desk's background jobs: delivering mail, and the sweep each minute. A job that panics is
//! logged and restarted.

use futures_util::FutureExt;
use handler::Clock;
use handler::jobs::sweep::Sweep;
use handler::mail::deliver::Deliverer;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A job that panicked restarts after this long, as the cause may still be there.
const PAUSE: Duration = Duration::from_secs(5);

/// The jobs, each in a task of its own: one that hangs doesn't block the others.
pub(super) struct Jobs(Vec<(&'static str, JoinHandle<()>)>);

impl Jobs {
    /// Starts them. They end after what is under way once `stop` changes.
    pub(super) fn start(
        deliverer: Arc<Deliverer>,
        sweep: Sweep,
        bell: &Arc<Notify>,
        stop: &watch::Receiver<()>,
        clock: &Clock,
    ) -> Self {
        let (bell, clock, sweep) = (Arc::clone(bell), Arc::clone(clock), Arc::new(sweep));
        let swept_by = Arc::clone(&clock);
        let delivering = kept_going("mail", PAUSE, stop.clone(), move |stop| {
            let (deliverer, bell, clock) =
                (Arc::clone(&deliverer), Arc::clone(&bell), Arc::clone(&clock));
            async move { deliverer.run(bell, stop, clock).await }
        });
        let sweeping = kept_going("sweep", PAUSE, stop.clone(), move |stop| {
            let (sweep, clock) = (Arc::clone(&sweep), Arc::clone(&swept_by));
            async move { sweep.run(stop, clock).await }
        });
        Self(vec![("mail", tokio::spawn(delivering)), ("sweep", tokio::spawn(sweeping))])
    }

    /// Waits for what is under way, until this moment. Returns the unfinished jobs.
    pub(super) async fn end_by(self, moment: tokio::time::Instant) -> Vec<&'static str> {
        let mut cut_off = Vec::new();
        for (name, mut job) in self.0 {
            if tokio::time::timeout_at(moment, &mut job).await.is_err() {
                job.abort();
                cut_off.push(name);
            }
        }
        cut_off
    }
}

/// Runs a job until it ends by itself. A panic is logged, and after a pause it restarts.
async fn kept_going<F: Future<Output = ()>>(
    name: &'static str,
    pause: Duration,
    mut stop: watch::Receiver<()>,
    job: impl Fn(watch::Receiver<()>) -> F,
) {
    while AssertUnwindSafe(job(stop.clone())).catch_unwind().await.is_err() {
        tracing::error!(job = name, "a job ended in a panic; it is begun again");
        tokio::select! {
            () = sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_job_that_panics_is_begun_again() {
        let (_stop, stopped) = watch::channel(());
        let begun = AtomicUsize::new(0);
        let job = |_| async {
            assert!(begun.fetch_add(1, Ordering::SeqCst) >= 2, "planted");
        };
        kept_going("mail", Duration::ZERO, stopped, job).await;
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_job_that_hangs_is_left_behind() {
        let hangs = tokio::spawn(std::future::pending());
        let ends = tokio::spawn(async {});
        let jobs = Jobs(vec![("mail", hangs), ("sweep", ends)]);
        let moment = tokio::time::Instant::now() + Duration::from_millis(50);
        assert_eq!(jobs.end_by(moment).await, ["mail"]);
    }
}
