//! The life of a request: the table, the fold, undo, and the page that is printed of them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod calls;
mod page;
mod properties;
mod samples;
mod stored;
mod stories;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod timers;
