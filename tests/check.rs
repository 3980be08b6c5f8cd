//! `check`, as an editor and a workflow run it: what is said, where, and with which exit code.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::Path;
use support::{command, copy};
use tempfile::TempDir;

/// The real content, to make mistakes in.
struct Content {
    folder: TempDir,
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Content {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new("content"), &folder.path().join("content"));
        Self { folder }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    /// Adds lines at the end of a file; the last one's number.
    fn append(&self, file: &str, text: &str) -> usize {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap() + text;
        fs::write(&path, &text).unwrap();
        text.lines().count()
    }

    fn check(&self, args: &[&str]) -> Said {
        let content = self.path("content");
        let mut command = command();
        command.args(["check", "--content", content.to_str().unwrap()]).args(args);
        let out = command.env_remove("NO_COLOR").output().unwrap();
        Said {
            code: out.status.code().unwrap(),
            out: String::from_utf8(out.stdout).unwrap(),
            err: String::from_utf8(out.stderr).unwrap(),
        }
    }
}

const ENGLISH: &str = "\nThis page is for information only, and it will be translated later.\n";

#[test]
fn a_vietnamese_page_with_an_english_paragraph_at_its_end_fails_with_that_paragraph_s_line() {
    let content = Content::new();
    let line = content.append("content/services/index.vi.md", ENGLISH);
    let said = content.check(&["--format", "github"]);
    let expected = format!(
        "::error file=content/services/index.vi.md,line={line},col=1,title=foreign-passage::"
    );
    assert!(said.out.contains(&expected), "{}", said.out);
    assert_eq!(said.code, 1, "{}", said.err);
}

#[test]
fn the_same_paragraph_marked_as_english_is_fine() {
    let content = Content::new();
    let marked = ENGLISH.replace(" later.", " later. {lang=en}");
    content.append("content/services/index.vi.md", &marked);
    let said = content.check(&["--format", "json"]);
    assert!(!said.out.contains("foreign-passage"), "{}", said.out);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn all_mistakes_of_all_files_are_told_in_one_run() {
    let content = Content::new();
    content.append("content/services/index.vi.md", ENGLISH);
    content.append("content/pages/privacy.md", "\nSee [here](nowhere.md).\n\n##### Too deep\n");
    content.append("content/strings/vi.ftl", "\nglanse = Tóm tắt\n");
    fs::write(content.path("content/topics/catalog.md"), "no front matter").unwrap();
    let said = content.check(&["--format", "json"]);
    let told: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for code in [
        "foreign-passage",
        "empty-link-text",
        "broken-link",
        "skipped-heading",
        "unknown-string",
        "front-matter-missing",
    ] {
        assert!(told.iter().any(|d| d["code"] == code), "{code}: {}", said.out);
    }
    for diagnostic in &told {
        for key in ["file", "severity", "message", "help"] {
            assert!(diagnostic[key].is_string(), "{diagnostic}");
        }
        assert!(diagnostic["line"].as_u64() >= Some(1) && diagnostic["column"].as_u64() >= Some(1));
    }
    assert_eq!(said.code, 1);
}

#[test]
fn warnings_fail_only_where_they_are_denied_and_hints_never_do() {
    let content = Content::new();
    fs::remove_file(content.path("content/pages/privacy.vi.md")).unwrap();
    let said = content.check(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("content/pages/privacy.md:1:1"), "{}", said.err);
    assert_eq!(content.check(&["--deny", "warnings"]).code, 1);
}

#[test]
fn people_are_told_on_stderr_without_color_where_nobody_sees_it() {
    let content = Content::new();
    let line = content.append("content/services/index.vi.md", ENGLISH);
    let said = content.check(&[]);
    assert!(said.out.is_empty(), "{}", said.out);
    assert!(said.err.contains(&format!("content/services/index.vi.md:{line}:1")), "{}", said.err);
    assert!(said.err.contains("translate it, or mark it: [words]{lang=en}"), "{}", said.err);
    assert!(!said.err.contains('\u{1b}'), "{:?}", said.err);
}

#[test]
fn a_wrong_call_ends_with_exit_code_2() {
    let content = Content::new();
    assert_eq!(content.check(&["--format", "xml"]).code, 2);
    let out = command().args(["check", "--content", "/no/such/folder"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
}
