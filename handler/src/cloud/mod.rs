//! The desk on AWS: settings, clients, and the three functions `desk`, `deliver` and `sweep`, whose
//! binaries in `src/bin/` are a few lines each. The same router, deliverer and sweep as on one
//! machine; only what they are given differs. Behind the feature `aws`.

mod clients;

pub use clients::{Clients, Endpoints, Place};
