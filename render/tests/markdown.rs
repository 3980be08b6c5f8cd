//! Our extensions: what an editor writes, and the HTML that becomes of it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::LanguageTag;
use render::html::Html;
use render::markdown::{Document, Image, Options, Refused, Thing, Word};
use render::strings::Found;

fn html(markdown: &str) -> String {
    let language = LanguageTag::source();
    let options = Options {
        value: &|name| match name {
            "phone" => Some("425-555-0100".to_owned()),
            "site" => Some("https://library.example/".to_owned()),
            _ => None,
        },
        link: &|target| target.strip_suffix(".md").map(|stem| format!("/{stem}/")),
        image: &|Image { target, alt, title }| {
            let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
            target.ends_with(".jpg").then(|| Html::text(&format!("[{target}: {alt}{title}]")))
        },
        word: &|word| {
            let text = match word {
                Word::Notice(kind) => kind.class(),
                Word::Footnotes => "Notes",
                Word::BackToText => "Back to reference",
                Word::Table => "Table",
            };
            Some(Found { text: text.to_owned(), language: &language })
        },
    };
    Document::parse(markdown).write(&language).html(&options).as_str().to_owned()
}

fn check(markdown: &str, expected: &str) {
    assert_eq!(html(markdown).trim(), expected, "\n{markdown}\n");
}

/// Each thing that a check looks at, and the source that it stands at.
fn spots(markdown: &str) -> Vec<(Thing, &str)> {
    let spots = Document::parse(markdown).spots();
    spots.into_iter().map(|spot| (spot.what, &markdown[spot.at])).collect()
}

fn foreign(tag: &str) -> Thing {
    Thing::Foreign(LanguageTag::parse(tag).unwrap())
}

#[test]
fn a_table_can_be_scrolled_by_keys_and_its_headers_are_of_columns() {
    check(
        "| Day | Hours |\n|-----|------:|\n| Mon | 10–5 |",
        "<section class=\"scroll\" tabindex=\"0\" aria-label=\"Table\"><table><thead><tr>\
         <th scope=\"col\">Day</th><th scope=\"col\" class=\"end\">Hours</th></tr></thead><tbody>\n\
         <tr><td>Mon</td><td class=\"end\">10–5</td></tr>\n</tbody></table></section>",
    );
}

#[test]
fn a_footnote_leads_to_the_end_and_back() {
    check(
        "One.[^a] Two.[^b] Again.[^a]\n\n[^b]: Bee.\n\n[^a]: Ay.",
        "<p>One.<sup><a href=\"#fn-en-1\" id=\"fnref-en-1\" role=\"doc-noteref\">1</a></sup> \
         Two.<sup><a href=\"#fn-en-2\" id=\"fnref-en-2\" role=\"doc-noteref\">2</a></sup> \
         Again.<sup><a href=\"#fn-en-1\" id=\"fnref-en-1-2\" role=\"doc-noteref\">1</a></sup></p>\n\
         <section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Notes\">\n<ol>\n\
         <li id=\"fn-en-1\"><p>Ay. <a href=\"#fnref-en-1\" role=\"doc-backlink\" \
         aria-label=\"Back to reference 1\">↩\u{fe0e}</a> <a href=\"#fnref-en-1-2\" \
         role=\"doc-backlink\" aria-label=\"Back to reference 1-2\">↩\u{fe0e}</a></p>\n</li>\n\
         <li id=\"fn-en-2\"><p>Bee. <a href=\"#fnref-en-2\" role=\"doc-backlink\" \
         aria-label=\"Back to reference 2\">↩\u{fe0e}</a></p>\n</li>\n</ol>\n</section>",
    );
}

#[test]
fn a_footnote_that_nothing_refers_to_is_told() {
    let found = spots("Words.\n\n[^lost]: Nobody comes here.");
    assert_eq!(found[0].0, Thing::UnusedFootnote("lost".to_owned()));
}

#[test]
fn a_heading_has_an_id_of_its_words_or_the_one_it_was_given() {
    check("## What you need", "<h2 id=\"s-what-you-need\">What you need</h2>");
    check("## Quý vị cần gì {#what-you-need}", "<h2 id=\"s-what-you-need\">Quý vị cần gì</h2>");
    check(
        "## A\n## A\n## A 2",
        "<h2 id=\"s-a\">A</h2>\n<h2 id=\"s-a-2\">A</h2>\n<h2 id=\"s-a-2-2\">A 2</h2>",
    );
    check("## A {.big onclick=x}", "<h2 id=\"s-a\">A</h2>");
}

#[test]
fn a_notice_has_a_title_in_the_readers_language() {
    for kind in ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"] {
        let class = kind.to_lowercase();
        check(
            &format!("> [!{kind}]\n> Bring your *card*."),
            &format!(
                "<aside class=\"notice {class}\" role=\"note\">\n<p><b>{class}</b></p>\n\
                 <p>Bring your <em>card</em>.</p>\n</aside>"
            ),
        );
    }
    check("> [!OTHER]\n> x", "<blockquote>\n<p>[!OTHER]\nx</p>\n</blockquote>");
}

#[test]
fn terms_have_definitions() {
    check(
        "Hold\n: A book that waits for you.\n: Ask for it.",
        "<dl>\n<dt>Hold</dt>\n<dd>A book that waits for you.</dd>\n<dd>Ask for it.</dd>\n</dl>",
    );
}

#[test]
fn words_in_another_language_say_which() {
    check(
        "Say [xin *chào*]{lang=vi}, or [مرحبا]{lang=ar}.",
        "<p>Say <span lang=\"vi\" dir=\"ltr\">xin <em>chào</em></span>, or \
         <span lang=\"ar\" dir=\"rtl\">مرحبا</span>.</p>",
    );
    check(
        "[Trang chủ](a.md){lang=vi} and [a [b]{lang=es} c]{lang=zh-hans}",
        "<p><span lang=\"vi\" dir=\"ltr\"><a href=\"/a/\">Trang chủ</a></span> and \
         <span lang=\"zh-Hans\" dir=\"ltr\">a <span lang=\"es\" dir=\"ltr\">b</span> c</span></p>",
    );
    check("- [x]{lang=en} y", "<ul>\n<li><span lang=\"en-US\" dir=\"ltr\">x</span> y</li>\n</ul>");
    check(
        "## [Hola]{lang=es}\n\n## Hola a todos {lang=es}",
        "<h2 id=\"s-hola\"><span lang=\"es\" dir=\"ltr\">Hola</span></h2>\n\
         <h2 lang=\"es\" dir=\"ltr\" id=\"s-hola-a-todos\">Hola a todos</h2>",
    );
}

#[test]
fn what_only_looks_like_a_mark_stays_as_it_is() {
    check("\\[x]{lang=vi}", "<p>[x]{lang=vi}</p>");
    check("[x\\]{lang=vi}", "<p>[x]{lang=vi}</p>");
    check("`[x]{lang=vi}`", "<p><code>[x]{lang=vi}</code></p>");
    check("*[x*]{lang=vi}", "<p><em>[x</em>]{lang=vi}</p>");
    check("[x]{lang=klingon}", "<p>[x]{lang=klingon}</p>");
    check("[x]{class=vi}", "<p>[x]{class=vi}</p>");
    for stray in ["[x]{lang=klingon}", "x]{lang=vi} y", "a{lang=es}"] {
        let found = spots(stray);
        assert!(matches!(found[..], [(Thing::StrayLanguage(_), _)]), "{stray}: {found:?}");
    }
}

#[test]
fn a_whole_block_in_another_language_says_which() {
    check("Hola a todos.\n{lang=es}", "<p lang=\"es\" dir=\"ltr\">Hola a todos.</p>");
    check("Hola a todos. {lang=es}", "<p lang=\"es\" dir=\"ltr\">Hola a todos.</p>");
    check(
        "- Hola {lang=es}\n- Hi",
        "<ul>\n<li lang=\"es\" dir=\"ltr\">Hola</li>\n<li>Hi</li>\n</ul>",
    );
    check(
        "> Hola.\n>\n> Adiós.\n\n{lang=es}\n\nBye.",
        "<blockquote lang=\"es\" dir=\"ltr\">\n<p>Hola.</p>\n<p>Adiós.</p>\n</blockquote>\n<p>Bye.</p>",
    );
    check(
        "> [!NOTE]\n> مرحبا\n\n{lang=ar}",
        "<aside lang=\"ar\" dir=\"rtl\" class=\"notice note\" role=\"note\">\n<p><b>note</b></p>\n\
         <p>مرحبا</p>\n</aside>",
    );
}

#[test]
fn a_check_sees_what_is_marked() {
    assert_eq!(
        spots("Say [xin chào]{lang=vi}.\n\nHola.\n{lang=es}\n\n<b lang=\"ko\">안녕</b>"),
        [
            (foreign("vi"), "[xin chào]{lang=vi}"),
            (foreign("es"), "Hola.\n{lang=es}\n"),
            (foreign("ko"), "<b lang=\"ko\">안녕</b>"),
        ]
    );
}

#[test]
fn a_picture_with_a_caption_is_a_figure() {
    check(
        "![A desk](desk.jpg \"Call {phone}\")",
        "<figure>[desk.jpg: A desk]<figcaption>Call 425-555-0100</figcaption></figure>",
    );
    check("![A desk](desk.jpg)", "<p>[desk.jpg: A desk]</p>");
    check("See ![A desk](desk.jpg \"Ours\").", "<p>See [desk.jpg: A desk (Ours)].</p>");
    check("![A *tall* desk](https://evil.example/x.png)", "<p>A tall desk</p>");
}

#[test]
fn raw_html_that_is_on_the_list_is_passed_on() {
    check(
        "Press <kbd>Ctrl</kbd>+<KBD title='the \"C\" key'>C</KBD><br/>H<sub>2</sub>O",
        "<p>Press <kbd>Ctrl</kbd>+<kbd title=\"the &quot;C&quot; key\">C</kbd><br>H<sub>2</sub>O</p>",
    );
    check(
        "<details open>\n<summary>More &amp; more</summary>\n\nSome *words*.\n\n</details>",
        "<details open=\"\">\n<summary>More &amp; more</summary>\n<p>Some <em>words</em>.</p>\n</details>",
    );
    check(
        "<a id=\"top\" href=\"a.md\">A</a> <img src='desk.jpg' alt=\"A desk\" width=9>",
        "<p><a href=\"/a/\" id=\"s-top\">A</a> [desk.jpg: A desk]</p>",
    );
    check("<dl><dt>A<dd>B</dl>", "<dl><dt>A</dt><dd>B</dd></dl>");
    check("a<!-- for translators -->b", "<p>ab</p>");
    check("<p lang=\"ar\">مرحبا {phone}</p>", "<p lang=\"ar\" dir=\"rtl\">مرحبا 425-555-0100</p>");
}

#[test]
fn raw_html_that_is_not_on_the_list_is_not_passed_on_and_told() {
    let element = |name: &str| Thing::Html(Refused::Element(name.to_owned()));
    let attribute = |element: &str, attribute: &str| {
        let (element, attribute) = (element.to_owned(), attribute.to_owned());
        Thing::Html(Refused::Attribute { element, attribute })
    };
    check("<script>\nalert(1)\n</script>\n\nx", "<p>x</p>");
    assert_eq!(spots("<script>\nalert(1)\n</script>"), [(element("script"), "<script>")]);
    check("a <video src=x>b</video> c", "<p>a b c</p>");
    assert_eq!(spots("a <video src=x>b</video> c"), [(element("video"), "<video src=x>")]);
    check("<b onclick='x' style=\"y\" class=z>a</b>", "<p><b>a</b></p>");
    let b = "<b onclick='x' class=z>";
    assert_eq!(
        spots("<b onclick='x' class=z>a</b>"),
        [(attribute("b", "onclick"), b), (attribute("b", "class"), b)]
    );
}

#[test]
fn a_tag_that_isnt_closed_ends_with_its_block() {
    let unbalanced = |name: &str| Thing::Html(Refused::Unbalanced(name.to_owned()));
    check("*a <b>c* d</b> e", "<p><em>a <b>c</b></em> d e</p>");
    assert_eq!(spots("a <b>c\n\nd"), [(unbalanced("b"), "<b>")]);
    assert_eq!(spots("a c</b>"), [(unbalanced("b"), "</b>")]);
    check(
        "- <div>\n\n  x\n- y",
        "<ul>\n<li><div>\n<p>x</p>\n</div></li>\n<li>\n<p>y</p>\n</li>\n</ul>",
    );
    check("a <div>b</div>", "<p>a b</p>");
    assert_eq!(
        spots("a <div>b</div>"),
        [(Thing::Html(Refused::Misplaced("div".to_owned())), "<div>")]
    );
    check("<a href=\"a.md\">x [y](b.md)</a>", "<p><a href=\"/a/\">x y</a></p>");
}

#[test]
fn a_place_in_an_html_block_is_that_of_its_line() {
    let markdown = "> <div>\n> <a href=\"a.md\">A</a>\n> <img src=\"x.jpg\" alt=\"\">\n> </div>";
    let image = Thing::Image { target: "x.jpg".to_owned(), alt: String::new() };
    assert_eq!(
        spots(markdown),
        [
            (Thing::Link("a.md".to_owned()), "<a href=\"a.md\">"),
            (image, "<img src=\"x.jpg\" alt=\"\">"),
        ]
    );
}

#[test]
fn an_address_that_runs_something_is_not_passed_on() {
    for target in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "javascript&#58;alert(1)",
        "java&#9;script:alert(1)",
        "&#1;javascript:alert(1)",
    ] {
        check(&format!("[x](<{target}>)"), "<p>x</p>");
        check(&format!("<a href=\"{target}\">x</a>"), "<p>x</p>");
    }
    check("[x](mailto:a@b.example)", "<p><a href=\"mailto:a@b.example\">x</a></p>");
    check("<https://a.example/>", "<p><a href=\"https://a.example/\">https://a.example/</a></p>");
    check("[x](#s-a)", "<p><a href=\"#s-a\">x</a></p>");
}

#[test]
fn values_are_text_and_addresses_among_them_are_links_once() {
    check(
        "Call {phone} or {unknown}: {site} [{site}](a.md)",
        "<p>Call 425-555-0100 or {unknown}: <a href=\"https://library.example/\">\
         https://library.example/</a> <a href=\"/a/\">https://library.example/</a></p>",
    );
}
