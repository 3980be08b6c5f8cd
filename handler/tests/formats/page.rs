//! `docs/upgrade.md` names the numbers of today.

use handler::case::body;
use handler::folder;
use handler::store::Access;
use rusqlite::Connection;
use std::path::Path;

#[test]
fn the_page_on_upgrading_names_the_formats_that_are_written() {
    let folder = tempfile::tempdir().unwrap();
    drop(folder::open(folder.path(), Access::Writes, None).unwrap());
    let schema = |file: &str| {
        let database = Connection::open(folder.path().join(file)).unwrap();
        database.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0)).unwrap()
    };
    let secrets = std::fs::read(folder.path().join("secrets.json")).unwrap();
    let secrets: serde_json::Value = serde_json::from_slice(&secrets).unwrap();
    let secrets = u32::try_from(secrets["format"].as_u64().unwrap()).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/upgrade.md");
    let page = std::fs::read_to_string(path).unwrap();
    for (stored, number) in [
        ("`desk.sqlite`", schema("desk.sqlite")),
        ("`keys.sqlite`", schema("keys.sqlite")),
        ("what is sealed of a request", body::FORMAT),
        ("`secrets.json`", secrets),
    ] {
        let row = page.lines().find(|line| line.starts_with(&format!("| {stored}"))).unwrap();
        let named = row.split('|').nth(3).map(str::trim);
        assert_eq!(named, Some(&*number.to_string()), "{row}");
    }
}
