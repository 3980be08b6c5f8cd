//! What a store answers to a write, and why it didn't do as asked.

use thiserror::Error;

/// Whether a case was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is stored.
    Created,
    /// There was one of this id; nothing was changed.
    AlreadyExists,
}

/// Whether a version was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It is stored.
    Replaced,
    /// Somebody else was faster; nothing was changed.
    Conflict,
}

/// Whether a lease was still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It was, and the notice is marked.
    Held,
    /// It ran out and somebody else has the notice, or it is sent; nothing was changed.
    Lost,
}

/// Why the store didn't do as asked. For the log: it names no person.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// It can't be reached, is full, or failed.
    #[error("the store is away: {0}")]
    Away(String),
    /// It holds something that this version can't read.
    #[error("{what} can't be read: {error}")]
    Unreadable {
        /// What.
        what: String,
        /// Why not.
        error: String,
    },
    /// It can be read and written, and a few of the requests in it can't be opened.
    #[error("{0}")]
    Unopened(String),
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}
