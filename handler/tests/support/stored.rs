//! What earlier releases stored: `tests/stored/`, one folder a format. In `format-1`: a canary, a
//! request whose mail a killed process had taken up, and one whose mail waits. In `v1`: the desks of
//! the release before this one, on SQLite and on DynamoDB, and an archive of the first.

use handler::crypto::secrets::Secrets;
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The receipts of the two requests of format 1.
pub(crate) const RECEIPTS: [&str; 2] = [
    "/desk/en/request/976706747.vRYu75e1u6kJTDiCm71BoQ",
    "/desk/en/request/826945431.0em0QuKYNrXKGGfL8Xyq0w",
];

/// Where something stands that an earlier release stored.
pub(crate) fn stored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored").join(name)
}

/// The data folder, as that release left it.
pub(crate) fn folder() -> TempDir {
    folder_of("format-1")
}

/// Its secrets.
pub(crate) fn secrets() -> Secrets {
    secrets_of("format-1")
}

/// A data folder as the release left it that wrote this one.
pub(crate) fn folder_of(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for database in ["desk", "keys"] {
        let file = folder.path().join(format!("{database}.sqlite"));
        let connection = Connection::open(&file).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        let rows = std::fs::read_to_string(stored(name).join(format!("{database}.sql"))).unwrap();
        connection.execute_batch(&rows).unwrap();
    }
    let secrets = folder.path().join("secrets.json");
    std::fs::copy(stored(name).join("secrets.json"), &secrets).unwrap();
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o600)).unwrap();
    folder
}

/// The secrets beside it.
pub(crate) fn secrets_of(name: &str) -> Secrets {
    Secrets::there(&stored(name)).unwrap().unwrap()
}

/// A receipt that the release gave, and what was true of its request.
pub(crate) struct Receipt {
    pub(crate) state: String,
    pub(crate) path: String,
}

/// The receipts beside it.
pub(crate) fn receipts_of(name: &str) -> Vec<Receipt> {
    let text = std::fs::read_to_string(stored(name).join("receipts.txt")).unwrap();
    let receipts = text.lines().map(|line| {
        let (state, path) = line.split_once(' ').unwrap();
        Receipt { state: state.to_owned(), path: path.to_owned() }
    });
    receipts.collect()
}
