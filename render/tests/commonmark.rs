//! CommonMark: the examples of the specification, 0.31.2, as they are written there, compared byte
//! for byte, with our extensions off: all 652 pass and none differs. On a page these differ on purpose:
//! raw HTML is passed on only if it is on our list, an address of another scheme than http, https,
//! mailto and tel is no link, an image that isn't one of our pictures is its text, and headings
//! have ids. `commonmark/README.md` says where the examples are from.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::LanguageTag;
use render::markdown::{Dialect, Document, Options};
use std::collections::BTreeMap;

type Sections = BTreeMap<String, Vec<(u32, String, String)>>;

const EXAMPLES: &str = include_str!("commonmark/examples.json");

fn html(markdown: &str, dialect: Dialect) -> String {
    let options = Options { value: &|_| None, link: &|_| None, image: &|_| None, word: &|_| None };
    Document::parse_in(markdown, dialect)
        .write(&LanguageTag::source())
        .html(&options)
        .as_str()
        .to_owned()
}

#[test]
fn every_example_of_the_specification_gives_its_html() {
    let sections: Sections = serde_json::from_str(EXAMPLES).unwrap();
    let examples: Vec<_> = sections.into_values().flatten().collect();
    assert_eq!(examples.len(), 652);
    let mut failed = Vec::new();
    for (number, markdown, expected) in &examples {
        let made = html(markdown, Dialect::Specification);
        if made != *expected {
            failed.push(format!("{number}: {markdown:?}\n   {made:?}\n != {expected:?}"));
        }
    }
    let passed = examples.len() - failed.len();
    assert!(failed.is_empty(), "{passed} of {} passed\n{}", examples.len(), failed.join("\n"));
}
