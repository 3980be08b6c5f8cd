//! A store's answers to a write, and its errors.

use thiserror::Error;

/// Whether a case was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is stored.
    Created,
    /// This id was in use; nothing was changed.
    AlreadyExists,
}

/// Whether a version was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The new version is stored.
    Replaced,
    /// Another write came first; nothing was changed.
    Conflict,
}

/// Whether a lease was still held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It was, and the notice is marked.
    Held,
    /// It expired and was taken by another process, or the notice was sent; nothing was changed.
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
    /// It works, but a few of its requests can't be opened.
    #[error("{0}")]
    Unopened(String),
    /// The system has no random numbers.
    #[error("no random numbers to be had: {0}")]
    Random(#[from] getrandom::Error),
}
