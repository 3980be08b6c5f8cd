//! The desk: takes requests, keeps them and mails them. Reach: the network and the disk, through
//! the ports [`store::Store`] and [`mail::mailer::Mailer`]; no environment variables and no clock of
//! its own. Used by composition roots alone.

mod app;
pub mod case;
pub mod cases;
#[cfg(feature = "aws")]
pub mod cloud;
pub mod crypto;
pub mod folder;
pub mod http;
pub mod jobs;
mod live;
pub mod mail;
pub mod patron;
mod staff;
pub mod store;

pub use app::app;
pub use http::{Desk, Origin, OriginError};
pub use live::{Clock, LiveRenderer};
