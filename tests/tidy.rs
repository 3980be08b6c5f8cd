//! The house's rules, where a machine can hold us to them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 400;

/// CloudFormation takes one file whole, and whoever deploys wants one.
const LONGER: [(&str, usize); 1] = [("infra/aws/template.yaml", 800)];

/// What people write, below a folder.
fn written(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        // What releases stored is nothing that people write, either.
        let made = ["target", "node_modules", "dist"].contains(&name)
            || ["docs/benchmarks", "handler/tests/stored"].iter().any(|it| path.ends_with(it));
        if name.starts_with('.') || made {
            continue;
        }
        if path.is_dir() {
            written(&path, files);
        } else if !["Cargo.lock", "package-lock.json"].contains(&name) {
            files.push(path);
        }
    }
}

#[test]
fn no_file_that_people_write_is_longer_than_a_reader_can_hold() {
    let mut files = Vec::new();
    written(Path::new(env!("CARGO_MANIFEST_DIR")), &mut files);
    for file in files {
        let lines = fs::read_to_string(&file).unwrap_or_default().lines().count();
        let longer = LONGER.iter().find(|(path, _)| file.ends_with(path));
        let most = longer.map_or(LINES_MAX, |(_, most)| *most);
        assert!(lines <= most, "{} has {lines} lines", file.display());
    }
}

#[test]
fn the_page_on_security_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["domain", "handler", "src", "tests"] {
        written(&root.join(folder), &mut files);
    }
    let tests: Vec<_> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let quoted = page.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once(": "));
    let mut named = 0;
    for (file, name) in quoted {
        let heads = [format!("fn {name}("), format!("def {name}("), format!("test('{name}'")];
        let is_there = tests.iter().any(|text| heads.iter().any(|head| text.contains(head)));
        assert!(is_there, "docs/security.md: no test {name:?} in {file}");
        named += 1;
    }
    assert!(named > 20, "{named}");
}
