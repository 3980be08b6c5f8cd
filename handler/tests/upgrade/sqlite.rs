//! The files of a data folder of the release before.

use crate::support::stored;
use domain::BranchId;
use domain::routing::Destination;
use handler::folder;
use handler::store::{Access, Cases};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;

const FILES: [&str; 2] = ["desk.sqlite", "keys.sqlite"];

fn of<T: rusqlite::types::FromSql>(folder: &Path, file: &str, sql: &str) -> Vec<T> {
    let database = Connection::open(folder.join(file)).unwrap();
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// All rows of all tables of both files.
fn rows(folder: &Path) -> BTreeMap<(&'static str, String), Vec<Vec<Value>>> {
    let mut all = BTreeMap::new();
    for file in FILES {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        for table in of::<String>(folder, file, tables) {
            let database = Connection::open(folder.join(file)).unwrap();
            let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = statement.column_count();
            let read = statement.query_map([], |row| (0..columns).map(|n| row.get(n)).collect());
            let mut rows = read.unwrap().collect::<Result<Vec<Vec<Value>>, _>>().unwrap();
            rows.sort_by_key(|row| format!("{row:?}"));
            all.insert((file, table), rows);
        }
    }
    all
}

/// The schema, without how its SQL is laid out.
fn schema(folder: &Path, file: &str) -> Vec<String> {
    let sql = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name";
    let words = |sql: String| sql.replace(['"', '\n'], " ");
    let layout = |sql: String| words(sql).split_whitespace().collect::<Vec<_>>().join(" ");
    of::<String>(folder, file, sql).into_iter().map(layout).collect()
}

fn open(folder: &Path) {
    let opened = folder::open(folder, Access::Writes, None);
    drop(opened.unwrap_or_else(|error| panic!("{error}")));
}

#[test]
fn a_full_folder_gets_the_schema_of_a_new_one_and_is_whole() {
    let (old, new) = (stored::folder_of("v1/sqlite"), tempfile::tempdir().unwrap());
    open(new.path());
    for file in FILES {
        let versions = [old.path(), new.path()]
            .map(|folder| of::<u32>(folder, file, "PRAGMA user_version")[0]);
        assert!(versions[0] < versions[1], "{file}: it is of an earlier release: {versions:?}");
    }
    open(old.path());
    for file in FILES {
        let version = |folder| of::<u32>(folder, file, "PRAGMA user_version")[0];
        assert_eq!(version(old.path()), version(new.path()), "{file}");
        assert_eq!(schema(old.path(), file), schema(new.path(), file), "{file}");
        assert_eq!(of::<String>(old.path(), file, "PRAGMA integrity_check"), ["ok"], "{file}");
        assert!(of::<String>(old.path(), file, "PRAGMA foreign_key_check").is_empty(), "{file}");
    }
}

#[test]
fn all_rows_of_the_release_before_are_there_as_they_were() {
    let folder = stored::folder_of("v1/sqlite");
    let before = rows(folder.path());
    open(folder.path());
    let after = rows(folder.path());
    for (table, before) in before {
        let after = &after[&table];
        assert_eq!(after.len(), before.len(), "{table:?}");
        // Whose the files are is written down once.
        if table.1 == "belongs" {
            continue;
        }
        for row in before {
            let is_there = after.iter().any(|it| it[..row.len()] == row[..]);
            assert!(is_there, "{table:?}: {row:?}");
        }
    }
}

#[test]
fn a_folder_that_is_opened_again_stays_as_it_is() {
    let folder = stored::folder_of("v1/sqlite");
    open(folder.path());
    let once = rows(folder.path());
    open(folder.path());
    assert_eq!(rows(folder.path()), once);
    drop(
        folder::open(folder.path(), Access::Reads, None).unwrap_or_else(|error| panic!("{error}")),
    );
    assert_eq!(rows(folder.path()), once);
}

#[tokio::test]
async fn a_folder_that_was_cut_off_while_it_was_brought_up_to_date_is_finished() {
    // Each step is one transaction, and the keys come last.
    for done in [&["desk.sqlite"][..], &["keys.sqlite"]] {
        let (whole, folder) = (stored::folder_of("v1/sqlite"), stored::folder_of("v1/sqlite"));
        open(whole.path());
        for file in done {
            std::fs::copy(whole.path().join(file), folder.path().join(file)).unwrap();
        }
        let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
        assert_eq!(opened.store.ids_after(None, 100).await.unwrap().len(), 19);
    }
}

/// What may have become of a body: cut off, another's, without its deadline, with one that is none.
const DAMAGED: [(&str, &str); 4] = [
    ("078204937", "substr(body, 1, 100)"),
    ("435549655", "'[]'"),
    ("604615570", "json_remove(body, '$.summary.due')"),
    ("727705275", "json_set(body, '$.summary.due', 'soon', '$.kind', NULL)"),
];

#[tokio::test]
async fn requests_that_are_damaged_keep_no_folder_from_being_brought_up_to_date() {
    let folder = stored::folder_of("v1/sqlite");
    let desk = Connection::open(folder.path().join("desk.sqlite")).unwrap();
    for (id, body) in DAMAGED {
        let sql = format!("UPDATE cases SET body = {body} WHERE id = ?");
        assert_eq!(desk.execute(&sql, [id]).unwrap(), 1);
    }
    drop(desk);
    let before = rows(folder.path());
    open(folder.path());
    let after = &rows(folder.path())[&("desk.sqlite", "cases".to_owned())];
    for row in &before[&("desk.sqlite", "cases".to_owned())] {
        assert!(after.iter().any(|it| it[..row.len()] == row[..]), "it stays as it is: {row:?}");
    }
    // The others stand in their queues.
    let queued = "SELECT id FROM cases WHERE queue IS NOT NULL";
    assert_eq!(of::<String>(folder.path(), "desk.sqlite", queued), ["724870099"]);
    let opened = folder::open(folder.path(), Access::Writes, None).unwrap();
    let langley = Destination::Branch(BranchId::parse("langley").unwrap());
    let page = opened.store.queue(&langley, None, 9).await.unwrap();
    assert_eq!(page.entries.len(), 1);
}
