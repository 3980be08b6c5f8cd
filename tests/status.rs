//! `status`: whoever runs the service hears what is stuck, and nothing of a patron.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::answers::{Answers, Prefer};
use domain::request::{Actor, Event, EventId, Signals};
use domain::routing::{Because, Decision, Destination, Receipt};
use domain::{BranchId, Email, Reach, Reference, Request, TopicId};
use handler::case::{Case, CaseKind, NonceHash};
use handler::folder::{self, Folder};
use handler::store::{Access, Cases, Keys, Outbox, Record, RecordKey, Records};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use support::{Server, command};

/// Runs the command; its exit code and what it said.
fn status(data: &Path, flags: &[&str]) -> (i32, String) {
    let out = command().args(["status", "--data"]).arg(data).args(flags).output().unwrap();
    (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
}

/// A request whose mails have waited for an hour, the library's tried three times.
async fn an_hour_old(data: &Path) {
    let Folder { store, secrets } = folder::open(data, Access::Writes, None).unwrap();
    let then = Timestamp::now() - SignedDuration::from_hours(1);
    let reach = Reach::new(Some(Email::parse("lan@example.com").unwrap()), None, None).unwrap();
    let mut request = Request::new(Reference::from_number(1));
    let event = EventId::parse("sent").unwrap();
    let sent = Event::Sent {
        answers: Box::new(Answers::least(TopicId::parse("genealogy").unwrap(), reach)),
        as_of: then,
        due: then,
        decision: Box::new(Decision {
            to: Destination::Branch(BranchId::parse("oak-harbor").unwrap()),
            receipt: Receipt {
                preferred: None,
                prefer: Prefer::Soonest,
                considered: Vec::new(),
                relaxed: Vec::new(),
                because: Because::Soonest,
            },
        }),
        signals: Signals::default(),
        held: None,
        after: None,
    };
    let notices = request.apply(event.clone(), sent, Actor::Patron, then).unwrap();
    let key = store.key(request.id()).await.unwrap();
    let case = Case::new(CaseKind::Request, &request, &secrets, &key, NonceHash([7; 32])).unwrap();
    store.create(&case.with_notices(&event, notices, then), &[]).await.unwrap();
    for _ in 0..3 {
        let leased = store.lease(then, Timestamp::now(), 10).await.unwrap();
        store.mark_failed(&leased[0], then).await.unwrap();
        store.release(&leased[1], then).await.unwrap();
    }
}

#[tokio::test]
async fn mail_that_is_stuck_is_told_by_library_with_what_to_do_and_without_an_address() {
    let data = tempfile::tempdir().unwrap();
    an_hour_old(data.path()).await;
    // As with a mail server: where mail goes into a folder, no canary is sent.
    std::fs::create_dir(data.path().join("outbox")).unwrap();
    let (code, said) = status(data.path(), &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("Mail to oak-harbor waits: 1 mail, the oldest for 60 min"), "{said}");
    assert!(said.contains("Mail to patrons waits") && said.contains("--mail"), "{said}");
    assert!(!said.contains('@') && !said.contains("lan"), "{said}");
    let (code, said) = status(data.path(), &["--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &told["stuck"]), (1, &true.into()));
    assert_eq!(told["staff"][0]["mailbox"], "oak-harbor");
    let tries =
        told["staff"][0]["tries"].as_u64().unwrap() + told["patrons"]["tries"].as_u64().unwrap();
    assert_eq!(tries, 3, "{told}");
}

#[tokio::test]
async fn an_unhealthy_mailbox_is_told_with_what_ends_it_which_differs_by_why_it_is() {
    for (value, why, end) in [
        ("refused", "has refused mail for hours", "The next mail that it takes ends this"),
        ("unhealthy", "came back from it", "Mail that arrives there ends this"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let Folder { store, .. } = folder::open(data.path(), Access::Writes, None).unwrap();
        let expires = Timestamp::now() + SignedDuration::from_hours(24);
        let (key, value) = (RecordKey::from_stored("mailbox langley"), value.to_owned());
        store.put_record(&Record { key, value, expires }).await.unwrap();
        drop(store);
        std::fs::create_dir(data.path().join("outbox")).unwrap();
        let (code, said) = status(data.path(), &[]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("The mailbox of langley is unhealthy"), "{said}");
        assert!(said.contains(why) && said.contains(end), "{said}");
        let (_, said) = status(data.path(), &["--format", "json"]);
        let told: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(told["unhealthy"][0], "langley");
    }
}

#[test]
fn beside_a_desk_that_is_well_nothing_is_stuck() {
    let server = Server::start();
    let (code, said) = status(server.data.path(), &[]);
    assert_eq!((code, said.lines().count()), (0, 1), "{said}");
    assert!(said.contains("Nothing is stuck"), "{said}");
}

#[test]
fn a_folder_without_a_desk_is_told_and_nothing_is_made_there() {
    let data = tempfile::tempdir().unwrap();
    let (code, said) = status(data.path(), &[]);
    assert_eq!((code, said.as_str()), (2, ""));
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}
