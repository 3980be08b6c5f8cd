//! Translations by block: what is behind its source is told at its place, and what a translator
//! writes into a sheet comes back into the files. The real content is copied and changed.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use generator::translations::{
    Filled, Given, Outcome, Texts, fill, mark, read_sheet, read_texts, rows, skeleton, to_csv,
    to_html,
};
use generator::{Folders, load};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct Loaded {
    site: Option<std::sync::Arc<generator::Site>>,
    diagnostics: Vec<generator::Diagnostic>,
    sources: BTreeMap<String, String>,
}

/// The real content after an edit.
fn content(edit: impl FnOnce(&mut BTreeMap<String, String>)) -> Loaded {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folders = Folders { content: root.join("content"), templates: root.join("templates") };
    let mut files = read_texts(&folders).unwrap();
    edit(&mut files);
    for (file, text) in &files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let loaded = load(&Folders { content: folder.path().join("content"), ..folders }).unwrap();
    Loaded { site: loaded.site, diagnostics: loaded.diagnostics, sources: files }
}

fn replace(files: &mut BTreeMap<String, String>, file: &str, from: &str, to: &str) {
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = text.replacen(from, to, 1);
}

const GENEALOGY: &str = "content/topics/genealogy.md";
const VIETNAMESE: &str = "content/topics/genealogy.vi.md";

fn said(loaded: &Loaded, code: &str) -> Vec<String> {
    let of = loaded.diagnostics.iter().filter(|d| d.code == code);
    of.map(|d| format!("{}:{} {}", d.file, d.line, d.message)).collect()
}

fn line_of(loaded: &Loaded, file: &str, text: &str) -> usize {
    let lines = loaded.sources[file].lines();
    lines.zip(1..).find(|(line, _)| line.contains(text)).unwrap().1
}

fn vi() -> domain::LanguageTag {
    domain::LanguageTag::parse("vi").unwrap()
}

/// Fills the sheet of everything, after somebody has written into it.
fn filled(loaded: &Loaded, write: impl Fn(&str, &str) -> Option<&'static str>) -> Filled {
    let (texts, site) = (Texts(&loaded.sources), loaded.site.as_ref().unwrap());
    let given: Vec<_> = rows(texts, site, &vi(), false)
        .unwrap()
        .into_iter()
        .filter_map(|row| {
            let translation = write(&row.id.block, &row.source)?.to_owned();
            Some(Given { row: row.id.to_string(), translation })
        })
        .collect();
    fill(texts, site, &given, None)
}

#[test]
fn the_real_translations_are_fresh_and_marked() {
    let loaded = content(|_| {});
    assert_eq!(said(&loaded, "stale-translation"), [""; 0]);
    assert_eq!(said(&loaded, "unmarked-translation"), [""; 0]);
}

#[test]
fn a_changed_paragraph_is_told_at_its_translation() {
    let loaded = content(|files| {
        replace(files, GENEALOGY, "A relative may join you.", "Two relatives may join you.");
    });
    let line = line_of(&loaded, VIETNAMESE, "Người thân có thể");
    let said = said(&loaded, "stale-translation");
    let expected =
        format!("{VIETNAMESE}:{line} the English of this paragraph is now \"Two relatives");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with(&expected), "{said:#?}");
}

#[test]
fn a_new_item_and_one_that_is_gone_are_told_and_nothing_else() {
    let loaded = content(|files| {
        replace(
            files,
            GENEALOGY,
            "- Where you have looked already.\n",
            "- A pencil.\n- Where you have looked already.\n",
        );
        replace(files, GENEALOGY, "- We can't issue or order certificates for you.\n", "");
    });
    let said = said(&loaded, "stale-translation");
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].ends_with("the English no longer has what this says"), "{said:#?}");
    assert!(said[1].ends_with("the English has a new list item here: \"A pencil.\""), "{said:#?}");
}

#[test]
fn how_the_source_is_wrapped_does_not_make_a_translation_stale() {
    let loaded = content(|files| {
        replace(files, GENEALOGY, "A relative may join you. We", "A relative may\njoin you.  We");
    });
    assert_eq!(said(&loaded, "stale-translation"), [""; 0]);
}

#[test]
fn a_translation_that_was_never_marked_is_told_and_so_is_a_broken_mark() {
    let loaded = content(|files| {
        let text = files.get_mut(VIETNAMESE).unwrap();
        let start = text.find("translates: [").unwrap();
        let end = start + text[start..].find("]\n").unwrap() + 2;
        text.replace_range(start..end, "");
        replace(files, "content/pages/privacy.vi.md", "translates: [", "translates: [abc, ");
    });
    let unmarked = said(&loaded, "unmarked-translation");
    assert!(unmarked.iter().any(|line| line.starts_with(VIETNAMESE)), "{unmarked:#?}");
    let wrong = said(&loaded, "wrong-value");
    assert!(wrong[0].contains("privacy.vi.md") && wrong[0].contains("translates"), "{wrong:#?}");
}

#[test]
fn a_mark_keeps_comments_and_makes_a_stale_translation_fresh() {
    let loaded = content(|files| {
        replace(files, GENEALOGY, "A relative may", "Relatives may");
        replace(files, VIETNAMESE, "card:", "# Lan asked for this word.\ncard:");
    });
    let marked = mark(Texts(&loaded.sources), VIETNAMESE).unwrap().text;
    assert!(marked.contains("# Lan asked for this word.\ncard:"));
    let body = |text: &str| text.split_once("---\n\n").unwrap().1.to_owned();
    assert_eq!(body(&marked), body(&loaded.sources[VIETNAMESE]));
    let again = content(|files| {
        replace(files, GENEALOGY, "A relative may", "Relatives may");
        files.insert(VIETNAMESE.to_owned(), marked.clone());
    });
    assert_eq!(said(&again, "stale-translation"), [""; 0]);
}

#[test]
fn a_sheet_holds_what_changed_and_filling_it_makes_the_page_fresh() {
    let edit = |files: &mut BTreeMap<String, String>| {
        replace(files, GENEALOGY, "A relative may join you. We meet", "Two may join you. We meet");
        replace(files, GENEALOGY, "## What we can't do", "A new paragraph.\n\n## What we can't do");
    };
    let loaded = content(edit);
    let filled = filled(&loaded, |_, source| match source {
        "A new paragraph." => Some("Một đoạn mới."),
        _ => None,
    });
    assert_eq!(filled.outcomes.len(), 1);
    let text = filled.files[VIETNAMESE].clone();
    assert!(text.contains("và cách xin.\n\nMột đoạn mới.\n\n## Chúng tôi không"), "{text}");
    let after = content(|files| {
        edit(files);
        files.insert(VIETNAMESE.to_owned(), text);
    });
    let said = said(&after, "stale-translation");
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("Two may join you"), "{said:#?}");
}

#[test]
fn what_would_harm_a_reader_is_not_filled() {
    let loaded = content(|files| {
        let file = "content/pages/index.md";
        replace(files, file, "Would you rather talk", "Do you want to talk");
    });
    for (given, problem) in [
        ("Xin gọi ({hours}).", "{phone} is missing in it"),
        ("Xin gọi {phone} ({hours}).\n\nHai.", "it would be 2 blocks, not one paragraph"),
        (
            "Xin gọi {phone} ({hours}) [a](https://a.example)",
            "the link to https://a.example is not in the English",
        ),
    ] {
        let filled = filled(&loaded, |_, source| source.starts_with("Do you").then_some(given));
        assert_eq!(filled.files, BTreeMap::new());
        assert_eq!(filled.outcomes[0].1, Outcome::Problem(problem.to_owned()));
    }
}

#[test]
fn a_review_ends_when_the_text_changes() {
    let loaded = content(|files| {
        replace(
            files,
            VIETNAMESE,
            "translates:",
            "reviewed: { by: Lan, on: 2026-11-20 }\ntranslates:",
        );
        replace(files, GENEALOGY, "## How a session goes", "## What happens in a session");
    });
    let filled =
        filled(&loaded, |_, source| (source == "What happens in a session").then_some("Buổi hẹn"));
    assert_eq!(filled.unread, [VIETNAMESE]);
    assert!(!filled.files[VIETNAMESE].contains("reviewed"));
}

#[test]
fn a_page_that_was_not_translated_is_written_whole() {
    let page = "content/pages/cards.md";
    let loaded = content(|files| {
        let text = "---\ntitle: Cards\nsummary: All about cards.\n---\n\nOne.\n\n1. Two\n   lines\n2. Three\n";
        files.insert(page.to_owned(), text.to_owned());
    });
    let words = |_: &str, source: &str| match source {
        "Cards" => Some("Thẻ: hết"),
        "All about cards." => Some("Tất cả."),
        "One." => Some("Một."),
        "Two\nlines" => Some("Hai\ndòng"),
        _ => None,
    };
    let text = filled(&loaded, words).files["content/pages/cards.vi.md"].clone();
    let (front, body) = text.split_once("\n---\n").unwrap();
    assert!(
        front.starts_with("---\ntitle: \"Thẻ: hết\"\nsummary: Tất cả.\ntranslates: ["),
        "{text}"
    );
    assert_eq!(body, "\nMột.\n\n1. Hai\n   dòng\n");
    let untitled =
        filled(&loaded, |block, source| words(block, source).filter(|_| block != "title"));
    assert_eq!(untitled.files, BTreeMap::new());
}

#[test]
fn rows_that_are_old_strange_or_double_are_told() {
    let loaded = content(|_| {});
    let (texts, site) = (Texts(&loaded.sources), loaded.site.as_ref().unwrap());
    let all = rows(texts, site, &vi(), true).unwrap();
    let title = all.iter().find(|row| row.id.page == "topics/catalog").unwrap();
    let given = |row: &str, text: &str| Given { row: row.to_owned(), translation: text.to_owned() };
    let own = title.id.to_string();
    let old = format!("{}kkkkkkkk", &own[..own.len() - 8]);
    let sheet = [
        given(&old, "a"),
        given("nonsense", "a"),
        given(&own, "a"),
        given(&own, "b"),
        given(&own, ""),
    ];
    let filled = fill(texts, site, &sheet[..4], None);
    let problems = filled.outcomes.iter().filter(|(_, o)| matches!(o, Outcome::Problem(_)));
    assert_eq!((problems.count(), filled.files.len()), (4, 0), "{:#?}", filled.outcomes);
    let unchanged = fill(texts, site, &[given(&own, &title.translation)], None);
    assert_eq!(unchanged.outcomes[0].1, Outcome::Unchanged);
}

#[test]
fn every_row_comes_back_from_both_kinds_of_sheet_as_it_was() {
    let loaded = content(|_| {});
    let (texts, site) = (Texts(&loaded.sources), loaded.site.as_ref().unwrap());
    let all = rows(texts, site, &vi(), true).unwrap();
    assert!(all.len() > 700);
    for sheet in [to_csv(&all).unwrap(), to_html(&all, site, &vi())] {
        let given = read_sheet(sheet.as_bytes()).unwrap();
        let filled = fill(texts, site, &given, None);
        let other: Vec<_> =
            filled.outcomes.iter().filter(|(_, o)| *o != Outcome::Unchanged).collect();
        assert!(other.is_empty(), "{other:#?}");
        assert_eq!(given.len(), all.len());
    }
}

#[test]
fn strings_are_filled_in_the_order_of_the_source() {
    let loaded = content(|files| {
        let file = "content/strings/en.ftl";
        replace(files, file, "\nask-short", "\nask-new = Ask { $name } now\nask-short");
    });
    let text = filled(&loaded, |block, _| (block == "ask-new").then_some("Hỏi { $name } ngay"));
    let strings = &text.files["content/strings/vi.ftl"];
    assert!(strings.contains("\nask-new = Hỏi { $name } ngay\nask-short"), "{strings}");
    let lost = filled(&loaded, |block, _| (block == "ask-new").then_some("Hỏi ngay"));
    assert_eq!(lost.outcomes[0].1, Outcome::Problem("{ $name } is missing in it".to_owned()));
}

#[test]
fn a_skeleton_says_what_is_to_be_translated_and_its_comments_are_no_mistakes() {
    let text = skeleton(GENEALOGY, &content(|_| {}).sources[GENEALOGY]).unwrap();
    assert!(text.contains("# en: Researching family history online\ntitle:\n"), "{text}");
    let finished = text.replace("draft: true\n", "");
    for (text, missing) in [(text, 0), (finished, 4)] {
        let loaded = content(|files| {
            files.insert(VIETNAMESE.to_owned(), text);
        });
        assert_eq!(said(&loaded, "raw-html"), [""; 0]);
        assert_eq!(said(&loaded, "missing-key").len(), missing);
    }
}

#[test]
fn a_word_that_the_glossary_has_otherwise_is_told_at_its_block() {
    let loaded = content(|files| {
        replace(
            files,
            "content/pages/privacy.vi.md",
            "- Người điều phối của dịch vụ.",
            "- Người quản lý.",
        );
    });
    let line = line_of(&loaded, "content/pages/privacy.vi.md", "- Người quản lý.");
    let place = format!("content/pages/privacy.vi.md:{line} \"coordinator\" is not called");
    let said = said(&loaded, "glossary");
    assert!(said.iter().any(|line| line.starts_with(&place)), "{said:#?}");
    assert!(said.len() < 12, "{said:#?}");
}
