//! Finding a topic without knowing its name.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use domain::find::{ASKED_MAX, Entry, Field, Index, What, candidate, fold, shortened};
use domain::{BranchId, LanguageTag, TopicId};
use proptest::prelude::*;

fn tag(text: &str) -> LanguageTag {
    LanguageTag::parse(text).unwrap()
}

fn topic(id: &str, language: &str, title: &str, also: &[&str], summary: &str) -> Entry {
    Entry {
        what: What::Topic(TopicId::parse(id).unwrap()),
        language: tag(language),
        title: title.to_owned(),
        also_known_as: also.iter().map(|word| (*word).to_owned()).collect(),
        summary: summary.to_owned(),
    }
}

fn index() -> Index {
    let library = Entry {
        what: What::Library(BranchId::parse("langley").unwrap()),
        language: tag("en"),
        title: "Langley".to_owned(),
        also_known_as: Vec::new(),
        summary: String::new(),
    };
    let entries = [
        library,
        topic(
            "genealogy",
            "en",
            "Researching family history",
            &["genealogy", "family tree", "census records"],
            "Trace your ancestors with records, and learn how to check them.",
        ),
        topic("genealogy", "vi", "Tìm hiểu lịch sử gia đình", &["gia phả", "tổ tiên"], ""),
        topic("genealogy", "ko", "가족 역사", &["족보", "뿌리 찾기"], ""),
        topic("genealogy", "zh-Hans", "家族历史", &["家谱", "族谱"], ""),
        topic("genealogy", "ru", "История семьи", &["родословная", "моё древо"], ""),
        topic(
            "email",
            "en",
            "Personal e-mail accounts",
            &["e-mail", "Gmail", "sign in"],
            "Open an account, send a letter, and keep it safe.",
        ),
        topic("email", "vi", "Tài khoản e-mail", &["thư điện tử", "địa chỉ e-mail mới"], ""),
        topic(
            "e-books",
            "en",
            "E-books and audiobooks",
            &["ebooks", "download books"],
            "Borrow books, and read about family history.",
        ),
        topic("business", "en", "Planning a small business", &["self-employed", "Straße"], ""),
    ];
    let little = [(tag("en"), "a how do i my the to in with".to_owned())];
    Index::new(entries, little)
}

/// The ids that are found, in their order.
fn found(asked: &str, languages: &[&str]) -> Vec<String> {
    let index = index();
    let languages: Vec<_> = languages.iter().map(|language| tag(language)).collect();
    let languages: Vec<_> = languages.iter().collect();
    let hits = index.find(asked, &languages, 9);
    let ids = hits.iter().map(|hit| match hit.what {
        What::Topic(id) => id.to_string(),
        What::Library(id) => id.to_string(),
        What::Service(id) | What::Page(id) => id.clone(),
    });
    ids.collect()
}

fn check(asked: &str, languages: &[&str], expected: &[&str]) {
    assert_eq!(found(asked, languages), expected, "{asked:?} in {languages:?}");
}

#[test]
fn accents_and_case_are_optional() {
    for asked in ["gia phả", "gia pha", "GIA PHẢ", "  gia   pha ", "Gia-phả"] {
        check(asked, &["vi", "en"], &["genealogy"]);
    }
    check("dia chi", &["vi", "en"], &["email"]);
    check("мое древо", &["ru", "en"], &["genealogy"]);
    check("strasse", &["en"], &["business"]);
}

#[test]
fn a_hyphen_or_a_space_is_no_matter() {
    for asked in ["e-mail", "email", "E mail", "e‑mail"] {
        check(asked, &["en"], &["email"]);
    }
    check("self employed", &["en"], &["business"]);
    check("employed", &["en"], &["business"]);
}

#[test]
fn the_beginning_of_a_word_and_its_plural_are_enough() {
    check("geneal", &["en"], &["genealogy"]);
    check("family trees", &["en"], &["genealogy"]);
    check("ebook", &["en"], &["e-books"]);
}

#[test]
fn a_letter_may_be_wrong_in_a_longer_word() {
    for asked in ["geneology", "genaelogy", "genealgy"] {
        check(asked, &["en"], &["genealogy"]);
    }
    check("gmial", &["en"], &["email"]);
    check("treo", &["en"], &[]);
}

#[test]
fn scripts_without_spaces_are_found_within_words() {
    check("족보", &["ko", "en"], &["genealogy"]);
    check("족보를 찾고 싶어요", &["ko", "en"], &["genealogy"]);
    check("家谱", &["zh-Hans", "en"], &["genealogy"]);
    check("怎么查家谱", &["zh-Hans", "en"], &["genealogy"]);
    check("谱", &["zh-Hans", "en"], &["genealogy"]);
}

#[test]
fn a_phrase_comes_before_words_and_a_title_before_a_summary() {
    check("family history", &["en"], &["genealogy", "e-books"]);
    check("books family", &["en"], &["e-books", "genealogy"]);
    check("how do I make a family tree", &["en"], &["genealogy"]);
}

#[test]
fn a_library_is_found_by_its_name_in_every_language() {
    check("Langley", &["vi", "en"], &["langley"]);
    check("langley library", &["en"], &["langley"]);
}

#[test]
fn english_words_find_a_topic_for_readers_of_other_languages_and_say_so() {
    let index = index();
    let languages = [&tag("vi"), &tag("en")];
    let hits = index.find("family tree", &languages, 9);
    assert_eq!((hits[0].text, hits[0].language), ("family tree", &tag("en")));
    assert_eq!(hits[0].field, Field::AlsoKnownAs);
    let hits = index.find("gia pha", &languages, 9);
    assert_eq!((hits[0].text, hits[0].language), ("gia phả", &tag("vi")));
    assert!(index.find("gia pha", &[&tag("en")], 9).is_empty(), "another reader's words");
}

#[test]
fn little_words_find_nothing_next_to_others() {
    check("how do I fix my car", &["en"], &[]);
    check("how", &["en"], &["genealogy"]);
}

#[test]
fn some_words_with_other_accents_than_typed_find_nothing() {
    check("giả vờ", &["vi", "en"], &[]);
    check("gia vo", &["vi", "en"], &["genealogy"]);
    check("gia đình vui", &["vi", "en"], &["genealogy"]);
}

#[test]
fn beside_the_very_word_only_phrases_are_listed() {
    check("gmail", &["en"], &["email"]);
    check("genealogy", &["en"], &["genealogy"]);
    check("ebooks", &["en"], &["e-books"]);
}

#[test]
fn what_is_too_long_is_cut() {
    let long = format!("genealogy {}", "x".repeat(300));
    assert_eq!(shortened(&long).chars().count(), ASKED_MAX);
    assert_eq!(shortened("  phả "), "phả");
    check(&"family ".repeat(1_000), &["en"], &["genealogy", "e-books"]);
}

#[test]
fn only_what_can_hardly_be_about_a_person_is_kept() {
    for (asked, kept) in [
        ("Scam", Some("scam")),
        ("lừa đảo qua điện", None),
        ("Lừa  đảo!", Some("lua dao")),
        ("족보를", Some("족보를")),
        ("lan@example.com", None),
        ("lan＠example", None),
        ("room 12", None),
        ("x²", None),
        ("३ books", None),
        ("three whole words", Some("three whole words")),
        ("this has four words", None),
        ("abcdefghijklmnopqrstuvwxyzabcde", None),
        ("x", None),
        ("", None),
        ("?!", None),
    ] {
        assert_eq!(candidate(asked).as_deref(), kept, "{asked:?}");
    }
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,60}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_any_characters_twice_is_folding_once(chars in proptest::collection::vec(any::<char>(), 0..40)) {
        let text: String = chars.into_iter().collect();
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn any_question_is_answered_and_always_the_same(chars in proptest::collection::vec(any::<char>(), 0..200)) {
        let text: String = chars.into_iter().collect();
        let _ = candidate(&text);
        prop_assert!(shortened(&text).chars().count() <= ASKED_MAX);
        prop_assert_eq!(found(&text, &["vi", "en"]), found(&text, &["vi", "en"]));
    }

    #[test]
    fn the_order_of_entries_does_not_matter(asked in "[a-z ]{0,20}", seed in any::<prop::sample::Index>()) {
        let entries = [
            topic("one", "en", "Family tree", &["family"], "a"),
            topic("two", "en", "Family tree", &["family"], "a"),
            topic("three", "en", "Tree family", &["tree"], "b"),
        ];
        let mut turned = entries.to_vec();
        turned.rotate_left(seed.index(3));
        let asked = format!("family {asked}");
        let order = |entries: Vec<Entry>| {
            let index = Index::new(entries, []);
            index.find(&asked, &[&tag("en")], 9).iter().map(|hit| hit.what.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(order(entries.to_vec()), order(turned));
    }

    #[test]
    fn every_word_and_title_finds_its_topic_first(at in 0_usize..10) {
        let words = ["genealogy", "family tree", "census records", "e-mail", "Gmail", "sign in",
            "ebooks", "download books", "self-employed", "Planning a small business"];
        let expected = ["genealogy", "genealogy", "genealogy", "email", "email", "email",
            "e-books", "e-books", "business", "business"];
        let first = found(words[at], &["en"]).into_iter().next();
        prop_assert_eq!(first.as_deref(), Some(expected[at]));
    }
}
