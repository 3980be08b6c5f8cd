//! What was found out by a look, kept for a second: a look costs something, and anybody may ask.

use super::StoreError;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

const LIFE: Duration = Duration::from_secs(1);

/// What the last look found, and since when that counts.
pub(crate) struct LastSecond<T>(Mutex<Option<(Instant, Result<T, StoreError>)>>);

impl<T> Default for LastSecond<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> LastSecond<T> {
    /// What the last look found if that is younger than a second, else what this one finds. Who asks
    /// meanwhile waits for it.
    pub(crate) async fn or(
        &self,
        look: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut last = self.0.lock().await;
        match &mut *last {
            Some((at, found)) if at.elapsed() < LIFE => return found.clone(),
            // If whoever asks now goes away before the answer, the next one doesn't look again.
            Some((at, _)) => *at = Instant::now(),
            None => {}
        }
        let found = look.await;
        *last = Some((Instant::now(), found.clone()));
        found
    }
}
