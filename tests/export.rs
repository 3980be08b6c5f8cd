//! A desk is carried to another folder: in one file that opens with its passphrase alone.

#![cfg(feature = "archive")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use age::scrypt::{Identity, Recipient};
use age::{Decryptor, Encryptor};
use domain::Reference;
use handler::case::{Stored, Tombstone};
use handler::crypto::secrets::Secrets;
use handler::folder;
use handler::store::{Access, Cases, Count, Keys, SqliteStore};
use jiff::Timestamp;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use support::{Server, command};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";
const ASKED: [(&str, &str); 3] =
    [("topic", "genealogy"), ("phone", "360-555-0142"), ("library", "langley")];

/// Runs the command with this passphrase; its exit code and what it said.
fn run(passphrase: Option<&str>, args: &[&str]) -> (i32, String) {
    let mut command = command();
    command.env_remove("BOOK_A_LIBRARIAN_PASSPHRASE");
    if let Some(passphrase) = passphrase {
        command.env("BOOK_A_LIBRARIAN_PASSPHRASE", passphrase);
    }
    let out = command.args(args).stdin(Stdio::null()).output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// Runs it where it must fail: what it said, in one line, with exit code 2.
fn refused(passphrase: Option<&str>, args: &[&str]) -> String {
    let (code, said) = run(passphrase, args);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    said
}

fn export(data: &Path, out: &Path) -> String {
    let (out, data) = (out.to_str().unwrap(), data.to_str().unwrap());
    let (code, said) = run(Some(PASSPHRASE), &["export", "--out", out, "--data", data]);
    assert_eq!(code, 0, "{said}");
    said
}

fn import(archive: &Path, data: &Path) -> String {
    let (archive, data) = (archive.to_str().unwrap(), data.to_str().unwrap());
    let (code, said) = run(Some(PASSPHRASE), &["import", "--in", archive, "--data", data]);
    assert_eq!(code, 0, "{said}");
    said
}

/// What stands in an archive.
fn decrypted(archive: &Path) -> String {
    decrypted_with(PASSPHRASE, archive)
}

fn decrypted_with(passphrase: &str, archive: &Path) -> String {
    let identity = Identity::new(passphrase.to_owned().into());
    let file = Decryptor::new(fs::File::open(archive).unwrap()).unwrap();
    let mut text = String::new();
    let identities = std::iter::once(&identity as &dyn age::Identity);
    file.decrypt(identities).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// An archive in which this stands. Guessing its passphrase is made cheap: it is opened often.
fn encrypted(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("made.age");
    let mut recipient = Recipient::new(PASSPHRASE.to_owned().into());
    recipient.set_work_factor(2);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let file = fs::File::create(&path).unwrap();
    let mut stream = Encryptor::with_recipients(recipients).unwrap().wrap_output(file).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream.finish().unwrap();
    path
}

/// The archive of a desk in which nothing but so many counts is stored.
fn archive_of(secrets: &Secrets, counts: u64) -> String {
    let mut text = "{\"archive\":{\"version\":2}}\n".to_owned();
    text += &format!("{{\"secrets\":{}}}\n", serde_json::to_string(secrets).unwrap());
    for number in 1..=counts {
        text += &format!("{{\"count\":{{\"name\":\"all {number:05}\",\"number\":{number}}}}}\n");
    }
    text + &format!("{{\"end\":{{\"records\":{}}}}}\n", counts + 1)
}

/// Does something to what a folder keeps, as a sweep years later would.
fn in_store<T>(data: &Path, work: impl AsyncFnOnce(SqliteStore) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { work(SqliteStore::open(data).unwrap()).await })
}

fn erase(data: &Path, id: Reference) {
    in_store(data, async |store| {
        let case = store.read(id).await.unwrap().unwrap();
        let erased_on = "2026-11-24".parse().unwrap();
        let (series, nonce_hash) = ("Reference requests".to_owned(), case.nonce_hash);
        let tombstone = Tombstone { id, nonce_hash, series, erased_on, answered_by: None };
        let counts = [Count { name: "2026-11 requests".to_owned(), number: 1 }];
        store.erase(&tombstone, case.version, &counts, Timestamp::now()).await.unwrap();
        store.forget_keys(&[id]).await.unwrap();
    });
}

fn is_erased(data: &Path, id: Reference) -> bool {
    in_store(data, async |store| matches!(store.find(id).await.unwrap(), Some(Stored::Erased(_))))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_desk_moves_to_another_folder_with_its_links_and_what_was_erased() {
    let (old, new, files) =
        (Server::start(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let kept = old.ask("en", &ASKED);
    let gone = old.ask("vi", &[("topic", "e-books"), ("phone", "425-555-0199")]);
    let erased = Reference::parse(&old.get(&gone).reference()).unwrap();
    old.mails(2);
    erase(old.data.path(), erased);

    // While it serves.
    let (first, second) = (files.path().join("first.age"), files.path().join("second.age"));
    assert!(export(old.data.path(), &first).starts_with("1 case in "), "and one erased");
    assert_eq!(mode(&first), 0o600);
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 1, "nothing half written stays");
    let text = decrypted(&first);
    assert!(!text.contains("360-555-0142"), "what is personal is sealed inside, too");
    assert_eq!(import(&first, new.path()), "2 cases taken in, 0 were there already\n");
    assert_eq!(mode(&new.path().join("secrets.json")), 0o600);
    export(new.path(), &second);
    assert!(decrypted(&second) == text, "exported again, it is the same");

    let (answered, was) = (old.get(&gone).status, old.get(&kept));
    let new = Server::start_in(new);
    let page = new.get(&kept);
    assert_eq!((page.status, page.reference()), (200, was.reference()));
    assert!(page.body.contains("360-555-0142"), "its sealed body opens");
    assert_eq!(new.get(&gone).status, answered);
    assert!(is_erased(new.data.path(), erased));
    assert!(new.outbox().is_empty(), "what was sent is not sent again");
}

/// Whether each field of an older value is in a newer one, as it was.
fn holds(newer: &Value, older: &Value) -> bool {
    match (newer, older) {
        (Value::Object(newer), Value::Object(older)) => older
            .iter()
            .all(|(name, older)| newer.get(name).is_some_and(|newer| holds(newer, older))),
        (Value::Array(newer), Value::Array(older)) => {
            newer.len() == older.len()
                && newer.iter().zip(older).all(|(newer, older)| holds(newer, older))
        }
        _ => newer == older,
    }
}

#[test]
fn an_archive_of_the_release_before_is_taken_in_and_nothing_in_it_is_lost() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("handler/tests/stored/v1");
    let (old, passphrase) = (stored.join("archive.age"), "nine old lighthouses");
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = new.path().to_str().unwrap();
    let args = ["import", "--in", old.to_str().unwrap(), "--data", data];
    let (code, said) = run(Some(passphrase), &args);
    assert_eq!((code, &*said), (0, "19 cases taken in, 0 were there already\n"));
    let again = files.path().join("again.age");
    export(new.path(), &again);
    let lines = |text: String| {
        let values = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        // The first says the format.
        values.skip(1).collect::<Vec<_>>()
    };
    let (older, newer) = (lines(decrypted_with(passphrase, &old)), lines(decrypted(&again)));
    assert_eq!(newer.len(), older.len());
    for (newer, older) in newer.iter().zip(&older) {
        assert!(holds(newer, older), "{newer}, and in the older one stands {older}");
    }
    let new = Server::start_in(new);
    for line in fs::read_to_string(stored.join("sqlite/receipts.txt")).unwrap().lines() {
        let (state, receipt) = line.split_once(' ').unwrap();
        let expected = if state == "erased" { 410 } else { 200 };
        assert_eq!(new.get(receipt).status, expected, "{state}");
    }
}

#[test]
fn mail_that_waited_is_sent_where_it_was_taken_in() {
    // A mail server that takes calls and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mail = format!("smtp://{}", silent.local_addr().unwrap());
    let old = Server::start_with(&["--mail", &mail]);
    let reference = Reference::parse(&old.get(&old.ask("en", &ASKED)).reference()).unwrap();
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let archive = files.path().join("desk.age");
    export(old.data.path(), &archive);
    drop(old);
    import(&archive, new.path());
    let new = Server::start_in(new);
    let ours = |notice: &str| notice.starts_with(&reference.compact());
    new.get_until("/desk/healthz", |_| new.outbox().iter().any(|mail| ours(&mail.notice)));
}

#[test]
fn cases_that_are_there_are_left_alone_and_what_is_missing_is_taken_in() {
    let (old, new, files) =
        (Server::start(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let receipt = old.ask("en", &ASKED);
    let id = Reference::parse(&old.get(&receipt).reference()).unwrap();
    let (first, second) = (files.path().join("first.age"), files.path().join("second.age"));
    export(old.data.path(), &first);
    old.ask("en", &[("topic", "e-books"), ("phone", "425-555-0199")]);
    export(old.data.path(), &second);
    assert_eq!(import(&first, new.path()), "1 case taken in, 0 were there already\n");
    assert_eq!(import(&first, new.path()), "0 cases taken in, 1 was there already\n");
    erase(new.path(), id);
    assert_eq!(import(&second, new.path()), "1 case taken in, 1 was there already\n");
    assert!(is_erased(new.path(), id), "what was erased doesn't come back");
    // The other way round, the administrator is told.
    let (third, back) = (files.path().join("third.age"), tempfile::tempdir().unwrap());
    export(new.path(), &third);
    import(&first, back.path());
    assert!(import(&third, back.path()).contains("was erased where the archive comes from"));
}

#[test]
fn a_large_archive_is_taken_in_whole_and_no_count_shrinks() {
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secrets = Secrets::random().unwrap();
    let text = archive_of(&secrets, 3_000);
    import(&encrypted(&files, &text), new.path());
    let smaller = text.replace("\"number\":3000}", "\"number\":7}");
    import(&encrypted(&files, &smaller), new.path());
    let again = files.path().join("again.age");
    export(new.path(), &again);
    assert!(decrypted(&again) == text);
}

#[test]
fn a_passphrase_may_stand_in_a_file() {
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let archive = encrypted(&files, &archive_of(&Secrets::random().unwrap(), 0));
    let file = files.path().join("passphrase");
    fs::write(&file, format!("{PASSPHRASE}\r\nand a remark\n")).unwrap();
    let args = ["import", "--in", archive.to_str().unwrap(), "--passphrase-file"];
    let rest = [file.to_str().unwrap(), "--data", new.path().to_str().unwrap()];
    assert_eq!(run(Some("not this one"), &[&args[..], &rest[..]].concat()).0, 0);
    fs::write(&file, "\n").unwrap();
    assert!(refused(None, &[&args[..], &rest[..]].concat()).contains("passphrase"));
}

#[test]
fn an_archive_that_cannot_be_taken_in_is_told_in_one_line_and_leaves_nothing() {
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = new.path().join("data");
    let check = |passphrase: &str, archive: &Path, expected: &str| {
        let archive = archive.to_str().unwrap();
        let args = ["import", "--in", archive, "--data", data.to_str().unwrap()];
        let said = refused(Some(passphrase), &args);
        assert!(said.contains(expected) && said.contains(archive), "{said}");
        assert!(!data.exists(), "{said}");
    };
    let text = archive_of(&Secrets::random().unwrap(), 9);
    let whole = encrypted(&files, &text);
    check("another passphrase", &whole, "the passphrase doesn't open");
    check(PASSPHRASE, &files.path().join("nowhere.age"), "can't be read");

    let bytes = fs::read(&whole).unwrap();
    let other = files.path().join("other.age");
    for (length, expected) in
        [(0, "no archive"), (40, "beginning"), (bytes.len() / 2, "cut"), (bytes.len() - 1, "cut")]
    {
        fs::write(&other, &bytes[..length]).unwrap();
        check(PASSPHRASE, &other, expected);
    }
    fs::write(&other, "Dear diary,\n").unwrap();
    check(PASSPHRASE, &other, "no archive");
    check(PASSPHRASE, &encrypted(&files, "Dear diary,\n"), "no archive");
    let lines = |count: usize| text.split_inclusive('\n').take(count).collect::<String>();
    check(PASSPHRASE, &encrypted(&files, &lines(5)), "cut");
    let fewer = text.replacen("{\"count\":{\"name\":\"all 00003\",\"number\":3}}\n", "", 1);
    check(PASSPHRASE, &encrypted(&files, &fewer), "cut");
    let strange = text.replacen("\"number\":3}", "\"number\":\"three\"}", 1);
    check(PASSPHRASE, &encrypted(&files, &strange), "line 5 ");
    let newer = text.replacen("{\"version\":2}", "{\"version\":3,\"made_by\":\"a newer one\"}", 1);
    check(PASSPHRASE, &encrypted(&files, &newer), "use the newer version");
}

#[test]
fn an_archive_of_another_desk_is_refused() {
    let (new, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let there = folder::open(new.path(), Access::Writes, None).unwrap().secrets;
    let archive = encrypted(&files, &archive_of(&Secrets::random().unwrap(), 0));
    let args = ["import", "--in", archive.to_str().unwrap(), "--data"];
    let data = new.path().to_str().unwrap();
    let said = refused(Some(PASSPHRASE), &[&args[..], &[data]].concat());
    assert!(said.contains("other secrets"), "{said}");
    assert!(Secrets::there(new.path()).unwrap() == Some(there));
}

#[test]
fn nothing_is_taken_in_beside_a_running_serve() {
    let (server, files) = (Server::start(), tempfile::tempdir().unwrap());
    let archive = encrypted(&files, &archive_of(&Secrets::random().unwrap(), 0));
    let data = server.data.path().to_str().unwrap();
    let args = ["import", "--in", archive.to_str().unwrap(), "--data", data];
    let said = refused(Some(PASSPHRASE), &args);
    assert!(said.contains("another `serve`") && said.contains(data), "{said}");
}

#[test]
fn an_export_that_cannot_be_made_is_told_in_one_line_and_writes_nothing() {
    let (data, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = tempfile::tempdir().unwrap();
    let secrets = folder::open(made.path(), Access::Writes, None).unwrap().secrets;
    for file in ["desk.sqlite", "keys.sqlite"] {
        fs::copy(made.path().join(file), data.path().join(file)).unwrap();
    }
    let check = |passphrase: Option<&str>, data: &Path, out: &str, expected: &str| {
        let out = files.path().join(out);
        let (out, data) = (out.to_str().unwrap(), data.to_str().unwrap());
        let said = refused(passphrase, &["export", "--out", out, "--data", data]);
        assert!(said.contains(expected), "{said}");
    };
    check(Some(PASSPHRASE), data.path(), "out.age", "secrets");
    secrets.put(data.path()).unwrap();
    check(Some(PASSPHRASE), &data.path().join("nowhere"), "out.age", "--data");
    check(Some(PASSPHRASE), data.path(), "nowhere/out.age", "--out");
    check(Some("eleven char"), data.path(), "out.age", "at least 12 characters");
    check(None, data.path(), "out.age", "set BOOK_A_LIBRARIAN_PASSPHRASE");
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 0);
    fs::write(files.path().join("out.age"), "of last year").unwrap();
    check(Some(PASSPHRASE), data.path(), "out.age", "there already");
    assert_eq!(fs::read_to_string(files.path().join("out.age")).unwrap(), "of last year");
    let out = files.path().join("cloud.age");
    let args = ["export", "--out", out.to_str().unwrap(), "--store", "dynamodb"];
    let mend = if cfg!(feature = "aws") { "AWS_REGION" } else { "--features aws" };
    assert!(refused(Some(PASSPHRASE), &args).contains(mend));
}
