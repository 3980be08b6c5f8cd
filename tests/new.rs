//! `new` begins files that are right as they are, and takes nothing away.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::copy;
use tempfile::TempDir;

/// A copy of the content.
struct Editor {
    folder: TempDir,
}

impl Editor {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("content"),
            &folder.path().join("content"),
        );
        Self { folder }
    }

    fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.content().join(file)).unwrap()
    }

    fn command(&self) -> Command {
        let mut command = support::command();
        command.arg("--content").arg(self.content());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// What `check` says with errors in mind, on a day within the sample's dates.
    fn check(&self) -> Output {
        self.run(&["check", "--format", "json", "--today", "2026-11-24"])
    }

    fn publish(&self, file: &str) {
        let text = self.read(file);
        fs::write(self.content().join(file), text.replacen("draft: true\n", "", 1)).unwrap();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn every_kind_of_file_passes_check_as_it_is_written_and_when_it_is_published() {
    for (kind, file, has_recorded_id) in [
        ("topic", "topics/doc-sach.md", true),
        ("news", "news/doc-sach.md", false),
        ("branch", "branches/doc-sach.md", true),
        ("page", "pages/doc-sach.md", false),
    ] {
        let editor = Editor::new();
        let before = text(&editor.check().stdout);
        let made = editor.run(&["new", kind, "Đọc sách: \"hay\"", "--id", "doc-sach"]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        assert!(text(&made.stdout).contains(file) && text(&made.stdout).contains("/doc-sach/"));
        assert!(editor.read(file).contains("draft: true"));
        let checked = editor.check();
        assert!(checked.status.success(), "{kind}: {}", text(&checked.stdout));
        let said: Vec<_> = text(&checked.stdout).lines().map(str::to_owned).collect();
        let new = said.iter().filter(|line| !before.contains(*line) && line.contains("doc-sach"));
        let new: Vec<_> = new.filter(|line| !line.contains("missing-translation")).collect();
        assert!(new.is_empty(), "{kind}: {new:#?}");
        assert_eq!(editor.read("ids.yaml").contains("- doc-sach"), has_recorded_id, "{kind}");
        editor.publish(file);
        let checked = editor.check();
        assert!(checked.status.success(), "{kind}: {}", text(&checked.stdout));
    }
}

#[test]
fn an_id_is_made_from_the_title_and_recorded_below_the_others() {
    let editor = Editor::new();
    let before = editor.read("ids.yaml");
    let made = editor.run(&["new", "topic", "Đơn xin việc"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(editor.content().join("topics/don-xin-viec.md").exists());
    let after = editor.read("ids.yaml");
    let added: Vec<_> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(added, ["  - don-xin-viec"]);
    assert!(before.lines().all(|line| after.lines().any(|other| other == line)), "{after}");
}

#[test]
fn nothing_is_written_over_and_no_id_returns() {
    let editor = Editor::new();
    let before = editor.read("topics/genealogy.md");
    let refused = editor.run(&["new", "topic", "Genealogy"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("is there already"), "{}", text(&refused.stderr));
    assert_eq!(editor.read("topics/genealogy.md"), before);

    fs::remove_file(editor.content().join("branches/langley.md")).unwrap();
    let refused = editor.run(&["new", "branch", "Langley"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("never returns"), "{}", text(&refused.stderr));
    assert!(!editor.content().join("branches/langley.md").exists());
}

#[test]
fn an_id_that_can_not_be_an_address_is_refused_with_what_to_do() {
    let editor = Editor::new();
    for (kind, title) in [("topic", "…"), ("page", "Topics"), ("page", "VI"), ("news", "Index")] {
        let refused = editor.run(&["new", kind, title]);
        assert_eq!(refused.status.code(), Some(2), "{title}");
        assert!(text(&refused.stderr).contains("--id"), "{}", text(&refused.stderr));
    }
    let refused = editor.run(&["new", "topic", "Fine", "--id", "../fine"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_draft_is_left_out_of_the_build_and_shown_in_a_preview() {
    let editor = Editor::new();
    assert!(editor.run(&["new", "topic", "Job search"]).status.success());
    let build = |flags: &[&str]| {
        let out = editor.folder.path().join("dist");
        let mut command = editor.command();
        command.args(["build", "--compress", "none", "--today", "2026-11-24", "--out"]).arg(&out);
        let built = command.args(flags).output().unwrap();
        assert!(built.status.success(), "{}", text(&built.stderr));
        let read = |file: &str| fs::read_to_string(out.join(file)).unwrap_or_default();
        (
            read("site/topics/job-search/index.html"),
            read("site/index.html"),
            read("desk/bundle.json"),
        )
    };
    let (page, home, bundle) = build(&[]);
    assert_eq!(page, "");
    assert!(!home.contains("job-search") && !bundle.contains("job-search"));
    let (page, home, bundle) = build(&["--drafts"]);
    assert!(page.contains("Draft: only editors see this page"));
    assert!(home.contains("job-search") && bundle.contains("job-search"));
}

#[test]
fn a_translation_begins_with_its_source_in_comments_and_breaks_nothing() {
    let editor = Editor::new();
    let file = editor.content().join("topics/genealogy.vi.md");
    fs::remove_file(&file).unwrap();
    let begun = editor.run(&["new", "topic", "Researching family history online", "--lang", "vi"]);
    assert!(begun.status.success(), "{}", text(&begun.stderr));
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("# en: Researching family history online\ntitle:\n"), "{written}");
    assert!(written.contains("<!-- en: ## What we can do -->"), "{written}");
    let check = editor.run(&["check", "--today", "2026-11-24"]);
    assert!(check.status.success(), "{}", text(&check.stderr));

    let again = editor.run(&["new", "topic", "x", "--id", "genealogy", "--lang", "vi"]);
    assert!(text(&again.stderr).contains("is there already"), "{}", text(&again.stderr));
    for (arguments, told) in [
        (["new", "topic", "No such thing", "--lang", "vi"], "nothing there is called"),
        (["new", "topic", "Genealogy", "--lang", "en"], "isn't translated to en"),
        (["new", "topic", "Genealogy", "--lang", "fr"], "isn't translated to fr"),
    ] {
        let refused = editor.run(&arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(text(&refused.stderr).contains(told), "{}", text(&refused.stderr));
    }
}
