//! Caches the result of a check for a second: a check costs something, and anybody may ask.

use super::StoreError;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

const LIFE: Duration = Duration::from_secs(1);

/// The last result, and since when it is valid.
pub(crate) struct LastSecond<T>(Mutex<Option<(Instant, Result<T, StoreError>)>>);

impl<T> Default for LastSecond<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> LastSecond<T> {
    /// The last result if it is younger than a second, else that of `look`. Concurrent callers wait
    /// for it.
    pub(crate) async fn or(
        &self,
        look: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut last = self.0.lock().await;
        match &mut *last {
            Some((at, found)) if at.elapsed() < LIFE => return found.clone(),
            // If this caller is dropped before the result, the next one doesn't check again.
            Some((at, _)) => *at = Instant::now(),
            None => {}
        }
        let found = look.await;
        *last = Some((Instant::now(), found.clone()));
        found
    }
}
