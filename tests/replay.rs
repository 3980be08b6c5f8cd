//! A form that is sent more than once: one case, one mail, one number.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::sync::Arc;
use support::Server;

const ASKED: [(&str, &str); 3] =
    [("topic", "genealogy"), ("phone", "360-555-0142"), ("library", "langley")];

#[test]
fn the_same_form_sent_twice_is_one_request() {
    let server = Server::start();
    let form = server.check("en", &ASKED);
    let first = server.send("en", &form);
    let second = server.send("en", &form);
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(first.location, second.location);
    assert_eq!(server.mails(1).len(), 1);
}

#[test]
fn the_same_form_sent_twenty_times_at_once_is_one_request() {
    let server = Arc::new(Server::start());
    let form = Arc::new(server.check("en", &ASKED));
    let sends: Vec<_> = (0..20)
        .map(|_| {
            let (server, form) = (Arc::clone(&server), Arc::clone(&form));
            std::thread::spawn(move || server.send("en", &form))
        })
        .collect();
    let mut locations: Vec<_> = sends
        .into_iter()
        .map(|send| send.join().unwrap())
        .inspect(|sent| assert_eq!(sent.status, 303, "{}", sent.body))
        .map(|sent| sent.location)
        .collect();
    locations.dedup();
    assert_eq!(locations.len(), 1, "{locations:?}");
    let receipt = server.get(&locations[0]);
    assert!(receipt.body.contains("360-555-0142"), "the sealed body opens");
    assert_eq!(server.mails(1).len(), 1);
}

#[test]
fn a_changed_answer_sent_again_is_the_same_request() {
    let server = Server::start();
    let form = server.check("en", &ASKED);
    let first = server.send("en", &form);
    // Back to the check page, Change, another answer, Continue, Send.
    let page = server.post("/desk/en/form", &form);
    assert_eq!(page.status, 200);
    let mut fields: Vec<_> = form.iter().filter(|(name, _)| name != "token").cloned().collect();
    fields.extend(page.hidden_fields());
    fields.push(("details".to_owned(), "My grandmother came from Skagit County.".to_owned()));
    let checked = server.post("/desk/en/check", &fields);
    assert_eq!(checked.status, 200, "{}", checked.body);
    let second = server.send("en", &checked.hidden_fields());
    assert_eq!((second.status, &second.location), (303, &first.location));
    assert!(server.get(&second.location).body.contains("Skagit County"));
    // The older form, sent once more, changes nothing, and is told nothing.
    let again = server.send("en", &form);
    assert_eq!((again.status, again.count("main a[href*='/request/']")), (409, 0));
    assert!(server.get(&second.location).body.contains("Skagit County"));
}

#[test]
fn another_form_about_the_same_is_another_request_and_tells_nobody_of_the_first() {
    let server = Server::start();
    let first = server.get(&server.ask("en", &ASKED)).reference();
    let second = server.get(&server.ask("en", &ASKED));
    assert_eq!(second.status, 200);
    assert_ne!(second.reference(), first);
    assert!(!second.body.contains(&first), "whoever typed that number may be a stranger");
}

#[test]
fn an_altered_form_is_shown_again_with_its_answers() {
    let server = Server::start();
    let mut form = server.check("en", &ASKED);
    for (name, value) in &mut form {
        if name == "phone" {
            *value = "425-555-0199".to_owned();
        }
    }
    let page = server.send("en", &form);
    assert_eq!(page.status, 422);
    assert!(page.body.contains("425-555-0199"));
    assert_eq!(server.send("en", &page.hidden_fields()).status, 303);
}
