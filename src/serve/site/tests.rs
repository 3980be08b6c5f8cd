//! Tests with the real content, without a socket.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use crate::cli::FolderArgs;
use std::path::Path;

/// The pages of the real content.
pub(in crate::serve) fn pages() -> Pages {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = FolderArgs { content: root.join("content"), templates: root.join("templates") };
    let saved = Live::load(&folders, "http://127.0.0.1:8080".to_owned(), true).unwrap();
    Pages::new(saved.live().clone())
}

async fn ask(pages: &Pages, path: &str) -> StatusCode {
    let uri: Uri = path.parse().unwrap();
    page(State(pages.clone()), Method::GET, uri, HeaderMap::new()).await.status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_that_many_ask_for_at_once_is_made_once() {
    let pages = pages();
    let edition = Edition { version: 0, today: crate::loading::today(&pages.live().site()) };
    let asking: Vec<_> = (0..32)
        .map(|_| {
            let pages = pages.clone();
            tokio::spawn(async move {
                let id = pages.live().site().page_at("/request/", edition.today).unwrap();
                pages.made("/request/", Found::Page(id), edition).await.unwrap()
            })
        })
        .collect();
    let mut made = Vec::new();
    for one in asking {
        made.push(one.await.unwrap());
    }
    assert!(made.iter().all(|one| Arc::ptr_eq(one, &made[0])));
}

#[tokio::test]
async fn addresses_that_lead_nowhere_fill_nothing() {
    let pages = pages();
    for number in 0..100 {
        for path in ["/nowhere/", "/assets/images/", "/vi/", "/topics/genealogy/index.html?"] {
            assert_eq!(ask(&pages, &format!("{path}{number}")).await, StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(pages.0.kept.len(), 1, "the one page that they all get");
    assert_eq!(ask(&pages, "/topics/genealogy").await, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(ask(&pages, "/topics/genealogy/?x=1").await, StatusCode::OK);
    assert_eq!(ask(&pages, "/topics/genealogy/?x=2").await, StatusCode::OK);
    assert_eq!(pages.0.kept.len(), 2, "whatever stands behind a question mark");
}
