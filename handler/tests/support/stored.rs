//! What an earlier release stored: `tests/stored/`, one folder a format. In `format-1`: a canary, a
//! request whose mail a killed process had taken up, and one whose mail waits.

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

fn stored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored/format-1")
}

/// The data folder, as that release left it.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["desk", "keys"] {
        let file = folder.path().join(format!("{name}.sqlite"));
        let database = Connection::open(&file).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        database.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        let rows = std::fs::read_to_string(stored().join(format!("{name}.sql"))).unwrap();
        database.execute_batch(&rows).unwrap();
    }
    let secrets = folder.path().join("secrets.json");
    std::fs::copy(stored().join("secrets.json"), &secrets).unwrap();
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o600)).unwrap();
    folder
}

/// Its secrets.
pub(crate) fn secrets() -> Secrets {
    let json = std::fs::read(stored().join("secrets.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}
