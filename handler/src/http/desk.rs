//! The state that every handler gets.

use super::same_origin::Origin;
use crate::crypto::secrets::Secrets;
use crate::live::{Clock, LiveRenderer};
use crate::store::Store;
use std::sync::Arc;
use tokio::sync::Notify;

/// All that the desk's pages need.
#[derive(Clone)]
pub struct Desk {
    /// Templates, strings and the directory.
    pub renderer: LiveRenderer,
    /// Where cases are kept.
    pub store: Arc<dyn Store>,
    /// The keys of tokens, links and ids.
    pub secrets: Arc<Secrets>,
    /// The site's origin: forms posted from another carry nothing on.
    pub origin: Origin,
    /// The clock.
    pub clock: Clock,
    /// Rung after a write that left mail to deliver.
    pub bell: Arc<Notify>,
}
