//! No string is translated for nothing: each is shown by a template or named by the code. Which
//! keys code and templates make can't be asked of a running program, so their sources are read.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What stands in quotes in templates and code, as far as a key can be made of it.
#[derive(Default)]
struct Literals {
    whole: BTreeSet<String>,
    /// What a key may begin with: `row-` in `format!("row-{}")` and in `"row-" ~ name`.
    beginnings: BTreeSet<String>,
    /// What it may end with: `-title` in `format!("{key}-title")`.
    ends: BTreeSet<String>,
    /// Whether code joins two words that it got: `format!("{name}-{value}")`.
    joins: bool,
}

impl Literals {
    fn read(folder: &Path, literals: &mut Self) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is = |ending: &str| path.extension().is_some_and(|found| found == ending);
            if path.is_dir() {
                Self::read(&path, literals);
            } else if ["rs", "html", "txt", "xml"].into_iter().any(is) {
                literals.text(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    fn text(&mut self, text: &str) {
        for line in text.lines() {
            for mark in ['"', '\''] {
                line.split(mark).for_each(|piece| self.literal(piece));
            }
        }
    }

    fn literal(&mut self, piece: &str) {
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if piece.is_empty() || !piece.chars().all(|c| is_key(c) || matches!(c, '{' | '}' | '_')) {
            return;
        }
        let (before, rest) = piece.split_once('{').unwrap_or((piece, ""));
        let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
        if !piece.contains('{') {
            self.whole.insert(piece.to_owned());
        }
        if before.len() > 2 && before.ends_with('-') {
            self.beginnings.insert(before.to_owned());
        }
        if piece.starts_with('-') && !piece.contains('{') {
            self.ends.insert(piece.to_owned());
        }
        if after.len() > 2 && after.starts_with('-') {
            self.ends.insert(after.to_owned());
        }
        self.joins |= before.is_empty() && after.is_empty() && rest.contains("}-{");
    }

    /// Whether a key, or a part of one, is made from these.
    fn make(&self, key: &str) -> bool {
        let begun = |start: &String| key.strip_prefix(start.as_str()).is_some_and(|k| self.make(k));
        let ended = |end: &String| key.strip_suffix(end.as_str()).is_some_and(|k| self.make(k));
        let joined = |(at, _): (usize, &str)| {
            self.whole.contains(&key[..at]) && self.whole.contains(&key[at + 1..])
        };
        self.whole.contains(key)
            || self.beginnings.iter().any(begun)
            || self.ends.iter().any(ended)
            || (self.joins && key.match_indices('-').any(joined))
    }
}

#[test]
fn every_english_string_is_shown_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut literals = Literals::default();
    for folder in ["templates", "domain/src", "render/src", "generator/src", "handler/src", "src"] {
        Literals::read(&root.join(folder), &mut literals);
    }
    let strings = fs::read_to_string(root.join("content/strings/en.ftl")).unwrap();
    let is_key = |key: &&str| key.starts_with(|c: char| c.is_ascii_lowercase());
    let keys = strings.lines().filter_map(|line| line.split(" =").next()).filter(is_key);
    let keys: Vec<_> = keys.filter(|key| !key.contains(' ')).collect();
    assert!(keys.len() > 200);
    let unused: Vec<_> = keys.into_iter().filter(|key| !literals.make(key)).collect();
    assert!(unused.is_empty(), "nothing shows {unused:?}: delete them, in each language");
}

#[test]
fn a_string_that_nothing_shows_is_found() {
    let mut literals = Literals::default();
    literals.text(r#"{{ t(key="glance") }} format!("row-{name}") "topic" format!("{}-title")"#);
    assert!(literals.make("glance") && literals.make("row-topic") && literals.make("topic-title"));
    assert!(!literals.make("glanse") && !literals.make("row-glanse"));
}
