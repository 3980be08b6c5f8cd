//! The site as it is served: pages, headers, and saves that are seen at once.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::Path;
use support::{Server, command, copy};

#[test]
fn a_missing_slash_is_redirected_and_an_unknown_address_is_told() {
    let server = Server::start();
    let redirected = server.get("/vi/topics/genealogy");
    assert_eq!((redirected.status, &*redirected.location), (308, "/vi/topics/genealogy/"));
    let unknown = server.get("/nowhere/");
    assert_eq!(unknown.status, 404);
    assert!(unknown.count("main [lang=vi]") > 0, "in every language that has strings");
    assert_eq!(server.get("/../Cargo.toml").status, 404);
}

#[test]
fn every_page_has_a_way_out_and_says_that_it_is_a_sample() {
    let server = Server::start();
    for path in
        ["/", "/vi/", "/topics/catalog/", "/libraries/", "/request/", "/es/", "/ar/request/"]
    {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text("footer").contains("425-555-0100"), "{path}");
        assert_eq!(page.count(".sample"), 1, "{path}");
    }
}

#[test]
fn a_language_without_translations_is_shown_in_english_and_says_so() {
    let server = Server::start();
    let page = server.get("/es/topics/genealogy/");
    assert_eq!((page.count("html[lang=en-US]"), page.count("main .note")), (1, 1));
    assert!(page.text("main .note").contains("Español"));
    assert_eq!(page.count(".langs [aria-current][lang=es]"), 1);
    // A language that has only the form leads elsewhere to English, and says so.
    let arabic = server.get("/ar/");
    assert!(arabic.count("nav a[href='/topics/'][hreflang=en-US]") > 0);
    assert_eq!(server.get("/ar/topics/genealogy/").status, 404);
}

#[test]
fn a_save_is_seen_on_the_page_and_a_mistake_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    let file = content.join("topics/catalog.md");
    let text = fs::read_to_string(&file).unwrap();

    fs::write(&file, format!("{text}\nA sentence that was just saved.\n")).unwrap();
    server.get_until("/topics/catalog/", |page| page.body.contains("just saved"));

    let site = fs::read_to_string(content.join("site.yaml")).unwrap();
    fs::write(content.join("site.yaml"), "name: [").unwrap();
    fs::write(&file, text.replace("title:", "title: Mended:")).unwrap();
    assert!(server.get("/topics/catalog/").body.contains("just saved"));
    fs::write(&file, text).unwrap();
    fs::write(content.join("site.yaml"), site).unwrap();
    server.get_until("/topics/catalog/", |page| !page.body.contains("just saved"));
}

#[test]
fn a_mistake_stands_above_the_last_good_page_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    let file = content.join("topics/catalog.md");
    let good = fs::read_to_string(&file).unwrap();
    assert_eq!(server.get("/topics/catalog/").count("#mistakes"), 0);

    fs::write(&file, good.replace("\nwho: any", "\nwho: listd")).unwrap();
    server.get_until("/", |page| page.count("#mistakes") == 1);
    let page = server.get("/topics/catalog/");
    assert!(page.text("h1").contains("catalog"), "{}", page.text("h1"));
    for part in ["content/topics/catalog.md:4:6", "who: listd", "did you mean listed?"] {
        assert!(page.text("#mistakes").contains(part), "{part}: {}", page.text("#mistakes"));
    }

    fs::write(&file, good.replace("\ntitle: ", "\ntitle: Mended ")).unwrap();
    server.get_until("/topics/catalog/", |page| {
        page.count("#mistakes") == 0 && page.text("h1").contains("Mended")
    });
}

#[test]
fn a_template_with_a_mistake_leaves_the_last_good_pages() {
    let folder = tempfile::tempdir().unwrap();
    let templates = folder.path().join("templates");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &templates);
    let server = Server::start_with(&["--templates", templates.to_str().unwrap()]);
    let file = templates.join("site/topic.html");
    let good = fs::read_to_string(&file).unwrap();
    for wrong in ["{{ view.titel }}", "{% if %}", "{{ t(key=\"no-such-key\") }}"] {
        let end = "{% endblock main %}";
        fs::write(&file, good.replace(end, &format!("{wrong}{end}"))).unwrap();
        server.get_until("/topics/catalog/", |page| page.count("#mistakes") == 1);
        assert!(server.get("/topics/catalog/").text("h1").contains("catalog"), "{wrong}");
        fs::write(&file, &good).unwrap();
        server.get_until("/topics/catalog/", |page| page.count("#mistakes") == 0);
    }
}

#[test]
fn files_that_come_go_and_move_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    let post = "---\ntitle: Open late\ndate: 2026-11-17\nsummary: Until eight.\n---\n\nText.\n";
    fs::write(content.join("news/late.md"), post).unwrap();
    server.get_until("/news/", |page| page.body.contains("Open late"));
    assert_eq!(server.get("/vi/news/late/").status, 200);
    fs::rename(content.join("news/late.md"), content.join("news/evening.md")).unwrap();
    server.get_until("/news/evening/", |page| page.status == 200);
    assert_eq!(server.get("/news/late/").status, 404);
    // A folder that is moved away and back.
    fs::rename(content.join("news"), folder.path().join("aside")).unwrap();
    server.get_until("/news/evening/", |page| page.status == 404);
    fs::rename(folder.path().join("aside"), content.join("news")).unwrap();
    server.get_until("/news/evening/", |page| page.status == 200);
}

#[test]
fn a_folder_that_is_removed_is_told_and_one_made_in_its_place_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    for (round, sentence) in ["Made again.", "And once more."].into_iter().enumerate() {
        if round == 0 {
            fs::remove_dir_all(&content).unwrap();
        } else {
            fs::rename(&content, folder.path().join("aside")).unwrap();
        }
        server.get_until("/", |page| page.text("#mistakes").contains("there is no folder"));
        assert_eq!(server.get("/libraries/").status, 200, "the last good pages stay");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
        server.get_until("/", |page| page.count("#mistakes") == 0);
        let file = content.join("topics/catalog.md");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\n{sentence}\n")).unwrap();
        server.get_until("/topics/catalog/", |page| page.body.contains(sentence));
    }
}

#[test]
fn serve_starts_in_spite_of_a_mistake_in_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    fs::write(content.join("topics/broken.md"), "no front matter").unwrap();
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    assert_eq!(server.get("/topics/catalog/").status, 200);
    let check = command().args(["check", "--format", "json", "--content"]).arg(&content).output();
    let check = check.unwrap();
    assert_eq!(check.status.code(), Some(1));
    let said = String::from_utf8(check.stdout).unwrap();
    let mistake = said.lines().find(|line| line.contains("front-matter-missing")).unwrap();
    assert!(mistake.contains("\"file\":\"content/topics/broken.md\""), "{mistake}");
}

#[test]
fn an_old_address_is_redirected_for_good_and_the_feed_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content"), &content);
    let file = content.join("topics/genealogy.md");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replacen("---\n", "---\naliases: [/tree/, /vi/cay.html]\n", 1);
    fs::write(&file, text).unwrap();
    let server = Server::start_with(&["--content", content.to_str().unwrap()]);
    for (from, to) in [
        ("/tree/", "/topics/genealogy/"),
        ("/tree", "/topics/genealogy/"),
        ("/vi/cay.html", "/vi/topics/genealogy/"),
    ] {
        let answer = server.get(from);
        assert_eq!((answer.status, &*answer.location), (308, to), "{from}");
    }
    let feed = server.get("/vi/feed.xml");
    assert_eq!(feed.status, 200);
    assert!(feed.body.contains(&format!("<id>{}/vi/news/online/</id>", server.base)));
}
