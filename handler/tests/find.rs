//! Finding a topic through the desk's router: what is found, what is said where nothing is, and
//! what is kept of words without result.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use handler::app;
use handler::patron::unfound::words_without_result;
use handler::store::{MemoryStore, Record, RecordKey, Records, SqliteStore, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use support::faulty::{Fault, FaultyStore};
use support::set::{Set, set, set_over};
use tower::ServiceExt;

const DAY: i64 = 24 * 60;

/// Asks on each of these days, counted from the first.
async fn ask_on(set: &Set, days: impl IntoIterator<Item = i64>, path: &str) {
    for day in days {
        set.minutes.store(day * DAY, Ordering::SeqCst);
        assert_eq!(set.get(path).await.status, StatusCode::OK);
    }
}

/// Language, word, days.
async fn kept(set: &Set) -> Vec<(String, String, u32)> {
    let now = (set.desk.clock)();
    let words = words_without_result(&*set.store, date(now), now).await.unwrap();
    words.into_iter().map(|word| (word.language.to_string(), word.word, word.days)).collect()
}

fn date(now: Timestamp) -> Date {
    now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

fn word(language: &str, word: &str, days: u32) -> (String, String, u32) {
    (language.to_owned(), word.to_owned(), days)
}

#[tokio::test]
async fn a_topic_is_found_without_accents_in_the_readers_language() {
    let page = set().get("/desk/vi/find?q=gia+pha").await;
    assert_eq!(page.status, StatusCode::OK);
    let first = page.body.split("<ol class=\"cards\">").nth(1).unwrap();
    assert!(first.starts_with("<li><a href=\"/vi/topics/genealogy/\">"), "{first}");
    assert!(page.body.contains("value=\"gia pha\"") && page.body.contains("<b>gia phả</b>"));
}

#[tokio::test]
async fn an_english_word_finds_a_topic_for_other_readers_marked_with_its_language() {
    let page = set().get("/desk/vi/find?q=family+tree").await;
    assert!(page.body.contains("<li><a href=\"/vi/topics/genealogy/\">"));
    assert!(page.body.contains("<span lang=\"en-US\" dir=\"ltr\">family tree</span>"));
    // A language that has only the form leads to English, and says so.
    let page = set().get("/desk/ar/find?q=family+tree").await;
    assert!(page.body.contains("<a href=\"/topics/genealogy/\" hreflang=\"en-US\">"));
}

#[tokio::test]
async fn where_nothing_is_found_there_is_a_way_out() {
    let page = set().get("/desk/en/find?q=plumber").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["We found nothing", "/request/something-else/", "425-555-0100", "/topics/a-z/"] {
        assert!(page.body.contains(part), "{part}");
    }
    assert_eq!(page.body.matches("<h1>").count(), 1);
}

#[tokio::test]
async fn asking_for_nothing_shows_the_form_and_all_words() {
    for path in ["/desk/en/find", "/desk/en/find?q=", "/desk/en/find?q=+++", "/desk/en/find?q=%FF"]
    {
        let page = set().get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains("role=\"search\"") && page.body.contains("/topics/a-z/"));
        assert!(!page.body.contains("We found nothing"), "{path}");
    }
}

#[tokio::test]
async fn what_is_asked_is_shown_as_text_and_cut_where_it_is_too_long() {
    let page = set().get("/desk/en/find?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(page.body.contains("&quot;&gt;&lt;script&gt;"), "{}", page.body);
    let long = "a".repeat(5_000);
    let page = set().get(&format!("/desk/en/find?q={long}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&"a".repeat(100)) && !page.body.contains(&"a".repeat(101)));
}

#[tokio::test]
async fn an_unknown_language_is_gone_and_the_other_methods_are_refused() {
    let set = set();
    assert_eq!(set.get("/desk/xx/find?q=a").await.status, StatusCode::GONE);
    let posted = set.post("/desk/en/find", "q=a".to_owned()).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_page_is_cached_as_a_form_is_and_leads_to_itself_in_other_languages() {
    let set = set();
    let request = Request::get("/desk/en/find?q=gia+ph%E1%BA%A3").body(Body::empty()).unwrap();
    let answer = app(set.desk.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "private, no-cache");
    let page = set.get("/desk/en/find?q=gia+ph%E1%BA%A3").await;
    assert!(page.body.contains("href=\"/desk/vi/find?q=gia%20ph%E1%BA%A3\""), "{}", page.body);
}

async fn a_word_is_kept_once_it_was_asked_on_three_days(store: Arc<dyn Store>) {
    let set = set_over(FaultyStore::new(store));
    let path = "/desk/vi/find?q=H%E1%BB%99+chi%E1%BA%BFu%21";
    ask_on(&set, [0, 0, 0, 1, 1], path).await;
    assert_eq!(kept(&set).await, [], "asked five times, on two days");
    ask_on(&set, [5], path).await;
    assert_eq!(kept(&set).await, [word("vi", "ho chieu", 3)]);
    ask_on(&set, [5, 6], path).await;
    assert_eq!(kept(&set).await, [word("vi", "ho chieu", 4)]);
    ask_on(&set, [6, 7], "/desk/en/find?q=quoc+tich").await;
    assert_eq!(kept(&set).await, [word("vi", "ho chieu", 4)], "each language counts its own");
}

#[tokio::test]
async fn a_word_is_kept_in_memory_once_it_was_asked_on_three_days() {
    a_word_is_kept_once_it_was_asked_on_three_days(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_kept_in_sqlite_once_it_was_asked_on_three_days() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    a_word_is_kept_once_it_was_asked_on_three_days(store).await;
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_kept_in_dynamodb_once_it_was_asked_on_three_days() {
    let emulator = support::emulators::dynoxide();
    let store = Arc::new(support::emulators::store_in(&emulator).await);
    a_word_is_kept_once_it_was_asked_on_three_days(store).await;
}

#[cfg(feature = "aws")]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_read_is_stored_before_the_third_day() {
    let emulator = support::emulators::dynoxide();
    let store = Arc::new(support::emulators::store_in(&emulator).await);
    let set = set_over(FaultyStore::new(store));
    let stored = async || support::emulators::everything(&emulator).await;
    let is_in = |all: Vec<u8>| String::from_utf8_lossy(&all).contains("plumber");
    ask_on(&set, [0, 1], "/desk/en/find?q=plumber").await;
    let two_days = stored().await;
    assert!(String::from_utf8_lossy(&two_days).contains("found-nothing") && !is_in(two_days));
    ask_on(&set, [2], "/desk/en/find?q=plumber").await;
    assert!(is_in(stored().await));
}

#[tokio::test]
async fn what_may_be_about_a_person_or_finds_something_is_never_kept() {
    let set = set();
    for asked in ["lan%40example.com", "xq+360-555-0142", "my+aunt+mai+nguyenova", "genealogy"] {
        ask_on(&set, 0..4, &format!("/desk/en/find?q={asked}")).await;
    }
    assert_eq!(kept(&set).await, []);
    assert_eq!(set.store.calls(), 1, "only the list was looked at");
}

#[tokio::test]
async fn a_word_that_is_asked_too_seldom_is_forgotten() {
    let set = set();
    ask_on(&set, [0, 40, 61, 62], "/desk/en/find?q=plumber").await;
    assert_eq!(kept(&set).await, []);
    ask_on(&set, [63], "/desk/en/find?q=plumber").await;
    assert_eq!(kept(&set).await, [word("en", "plumber", 3)]);
}

#[tokio::test]
async fn nobody_can_fill_the_store() {
    let set = set();
    let letter = |n: u8| char::from(b'a' + n % 26);
    for (first, second) in (0..26).flat_map(|first| (0..26).map(move |second| (first, second))) {
        let word: String = [letter(first), letter(second)].iter().collect();
        set.get(&format!("/desk/en/find?q=zzq{word}xx")).await;
    }
    let keys: Vec<_> = (0..400)
        .map(|n| RecordKey::from_stored(format!("found-nothing place 2026-11-24 {n}")))
        .collect();
    let places = set.store.records(&keys, (set.desk.clock)()).await.unwrap();
    assert!((150..=200).contains(&places.len()), "{}", places.len());
}

#[tokio::test]
async fn a_store_that_is_away_or_holds_nonsense_changes_nothing_on_the_page() {
    let set = set();
    let page = set.get("/desk/en/find?q=plumber").await.body;
    set.store.set(Fault::Away);
    let away = set.get("/desk/en/find?q=plumber").await;
    assert_eq!((away.status, away.body), (StatusCode::OK, page.clone()));
    set.store.set(Fault::KilledBefore(0));
    let slow = set.get("/desk/en/find?q=plumber").await;
    assert_eq!((slow.status, slow.body), (StatusCode::OK, page));
    set.store.set(Fault::None);
    let nonsense = Record {
        key: RecordKey::from_stored("found-nothing list 2026-11"),
        value: "no list".to_owned(),
        expires: "2027-01-01T00:00:00Z".parse().unwrap(),
    };
    set.store.put_record(&nonsense).await.unwrap();
    ask_on(&set, 0..4, "/desk/en/find?q=plumber").await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_asked_never_reaches_the_log() {
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || written.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let set = set();
    ask_on(&set, 0..4, "/desk/en/find?q=plumber").await;
    set.store.set(Fault::Away);
    set.get("/desk/en/find?q=plumber").await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("no note was taken"), "{log}");
    assert!(!log.contains("plumber"), "{log}");
}
