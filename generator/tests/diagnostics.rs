//! Every mistake is found, with its file, line and column, what is wrong and how to mend it: the
//! real content is copied, one thing in it is made wrong, and what is said then is compared.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use generator::{Folders, Loaded, Severity, load};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{copy, root};

fn load_content(content: PathBuf) -> Loaded {
    load(&Folders { content, templates: root().join("templates") }).unwrap()
}

/// What is wrong with the real content after one edit, as lines: place, code, message, help.
fn after(edit: impl FnOnce(&Path)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&root().join("content"), &content);
    let before: BTreeSet<_> = load_content(content.clone()).diagnostics.into_iter().collect();
    edit(&content);
    let after = load_content(content).diagnostics;
    after
        .into_iter()
        .filter(|diagnostic| !before.contains(diagnostic))
        // Whatever changes in a source, its translations are behind: see translations.rs.
        .filter(|diagnostic| diagnostic.code != "stale-translation")
        .map(|d| {
            let severity = if d.severity == Severity::Error { "" } else { " (warning)" };
            let place = format!("{}:{}:{}", d.file, d.line, d.column);
            format!("{place} {}{severity}: {} [{}]", d.code, d.message, d.help)
        })
        .collect()
}

/// Replaces a text of a file, which must be there.
fn replace(content: &Path, file: &str, from: &str, to: &str) {
    let path = content.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn append(content: &Path, file: &str, text: &str) {
    let path = content.join(file);
    let before = fs::read_to_string(&path).unwrap();
    fs::write(path, before + text).unwrap();
}

/// After adding Markdown to the end of a topic's page, a mistake of this code is told on its last
/// line.
fn check_body(markdown: &str, code: &str, column: usize) {
    let mut line = 0;
    let said = after(|content| {
        append(content, "topics/catalog.md", &format!("\n{markdown}\n"));
        line = fs::read_to_string(content.join("topics/catalog.md")).unwrap().lines().count();
    });
    assert_eq!(said.len(), 1, "{said:#?}");
    let place = format!("content/topics/catalog.md:{line}:{column} {code}: ");
    assert!(said[0].starts_with(&place), "{place:?} is not how {:?} begins", said[0]);
}

#[test]
fn the_real_content_has_no_errors() {
    let loaded = load_content(root().join("content"));
    let errors: Vec<_> =
        loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_misspelt_key_is_named_with_the_one_that_was_meant() {
    let said = after(|content| replace(content, "topics/catalog.md", "\ntell_us:", "\ntel_us:"));
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].ends_with("missing-key: the key tell_us is missing [add a line `tell_us: …`]"));
    assert!(said[1].ends_with("unknown-key: there is no key tel_us [did you mean tell_us?]"));
}

#[test]
fn a_key_that_stands_twice_is_told_where_it_stands_again() {
    let said = after(|content| {
        replace(content, "topics/catalog.md", "\norder:", "\ngroup: technical\norder:");
    });
    assert!(said[0].contains(" yaml: ") && said[0].contains("duplicate"), "{said:#?}");
}

#[test]
fn a_wrong_choice_is_named_with_the_one_that_was_meant() {
    let said = after(|content| {
        replace(content, "topics/catalog.md", "library_card: helpful", "library_card: helpfull");
    });
    assert_eq!(
        said,
        [
            "content/topics/catalog.md:6:15 wrong-value: library_card: \"helpfull\" is none of the choices [did you mean helpful?]",
        ]
    );
}

#[test]
fn a_wrong_date_is_told() {
    let said = after(|content| replace(content, "news/online.md", "2026-11-16", "2026-13-16"));
    let expected = "wrong-value: date: \"2026-13-16\" is no date \
                    [write it as year-month-day, like 2026-12-03]";
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].ends_with(expected) && said[0].contains("online.md:"), "{said:#?}");
}

#[test]
fn wrong_facts_of_a_library_are_all_told_at_once() {
    let said = after(|content| {
        let file = "branches/langley.md";
        replace(content, file, "mailbox: langley@", "mailbox: langley at ");
        replace(content, file, "step_free: true", "step_free: perhaps");
        replace(content, file, "area: island", "area: Whidbey Island");
    });
    let codes: Vec<_> = said.iter().filter(|line| line.contains("langley.md")).collect();
    assert_eq!(codes.len(), 3, "{said:#?}");
}

#[test]
fn hours_that_overlap_or_run_backwards_are_told() {
    for wrong in ["[\"17:00-09:00\"]", "[\"09:00-12:00\", \"11:00-15:00\"]", "[\"nine to five\"]"] {
        let said = after(|content| {
            replace(content, "site.yaml", "sat: [\"10:00-16:00\"]", &format!("sat: {wrong}"));
        });
        assert!(
            said[0].contains("content/site.yaml:") && said[0].contains("answering_hours"),
            "{said:#?}"
        );
    }
}

#[test]
fn hours_outside_the_services_are_told() {
    let said = after(|content| {
        replace(content, "site.yaml", "sat: [\"10:00-16:00\"]", "sat: [\"10:00-11:00\"]");
    });
    assert!(said.iter().any(|line| line.contains("outside-hours")), "{said:#?}");
}

#[test]
fn a_topic_that_does_not_exist_is_told_at_the_library_that_names_it() {
    let said = after(|content| {
        replace(content, "branches/oak-harbor.md", "genealogy:", "geneology:");
    });
    assert!(
        said.iter().any(|line| line.contains("unknown-topic")
            && line.ends_with("there is no topic geneology [did you mean genealogy?]")),
        "{said:#?}"
    );
}

#[test]
fn a_neighbor_that_does_not_exist_is_told() {
    let said = after(|content| {
        replace(content, "branches/langley.md", "clinton", "clintn");
    });
    assert!(said[0].ends_with("there is no library clintn [did you mean clinton?]"), "{said:#?}");
}

#[test]
fn a_topic_that_nobody_lists_is_told() {
    let said = after(|content| {
        replace(content, "topics/catalog.md", "who: any", "who: listed");
        replace(content, "branches/lakewood-smokey-point.md", "  catalog:", "  e-books:");
    });
    assert!(said.iter().any(|line| line.contains("nobody-can-help")), "{said:#?}");
}

#[test]
fn broken_links_are_told_where_they_stand() {
    check_body("See [privacy](../pages/privcy.md).", "broken-link", 5);
    check_body("Xin đọc [x](../pages/privacy.vi.md).", "broken-link", 9);
    check_body("[x](../pages/privacy.md#nowhere)", "broken-link", 1);
    check_body("[x](/privacy/)", "broken-link", 1);
}

#[test]
fn headings_html_images_and_placeholders_are_told_where_they_stand() {
    check_body("# Another title", "second-title", 1);
    check_body("#### Deep", "skipped-heading", 1);
    check_body("Press <font>here</font>", "raw-html", 7);
    check_body("<b>Press", "raw-html", 1);
    check_body("<b onclick=\"x\">Press</b>", "raw-html", 1);
    check_body("![](../images/video-call.png)", "missing-alt", 1);
    check_body("![a desk](desk.png)", "missing-image", 1);
    check_body("Look: <img src=\"desk.png\" alt=\"a desk\">", "missing-image", 7);
    check_body("See <a href=\"../pages/nowhere.md\">there</a>.", "broken-link", 5);
    check_body("Say [hola]{lang=spanish}.", "stray-language", 11);
    check_body("[^a]: Nobody comes here.", "unused-footnote", 1);
    check_body("Call {fone}.", "unknown-placeholder", 6);
    check_body("See [how it goes][sessions].", "stray-reference", 5);
    check_body("Take your card[^card].", "stray-reference", 15);
}

#[test]
fn brackets_that_mean_nothing_are_no_mistake() {
    for body in ["Take your card [sic].", "`[^card]` and `[a][b]`", "\\[^card]", "    [^card]"] {
        let said = after(|content| append(content, "topics/catalog.md", &format!("\n{body}\n")));
        assert_eq!(said, Vec::<String>::new(), "{body}");
    }
}

#[test]
fn a_picture_that_no_page_shows_or_that_is_broken_is_told() {
    let said = after(|content| {
        let picture = fs::read(content.join("images/video-call.png")).unwrap();
        fs::write(content.join("images/desk.png"), &picture).unwrap();
        fs::write(content.join("images/half.png"), &picture[..picture.len() / 2]).unwrap();
        append(content, "topics/catalog.md", "\n![A desk](../images/half.png)\n");
    });
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("content/images/desk.png:1:1 unused-image"), "{said:#?}");
    assert!(said[1].starts_with("content/images/half.png:1:1 unreadable-image"), "{said:#?}");
}

#[test]
fn a_fact_in_a_translation_is_told() {
    let said = after(|content| {
        replace(content, "topics/catalog.vi.md", "\ncard:", "\ngroup: technical\ncard:");
    });
    assert!(said[0].contains("fact-in-translation"), "{said:#?}");
}

#[test]
fn a_missing_translation_is_a_warning_at_its_source() {
    let said = after(|content| fs::remove_file(content.join("pages/privacy.vi.md")).unwrap());
    assert_eq!(
        said,
        [
            "content/pages/privacy.md:1:1 missing-translation (warning): there is no translation to Vietnamese [write content/pages/privacy.vi.md; until then readers see English]",
        ]
    );
}

#[test]
fn a_translation_of_nothing_is_told() {
    let said = after(|content| {
        fs::rename(content.join("news/online.vi.md"), content.join("news/onlin.vi.md")).unwrap();
    });
    assert!(said.iter().any(|line| line.contains("translation-of-nothing")), "{said:#?}");
}

#[test]
fn strings_that_do_not_fit_are_told_on_their_line() {
    let said = after(|content| {
        append(content, "strings/vi.ftl", "\nno-such-key = Không\n");
        replace(content, "strings/vi.ftl", "continue =", "contiue =");
        replace(content, "strings/vi.ftl", "{ $has }", "{ $have }");
    });
    let codes: Vec<_> = said.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(said.len(), 4, "{said:#?}");
    for code in ["missing-string", "unknown-string:", "different-values:"] {
        assert!(codes.contains(&code), "{code}: {said:#?}");
    }
}

#[test]
fn strings_that_cannot_be_read_are_told() {
    let said = after(|content| append(content, "strings/vi.ftl", "\nbroken = { $x\n"));
    assert!(said.iter().any(|line| line.contains("string-syntax")), "{said:#?}");
}

#[test]
fn a_mistake_in_one_file_does_not_hide_those_in_others() {
    let said = after(|content| {
        fs::write(content.join("topics/catalog.md"), "no front matter").unwrap();
        fs::write(content.join("pages/privacy.md"), b"\xff\xfe").unwrap();
        fs::write(content.join("notes.txt"), "?").unwrap();
        fs::write(content.join("topics/Bad Name.md"), "").unwrap();
    });
    for code in ["front-matter-missing", "not-text", "misplaced-file", "bad-file-name"] {
        assert!(said.iter().any(|line| line.contains(code)), "{code}: {said:#?}");
    }
}

#[test]
fn without_site_yaml_there_is_no_site_but_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&root().join("content"), &content);
    fs::remove_file(content.join("site.yaml")).unwrap();
    let loaded = load_content(content);
    assert!(loaded.site.is_none());
    assert!(loaded.diagnostics.iter().any(|d| d.code == "missing-file"));
}
