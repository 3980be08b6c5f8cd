//! Whatever an editor writes, a page stays whole: what a text becomes is balanced as it stands, a
//! browser's parser builds from it what was written, and nothing in it runs.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::LanguageTag;
use proptest::prelude::*;
use render::html::Html;
use render::markdown::{Document, Options};
use scraper::{ElementRef, Node};

/// Elements that a text may become.
const ELEMENTS: &str = "a abbr aside b blockquote br cite code dd details dfn div dl dt em figcaption figure h1 h2 \
    h3 h4 h5 h6 hr i img kbd li mark ol p picture pre q s samp section small source span strong \
    sub summary sup table tbody td th thead time tr u ul wbr main";

const ATTRIBUTES: &str = "alt aria-label class datetime dir height href id lang open role scope src srcset start \
    tabindex title type width loading";

fn html(markdown: &str) -> String {
    let options = Options {
        value: &|name| match name {
            "phone" => Some("<b>425".to_owned()),
            "site" => Some("https://library.example/?a=\"b\"".to_owned()),
            _ => None,
        },
        link: &|_| None,
        image: &|image| {
            let picture =
                format!("<picture><img alt=\"{}\"></picture>", Html::text(image.alt).as_str());
            image.target.starts_with('d').then(|| Html::trusted(picture))
        },
        word: &|_| None,
    };
    Document::parse(markdown).write(&LanguageTag::source()).html(&options).as_str().to_owned()
}

/// The elements as they are written: name and depth. Fails where a tag isn't matched.
fn written(html: &str) -> Result<Vec<(String, usize)>, String> {
    let mut elements = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if rest[..at].contains('>') {
            return Err("a > in a text".to_owned());
        }
        rest = &rest[at + 1..];
        let mut quoted = false;
        let end = rest.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let tag = &rest[..end.ok_or("a tag without end")?];
        rest = &rest[tag.len() + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> without its start"));
            }
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default().to_owned();
        elements.push((name.clone(), open.len()));
        if !["br", "hr", "img", "wbr", "source"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(elements) } else { Err(format!("{open:?} open at the end")) }
}

/// The elements as a browser's parser builds them.
fn built(element: ElementRef<'_>, depth: usize, elements: &mut Vec<(String, usize)>) {
    for child in element.children() {
        if let Node::Element(node) = child.value() {
            elements.push((node.name().to_owned(), depth));
        }
        if let Some(child) = ElementRef::wrap(child) {
            built(child, depth + 1, elements);
        }
    }
}

fn is_listed(list: &str, name: &str) -> bool {
    list.split(' ').any(|listed| listed == name)
}

fn is_whole_and_safe(markdown: &str) -> Result<(), TestCaseError> {
    let html = html(markdown);
    let written = written(&html);
    prop_assert!(written.is_ok(), "{written:?}: {html}");
    let page = scraper::Html::parse_fragment(&format!("<main>{html}</main><hr>"));
    let main = page.root_element().child_elements().next();
    let main = main.ok_or_else(|| TestCaseError::fail("no wrapper"))?;
    let mut elements = Vec::new();
    built(main, 0, &mut elements);
    prop_assert_eq!(&written.unwrap_or_default(), &elements, "{}", html);
    prop_assert_eq!(page.root_element().child_elements().count(), 2, "{}", html);
    for node in main.descendants() {
        let Node::Element(element) = node.value() else { continue };
        prop_assert!(is_listed(ELEMENTS, element.name()), "{} in {}", element.name(), html);
        for (name, value) in element.attrs() {
            prop_assert!(is_listed(ATTRIBUTES, name), "{name} in {html}");
            if ["href", "src"].contains(&name) {
                let bare: String = value
                    .chars()
                    .filter(|c| !c.is_whitespace() && !c.is_control())
                    .collect::<String>()
                    .to_lowercase();
                for scheme in ["javascript:", "data:", "vbscript:", "file:"] {
                    prop_assert!(!bare.starts_with(scheme), "{html}");
                }
            }
        }
    }
    // A check can look at it, and every place is one of the source.
    for spot in Document::parse(markdown).spots() {
        prop_assert!(markdown.get(spot.at.clone()).is_some(), "{:?} in {:?}", spot, markdown);
    }
    Ok(())
}

/// Pieces that texts with mistakes are made of, with `¦` between.
const PIECES: [&str; 11] = [
    "a¦b c¦ ¦\n¦\n\n¦  \n¦\\¦&amp;¦&#58;¦{phone}¦{site}¦# ¦## ¦ {#id}¦ {.c onclick=x}¦- ¦1. ¦> ",
    "> [!NOTE]\n¦    ¦```\n¦`¦*¦**¦_¦[¦]¦(¦)¦![¦](desk.jpg \"t\")¦](a.md)¦](javascript:alert(1))",
    "](<data:text/html,x>)¦[^1]¦[^1]: note\n¦| a | b |\n|---|:-:|\n| c | d |\n¦\n: def\n¦{lang=vi}",
    "{lang=ar}¦{lang=klingon}¦ {lang=es}¦---\n¦===\n¦<b>¦</b>¦<i lang=ar>¦</i>¦<a href=\"x.md\">",
    "<a href='javascript:x'>¦<a href=\"java&#9;script&#58;x\">¦</a>¦<div>¦<div lang=vi>\n¦</div>\n",
    "<details>\n¦<summary>¦</summary>¦</details>¦<p>¦</p>¦<dl>¦<dt>¦<dd>¦</dl>¦<figure>¦<figcaption>",
    "</figure>¦<img src=desk.jpg alt='x\"y'>¦<br/>¦<script>¦</script>¦<style>¦<iframe src=x>",
    "<svg onload=x>¦<math>¦<table>¦<td>¦<li>¦<h1>¦<button>¦<form>¦<input>¦<b onclick=x style='y'>",
    "<!--¦-->¦<?¦?>¦<![CDATA[¦]]>¦<!DOCTYPE html>¦<¦>¦\"¦'¦=¦/¦<b a='>'>¦<textarea>¦<title>",
    "<plaintext>¦<noscript>¦<template>¦<select>¦<option>¦\t¦https://a.example¦<https://a.example/>",
    "\0¦é¦안",
];

fn pieces() -> Vec<&'static str> {
    PIECES.iter().flat_map(|line| line.split('¦')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn a_text_with_any_mistakes_leaves_the_page_whole(
        pieces in prop::collection::vec(prop::sample::select(pieces()), 0..24)
    ) {
        is_whole_and_safe(&pieces.concat())?;
    }

    #[test]
    fn any_characters_leave_the_page_whole(text in "[ -~\n\u{a0}-\u{24f}]{0,80}") {
        is_whole_and_safe(&text)?;
    }
}

#[test]
fn the_examples_of_the_specification_leave_the_page_whole() {
    type Sections = std::collections::BTreeMap<String, Vec<(u32, String, String)>>;
    let sections: Sections =
        serde_json::from_str(include_str!("commonmark/examples.json")).unwrap();
    for (number, markdown, _) in sections.values().flatten() {
        let outcome = is_whole_and_safe(markdown);
        assert!(outcome.is_ok(), "example {number}: {outcome:?}");
    }
}
