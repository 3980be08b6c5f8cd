//! What `docs/editing.md` tells librarians to write is right, and what the workflows run exists.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use support::copy;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The samples of the page: the comment above each, and its text.
fn samples() -> Vec<(String, String)> {
    let page = fs::read_to_string(root().join("docs/editing.md")).unwrap();
    let mut samples = Vec::new();
    for part in page.split("<!-- ").skip(1) {
        let (told, rest) = part.split_once(" -->\n```").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        let (sample, _) = rest.split_once("\n```").unwrap();
        samples.push((told.to_owned(), format!("{sample}\n")));
    }
    samples
}

/// Does with a sample what the page says.
fn apply(content: &Path, told: &str, sample: &str) {
    let write = |file: &str, change: &dyn Fn(String) -> String| {
        let path = content.join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, change(text)).unwrap();
    };
    if let Some(file) = told.strip_prefix("is ") {
        assert!(!content.join(file).exists());
        write(file, &|_| sample.to_owned());
    } else if let Some(told) = told.strip_prefix("replaces in ") {
        let (file, key) = told.split_once(": ").unwrap();
        write(file, &|text| {
            let start = text.find(&format!("\n{key}:\n")).unwrap() + 1;
            let body = text[start..].find('\n').unwrap() + start + 1;
            let lines = text[body..].split_inclusive('\n');
            let length: usize = lines.take_while(|l| l.starts_with(' ')).map(str::len).sum();
            format!("{}{sample}{}", &text[..start], &text[body + length..])
        });
    } else if let Some((file, key)) =
        told.strip_prefix("adds to ").and_then(|told| told.split_once(" below: "))
    {
        write(file, &|text| text.replacen(&format!("\n{key}\n"), &format!("\n{key}\n{sample}"), 1));
        assert!(fs::read_to_string(content.join(file)).unwrap().contains(sample));
    } else {
        let file = told.strip_prefix("adds to ").unwrap();
        write(file, &|text| text.replacen("\n---\n", &format!("\n{sample}---\n"), 1));
        assert!(fs::read_to_string(content.join(file)).unwrap().contains(sample));
    }
}

#[test]
fn what_the_page_for_editors_says_to_write_passes_check() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&root().join("content"), &content);
    let samples = samples();
    assert_eq!(samples.len(), 7);
    for (told, sample) in samples {
        apply(&content, &told, &sample);
        let checked = support::command()
            .arg("--content")
            .arg(&content)
            .args(["check", "--format", "json", "--today", "2026-12-02"])
            .output()
            .unwrap();
        let said = String::from_utf8(checked.stdout).unwrap();
        assert!(checked.status.success(), "{told}: {said}");
    }
    let page = fs::read_to_string(content.join("branches/langley.md")).unwrap();
    assert!(page.contains("new floor") && page.contains("13:00-16:00"), "{page}");
}

fn workflows() -> Vec<(PathBuf, Value)> {
    let folder = root().join(".github/workflows");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let parsed: Value = serde_saphyr::from_str(&text).unwrap();
        (path, parsed)
    };
    files.map(read).collect()
}

fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap()).collect()
}

#[test]
fn the_workflows_run_commands_and_flags_that_there_are() {
    let mut seen = 0;
    for (path, workflow) in workflows() {
        for step in steps(&workflow) {
            let Some(run) = step["run"].as_str() else { continue };
            let Some(line) = run.lines().find(|line| line.contains("release/book-a-librarian "))
            else {
                continue;
            };
            let arguments = line.split("release/book-a-librarian ").nth(1).unwrap();
            let mut words = arguments.split(' ');
            let help = support::command().args([words.next().unwrap(), "--help"]).output().unwrap();
            assert!(help.status.success(), "{}: {line}", path.display());
            let help = String::from_utf8(help.stdout).unwrap();
            for flag in words.filter(|word| word.starts_with("--")) {
                assert!(
                    help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                    "{flag}: {line}"
                );
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 4);
}

#[test]
fn the_workflows_pin_what_they_use_and_may_write_nothing_by_default() {
    for (path, workflow) in workflows() {
        let path = path.display();
        assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }), "{path}");
        for step in steps(&workflow) {
            let Some(action) = step["uses"].as_str() else { continue };
            let (_, version) = action.split_once("@v").unwrap();
            assert_eq!(version.split('.').count(), 3, "{path}: {action}");
        }
        let text = workflow.to_string();
        assert!(!text.contains("pull_request_target") && !text.contains("secrets."), "{path}");
    }
}
