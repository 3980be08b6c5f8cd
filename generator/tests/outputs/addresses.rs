//! Addresses that two things claim, and aliases that are none.

use super::built::{add_key, loaded_after};
use std::fs;
use std::path::Path;

/// What is said of addresses after one edit.
fn after(edit: impl FnOnce(&Path)) -> Vec<String> {
    let loaded = loaded_after(edit);
    let codes = ["bad-alias", "duplicate-address", "fact-in-translation", "unknown-key"];
    let said = loaded.diagnostics.iter().filter(|d| codes.contains(&d.code));
    said.map(|d| format!("{}:{}:{} {}: {}", d.file, d.line, d.column, d.code, d.message)).collect()
}

/// What is said of an alias of a topic: code and message.
fn check(alias: &str, expected: &str) {
    let said = after(|content| {
        add_key(content, "topics/catalog.md", &format!("aliases: [\"{alias}\"]"));
    });
    assert_eq!(said, [format!("content/topics/catalog.md:2:11 {expected}")]);
}

#[test]
fn an_alias_that_is_no_address_is_told_where_it_stands() {
    check("old", "bad-alias: \"old\" doesn't begin with a slash");
    check("https://a.example/", "bad-alias: \"https://a.example/\" doesn't begin with a slash");
    check("/a?b=1", "bad-alias: \"/a?b=1\" holds ?: what follows it is no part of an address");
    check("/a#b", "bad-alias: \"/a#b\" holds #: what follows it is no part of an address");
    check("/a b/", "bad-alias: \"/a b/\" holds ' '");
    check("/a/../b/", "bad-alias: \"/a/../b/\" has a part that is no name: \"..\"");
}

#[test]
fn an_alias_of_what_is_there_is_told() {
    for (alias, is) in [
        ("/", "the address of a home page"),
        ("/vi/", "the address of a home page"),
        ("/topics/genealogy", "the page of content/topics/genealogy.md"),
        ("/vi/topics/genealogy/", "the page of content/topics/genealogy.md"),
        ("/request/genealogy/index.html", "the page of content/topics/genealogy.md"),
        ("/news/", "the address of the list of news"),
        ("/news/older/2/", "where the older news are"),
        ("/desk/vi/form/", "in the desk, which answers the form"),
        ("/feed.xml", "where the site's own file feed.xml is"),
        ("/404.html", "where the site's own file 404.html is"),
    ] {
        let address = match alias.strip_suffix("index.html") {
            Some(folder) => folder.to_owned(),
            None if alias.ends_with('/') || alias.ends_with(".html") => alias.to_owned(),
            None => format!("{alias}/"),
        };
        check(alias, &format!("duplicate-address: {address} is {is}"));
    }
}

#[test]
fn an_alias_that_two_pages_name_is_told_once() {
    let said = after(|content| {
        add_key(content, "topics/catalog.md", "aliases: [/old/, /old.html]");
        add_key(content, "pages/privacy.md", "aliases: [/old, /old.html/more/]");
    });
    assert_eq!(
        said,
        [
            "content/pages/privacy.md:2:11 duplicate-address: /old/ is already an alias of content/topics/catalog.md",
            "content/pages/privacy.md:2:17 duplicate-address: /old.html/more/ is below /old.html, which is a file and no folder",
        ]
    );
}

#[test]
fn a_page_named_like_something_else_is_told() {
    for (id, is) in [
        ("topics", "the list of topics"),
        ("vi", "the home page in Vietnamese"),
        ("desk", "the desk, which answers the form"),
        ("assets", "the folder of style sheet and icon"),
        ("request", "the form"),
    ] {
        let said = after(|content| {
            fs::copy(content.join("pages/privacy.md"), content.join(format!("pages/{id}.md")))
                .unwrap();
        });
        let expected =
            format!("content/pages/{id}.md:1:1 duplicate-address: /{id}/ is the address of {is}");
        assert_eq!(said, [expected]);
    }
}

#[test]
fn every_kind_of_page_has_aliases_and_no_translation_has() {
    let files =
        ["topics/catalog", "branches/langley", "services/phone", "news/online", "pages/privacy"];
    let said = after(|content| {
        for (n, file) in files.iter().enumerate() {
            add_key(content, &format!("{file}.md"), &format!("aliases: [/old-{n}/]"));
        }
    });
    assert!(said.is_empty(), "{said:#?}");
    let said = after(|content| {
        for file in files {
            add_key(content, &format!("{file}.vi.md"), "aliases: [/vi/old/]");
        }
    });
    assert_eq!(said.len(), files.len(), "{said:#?}");
    assert!(said.iter().all(|line| line.contains(":2:1 fact-in-translation: ")), "{said:#?}");
}
