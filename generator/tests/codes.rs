//! The list of codes, the page that explains them, the sources that use them and the broken sites
//! that show them agree.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use generator::{CODES, Severity};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names() -> BTreeSet<&'static str> {
    CODES.iter().map(|code| code.name).collect()
}

#[test]
fn the_codes_are_listed_once_in_order() {
    assert!(CODES.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn every_code_is_explained_with_an_example_and_a_way_to_mend_it() {
    let page = fs::read_to_string(here().join("../docs/diagnostics.md")).unwrap();
    let mut explained = BTreeSet::new();
    for section in page.split("\n## ").skip(1) {
        let (name, text) = section.split_once('\n').unwrap();
        let code = CODES.iter().find(|code| code.name == name);
        let code = code.unwrap_or_else(|| panic!("docs/diagnostics.md explains {name}"));
        let begins = format!("{:?}. ", code.severity);
        assert!(text.starts_with(&begins), "{name}: {begins}");
        for part in ["- wrong: ", "- right: ", "- mend: "] {
            assert!(text.lines().any(|line| line.starts_with(part)), "{name} lacks {part}");
        }
        explained.insert(name);
    }
    let missing: Vec<_> = names().into_iter().filter(|name| !explained.contains(name)).collect();
    assert!(missing.is_empty(), "docs/diagnostics.md lacks {missing:?}");
}

#[test]
fn every_code_is_shown_by_a_broken_site_as_bad_as_it_is() {
    let mut shown = BTreeSet::new();
    for fixture in fs::read_dir(here().join("tests/fixtures/broken")).unwrap() {
        let text = fs::read_to_string(fixture.unwrap().path().join("expected.txt")).unwrap();
        for line in text.lines().filter(|line| line.starts_with('{')) {
            let said: serde_json::Value = serde_json::from_str(line).unwrap();
            let code = CODES.iter().find(|code| said["code"] == code.name);
            let code = code.unwrap_or_else(|| panic!("{line} is not listed"));
            let severity = serde_json::to_value(code.severity).unwrap();
            assert!(said["severity"] == severity, "{line}");
            shown.insert(code.name);
        }
    }
    // No content that we know of makes the program fail: `fault` and `parse` have tests of their own.
    assert!(shown.insert("internal"));
    let missing: Vec<_> = names().into_iter().filter(|name| !shown.contains(name)).collect();
    assert!(missing.is_empty(), "no broken site shows {missing:?}");
}

/// The literals that stand where a code does. `Diagnostic::error` refuses others in tests; this
/// finds those that no test reaches.
#[test]
fn no_source_uses_a_code_that_is_not_listed() {
    let mut used = BTreeSet::new();
    for file in sources(&here().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for call in ["Diagnostic::error(", "error(", "remark("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                if let Some(code) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next())
                    && !code.is_empty()
                    && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                {
                    assert!(names().contains(code), "{}: {code}", file.display());
                    used.insert(code.to_owned());
                }
            }
        }
    }
    assert!(used.len() > 20, "{used:?}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_code_s_severity_is_one_of_three() {
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        assert!(CODES.iter().any(|code| code.severity == severity));
    }
}
