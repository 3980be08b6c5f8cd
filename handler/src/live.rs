//! What changes while the desk runs: the time, and the renderer.

use jiff::Timestamp;
use render::Renderer;
use std::sync::{Arc, PoisonError, RwLock};

/// The renderer in use. A new one can take its place while the desk runs: pages that are being
/// made keep theirs.
#[derive(Clone)]
pub struct LiveRenderer(Arc<RwLock<Arc<Renderer>>>);

impl LiveRenderer {
    /// Starts with this one.
    pub fn new(renderer: Arc<Renderer>) -> Self {
        Self(Arc::new(RwLock::new(renderer)))
    }

    /// The one in use now.
    pub fn current(&self) -> Arc<Renderer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another in its place.
    pub fn replace(&self, renderer: Arc<Renderer>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = renderer;
    }
}

/// Tells the time. Only a composition root gives one that reads a real clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
