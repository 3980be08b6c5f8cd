//! Strings and templates fit together: every key that is asked for is there, and none is left over.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The texts of all files with an ending below a folder.
fn texts(folder: &Path, ending: &str) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &texts(&path, ending);
        } else if path.extension().is_some_and(|found| found == ending) {
            all += &fs::read_to_string(&path).unwrap();
        }
    }
    all
}

fn keys() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("content/strings/en.ftl")).unwrap();
    source
        .lines()
        .filter_map(|line| Some(line.split_once(" =")?.0.to_owned()))
        .filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

/// Keys that code puts together from a part and an id: `error-` and a problem, `contact-` and a way.
const PUT_TOGETHER: [&str; 21] = [
    "error-",
    "contact-",
    "voicemail-",
    "prefer-",
    "times-",
    "access-",
    "ask-",
    "hint-",
    "row-",
    "way-",
    "problem-",
    "library-card-",
    "topics-",
    "libraries-",
    "news-",
    "services-",
    "not-found-",
    "sorry-",
    "group-",
    "library-",
    "language-",
];

#[test]
fn every_key_that_a_template_asks_for_is_there() {
    let keys = keys();
    let templates = texts(&root().join("templates"), "html");
    for (at, _) in templates.match_indices("key=\"") {
        let key = templates[at + 5..].split('"').next().unwrap();
        let whole = !templates[at + 5 + key.len() + 1..].trim_start().starts_with('~');
        assert!(!whole || keys.contains(key), "templates ask for {key}");
    }
}

#[test]
fn no_string_is_left_over() {
    let mut used = texts(&root().join("templates"), "html");
    for folder in ["render/src", "generator/src", "handler/src", "src"] {
        used += &texts(&root().join(folder), "rs");
    }
    for key in keys() {
        let put_together = PUT_TOGETHER.iter().any(|part| key.starts_with(part));
        assert!(put_together || used.contains(&format!("\"{key}\"")), "nothing uses {key}");
    }
}
