//! What the site says to machines, read back from the site as `build` would write it: every file
//! is parsed, and every address in it leads somewhere.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod addresses;
mod built;
mod listed;
mod structured;
#[path = "../support/mod.rs"]
mod support;
