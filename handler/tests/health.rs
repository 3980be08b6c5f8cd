//! `/desk/healthz` says `ok` only of a desk that can be read and written, whose files are all there
//! and its own. What is wrong stands in the log; the answer names no path.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use data_encoding::BASE64;
use domain::Reference;
use handler::store::{Access, Cases};
use handler::{app, folder};
use rusqlite::Connection;
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::faulty::FaultyStore;
use support::sent;
use support::set::{Set, set_over};
use tempfile::TempDir;
use tower::ServiceExt;

/// A desk in a folder of its own, with requests whose pages are in the files, not in the log alone.
struct Desk {
    folder: TempDir,
    set: Set,
}

async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let open = folder::open(folder.path(), Access::Writes, None).unwrap();
    for number in 1..=50 {
        let (_, case) = sent(&open.store, &open.secrets, number).await;
        open.store.create(&case, &[]).await.unwrap();
    }
    drop(open);
    let open = folder::open(folder.path(), Access::Writes, None).unwrap();
    let mut set = set_over(FaultyStore::new(Arc::new(open.store)));
    set.desk.secrets = Arc::new(open.secrets);
    Desk { folder, set }
}

impl Desk {
    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    /// Asks until a new verdict is due, which is a second.
    async fn until(&self, status: StatusCode) -> String {
        loop {
            let answer = self.set.get("/desk/healthz").await;
            if answer.status == status {
                return answer.body;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Asks until it says this, which is no reason to take it for dead.
    async fn until_said(&self, wanted: &str) -> String {
        loop {
            let said = self.until(StatusCode::OK).await;
            if said.contains(wanted) {
                return said;
            }
        }
    }

    /// What stands in the log.
    async fn wrong(&self) -> String {
        let error = self.set.desk.store.health(&self.set.desk.secrets.desk_id()).await;
        error.unwrap_err().to_string()
    }

    /// It says so, and the log which file it is.
    async fn is_not_well(&self, file: &str) {
        let said = self.until(StatusCode::INSUFFICIENT_STORAGE).await;
        assert!(!said.contains("sqlite") && !said.contains('/'), "{said}");
        let error = self.wrong().await;
        assert!(error.contains(file), "{error}");
    }
}

/// Overwrites bytes of a file in place.
fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_desk_that_can_be_read_and_written_is_well() {
    let desk = desk().await;
    assert_eq!(desk.until(StatusCode::OK).await, "ok\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_was_deleted_is_noticed() {
    for file in ["desk.sqlite", "keys.sqlite", "secrets.json"] {
        let desk = desk().await;
        desk.until(StatusCode::OK).await;
        fs::remove_file(desk.path(file)).unwrap();
        desk.is_not_well(file).await;
        assert!(!desk.path(file).exists(), "nothing is made");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_was_replaced_is_noticed_by_another_and_by_its_own_copy() {
    for file in ["desk.sqlite", "keys.sqlite", "secrets.json"] {
        let (ours, other) = (desk().await, desk().await);
        ours.until(StatusCode::OK).await;
        fs::rename(other.path(file), ours.path(file)).unwrap();
        ours.is_not_well(file).await;
    }
    for file in ["desk.sqlite", "keys.sqlite"] {
        let desk = desk().await;
        desk.until(StatusCode::OK).await;
        let copy = desk.path("copy");
        fs::copy(desk.path(file), &copy).unwrap();
        fs::rename(copy, desk.path(file)).unwrap();
        desk.is_not_well(file).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_was_zeroed_or_cut_short_in_place_is_noticed() {
    for file in ["desk.sqlite", "keys.sqlite"] {
        let desk = desk().await;
        desk.until(StatusCode::OK).await;
        let size = fs::metadata(desk.path(file)).unwrap().len();
        overwrite(&desk.path(file), 0, &vec![0; usize::try_from(size).unwrap()]);
        desk.is_not_well(file).await;
    }
    for file in ["desk.sqlite", "keys.sqlite"] {
        let desk = desk().await;
        desk.until(StatusCode::OK).await;
        let opened = OpenOptions::new().write(true).open(desk.path(file)).unwrap();
        opened.set_len(4_096).unwrap();
        desk.is_not_well(file).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn flipped_bits_are_noticed() {
    for file in ["desk.sqlite", "keys.sqlite"] {
        let desk = desk().await;
        let size = fs::metadata(desk.path(file)).unwrap().len();
        // The head of each page but the first.
        for page in 1..size / 4_096 {
            let mut head = [0; 8];
            let path = desk.path(file);
            fs::File::open(&path).unwrap().read_exact_at(&mut head, page * 4_096).unwrap();
            overwrite(&path, page * 4_096, &head.map(|byte| byte ^ 0x40));
        }
        desk.is_not_well(file).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_single_bit_that_flipped_in_a_key_or_a_sealed_body_is_noticed() {
    let case = Reference::from_number(7);
    for in_keys in [true, false] {
        let desk = desk().await;
        let store = &desk.set.desk.store;
        let (file, wanted) = if in_keys {
            let key = store.existing_key(case).await.unwrap().unwrap();
            ("keys.sqlite", key.as_bytes().to_vec())
        } else {
            let sealed = store.read(case).await.unwrap().unwrap().sealed.bytes;
            // Ends without padding, whatever its length.
            ("desk.sqlite", BASE64.encode(&sealed[..30]).into_bytes())
        };
        let path = desk.path(file);
        let bytes = fs::read(&path).unwrap();
        let at = bytes.windows(wanted.len()).position(|window| window == wanted).unwrap();
        overwrite(&path, u64::try_from(at + 9).unwrap(), &[bytes[at + 9] ^ 1]);
        // All others are served: it isn't a desk that takes no requests.
        let said = desk.until_said("can't be opened").await;
        assert!(!said.contains("sqlite") && !said.contains('/'), "{said}");
        let error = desk.wrong().await;
        assert!(error.contains("1 of the 50 requests"), "{error}");
        let numbers = [case.to_string(), case.compact()];
        assert!(numbers.iter().any(|number| error.contains(number)), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn that_most_requests_cannot_be_opened_is_a_fault_of_the_desk() {
    let desk = desk().await;
    let keys = Connection::open(desk.path("keys.sqlite")).unwrap();
    keys.execute("UPDATE case_keys SET key = randomblob(32)", []).unwrap();
    desk.is_not_well("50 of the 50 requests").await;
}

#[tokio::test]
async fn a_disk_that_hangs_keeps_nobody_else_waiting() {
    let desk = desk().await;
    let path = desk.path("secrets.json");
    fs::remove_file(&path).unwrap();
    // Who opens it waits until somebody else opens it to write.
    let made = Command::new("mkfifo").args(["-m", "600"]).arg(&path).status().unwrap();
    assert!(made.success());
    let (served, is_served) = std::sync::mpsc::channel();
    let disk = std::thread::spawn(move || {
        let served = is_served.recv_timeout(Duration::from_secs(10));
        drop(OpenOptions::new().write(true).open(path).unwrap());
        served
    });
    let (asked, ()) = tokio::join!(desk.set.get("/desk/healthz"), async {
        desk.set.get("/desk/en/find?q=family").await;
        served.send(()).unwrap();
    });
    assert_eq!(asked.status, StatusCode::INSUFFICIENT_STORAGE);
    disk.join().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_others_may_read_is_noticed_until_that_is_mended() {
    for file in ["desk.sqlite", "keys.sqlite", "secrets.json"] {
        let desk = desk().await;
        fs::set_permissions(desk.path(file), PermissionsExt::from_mode(0o644)).unwrap();
        desk.is_not_well(file).await;
        fs::set_permissions(desk.path(file), PermissionsExt::from_mode(0o600)).unwrap();
        desk.until(StatusCode::OK).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn secrets_that_were_changed_are_noticed() {
    let desk = desk().await;
    desk.until(StatusCode::OK).await;
    let mut file = OpenOptions::new().write(true).open(desk.path("secrets.json")).unwrap();
    file.seek(SeekFrom::End(-10)).unwrap();
    file.write_all(b"AAAA").unwrap();
    desk.is_not_well("secrets.json").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_questions_writes_about_once_a_second() {
    let desk = desk().await;
    desk.until(StatusCode::OK).await;
    let begun = std::time::Instant::now();
    let log = || fs::metadata(desk.path("desk.sqlite-wal")).unwrap().len();
    let before = log();
    for _ in 0..200 {
        desk.set.get("/desk/healthz").await;
    }
    let looks = begun.elapsed().as_secs() + 1;
    // A probe changes one page, with a header in the log.
    assert!(log() - before <= looks * 2 * (4_096 + 24), "{} bytes", log() - before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_questions_reads_what_waits_about_once_a_second() {
    let desk = desk().await;
    let begun = std::time::Instant::now();
    let router = app(desk.set.desk.clone());
    for _ in 0..200 {
        let asked = Request::get("/desk/healthz").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let looks = desk.set.store.trace().into_iter().filter(|call| call == "waiting").count();
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!(looks <= seconds + 1, "{looks} looks in {seconds} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_of_keys_that_another_desk_wrote_over_ours_is_noticed() {
    let (ours, other) = (desk().await, desk().await);
    ours.until(StatusCode::OK).await;
    let id = other.set.desk.secrets.desk_id();
    let keys = Connection::open(ours.path("keys.sqlite")).unwrap();
    keys.execute("UPDATE belongs SET desk = ?", [id.as_str()]).unwrap();
    ours.is_not_well("keys.sqlite").await;
    let kept = ours.set.desk.store.find(Reference::from_number(1)).await.unwrap();
    assert!(kept.is_some(), "what can be read is read all the same");
}
