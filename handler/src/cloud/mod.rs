//! The desk on AWS: settings, clients, and the three functions `desk`, `deliver` and `sweep`, whose
//! binaries in `src/bin/` are a few lines each. Router, deliverer and sweep are those of a single
//! machine with other adapters. Behind the feature `aws`.

mod clients;
pub mod deliver;
pub mod desk;
pub mod log;
pub mod parameters;
mod settings;
mod start;
pub mod sweep;

pub use clients::{Clients, Endpoints, Place};
pub use settings::{Calls, FunctionSettings, MissingSettings, Settings};
pub use start::{StartError, Started};
