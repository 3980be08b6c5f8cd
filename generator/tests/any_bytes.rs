//! Whatever stands in a file of the content, all of it is read, checked and
//! rendered to the end: no panic, no stack that overflows, no wait that grows with the square.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use generator::{Drafts, Folders, Loaded, Look, Options, Page, load_on, told};
use jiff::civil::date;
use proptest::prelude::*;
use render::{RenderError, Renderer};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use support::{copy, root};
use tempfile::TempDir;

const FILES: [&str; 8] = [
    "content/topics/catalog.md",
    "content/topics/catalog.vi.md",
    "content/branches/langley.md",
    "content/pages/privacy.md",
    "content/strings/vi.ftl",
    "content/site.yaml",
    "content/glossary.yaml",
    "content/pages/desk.png",
];

/// Pieces of what people, and programs that went wrong, write.
const PIECES: [&str; 44] = [
    "---\n",
    "\n",
    "\n\n",
    "# ",
    "> ",
    "- ",
    "1. ",
    "  ",
    "\t",
    "`",
    "```\n",
    "*",
    "_",
    "[",
    "](",
    ")",
    "![",
    "[^1]",
    "[^1]: ",
    "{",
    "}",
    "{lang=vi}",
    "{#id}",
    "<b>",
    "</b>",
    "<div>\n",
    "<!--",
    "&amp;",
    "|",
    "|-|\n",
    "title: ",
    "key: ",
    "\"",
    "'",
    ": ",
    "&a ",
    "*a ",
    "!!binary ",
    "99999999999999999999",
    "\u{0}",
    "\u{202e}",
    "ấ字🦀",
    "{ $x }",
    "=",
];

/// A site with one file changed.
struct Site(TempDir);

impl Site {
    fn with(file: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/base");
        copy(&base, folder.path());
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        Self(folder)
    }

    fn load(&self) -> Loaded {
        let content = self.0.path().join("content");
        let folders = Folders { content, templates: root().join("templates") };
        load_on(&folders, Drafts::Shown, Look::ForAll, &|_| Some(date(2026, 12, 3))).unwrap()
    }
}

/// Loads a site, tells what is wrong with it and renders all pages that there are.
fn survives(file: &str, bytes: &[u8]) {
    let loaded = Site::with(file, bytes).load();
    for diagnostic in &loaded.diagnostics {
        assert!(diagnostic.code != "internal", "{diagnostic:?}");
        assert!(diagnostic.message.len() + diagnostic.help.len() < 6_000, "{diagnostic:?}");
    }
    let told = told(&loaded.diagnostics);
    let said: usize = told.iter().map(|told| told.to_human(&loaded.sources, false).len()).sum();
    assert!(said < 500_000, "{file}: {said} bytes are told");
    let Some(site) = loaded.site else { return };
    let Ok(renderer) = Renderer::new(Arc::new(site.bundle())) else { return };
    let options = Options { base_url: None, today: date(2026, 12, 3), development: None };
    for id in site.page_ids(options.today) {
        let made: Result<Page, RenderError> = site.render(&id, &renderer, &options);
        assert!(!matches!(made, Err(RenderError::Fault(_))), "{}: {made:?}", id.address());
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
        2 => "[a-z ]{1,12}",
        1 => any::<char>().prop_map(String::from),
    ];
    let repeated = (piece, prop_oneof![9 => 1..3_usize, 1 => 1_000..3_000_usize])
        .prop_map(|(piece, times)| piece.repeat(times));
    prop::collection::vec(repeated, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_in_any_file_is_read_to_the_end(file in prop::sample::select(FILES.to_vec()), text in text()) {
        survives(file, text.as_bytes());
    }

    #[test]
    fn any_text_below_good_keys_is_read_to_the_end(text in text()) {
        let page = "---\ntitle: Privacy\nsummary: What we keep.\n---\n\n";
        survives("content/pages/privacy.md", format!("{page}{text}").as_bytes());
    }

    #[test]
    fn any_bytes_in_any_file_are_read_to_the_end(
        file in prop::sample::select(FILES.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        survives(file, &bytes);
    }
}

/// Thousands of one piece, which a reader that looks back or ahead from each, or calls itself for
/// each, takes too long or too much room for.
#[test]
fn a_page_of_one_piece_again_and_again_takes_a_moment() {
    let page = "---\ntitle: Privacy\nsummary: What we keep.\n---\n\n";
    for (piece, last) in [
        ("> ", "deep"),
        ("- ", "deep"),
        ("1. ", "deep"),
        ("[", "a](b)"),
        ("![", "a](b)"),
        ("*a ", "*"),
        ("_a ", "_"),
        ("<b>", "</i>"),
        ("<div>\n", "x"),
        ("<a ", "\">"),
        ("<a href='", ">"),
        ("<script></script>", ""),
        ("\n\n<x>", "</x>"),
        ("</b>", ""),
        ("{", "}"),
        ("{lang=", ""),
        ("a {lang=vi}\n\n", ""),
        ("[a]{lang=", "}"),
        ("&", ";"),
        ("`", ""),
        ("[^a]", "\n\n[^a]: x"),
        ("[^", "]"),
        ("# same\n\n", ""),
        ("[a](b.md) ", ""),
        ("![a](b.png) ", ""),
        ("[a][b] ", ""),
        ("|a", "|\n|-|\n"),
        ("<!--", "-->"),
        ("\\", "a"),
        ("a\u{301}", ""),
        ("\u{0}", ""),
        ("w", " [a](b.md)"),
        ("The library is open. ", ""),
        ("word ", ""),
        ("<i><b>", ""),
        ("**a *b ", ""),
    ] {
        let text = format!("{page}{}{last}\n", piece.repeat(20_000));
        survives("content/pages/privacy.md", text.as_bytes());
    }
}

#[test]
fn keys_and_strings_nested_again_and_again_are_told() {
    for (file, start, piece) in [
        ("content/site.yaml", "a: ", "["),
        ("content/site.yaml", "a: ", "{a: "),
        ("content/site.yaml", "", "- "),
        ("content/site.yaml", "", "? "),
        ("content/strings/vi.ftl", "a = ", "{"),
        ("content/strings/vi.ftl", "a = {", "F("),
        ("content/strings/vi.ftl", "a = ", "{ $x ->\n [a] "),
        ("content/glossary.yaml", "", "- "),
    ] {
        survives(file, format!("{start}{}", piece.repeat(30_000)).as_bytes());
    }
}
