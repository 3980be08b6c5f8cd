//! Whether there is room to bring a database of an earlier release up to date. It is asked before
//! anything is begun: half-way the disk would be full for everybody.

use super::open::{Kind, OpenError};
use rusqlite::Connection;
use std::path::Path;

/// Where all rows are written anew, so many times its size: the new rows and the zeros over the old
/// ones in the log, then the new rows in the file. Measured: 2.9.
const ANEW: u64 = 3;

/// Whatever else is written.
const LEAST: u64 = 1_000_000;

/// Refuses where there isn't.
pub(super) fn must_be_there(
    connection: &Connection,
    path: &Path,
    kind: &Kind,
    found: u32,
) -> Result<(), OpenError> {
    let size = connection
        .query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get::<_, i64>(0),
        )
        .map_err(|error| OpenError::of(path, error))?;
    let needed = needed(u64::try_from(size).unwrap_or_default(), kind, found);
    // Where the system doesn't know, trying tells.
    match free(path) {
        Some(free) if free < needed => {
            Err(OpenError::NoRoom { path: path.to_owned(), needed, free })
        }
        Some(_) | None => Ok(()),
    }
}

fn needed(size: u64, kind: &Kind, found: u32) -> u64 {
    let times = if found < kind.written_anew_by { ANEW } else { 0 };
    size.saturating_mul(times).saturating_add(LEAST)
}

/// What this user may still fill of the disk.
fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::super::open::{DESK, KEYS};
    use super::*;

    #[test]
    fn room_for_three_times_the_requests_is_needed_only_where_they_are_written_anew() {
        let size = 700_000_000;
        assert_eq!(needed(size, &DESK, 2), 2_101_000_000);
        let newest = u32::try_from(DESK.steps.len()).unwrap_or_default();
        assert_eq!(needed(size, &DESK, newest), 1_000_000);
        assert_eq!(needed(size, &KEYS, 1), 1_000_000);
    }
}
