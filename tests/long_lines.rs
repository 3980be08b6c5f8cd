//! Lines as no person writes them, in the content: `check`, `build` and `serve` tell what is wrong
//! there and go on.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::{Server, command, copy};
use tempfile::TempDir;

const PAGE: &str = "topics/catalog.md";

struct Content {
    folder: TempDir,
}

impl Content {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new("content"), &folder.path().join("content"));
        Self { folder }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("content").join(file)
    }

    /// Adds a line at the end of a page; its number.
    fn append(&self, line: &str) -> usize {
        let path = self.path(PAGE);
        let text = fs::read_to_string(&path).unwrap() + "\n" + line + "\n";
        fs::write(&path, &text).unwrap();
        text.lines().count()
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = command();
        command.arg("--content").arg(self.path("")).args(args);
        if args == ["build"] {
            command.arg("--out").arg(self.folder.path().join("dist"));
        }
        command.output().unwrap()
    }
}

/// Lines with a mistake far to the right, or one that is as long as a line gets; its code.
fn lines() -> Vec<(&'static str, String)> {
    let wide = "w".repeat(65_535);
    vec![
        ("broken-link", format!("{wide} [a page](nowhere.md)")),
        ("broken-link", format!("{} [a page](nowhere.md)", "ấ字 ".repeat(40_000))),
        ("broken-link", format!("{} [a page](nowhere.md)", "a\t".repeat(70_000))),
        ("broken-link", format!("[a page]({wide}.md)")),
        (
            "missing-image",
            format!("![a desk](data:image/png;base64,{})", "iVBORw0KGgo".repeat(99_999)),
        ),
        ("missing-image", format!("{wide}![a desk](nothing.png)")),
        ("raw-html", format!("{wide}</b>")),
        ("unknown-placeholder", format!("{wide} {{nothing_like_it}}")),
        ("stray-reference", format!("{wide} [words][nothing]")),
        ("stray-language", format!("{wide} {{lang={wide}")),
    ]
}

#[test]
fn a_mistake_far_to_the_right_is_told_with_what_is_around_it() {
    for (code, line) in lines() {
        let content = Content::new();
        let number = content.append(&line);
        let checked = content.run(&["check"]);
        let said = String::from_utf8(checked.stderr).unwrap();
        assert_eq!(checked.status.code(), Some(1), "{code}: {said:.2000}");
        assert!(said.contains(code), "{code}: {said:.2000}");
        assert!(said.contains(&format!("content/{PAGE}:{number}:")), "{code}: {said:.2000}");
        assert!(said.len() < 20_000, "{code}: {} bytes", said.len());
        for line in said.lines() {
            assert!(line.chars().count() < 800, "{code}: {line}");
        }
        let built = content.run(&["build"]);
        assert_eq!(built.status.code(), Some(1), "{code}");
        for format in ["json", "github"] {
            let said = content.run(&["check", "--format", format]).stdout;
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains(code), "{format} {code}: {said:.2000}");
            assert!(said.lines().all(|line| line.len() < 8_000), "{format} {code}");
        }
    }
}

#[test]
fn the_window_shows_the_mistake_and_cuts_what_is_far_from_it() {
    let content = Content::new();
    content.append(&format!(
        "{} [this page](nowhere.md) {}",
        "far ".repeat(30_000),
        "off ".repeat(99)
    ));
    let said = String::from_utf8(content.run(&["check"]).stderr).unwrap();
    let shown = said.lines().find(|line| line.contains("[this page](nowhere.md)")).unwrap();
    assert!(shown.contains("│ …") && shown.ends_with('…'), "{shown}");
    assert!(shown.chars().count() < 120, "{shown}");
}

#[test]
fn thousands_of_mistakes_on_one_line_are_summed_up() {
    let content = Content::new();
    let number = content.append(&"</b> and on ".repeat(3_000));
    let checked = content.run(&["check"]);
    let said = String::from_utf8(checked.stderr).unwrap();
    let more = format!("and 2,997 more like this on line {number} of content/{PAGE}");
    assert!(said.contains(&more), "{said:.4000}");
    assert!(said.contains("3000 errors"), "{said:.4000}");
    assert!(said.len() < 20_000, "{} bytes", said.len());
    // For programs nothing is left out.
    let all = content.run(&["check", "--format", "json"]).stdout;
    assert_eq!(String::from_utf8(all).unwrap().matches("raw-html").count(), 3_000);
}

#[test]
fn a_mistake_far_to_the_right_in_a_template_is_told_shortly() {
    let content = Content::new();
    let templates = content.folder.path().join("templates");
    copy(Path::new("templates"), &templates);
    let file = templates.join("site/topic.html");
    let text = fs::read_to_string(&file).unwrap();
    let end = "{% endblock main %}";
    fs::write(&file, text.replace(end, &format!("{}{{{{ nothing }}}}{end}", "w".repeat(70_000))))
        .unwrap();
    for command in ["check", "build"] {
        let out = content.folder.path().join("dist");
        let mut args = vec!["--templates", templates.to_str().unwrap(), command];
        if command == "build" {
            args.extend(["--out", out.to_str().unwrap()]);
        }
        let ran = content.run(&args);
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(matches!(ran.status.code(), Some(1 | 2)), "{command}: {said:.2000}");
        assert!(said.contains("{{ nothing }}") && said.len() < 20_000, "{command}: {said:.2000}");
    }
}

#[test]
fn no_control_character_of_a_page_reaches_the_terminal() {
    let content = Content::new();
    content.append("a \u{1b}[2J \u{202e}\u{9b}31m [a\u{1b}0;x\u{7}](<no\u{1b}where.md>)");
    let said = String::from_utf8(content.run(&["check"]).stderr).unwrap();
    assert!(said.contains("broken-link"), "{said}");
    let moves = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!said.contains(moves), "{said:?}");
}

#[test]
fn serve_starts_over_such_a_line_and_hears_the_saves_after_one() {
    let content = Content::new();
    let good = fs::read_to_string(content.path(PAGE)).unwrap();
    content.append(&lines()[0].1);
    let server = Server::start_with(&["--content", content.path("").to_str().unwrap()]);
    server.get_until("/", |page| page.text("#mistakes").contains("nowhere.md"));
    for (code, line) in lines() {
        fs::write(content.path(PAGE), &good).unwrap();
        server.get_until("/", |page| page.count("#mistakes") == 0);
        content.append(&line);
        server.get_until("/", |page| page.text("#mistakes").contains(code));
        let overlay = server.get("/").text("#mistakes");
        assert!(overlay.len() < 20_000, "{code}: {} bytes", overlay.len());
    }
    fs::write(content.path(PAGE), format!("{good}\nSaved at last.\n")).unwrap();
    server.get_until("/topics/catalog/", |page| {
        page.count("#mistakes") == 0 && page.body.contains("Saved at last.")
    });
}
