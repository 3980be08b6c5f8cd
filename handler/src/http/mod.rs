//! What the desk's pages share, for patrons and staff alike: the visit, the frame, the error pages.
//! Knows no particular page.

pub mod body;
pub(crate) mod caught;
mod desk;
pub mod headers;
pub(crate) mod health;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod request_id;
mod same_origin;
mod visit;

pub use desk::Desk;
pub(crate) use same_origin::PostedFrom;
pub use same_origin::{Origin, OriginError};
pub(crate) use visit::Visit;
