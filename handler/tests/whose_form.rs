//! A form belongs to the browser that began it: whatever a foreign page posts into it, nobody else
//! reads what was written, and nobody else's answers change it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use axum::http::StatusCode;
use support::faulty::Fault;
use support::set::{Answer, Set, hidden, set};

const JUNK: &str = "topic=catalog&phone=425-555-0199&details=junk";
const VICTIMS: &str = "topic=genealogy&phone=360-555-0142&details=my+secret+story";

/// What a browser says of a form that a page of another site posts.
const FOREIGN: [(&str, &str); 2] =
    [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];

/// The nonce that a foreign page chose.
const CHOSEN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// A token that an attacker got for junk, with a nonce of their choice: the form to send it with.
async fn junk(set: &Set) -> String {
    hidden(&set.post("/desk/en/check", format!("{JUNK}&nonce={CHOSEN}")).await.body)
}

/// The victim's browser is led to the form by a foreign page, and they fill it in and send it.
async fn victim_sends(set: &Set, posted: String) -> Answer {
    let page = set.post_with("/desk/en/form", posted, &FOREIGN).await;
    assert_eq!(page.status, StatusCode::OK);
    let filled = format!("{}&{VICTIMS}", hidden(&page.body));
    let checked = set.post("/desk/en/check", filled).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.body);
    set.post("/desk/en/send", hidden(&checked.body)).await
}

async fn shows_the_victims_words(set: &Set, answer: &Answer) -> bool {
    answer.body.contains("secret story")
        || answer.body.contains("360-555-0142")
        || answer.status == StatusCode::SEE_OTHER
            && set.get(&answer.location).await.body.contains("secret story")
}

#[tokio::test]
async fn a_token_for_junk_opens_nobodys_request() {
    for lure in ["nonce", "whole form"] {
        let set = set();
        let junk = junk(&set).await;
        let lured = match lure {
            "nonce" => format!("nonce={CHOSEN}"),
            _ => junk.clone(),
        };
        let sent = victim_sends(&set, lured).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{lure}");
        let replayed = set.post("/desk/en/send", junk).await;
        assert_ne!(replayed.location, sent.location, "{lure}: the victim's receipt");
        assert!(!shows_the_victims_words(&set, &replayed).await, "{lure}");
        assert!(set.get(&sent.location).await.body.contains("secret story"), "{lure}");
    }
}

#[tokio::test]
async fn a_newer_token_for_junk_changes_nobodys_request() {
    let set = set();
    let sent = victim_sends(&set, format!("nonce={CHOSEN}")).await;
    set.minutes.store(1, std::sync::atomic::Ordering::SeqCst);
    let junk = junk(&set).await;
    set.post("/desk/en/send", junk).await;
    let receipt = set.get(&sent.location).await;
    assert!(receipt.body.contains("secret story") && !receipt.body.contains("junk"));
}

#[tokio::test]
async fn an_attacker_who_sends_first_reads_nothing_of_what_is_written_after() {
    for lure in ["nonce", "whole form"] {
        let set = set();
        let junk = junk(&set).await;
        let theirs = set.post("/desk/en/send", junk.clone()).await;
        assert_eq!(theirs.status, StatusCode::SEE_OTHER);
        set.minutes.store(1, std::sync::atomic::Ordering::SeqCst);
        let lured = match lure {
            "nonce" => format!("nonce={CHOSEN}"),
            _ => junk,
        };
        let sent = victim_sends(&set, lured).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{lure}");
        assert_ne!(sent.location, theirs.location, "{lure}: the attacker's request");
        assert!(!set.get(&theirs.location).await.body.contains("secret story"), "{lure}");
    }
}

/// Whose browser made the check page that is posted to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Began {
    ThisBrowser,
    AnotherBrowser,
}

/// What came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// With the answers that it stands for.
    Fits,
    /// The same, a day later.
    Expired,
    /// With other answers.
    OtherAnswers,
    /// With its end cut off.
    Cut,
    /// No token.
    Absent,
    /// A ticket that was issued for it.
    Ticket,
    /// A ticket with its end cut off.
    CutTicket,
    /// A nonce.
    Nonce,
}

const TOKENS: [Token; 8] = [
    Token::Fits,
    Token::Expired,
    Token::OtherAnswers,
    Token::Cut,
    Token::Absent,
    Token::Ticket,
    Token::CutTicket,
    Token::Nonce,
];

impl Token {
    /// Whether it proves that the form was made from that check page.
    fn is_right(self) -> bool {
        matches!(self, Self::Fits | Self::Expired | Self::Ticket)
    }
}

/// Who sends first: the check page that is posted, or the form that is made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    CheckPage,
    Form,
}

type Headers = &'static [(&'static str, &'static str)];

/// What browsers tell of a form that one of our own pages posts.
const OURS: [Headers; 3] = [
    &[("sec-fetch-site", "same-origin"), ("origin", "https://help.library.example")],
    &[("origin", "https://help.library.example")],
    &[("referer", "https://help.library.example/desk/en/check")],
];

/// What they tell of any other, or when they tell nothing.
const OTHERS: [Headers; 8] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://help.library.example")],
    &[("sec-fetch-site", "same-site"), ("origin", "https://www.library.example")],
    &[("sec-fetch-site", "none")],
    &[("origin", "null"), ("referer", "https://help.library.example/")],
    &[("origin", "https://evil.example")],
    &[("referer", "https://evil.example/?https://help.library.example/")],
    &[("host", "evil.example"), ("origin", "https://evil.example")],
    &[],
];

/// What is posted to the form.
async fn posted(set: &Set, token: Token, form: &str) -> String {
    let cut = |field: &str| field[..field.len() - 1].to_owned();
    let (answers, signature) = form.split_once("&token=").unwrap();
    let ticket = async || {
        let page = set.post("/desk/en/form", form.to_owned()).await;
        let page = hidden(&page.body);
        page.strip_prefix("ticket=").unwrap().to_owned()
    };
    match token {
        Token::Fits | Token::Expired => form.to_owned(),
        Token::OtherAnswers => format!("{VICTIMS}&token={signature}"),
        Token::Cut => cut(form),
        Token::Absent => answers.to_owned(),
        Token::Ticket => format!("ticket={}", ticket().await),
        Token::CutTicket => format!("ticket={}", cut(&ticket().await)),
        Token::Nonce => format!("nonce={CHOSEN}&nonce={}", signature.split('.').nth(3).unwrap()),
    }
}

/// A check page is posted to the form, its answers are changed, and both are sent.
async fn check_case(began: Began, headers: Headers, token: Token, first: First) {
    let set = set();
    let case = format!("{began:?} {headers:?} {token:?} {first:?}");
    let form = hidden(&set.post("/desk/en/check", JUNK.to_owned()).await.body);
    let mut theirs = None;
    if first == First::CheckPage {
        theirs = Some(set.post("/desk/en/send", form.clone()).await);
    }
    if token == Token::Expired {
        set.minutes.store(24 * 60 + 1, std::sync::atomic::Ordering::SeqCst);
    }
    let body = posted(&set, token, &form).await;
    let page = set.post_with("/desk/en/form", body, headers).await;
    let filled = format!("{}&{VICTIMS}", hidden(&page.body));
    let checked = hidden(&set.post("/desk/en/check", filled).await.body);
    let sent = set.post("/desk/en/send", checked).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{case}: nothing that was written is lost");
    let receipt = set.get(&sent.location).await.body;
    assert!(receipt.contains("secret story"), "{case}");

    let belongs = OURS.contains(&headers) && token.is_right();
    let replayed = set.post("/desk/en/send", form).await;
    match theirs {
        Some(theirs) => {
            assert_eq!(theirs.location == sent.location, belongs, "{case}");
            assert_eq!(set.get(&theirs.location).await.body.contains("secret story"), belongs);
        }
        None => assert!(!shows_the_victims_words(&set, &replayed).await, "{case}"),
    }
    if !belongs {
        assert!(!shows_the_victims_words(&set, &replayed).await, "{case}");
    }
    // Whatever the older page did: what was written last stands.
    assert!(set.get(&sent.location).await.body.contains("secret story"), "{case}");
}

#[tokio::test]
async fn a_form_is_carried_on_in_the_browser_that_began_it_and_nowhere_else() {
    for token in TOKENS {
        for first in [First::CheckPage, First::Form] {
            for headers in OURS {
                check_case(Began::ThisBrowser, headers, token, first).await;
            }
        }
    }
}

#[tokio::test]
async fn what_a_foreign_page_posts_begins_a_new_form() {
    for token in TOKENS {
        for first in [First::CheckPage, First::Form] {
            for headers in OTHERS {
                check_case(Began::AnotherBrowser, headers, token, first).await;
            }
        }
    }
}

#[tokio::test]
async fn a_ticket_counts_only_as_it_comes_back_from_our_own_page() {
    for headers in OTHERS {
        let set = set();
        let junk = hidden(&set.post("/desk/en/check", JUNK.to_owned()).await.body);
        let theirs = set.post("/desk/en/send", junk.clone()).await;
        let ticket = hidden(&set.post("/desk/en/form", junk).await.body);
        // The attacker's own page holds the whole form, with the victim's words typed into it.
        let filled = format!("{ticket}&{VICTIMS}");
        let checked = hidden(&set.post_with("/desk/en/check", filled.clone(), headers).await.body);
        let sent = set.post("/desk/en/send", checked).await;
        assert_ne!(sent.location, theirs.location, "{headers:?}");
        // With a mistake in it, the page that names it doesn't carry the ticket on either.
        let mistaken = format!("{ticket}&topic=genealogy&phone=1");
        let page = set.post_with("/desk/en/check", mistaken, headers).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(hidden(&page.body), "", "{headers:?}");
    }
}

#[tokio::test]
async fn a_page_that_a_foreign_form_was_answered_with_carries_nothing_of_it_on() {
    for headers in OTHERS {
        for trouble in ["away", "expired", "altered"] {
            let set = set();
            let junk = hidden(&set.post("/desk/en/check", JUNK.to_owned()).await.body);
            let theirs = set.post("/desk/en/send", junk.clone()).await;
            let mut posted = junk.clone();
            match trouble {
                "away" => set.store.set(Fault::Away),
                "expired" => set.minutes.store(24 * 60 + 1, std::sync::atomic::Ordering::SeqCst),
                _ => posted = junk.replace("junk", "other"),
            }
            let page = set.post_with("/desk/en/send", posted, headers).await;
            assert!(page.status.as_u16() == 507 || page.status.as_u16() == 422, "{trouble}");
            set.store.set(Fault::None);
            // The victim changes all of it, and sends it.
            let form = set.post("/desk/en/form", hidden(&page.body)).await;
            let filled = format!("{}&{VICTIMS}", hidden(&form.body));
            let checked = hidden(&set.post("/desk/en/check", filled).await.body);
            let sent = set.post("/desk/en/send", checked).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{trouble} {headers:?}");
            assert_ne!(sent.location, theirs.location, "{trouble} {headers:?}");
            let read = set.get(&theirs.location).await.body;
            assert!(!read.contains("secret story"), "{trouble} {headers:?}");
        }
    }
}
