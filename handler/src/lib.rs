//! The desk: takes requests, keeps them and mails them. Reach: the network and the disk, through
//! the ports [`store::Store`] and [`mailer::Mailer`]; no environment variables and no clock of its
//! own. Used by composition roots alone.

pub mod append;
pub mod body;
pub mod case;
#[cfg(feature = "aws")]
pub mod cloud;
pub mod deliver;
pub mod desk;
mod duplicates;
pub mod finding;
pub mod folder;
pub mod headers;
mod intake;
pub mod letter;
pub mod lineage;
pub mod link;
pub mod mailer;
mod opened;
pub mod received;
mod refusals;
pub mod returned;
pub mod seal;
pub mod secrets;
pub mod status;
pub mod store;
pub mod sweep;
pub mod ticket;
pub mod token;

pub use desk::{Clock, Desk, LiveRenderer, Origin, OriginError, app};
