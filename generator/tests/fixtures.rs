//! A folder of broken sites, one kind of mistake each, and what is said of each
//! (`fixtures/README.md` says how to add one).

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use generator::translations::{Texts, mark, read_texts};
use generator::{Drafts, Folders, Loaded, Look, load_on};
use jiff::civil::date;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use support::{copy, root};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Lines of `edits`: a file's path, then lines to take out (`- `) and what comes in their place
/// (`+ `). What has nothing to take the place of is added at the file's end.
fn edit(site: &Path, edits: &str) {
    let mut path = PathBuf::new();
    let mut lines = edits.lines().filter(|line| !line.starts_with('#')).peekable();
    while let Some(line) = lines.next() {
        let (mut old, mut new) = (String::new(), String::new());
        match line.split_at_checked(2) {
            Some(("- ", text)) => old = format!("{text}\n"),
            Some(("+ ", text)) => new = format!("{text}\n"),
            _ if line == "+" => new = "\n".to_owned(),
            _ => {
                path = site.join(line);
                continue;
            }
        }
        let of = |mark: char, line: &&str| line.starts_with(mark);
        while let Some(more) = lines.next_if(|line| of('-', line) && new.is_empty()) {
            old += &format!("{}\n", more.get(2..).unwrap_or_default());
        }
        while let Some(more) = lines.next_if(|line| of('+', line)) {
            new += &format!("{}\n", more.get(2..).unwrap_or_default());
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(&old), "{} has no {old:?}", path.display());
        let text = if old.is_empty() { text + &new } else { text.replacen(&old, &new, 1) };
        fs::write(&path, text).unwrap();
    }
}

/// The site of a fixture, and what is said of it.
fn said(fixture: &Path) -> String {
    let site = tempfile::tempdir().unwrap();
    copy(&fixtures().join("base"), site.path());
    if fixture.join("content").is_dir() {
        copy(&fixture.join("content"), &site.path().join("content"));
    }
    for path in fs::read_to_string(fixture.join("delete")).unwrap_or_default().lines() {
        fs::remove_file(site.path().join(path)).unwrap();
    }
    edit(site.path(), &fs::read_to_string(fixture.join("edits")).unwrap_or_default());
    if !fixture.join("unmarked").exists() {
        mark_all(site.path());
    }
    edit(site.path(), &fs::read_to_string(fixture.join("later")).unwrap_or_default());
    let loaded = load_site(site.path());
    let mut said = String::new();
    for diagnostic in &loaded.diagnostics {
        let json = serde_json::to_string(diagnostic).unwrap();
        let human = diagnostic.to_human(&loaded.sources, false);
        let human: Vec<_> = human.lines().map(str::trim_end).collect();
        writeln!(said, "{}\n{json}\n", human.join("\n").trim_start_matches('\n')).unwrap();
    }
    said
}

/// Says that every translation translates its source as it is now.
fn mark_all(site: &Path) {
    let texts = read_texts(&folders(site)).unwrap();
    for file in texts.keys().filter(|file| file.ends_with(".vi.md")) {
        if let Ok(marked) = mark(Texts(&texts), file) {
            fs::write(site.join(file), marked.text).unwrap();
        }
    }
}

fn folders(site: &Path) -> Folders {
    Folders { content: site.join("content"), templates: root().join("templates") }
}

fn load_site(site: &Path) -> Loaded {
    load_on(&folders(site), Drafts::Hidden, Look::ForAll, &|_| Some(date(2026, 12, 3))).unwrap()
}

fn broken() -> Vec<PathBuf> {
    let folders = fs::read_dir(fixtures().join("broken")).unwrap();
    let mut folders: Vec<_> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn expected(fixture: &Path) -> String {
    fs::read_to_string(fixture.join("expected.txt")).unwrap_or_default()
}

#[test]
fn the_base_site_is_clean() {
    let site = tempfile::tempdir().unwrap();
    copy(&fixtures().join("base"), site.path());
    mark_all(site.path());
    let loaded = load_site(site.path());
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
}

/// `UPDATE_FIXTURES=1` writes what is said now; read the difference before you keep it.
#[test]
fn every_mistake_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut wrong = String::new();
    for fixture in broken() {
        let name = fixture.file_name().unwrap().to_str().unwrap().to_owned();
        let said = said(&fixture);
        if update {
            fs::write(fixture.join("expected.txt"), &said).unwrap();
        } else if said != expected(&fixture) {
            writeln!(wrong, "== {name}: expected\n{}\n== is said\n{said}", expected(&fixture))
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_fixture_has_one_kind_of_mistake_and_says_how_to_mend_it() {
    assert!(broken().len() >= 40);
    for fixture in broken() {
        let mut codes = BTreeSet::new();
        for line in expected(&fixture).lines().filter(|line| line.starts_with('{')) {
            let diagnostic: serde_json::Value = serde_json::from_str(line).unwrap();
            for key in ["message", "help"] {
                assert!(!diagnostic[key].as_str().unwrap().is_empty(), "{line}");
            }
            codes.insert(diagnostic["code"].as_str().unwrap().to_owned());
        }
        assert!((1..=2).contains(&codes.len()), "{}: {codes:?}", fixture.display());
    }
}
