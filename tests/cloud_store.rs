//! The command with DynamoDB and SES: requests move from one machine to the cloud and back, and
//! `serve` answers from there.

#![cfg(all(feature = "aws", feature = "archive"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use age::Decryptor;
use age::scrypt::Identity;
use domain::Reference;
use handler::case::Tombstone;
use handler::store::{Cases, Count, Keys, SqliteStore};
use jiff::Timestamp;
use std::fs;
use std::io::Read;
use std::path::Path;
use support::cloud::Emulated;
use support::{Server, command};

const PASSPHRASE: &str = "correct horse battery";

/// Runs the command on the emulators; it must succeed.
fn run(cloud: &Emulated, args: &[&str]) {
    let mut command = command();
    command.env("BOOK_A_LIBRARIAN_PASSPHRASE", PASSPHRASE).envs(cloud.environment()).args(args);
    let out = command.output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
}

fn decrypted(archive: &Path) -> String {
    let identity = Identity::new(PASSPHRASE.to_owned().into());
    let file = Decryptor::new(fs::File::open(archive).unwrap()).unwrap();
    let mut text = String::new();
    let identities = std::iter::once(&identity as &dyn age::Identity);
    file.decrypt(identities).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Closes a request and erases it, as the sweep does a month later.
fn erase(data: &Path, reference: &str) {
    let id = Reference::parse(reference).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(data).unwrap();
        let case = store.read(id).await.unwrap().unwrap();
        let erased_on = "2026-12-24".parse().unwrap();
        let (series, nonce_hash) = ("Reference requests".to_owned(), case.nonce_hash);
        let tombstone = Tombstone { id, nonce_hash, series, erased_on, answered_by: None };
        let counts = [Count { name: "2026-11 requests".to_owned(), number: 1 }];
        store.erase(&tombstone, case.version, &counts, Timestamp::now()).await.unwrap();
        store.forget_keys(&[id]).await.unwrap();
    });
}

#[test]
fn a_desk_moves_to_the_cloud_and_back_and_is_the_same() {
    let (cloud, files) = (Emulated::start(), tempfile::tempdir().unwrap());
    let old = Server::start();
    let kept = old.ask("vi", &[("topic", "genealogy"), ("email", "lan@example.com")]);
    let gone = old.ask("en", &[("topic", "e-books"), ("phone", "425-555-0199")]);
    let reference = old.get(&gone).reference();
    old.mails(3);
    let data = old.stopped();
    erase(data.path(), &reference);

    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let (first, second, third) = (path("1.age"), path("2.age"), path("3.age"));
    let folder = data.path().to_str().unwrap();
    run(&cloud, &["export", "--out", &first, "--data", folder]);
    run(&cloud, &["import", "--in", &first, "--store", "dynamodb"]);
    run(&cloud, &["export", "--out", &second, "--store", "dynamodb"]);
    let back = tempfile::tempdir().unwrap();
    let folder = back.path().to_str().unwrap();
    run(&cloud, &["import", "--in", &second, "--data", folder]);
    run(&cloud, &["export", "--out", &third, "--data", folder]);
    let text = decrypted(Path::new(&first));
    assert!(text.lines().count() > 5, "keys, a case, one erased, counts:\n{text}");
    assert!(decrypted(Path::new(&second)) == text, "the cloud has the same");
    assert!(decrypted(Path::new(&third)) == text, "and so has the machine it came back to");

    // The links of before open there.
    let flags = ["--store", "dynamodb", "--mail", "ses"];
    let server = Server::start_told(&cloud.environment(), &flags);
    assert_eq!(server.get(&kept).status, 200);
    assert_eq!(server.get(&gone).status, 410, "erased");
}

#[test]
fn serve_keeps_requests_in_dynamodb_and_mails_by_ses() {
    let (cloud, empty) = (Emulated::start(), Server::start());
    let data = empty.stopped();
    let archive = data.path().join("keys.age");
    let (out, folder) = (archive.to_str().unwrap(), data.path().to_str().unwrap());
    run(&cloud, &["export", "--out", out, "--data", folder]);
    run(&cloud, &["import", "--in", out, "--store", "dynamodb"]);
    let flags = ["--store", "dynamodb", "--mail", "ses"];
    let server = Server::start_told(&cloud.environment(), &flags);
    let receipt =
        server.get(&server.ask("vi", &[("topic", "genealogy"), ("email", "lan@example.com")]));
    let reference = receipt.reference();
    server.get_until("/desk/healthz", |_| cloud.subjects().matches(&reference).count() >= 2);
}
