//! How long a connection may take for what, and how many there may be.

use rustix::process::{Resource, getrlimit};
use std::time::Duration;

/// How long a connection may take for what. Who is slower than this is cut off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Until the head of a request is there, from its first byte on; for the first request from
    /// the connection on.
    pub(crate) head: Duration,
    /// Between an answer and the next request.
    pub(crate) idle: Duration,
    /// Until the body is there. The desk answers earlier that it took too long
    /// ([`handler::http::body::BODY_TIME`]); this is for whoever doesn't take that answer.
    pub(crate) body: Duration,
    /// Until there is an answer: longer than anything of ours takes that hasn't got stuck.
    pub(crate) answer: Duration,
    /// In each such span a reader must take [`Limits::progress`] of what it was sent.
    pub(crate) stall: Duration,
    /// Bytes: a modem of forty years ago takes as much in a tenth of that time.
    pub(crate) progress: u64,
    /// Bytes that come after an answer was given are read for so long: closed at once, the
    /// connection would be reset, and the answer lost with it.
    pub(crate) linger: Duration,
    /// How often all of this is looked at.
    pub(crate) look: Duration,
    /// How long requests under way may take once the server was told to stop.
    pub(crate) grace: Duration,
    /// How many connections there are at most.
    pub(crate) connections: usize,
}

impl Limits {
    /// For everybody, with as many connections as this process may have.
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

/// However many files a process may open: with more connections than these their memory would be
/// the trouble.
const MOST: usize = 4_096;

/// However few it may open.
const LEAST: usize = 4;

/// How many connections leave enough files for the store, mail, logs and content, when so many may
/// be open (`None`: any number) and so many are.
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
