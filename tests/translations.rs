//! A translator's work through the real binary: a sheet is made, written into, taken in, and the
//! page shows it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::Path;
use support::{command, copy};
use tempfile::TempDir;

const PAGE: &str = "topics/genealogy";

/// A copy of the content that may be changed.
struct Content(TempDir);

impl Content {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("content"),
            &folder.path().join("content"),
        );
        Self(folder)
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join("content").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Exit code, stdout and stderr.
    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let content = self.0.path().join("content");
        let out = command().args(args).arg("--content").arg(content).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// The Vietnamese page as it is built.
    fn page(&self) -> String {
        let dist = self.path("dist");
        let (code, _, said) = self.run(&["build", "--today", "2026-11-24", "--out", &dist]);
        assert_eq!(code, 0, "{said}");
        fs::read_to_string(self.0.path().join("dist/site/vi").join(PAGE).join("index.html"))
            .unwrap()
    }
}

#[test]
fn a_page_says_what_is_stale_until_the_translators_sheet_is_filled() {
    let content = Content::new();
    let source = "topics/genealogy.md";
    assert!(!content.page().contains("class=\"stale\""));
    content.replace(source, "- Compare records,", "- Put records side by side,");
    content.replace(source, "## What we can't do", "Bring **tea**.\n\n## What we can't do");

    let page = content.page();
    let top = page.find("Trang tiếng Anh đã thay đổi").unwrap();
    let changed = page.find("<details class=\"stale\"><summary>Bản tiếng Anh ở đây").unwrap();
    let added = page.find("<details class=\"stale\" open>").unwrap();
    assert!(top < changed && changed < added, "{page}");
    assert!(page[changed..added].contains("<div lang=\"en-US\" dir=\"ltr\"><p>Put records side"));
    assert!(page[added..].contains("<p>Bring <strong>tea</strong>.</p>"), "{page}");

    let (_, status, _) = content.run(&["translations"]);
    assert!(status.contains("topics/genealogy                stale (2)"), "{status}");
    let (_, json, _) = content.run(&["translations", "status", "--format", "json"]);
    assert!(json.contains("\"state\": \"stale\""), "{json}");
    let (_, diff, _) = content.run(&["translations", "diff", "topics/genealogy.vi.md"]);
    assert!(diff.contains("CHANGED") && diff.contains("(not translated yet)"), "{diff}");

    let sheet = content.path("vi.csv");
    let (code, _, said) = content.run(&["translations", "sheet", "--lang", "vi", "--out", &sheet]);
    assert_eq!((code, said.as_str()), (0, "2 rows\n"));
    let text = fs::read_to_string(&sheet).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("\r\n"));
    let old = "So các hồ sơ với nhau, xem hai người trùng tên có đúng là một người không.";
    let text = text
        .replace(old, "Đặt các hồ sơ cạnh nhau.")
        .replace("\"Bring **tea**.\",\"\"", "\"Bring **tea**.\",\"Mang **trà**.\"");
    fs::write(&sheet, text).unwrap();
    let (code, out, said) = content.run(&["translations", "fill", &sheet]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(out, "2 filled, 0 unchanged, 0 left empty, 0 not filled; 1 files written\n");

    let page = content.page();
    assert!(!page.contains("class=\"stale\""), "{page}");
    assert!(page.contains("<p>Mang <strong>trà</strong>.</p>"), "{page}");
    assert!(page.contains("<li>Đặt các hồ sơ cạnh nhau.</li>"), "{page}");
}

#[test]
fn a_sheet_that_loses_a_number_is_not_filled_and_says_so() {
    let content = Content::new();
    content.replace("pages/index.md", "Would you rather talk", "Do you want to talk");
    let (_, sheet, _) = content.run(&["translations", "sheet", "--lang", "vi", "--format", "html"]);
    assert!(sheet.starts_with("<!DOCTYPE html>") && sheet.contains("lang=\"vi\""), "{sheet}");
    let file = content.path("vi.html");
    let parts: Vec<_> = sheet.split("{phone}").collect();
    fs::write(&file, parts.join("").replace("Quý vị muốn nói", "Muốn nói")).unwrap();
    let (code, out, said) = content.run(&["translations", "fill", &file]);
    assert_eq!(code, 1, "{out}{said}");
    assert!(said.contains("{phone} is missing in it"), "{said}");
    assert!(out.ends_with("1 not filled; 0 files written\n"), "{out}");
}

#[test]
fn what_cannot_be_marked_is_told_in_one_line() {
    let content = Content::new();
    for (file, words) in [
        ("topics/genealogy.md", "genealogy.md is the source"),
        ("topics/genealog.vi.md", "did you mean content/topics/genealogy.vi.md?"),
        ("site.yaml", "is no translation"),
    ] {
        let (code, _, said) = content.run(&["translations", "mark", file]);
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let (code, _, said) = content.run(&["translations", "sheet", "--lang", "fr"]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
    let (code, _, said) = content.run(&["translations", "fill", &content.path("nothing.csv")]);
    assert_eq!((code, said.lines().count()), (2, 1), "{said}");
}

#[test]
fn marking_again_changes_nothing() {
    let content = Content::new();
    let (code, out, _) = content.run(&["translations", "mark", "content/topics/genealogy.vi.md"]);
    assert_eq!((code, out.as_str()), (0, "1 marked, 0 files written\n"));
}
