//! The time limits of connections, and how many there may be.

use rustix::process::{Resource, getrlimit};
use std::time::Duration;

/// The time limits of a connection. A slower peer is cut off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Until the request's head is complete, from its first byte on; for the first request, from
    /// the connection on.
    pub(crate) head: Duration,
    /// Between an answer and the next request.
    pub(crate) idle: Duration,
    /// Until the body is complete. The desk answers earlier that it took too long
    /// ([`handler::http::body::BODY_TIME`]); this is for peers that don't read that answer.
    pub(crate) body: Duration,
    /// Until there is an answer: longer than anything of ours takes, unless it is stuck.
    pub(crate) answer: Duration,
    /// In each such interval a reader must take [`Limits::progress`] of what it was sent.
    pub(crate) stall: Duration,
    /// In bytes: a modem of forty years ago takes as much in a tenth of that time.
    pub(crate) progress: u64,
    /// For how long bytes that follow an answer are read: closing at once would reset the
    /// connection and lose the answer.
    pub(crate) linger: Duration,
    /// How often the limits are checked.
    pub(crate) look: Duration,
    /// How long requests under way may take after the server was told to stop.
    pub(crate) grace: Duration,
    /// The most connections.
    pub(crate) connections: usize,
}

impl Limits {
    /// For production, with as many connections as this process may have.
    pub(crate) fn of_this_process() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            body: Duration::from_secs(40),
            answer: Duration::from_secs(60),
            stall: Duration::from_secs(30),
            progress: 8 * 1024,
            linger: Duration::from_secs(2),
            look: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            connections: connections(getrlimit(Resource::Nofile).current, open_files()),
        }
    }
}

/// The limit even if the process may open more files: with more connections than these, memory
/// would be the problem.
const MOST: usize = 4_096;

/// The minimum, however few files it may open.
const LEAST: usize = 4;

/// How many connections leave enough files for the store, mail, logs and content, if `may` files
/// can be open (`None`: any number) and `open` are already.
fn connections(may: Option<u64>, open: usize) -> usize {
    let may = may.and_then(|may| usize::try_from(may).ok()).unwrap_or(usize::MAX);
    let kept = (may / 8).clamp(16, 256);
    may.saturating_sub(open).saturating_sub(kept).clamp(LEAST, MOST)
}

/// How many files this process has open now.
fn open_files() -> usize {
    std::fs::read_dir("/dev/fd").map_or(32, |entries| entries.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_all_else() {
        for (may, open, expected) in [
            (Some(64), 24, 24),
            (Some(1_024), 24, 872),
            (Some(524_288), 24, MOST),
            (None, 24, MOST),
            (Some(32), 24, LEAST),
        ] {
            assert_eq!(connections(may, open), expected, "{may:?}");
        }
    }
}
