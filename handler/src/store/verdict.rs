//! What was found out about a store's health, kept for a second: a look writes, and anybody may ask.

use super::StoreError;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

const LIFE: Duration = Duration::from_secs(1);

/// The last verdict, and since when it counts.
#[derive(Default)]
pub(super) struct Verdict(Mutex<Option<(Instant, Result<(), String>)>>);

impl Verdict {
    /// The last verdict if it is younger than a second, else the one that this look comes to. Who
    /// asks meanwhile waits for it.
    pub(super) async fn of_last_second(
        &self,
        look: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut last = self.0.lock().await;
        match &mut *last {
            Some((at, verdict)) if at.elapsed() < LIFE => {
                return verdict.clone().map_err(StoreError::Away);
            }
            // If whoever asks now goes away before the answer, the next one doesn't look again.
            Some((at, _)) => *at = Instant::now(),
            None => {}
        }
        let verdict = look.await.map_err(|error| match error {
            StoreError::Away(what) => what,
            other => other.to_string(),
        });
        *last = Some((Instant::now(), verdict.clone()));
        verdict.map_err(StoreError::Away)
    }
}
