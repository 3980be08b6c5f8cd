//! An erased case: nothing personal is left in any table or file, the key that would open a copy is
//! gone, and so are the sealed bytes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::Reference;
use handler::cases::Happening;
use handler::crypto::secrets::Secrets;
use handler::jobs::sweep::{Canaries, Sweep};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::MemoryMailer;
use handler::store::{SqliteStore, Store};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;
use support::faulty::{Fault, FaultyStore};
use support::set::{Set, hidden, set_over};
use support::{claimed_and_closed, coordinator, noon, renderer};

/// What a patron planted.
const PLANTED: [&str; 4] =
    ["Thorbjorn Quillfeather", "quill@planted.example", "5550142", "planted grandmother"];
const ASKED: &str = "topic=genealogy&name=Thorbjorn+Quillfeather&email=quill%40planted.example&\
                     phone=360-555-0142&details=planted+grandmother&library=langley";

/// A request that was sent; and what must be gone once it is erased.
struct Sent {
    id: Reference,
    sealed: Vec<u8>,
    key: Vec<u8>,
}

async fn send(set: &Set, store: &dyn Store) -> Sent {
    let form = hidden(&set.post("/desk/en/check", ASKED.to_owned()).await.body);
    let sent = set.post("/desk/en/send", form).await;
    assert_eq!(sent.status.as_u16(), 303);
    let id = store.ids_after(None, 10).await.unwrap()[0];
    let case = store.read(id).await.unwrap().unwrap();
    let key = store.existing_key(id).await.unwrap().unwrap().as_bytes().to_vec();
    Sent { id, sealed: case.sealed.bytes, key }
}

/// Closes it, and sweeps on the day of its erasure.
async fn close_and_sweep(set: &Set, store: &Arc<dyn Store>, sent: &Sent) {
    let secrets = Arc::clone(&set.desk.secrets);
    let sweep = sweep(store, &secrets);
    sweep.sweep(noon()).await.unwrap();
    close(&**store, &secrets, sent.id).await;
    // A second version of its body was written: it must go, too.
    for day in 26..=29 {
        sweep.sweep(days(day)).await.unwrap();
    }
    let in_a_month: Timestamp = days(31);
    assert_eq!(sweep.sweep(in_a_month).await.unwrap().erased, 1);
}

async fn close(store: &dyn Store, secrets: &Secrets, request: Reference) {
    for (id, event) in claimed_and_closed() {
        let happening = Happening { id, event, actor: coordinator() };
        support::happens(store, secrets, request, &happening, noon()).await.unwrap();
    }
}

fn sweep(store: &Arc<dyn Store>, secrets: &Arc<Secrets>) -> Sweep {
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = support::deliverer(Arc::clone(store), mailer, secrets);
    let deliverer = Deliverer { lease: SignedDuration::from_mins(1), ..deliverer };
    Sweep { deliverer: Arc::new(deliverer), renderer: renderer(), canaries: Canaries::NotSent }
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn is_planted(bytes: &[u8]) -> bool {
    PLANTED.iter().any(|planted| holds(bytes, planted.as_bytes()))
}

/// The bytes of every file of a folder: databases, logs, whatever else lies there.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// Whether what is sealed stands in here, raw or as the text that SQLite keeps.
fn holds_sealed(bytes: &[u8], sealed: &[u8]) -> bool {
    let text = data_encoding::BASE64.encode(&sealed[..60]);
    holds(bytes, &sealed[..60]) || holds(bytes, text.as_bytes())
}

#[tokio::test]
async fn nothing_of_an_erased_case_stands_in_sqlites_files_logs_or_free_pages() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let set = set_over(FaultyStore::new(Arc::clone(&store)));
    let sent = send(&set, &*store).await;
    let before = files(folder.path());
    assert!(!before.iter().any(|(_, bytes)| is_planted(bytes)), "it is sealed");
    assert!(before.iter().any(|(_, bytes)| holds_sealed(bytes, &sent.sealed)), "the test can find");
    assert!(before.iter().any(|(_, bytes)| holds(bytes, &sent.key)), "the test can find the key");
    close_and_sweep(&set, &store, &sent).await;
    // While it runs: nobody has to stop the server for it to be true.
    for (file, bytes) in files(folder.path()) {
        assert!(!is_planted(&bytes), "{file}");
        assert!(!holds_sealed(&bytes, &sent.sealed), "its body stands in {file}");
        assert!(!holds(&bytes, &sent.key), "its key stands in {file}");
    }
    let log = store.counts().await.unwrap();
    let destroyed = "destroyed 2026-12-25 gone-from-backups 2027-01-01 Reference requests (sample)";
    assert!(log.iter().any(|count| count.name == destroyed && count.number == 1), "{log:?}");
}

/// Several cases whose day comes on the same day.
async fn several_whose_day_comes(set: &Set, store: &Arc<dyn Store>) -> (Sweep, Vec<Sent>) {
    let secrets = Arc::clone(&set.desk.secrets);
    for number in 1..=5 {
        let (_, case) = support::sent(&**store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
    }
    let sweep = sweep(store, &secrets);
    sweep.sweep(noon()).await.unwrap();
    let mut all = Vec::new();
    for id in store.ids_after(None, 10).await.unwrap() {
        close(&**store, &secrets, id).await;
        let sealed = store.read(id).await.unwrap().unwrap().sealed.bytes;
        let key = store.existing_key(id).await.unwrap().unwrap().as_bytes().to_vec();
        all.push(Sent { id, sealed, key });
    }
    for day in 26..=29 {
        sweep.sweep(days(day)).await.unwrap();
    }
    (sweep, all)
}

fn days(days: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(24 * days)
}

fn nothing_stands_of(sent: &Sent, folder: &Path) {
    for (file, bytes) in files(folder) {
        assert!(!holds_sealed(&bytes, &sent.sealed), "its body stands in {file}");
        assert!(!holds(&bytes, &sent.key), "its key stands in {file}");
    }
}

#[tokio::test]
async fn however_many_are_erased_others_are_held_up_for_it_once_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let set = set_over(FaultyStore::new(sqlite));
    let store = Arc::clone(&set.store) as Arc<dyn Store>;
    let (sweep, all) = several_whose_day_comes(&set, &store).await;
    set.store.set(Fault::None);
    assert_eq!(sweep.sweep(days(31)).await.unwrap().erased, 5);
    let emptied = set.store.trace().into_iter().filter(|call| call == "forget_keys").count();
    assert_eq!(emptied, 1);
    all.iter().for_each(|sent| nothing_stands_of(sent, folder.path()));
    set.store.set(Fault::None);
    sweep.sweep(days(32)).await.unwrap();
    assert!(!set.store.trace().contains(&"forget_keys".to_owned()), "nothing is left of them");
}

#[tokio::test]
async fn what_a_backup_still_reads_when_it_is_erased_is_gone_with_the_next_sweep() {
    for file in ["desk.sqlite", "keys.sqlite"] {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let set = set_over(FaultyStore::new(Arc::clone(&store)));
        let (sweep, all) = several_whose_day_comes(&set, &store).await;
        let backup = rusqlite::Connection::open(folder.path().join(file)).unwrap();
        backup.execute_batch("BEGIN; SELECT * FROM sqlite_master").unwrap();
        let swept = sweep.sweep(days(31)).await.unwrap();
        assert_eq!((swept.erased, swept.failed), (5, 5), "{file}: they are told of");
        // Meanwhile requests are stored.
        let (_, case) = support::sent(&*store, &set.desk.secrets, 9).await;
        store.create(&case, &[]).await.unwrap();
        backup.execute_batch("COMMIT").unwrap();
        let swept = sweep.sweep(days(31)).await.unwrap();
        assert_eq!((swept.erased, swept.failed), (0, 0), "{file}");
        all.iter().for_each(|sent| nothing_stands_of(sent, folder.path()));
        assert!(store.woken(days(365), 10).await.unwrap().iter().all(|id| *id == case.id));
    }
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn nothing_of_an_erased_case_stands_in_dynamodbs_tables() {
    use support::emulators;
    for emulator in [emulators::dynoxide(), emulators::ministack()] {
        let store: Arc<dyn Store> = Arc::new(emulators::store_in(&emulator).await);
        let set = set_over(FaultyStore::new(Arc::clone(&store)));
        let sent = send(&set, &*store).await;
        let before = emulators::everything(&emulator).await;
        assert!(!is_planted(&before), "it is sealed");
        assert!(holds(&before, &sent.sealed) && holds(&before, &sent.key), "the test can find");
        close_and_sweep(&set, &store, &sent).await;
        let after = emulators::everything(&emulator).await;
        assert!(!is_planted(&after));
        assert!(!holds(&after, &sent.sealed), "its body is there");
        assert!(!holds(&after, &sent.key), "its key is there");
        assert!(holds(&after, b"gone-from-backups 2027-01-01"), "the log is there");
    }
}
