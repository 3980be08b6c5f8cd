//! A patron asks for a session: by the form alone, from the topic's page to the library's mailbox.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{Server, command};

const IN_VIETNAMESE: [(&str, &str); 6] = [
    ("topic", "genealogy"),
    ("details", "Tôi muốn tìm tổ tiên của bà ngoại tôi ở Huế."),
    ("name", "Lan"),
    ("email", "lan@example.com"),
    ("library", "langley"),
    ("language", "vi"),
];

#[test]
fn a_request_in_vietnamese_reaches_a_library_that_can_help() {
    let server = Server::start();
    let page = server.get("/vi/topics/genealogy/");
    assert_eq!((page.status, page.count("html[lang=vi]")), (200, 1));
    assert!(page.count("a[href='/vi/request/genealogy/']") > 0);

    let receipt = server.get(&server.ask("vi", &IN_VIETNAMESE));
    assert_eq!(receipt.status, 200);
    let reference = receipt.reference();
    assert_eq!(reference.len(), 11, "nine digits in threes: {reference}");
    assert!(receipt.body.contains("Tôi muốn tìm tổ tiên"), "the receipt shows what was written");

    let mails = server.mails(2);
    assert_eq!(mails.len(), 2);
    let to_library = mails.iter().find(|mail| mail.to.ends_with("@library.example")).unwrap();
    assert_ne!(to_library.to, "langley@library.example", "nobody there knows genealogy");
    assert!(to_library.subject.contains(&reference));
    let to_patron = mails.iter().find(|mail| mail.to == "lan@example.com").unwrap();
    assert!(to_patron.text.contains(&reference), "{}", to_patron.text);
}

#[test]
fn simulate_gives_the_same_library_and_says_why() {
    let server = Server::start();
    server.ask("vi", &IN_VIETNAMESE);
    let mails = server.mails(2);
    let to_library = mails.iter().find(|mail| mail.to.ends_with("@library.example")).unwrap();
    let chosen = to_library.to.trim_end_matches("@library.example");
    let out = command()
        .args(["simulate", "--topic", "genealogy", "--library", "langley", "--language", "vi"])
        .output()
        .unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(said.lines().next().unwrap().ends_with(&format!("({chosen})")), "{said}");
    assert!(said.contains("Langley can't: doesn't list the topic"), "{said}");
}

#[test]
fn the_mail_to_the_library_holds_nothing_personal() {
    let server = Server::start();
    server.ask(
        "vi",
        &[("access", "slower"), ("phone", "360-555-0142")]
            .into_iter()
            .chain(IN_VIETNAMESE)
            .collect::<Vec<_>>(),
    );
    let mails = server.mails(2);
    let mail = mails.iter().find(|mail| mail.to.ends_with("@library.example")).unwrap();
    for personal in
        ["lan@example.com", "Lan\n", "555-0142", "tổ tiên", "Huế", "slower", "more time"]
    {
        assert!(!mail.text.contains(personal), "{personal:?} stands in the mail:\n{}", mail.text);
    }
    assert_eq!(mail.text.matches("http").count(), 1, "one link:\n{}", mail.text);
}

#[test]
fn the_mail_to_the_patron_says_nothing_of_what_they_asked() {
    let server = Server::start();
    server.ask("vi", &IN_VIETNAMESE);
    let mails = server.mails(2);
    let mail = mails.iter().find(|mail| mail.to == "lan@example.com").unwrap();
    for private in ["tổ tiên", "genealogy", "gia phả", "Lịch sử gia đình"] {
        assert!(!mail.raw.contains(private) && !mail.text.contains(private), "{}", mail.text);
    }
    assert!(mail.raw.contains("Content-Language: vi"), "{}", mail.raw);
}

#[test]
fn the_link_in_the_mail_shows_where_it_stands_and_never_what_was_written() {
    let server = Server::start();
    server.ask("vi", &IN_VIETNAMESE);
    let mails = server.mails(2);
    let mail = mails.iter().find(|mail| mail.to == "lan@example.com").unwrap();
    let link = mail.text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let page = server.get(link.strip_prefix(&server.base).unwrap());
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&page.reference()));
    assert!(!page.body.contains("tổ tiên") && !page.body.contains("lan@example.com"));
}

#[test]
fn a_topic_and_a_phone_number_are_enough() {
    let server = Server::start();
    let receipt =
        server.get(&server.ask("en", &[("topic", "e-books"), ("phone", "(425) 555-0142")]));
    assert_eq!(receipt.status, 200);
    assert!(receipt.body.contains("We will call you."));
    let mails = server.mails(1);
    assert_eq!(mails.len(), 1, "there is no address to write to");
}

#[test]
fn killed_right_after_the_receipt_nothing_is_lost_and_nothing_comes_twice() {
    // Several times: where the kill falls, between storing, sending and marking, is chance.
    for _ in 0..5 {
        let server = Server::start();
        let path = server.ask("vi", &IN_VIETNAMESE);
        let server = server.killed_and_started_again();
        let receipt = server.get(&path);
        assert_eq!(receipt.status, 200);
        let mails = server.mails(2);
        assert_eq!(mails.len(), 2);
        assert!(mails[0].notice != mails[1].notice);
    }
}
