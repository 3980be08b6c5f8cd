//! The function `sweep`: called each minute.

use super::log::{Metric, metrics};
use super::start::{Started, clock};
use crate::jobs::sweep::{Canaries, Canary, Sweep};
use crate::store::StoreError;
use tokio::sync::watch;

/// The sweep that the function runs.
pub fn sweep(started: &Started) -> Sweep {
    Sweep {
        deliverer: started.deliverer(),
        renderer: started.renderer.clone(),
        canaries: Canaries::Sent,
    }
}

/// Sweeps once, and logs what was done and seen.
pub async fn run(sweep: &Sweep) -> Result<(), StoreError> {
    let clock = clock();
    let now = clock();
    // Nothing stops a function early: it ends at its timeout.
    let (_tells, stop) = watch::channel(());
    let swept = sweep.sweep_in_time(&clock, &stop).await?;
    let oldest = swept.backlog.oldest().map_or(0, |oldest| now.duration_since(oldest).as_secs());
    let waiting = Metric {
        name: "OldestPendingMailSeconds",
        unit: "Seconds",
        value: u64::try_from(oldest).unwrap_or_default(),
    };
    metrics(
        "sweep",
        now,
        &[
            Metric::count("MailSent", swept.mail.sent),
            Metric::count("MailPostponed", swept.mail.postponed),
            Metric::count("MailRefused", swept.mail.refused),
            Metric::count("Erased", swept.erased),
            Metric::count("Errors", swept.failed),
            Metric::count("CanaryDelivered", usize::from(swept.canary == Canary::CameThrough)),
            waiting,
        ],
    );
    Ok(())
}
