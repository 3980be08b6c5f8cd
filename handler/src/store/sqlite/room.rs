//! Whether there is room to migrate a database of an earlier release. Checked before the start:
//! half-way the disk would be full for everybody.

use super::open::{Kind, OpenError};
use rusqlite::Connection;
use std::path::Path;

/// The room for rewriting all rows, in hundredths of the file's size: the new rows and the zeros
/// over the old ones in the log, then the new rows in the file. Measured: 290.
const ANEW: u64 = 300;

/// The room for changing all rows in place: the log holds each page once. Measured: 101.
const IN_PLACE: u64 = 110;

/// The room for everything else.
const LEAST: u64 = 1_000_000;

/// Refuses if there isn't.
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
    // If the system doesn't know, the attempt will show.
    match free(path) {
        Some(free) if free < needed => {
            Err(OpenError::NoRoom { path: path.to_owned(), needed, free })
        }
        Some(_) | None => Ok(()),
    }
}

fn needed(size: u64, kind: &Kind, found: u32) -> u64 {
    let hundredths = match found {
        found if found < kind.written_anew_by => ANEW,
        found if found < kind.changed_in_place_by => IN_PLACE,
        _ => 0,
    };
    (size / 100).saturating_mul(hundredths).saturating_add(LEAST)
}

/// How much of the disk this user may still fill.
fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::super::open::{DESK, KEYS};
    use super::*;

    #[test]
    fn room_for_the_requests_is_needed_only_where_all_of_them_are_written() {
        let size = 700_000_000;
        assert_eq!(needed(size, &DESK, 2), 2_101_000_000);
        // Its rows stay in place, but each of them is written.
        assert_eq!(needed(size, &DESK, 5), 771_000_000);
        let newest = u32::try_from(DESK.steps.len()).unwrap_or_default();
        assert_eq!(needed(size, &DESK, newest), 1_000_000);
        assert_eq!(needed(size, &KEYS, 1), 1_000_000);
    }
}
