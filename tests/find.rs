//! Finding a topic without knowing its name, through the real binary.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::Server;

#[test]
fn a_topic_is_found_by_the_word_a_patron_uses_with_or_without_accents() {
    let server = Server::start();
    for path in ["/desk/vi/find?q=gia+pha", "/desk/vi/find?q=GIA+PH%E1%BA%A2"] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.count("ol.cards li:first-child a[href='/vi/topics/genealogy/']") > 0,
            "{path}"
        );
    }
    let misspelt = server.get("/desk/en/find?q=geneology");
    assert!(misspelt.count("ol.cards a[href='/topics/genealogy/']") > 0);
    let library = server.get("/desk/es/find?q=langley");
    assert!(library.count("ol.cards a[href='/es/libraries/langley/']") > 0);
}

#[test]
fn where_nothing_is_found_the_page_says_whom_to_ask() {
    let server = Server::start();
    let page = server.get("/desk/en/find?q=plumber");
    assert_eq!((page.status, page.count("ol.cards")), (200, 0));
    assert!(page.text("main").contains("425-555-0100"));
    assert!(page.count("main a[href='/request/something-else/']") > 0);
    assert!(page.count("main a[href='/topics/a-z/']") > 0);
    assert_eq!(server.get("/request/something-else/").status, 200);
}

#[test]
fn whatever_is_asked_is_a_text() {
    let server = Server::start();
    let page = server.get("/desk/en/find?q=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E");
    assert_eq!((page.status, page.count("main img")), (200, 0));
    let long = server.get(&format!("/desk/en/find?q={}", "%E1%BA%A3".repeat(2_000)));
    assert_eq!(long.status, 200);
    assert_eq!(server.get("/desk/en/find?q=%00%0D%0Agenealogy").status, 200);
}

#[test]
fn all_words_stand_on_one_page_from_a_to_z() {
    let server = Server::start();
    let page = server.get("/topics/a-z/");
    assert_eq!(page.status, 200);
    assert_eq!(page.count("main form[role=search] label[for=q]"), 1);
    assert!(page.count("ul.words a[href='/topics/genealogy/']") > 5);
    assert_eq!(page.count("ul.letters a"), page.count("main h2[id]"));
    assert!(page.text("ul.words").starts_with("ancestors"), "{}", page.text("ul.words"));
    let vietnamese = server.get("/vi/topics/a-z/");
    assert!(vietnamese.text("main").contains("gia phả"));
    assert_eq!(vietnamese.count("main [lang=en-US]"), 0);
    // Without a translation the source's words stand there, and the page says so.
    let spanish = server.get("/es/topics/a-z/");
    assert!(spanish.text("ul.words").contains("ancestors"));
    assert_eq!(server.get("/ar/topics/a-z/").status, 404);
}

#[test]
fn the_pages_on_which_one_looks_for_a_topic_lead_to_all_words() {
    let server = Server::start();
    for (path, link) in [
        ("/", "/topics/a-z/"),
        ("/topics/", "/topics/a-z/"),
        ("/vi/topics/", "/vi/topics/a-z/"),
        ("/nowhere/", "/topics/a-z/"),
        ("/nowhere/", "/vi/topics/a-z/"),
        ("/ar/", "/topics/a-z/"),
    ] {
        let page = server.get(path);
        assert!(page.count(&format!("main a[href='{link}']")) > 0, "{path}");
    }
    assert_eq!(server.get("/vi/topics/").count("form[role=search][action='/desk/vi/find']"), 1);
    assert_eq!(server.get("/libraries/").count("form[role=search]"), 0);
}
