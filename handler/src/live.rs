//! What changes while the desk runs: the time and the renderer.

use jiff::Timestamp;
use render::Renderer;
use std::sync::{Arc, PoisonError, RwLock};

/// The renderer in use. It can be replaced while the desk runs: pages that are being rendered keep
/// the old one.
#[derive(Clone)]
pub struct LiveRenderer(Arc<RwLock<Arc<Renderer>>>);

impl LiveRenderer {
    /// Starts with this one.
    pub fn new(renderer: Arc<Renderer>) -> Self {
        Self(Arc::new(RwLock::new(renderer)))
    }

    /// The renderer in use now.
    pub fn current(&self) -> Arc<Renderer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the renderer.
    pub fn replace(&self, renderer: Arc<Renderer>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = renderer;
    }
}

/// Tells the time. Only composition roots provide one that reads a real clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
