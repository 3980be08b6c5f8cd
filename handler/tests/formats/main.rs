//! What is stored, as this version writes it, pinned as files in `tests/stored/v2/`; and what the
//! release before wrote, read and written back. A release may meet what another wrote: the one before it
//! while functions are replaced one after the other, the one after it when it is put back.
//!
//! `PRINT_STORED=1 cargo nextest run -p handler -E 'binary(formats)'` writes the files anew. Look at what
//! `git diff` says of them before: each line that changes is something that another release must read.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod before;
#[path = "../support/mod.rs"]
mod desk;
mod events;
mod page;
mod pin;
mod records;
#[path = "../../../domain/tests/life/samples.rs"]
#[allow(dead_code, reason = "these tests use a part of it")]
mod samples;
mod sealed;
#[path = "../../../domain/tests/support/mod.rs"]
mod support;
mod things;
mod words;
