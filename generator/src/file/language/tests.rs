use super::*;
use proptest::prelude::*;

/// A few ordinary paragraphs, and twenty or more that look foreign and aren't.
struct Corpus {
    tag: &'static str,
    ordinary: &'static str,
    tricky: &'static str,
}

macro_rules! corpus {
    ($($tag:literal),*) => {
        [$(Corpus {
            tag: $tag,
            ordinary: include_str!(concat!("../../../tests/passages/", $tag, ".txt")),
            tricky: include_str!(concat!("../../../tests/passages/", $tag, ".tricky.txt")),
        }),*]
    };
}

const CORPORA: [Corpus; 10] =
    corpus!("en", "es", "vi", "tl", "ru", "uk", "ko", "zh-Hans", "zh-Hant", "ar");

fn page(tag: &str) -> LanguageTag {
    LanguageTag::parse(tag).unwrap()
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    paragraphs(text)
        .flat_map(|paragraph| paragraph.split_inclusive(['.', '。']))
        .map(str::trim)
        .filter(|sentence| sentence.contains('。') || sentence.split(' ').count() >= 7)
}

fn found(text: &str, tag: &str) -> Option<&'static str> {
    foreign(text, &page(tag)).map(|found| found.tag)
}

#[test]
fn a_page_in_its_own_language_never_alarms() {
    for corpus in &CORPORA {
        for paragraph in paragraphs(corpus.ordinary) {
            assert_eq!(found(paragraph, corpus.tag), None, "{}: {paragraph}", corpus.tag);
        }
        for sentence in sentences(corpus.ordinary) {
            assert_eq!(found(sentence, corpus.tag), None, "{}: {sentence}", corpus.tag);
        }
    }
}

#[test]
fn names_titles_and_loanwords_never_alarm() {
    for corpus in &CORPORA {
        let lines: Vec<_> = corpus.tricky.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.len() >= 20, "{}: {}", corpus.tag, lines.len());
        for line in lines {
            // Emphasis marks titles, which blocks come without.
            let line = line.split('*').step_by(2).collect::<String>();
            let line = line.as_str();
            assert_eq!(found(line, corpus.tag), None, "{}: {line}", corpus.tag);
        }
    }
}

#[test]
fn a_paragraph_in_another_of_our_languages_is_found_and_named() {
    for on in &CORPORA {
        for of in CORPORA.iter().filter(|of| of.tag != on.tag) {
            for paragraph in paragraphs(of.ordinary) {
                assert_eq!(found(paragraph, on.tag), Some(of.tag), "on {}: {paragraph}", on.tag);
            }
        }
    }
}

#[test]
fn a_paragraph_in_a_language_that_we_do_not_have_is_found() {
    let others = include_str!("../../../tests/passages/others.txt");
    for on in &CORPORA {
        for paragraph in paragraphs(others) {
            let (tag, paragraph) = paragraph.split_once(' ').unwrap();
            assert_eq!(found(paragraph, on.tag), Some(tag), "on {}: {paragraph}", on.tag);
        }
    }
}

/// The rates that the module's first lines tell; a change for the worse fails.
#[test]
fn one_sentence_in_another_of_our_languages_is_found_nearly_always() {
    let mut missed = Vec::new();
    let mut all = 0;
    for on in &CORPORA {
        for of in CORPORA.iter().filter(|of| of.tag != on.tag) {
            for sentence in sentences(of.ordinary) {
                all += 1;
                match found(sentence, on.tag) {
                    Some(tag) if tag == of.tag => {}
                    other => missed.push(format!("{} on {}: {other:?} {sentence}", of.tag, on.tag)),
                }
            }
        }
    }
    assert!(missed.len() * 100 <= all, "{} of {all}: {missed:#?}", missed.len());
}

#[test]
fn a_foreign_sentence_at_the_end_of_a_paragraph_is_found_where_it_begins() {
    let text = "Thủ thư vẫn trả lời điện thoại và giúp quý vị qua gọi video. \
                Our buildings are closed for the holiday, but we still answer the phone.";
    let found = foreign(text, &page("vi")).unwrap();
    assert_eq!((found.tag, &text[found.at..found.at + 13]), ("en", "Our buildings"));
}

#[test]
fn a_page_in_a_language_without_lists_is_left_alone() {
    assert_eq!(found("We then agree on a time with you, within two days.", "fr"), None);
}

proptest! {
    #[test]
    fn any_text_can_be_judged(text in "\\PC{0,200}", tag in 0..CORPORA.len()) {
        let text: String = text;
        if let Some(found) = foreign(&text, &page(CORPORA[tag].tag)) {
            prop_assert!(text.is_char_boundary(found.at));
        }
    }

    #[test]
    fn words_of_our_languages_in_any_order_can_be_judged(
        words in prop::collection::vec(0..3000_usize, 0..60),
        tag in 0..CORPORA.len(),
    ) {
        let all: Vec<&str> =
            CORPORA.iter().flat_map(|corpus| corpus.ordinary.split(' ')).collect();
        let words: Vec<_> = words.iter().map(|at| all[at % all.len()]).collect();
        let text = words.join(" ");
        if let Some(found) = foreign(&text, &page(CORPORA[tag].tag)) {
            prop_assert!(text.is_char_boundary(found.at));
        }
    }
}
