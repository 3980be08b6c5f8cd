//! A mail server that refuses, hangs up, hangs or lies: no mail is lost, and none waits for another's
//! fault.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod smtp_server;
mod support;

use domain::request::{Actor, Audience, Event, Matter, Signals};
use domain::routing::{Destination, MailboxHealth};
use domain::{BranchId, Email, Reach, Reference, Request};
use handler::case::{Case, CaseKind, NonceHash, Stored};
use handler::crypto::secrets::Secrets;
use handler::mail::deliver::{Deliverer, Round};
use handler::mail::mailer::{SmtpLimits, SmtpMailer};
use handler::store::{Cases, Keys, Ledger, MemoryStore, Outbox};
use jiff::{SignedDuration, Timestamp};
use smtp_server::{At, Does, SmtpServer, says};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{answers, decision, event_id, noon, renderer};
use tokio::time::timeout;

/// Libraries, so that each request is another's.
const BRANCHES: [&str; 6] =
    ["oak-harbor", "langley", "freeland", "clinton", "coupeville", "edmonds"];

/// The step and the recipient, and what the server does then.
fn at(step: &'static str, to: &'static str, does: Does) -> impl FnMut(&At) -> Option<Does> + Send {
    move |at| (at.step == step && at.to.contains(to)).then(|| does.clone())
}

fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

struct Desk {
    store: Arc<MemoryStore>,
    secrets: Arc<Secrets>,
    server: SmtpServer,
    deliverer: Deliverer,
}

/// Short enough for a test to wait for a server that hangs, long enough for one that doesn't.
fn impatient() -> SmtpLimits {
    let each = Duration::from_millis(400);
    SmtpLimits {
        connect: each,
        greeting: each,
        command: each,
        content: each,
        mail: each * 4,
        leave: each,
    }
}

/// A desk with so many requests: one mail to a library and one to a patron each.
async fn desk(requests: u32, server: SmtpServer) -> Desk {
    desk_with(SmtpLimits::default(), requests, server).await
}

async fn desk_with(limits: SmtpLimits, requests: u32, server: SmtpServer) -> Desk {
    let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
    let deliverer = support::deliverer(
        Arc::clone(&store) as _,
        Arc::new(SmtpMailer::from_url(&server.url()).unwrap().with_limits(limits)),
        &secrets,
    );
    let desk = Desk { store, secrets, server, deliverer };
    for number in 1..=requests {
        desk.send(number, noon()).await;
    }
    desk
}

impl Desk {
    async fn send(&self, number: u32, now: Timestamp) {
        let branch = BRANCHES[usize::try_from(number).unwrap() % BRANCHES.len()];
        let mut request = Request::new(Reference::from_number(number));
        let email = Email::parse(&format!("patron{number}@example.com")).unwrap();
        let to = Destination::Branch(BranchId::parse(branch).unwrap());
        let answers =
            domain::Answers { reach: Reach::new(Some(email), None, None).unwrap(), ..answers() };
        let event = Event::Sent {
            answers: Box::new(answers),
            as_of: now,
            due: now,
            decision: Box::new(domain::routing::Decision { to, ..decision() }),
            signals: Signals::default(),
            held: None,
            after: None,
        };
        let id = event_id("sent");
        let notices = request.apply(id.clone(), event, Actor::Patron, now).unwrap();
        let key = self.store.key(request.id()).await.unwrap();
        let nonce = NonceHash([7; 32]);
        let case = Case::new(CaseKind::Request, &request, &self.secrets, &key, nonce).unwrap();
        self.store.create(&case.with_notices(&id, notices, now), &[]).await.unwrap();
    }

    async fn round(&self, minutes: i64) -> Round {
        self.deliverer.deliver_due(later(minutes)).await.unwrap()
    }

    /// Rounds each minute, until then.
    async fn until(&self, from: i64, until: i64) {
        for minute in from..until {
            self.round(minute).await;
        }
    }

    async fn waiting(&self) -> usize {
        self.store.waiting(Timestamp::MAX, 1_000).await.unwrap().len()
    }

    async fn health(&self, minutes: i64) -> Vec<(BranchId, MailboxHealth)> {
        let snapshot = self.store.snapshot(later(minutes)).await.unwrap();
        let health = snapshot.branches.into_iter().map(|(id, branch)| (id, branch.mailbox));
        health.filter(|(_, mailbox)| *mailbox != MailboxHealth::Healthy).collect()
    }
}

/// Mails to libraries and patrons of so many requests: each once, none lost.
async fn all_came(desk: &Desk, requests: usize) {
    let mut to = desk.server.recipients();
    assert_eq!(to.len(), 2 * requests, "{to:?}");
    to.retain(|to| to.starts_with("patron"));
    to.sort_unstable();
    to.dedup();
    assert_eq!((to.len(), desk.waiting().await), (requests, 0));
}

#[tokio::test]
async fn a_server_that_refuses_everything_for_a_while_loses_no_mail_and_no_mailbox() {
    for (step, answer) in [
        ("RCPT", "550 5.7.1 blocked for now"),
        ("RCPT", "550 5.7.54 SMTP; unable to relay"),
        ("RCPT", "550 5.4.5 daily quota exceeded"),
        ("RCPT", "554 no"),
        ("RCPT", "571 no"),
        ("RCPT", "550 no"),
        ("MAIL", "550 no"),
        ("MAIL", "552 5.2.2 no room"),
        ("MAIL", "550 5.1.1 no such sender"),
        ("DATA", "554 5.1.1 no"),
        (".", "550 5.1.1 no"),
        ("GREETING", "554 no"),
        ("EHLO", "521 5.1.1 no"),
    ] {
        let server = SmtpServer::ruled(at(step, "", Does::Says(answer.to_owned()))).await;
        let desk = desk(6, server).await;
        desk.until(0, 30).await;
        assert!(desk.server.mails().is_empty());
        assert_eq!((desk.waiting().await, desk.health(30).await), (12, Vec::new()), "{answer}");
        desk.server.rule(|_| None);
        desk.until(30, 31 + 60).await;
        all_came(&desk, 6).await;
    }
}

/// Three addresses at which each try fails in a way that may be the server's.
fn three_that_fail(at: &At) -> Option<Does> {
    let fails = ["patron1@", "patron2@", "patron3@"].iter().any(|to| at.to.contains(to));
    (at.step == "RCPT" && fails).then_some(Does::HangsUp)
}

#[tokio::test]
async fn three_patrons_who_are_refused_hold_up_nobody_and_end_in_time() {
    let desk = desk(3, SmtpServer::ruled(three_that_fail).await).await;
    desk.until(0, 60).await;
    let mut number = 3;
    // A request each four hours shows that the server takes mail.
    for minute in (60..12 * 24 * 60).step_by(30) {
        if minute % 240 == 60 {
            number += 1;
            desk.send(number, later(minute)).await;
            let before = desk.server.mails().len();
            desk.round(minute).await;
            assert!(desk.server.mails().len() >= before + 2, "{number} waits for nobody");
        }
        desk.round(minute + 29).await;
    }
    let mut to = desk.server.recipients();
    to.retain(|to| to.starts_with("patron"));
    assert_eq!((to.len(), desk.waiting().await), (usize::try_from(number).unwrap() - 3, 0));
}

#[tokio::test]
async fn a_patron_who_is_refused_keeps_nobody_elses_mail_waiting() {
    for (step, does) in [
        ("RCPT", Does::Says("554 5.7.1 no".to_owned())),
        ("RCPT", Does::Says("421 4.7.0 too much".to_owned())),
        ("RCPT", Does::HangsUp),
        ("DATA", Does::HangsUp),
        (".", Does::HangsUp),
        (".", Does::Says("554 5.6.0 no".to_owned())),
    ] {
        let server = SmtpServer::ruled(at(step, "patron1@", does.clone())).await;
        let desk = desk(7, server).await;
        let round = desk.round(0).await;
        assert_eq!((round.sent, round.postponed, round.away), (13, 1, false), "{step} {does:?}");
        desk.server.rule(|_| None);
        desk.until(1, 10).await;
        all_came(&desk, 7).await;
    }
}

#[tokio::test]
async fn what_was_tried_in_vain_comes_after_what_was_not() {
    // Two patrons whose mail ends every conversation, and the server seems to be away.
    let server = SmtpServer::ruled(|at| {
        let ends = at.step == "RCPT" && at.to.starts_with("patron") && at.to.as_str() < "patron6@";
        ends.then_some(Does::HangsUp)
    })
    .await;
    let desk = desk(9, server).await;
    desk.until(0, 4).await;
    let came = desk.server.recipients();
    assert_eq!(came.len(), 9 + 4, "everybody else's mail is there: {came:?}");
    desk.server.rule(|_| None);
    desk.until(4, 40).await;
    all_came(&desk, 9).await;
}

#[tokio::test]
async fn one_conversation_carries_many_mails_and_ends_with_the_round() {
    let desk = desk(20, SmtpServer::start(&[]).await).await;
    desk.round(0).await;
    all_came(&desk, 20).await;
    assert_eq!((desk.server.connections(), desk.server.times("QUIT")), (1, 1));
    let refusing = at("RCPT", "patron", Does::Says("450 4.2.0 later".to_owned()));
    let desk = self::desk(20, SmtpServer::ruled(refusing).await).await;
    desk.round(0).await;
    assert_eq!((desk.server.connections(), desk.server.mails().len()), (1, 20));
}

#[tokio::test]
async fn a_server_that_takes_few_mails_a_conversation_gets_all_of_them() {
    let mut mails = 0;
    let server = SmtpServer::ruled(move |at| {
        mails = if at.step == "GREETING" { 0 } else { mails + usize::from(at.step == "MAIL") };
        (mails > 3).then(|| Does::Says("421 4.7.0 enough".to_owned()))
    })
    .await;
    let desk = desk(6, server).await;
    assert_eq!(desk.round(0).await.sent, 12);
    all_came(&desk, 6).await;
}

#[tokio::test]
async fn a_server_that_hangs_anywhere_is_given_up_in_time_and_the_mail_goes_later() {
    for step in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        for does in [Does::IsSilent, Does::Drips, Does::GoesOn, Does::Rambles] {
            let server = SmtpServer::ruled(at(step, "", does.clone())).await;
            let desk = desk_with(impatient(), 3, server).await;
            let round = timeout(Duration::from_secs(60), desk.round(0)).await;
            assert_eq!(round.unwrap().sent, 0, "{step} {does:?}");
            desk.server.rule(|_| None);
            desk.until(1, 30).await;
            let came = desk.server.recipients();
            assert!(came.len() >= 6, "{step} {does:?}: {came:?}");
            assert_eq!(desk.waiting().await, 0, "{step} {does:?}");
        }
    }
}

#[tokio::test]
async fn a_mail_that_hangs_lets_the_others_go_in_the_same_round() {
    for step in ["RCPT", "."] {
        let server = SmtpServer::ruled(at(step, "patron1@", Does::IsSilent)).await;
        let desk = desk_with(impatient(), 7, server).await;
        let round = desk.round(0).await;
        assert_eq!((round.sent, round.postponed, round.away), (13, 1, false), "{step}");
    }
}

#[tokio::test]
async fn a_yes_that_fits_no_question_is_none() {
    // An answer too many, and each of the next is one behind.
    let server =
        SmtpServer::ruled(at("MAIL", "", Does::Says("250 yes\r\n250 yes".to_owned()))).await;
    let desk = desk(3, server).await;
    desk.round(0).await;
    assert_eq!((desk.server.mails().len(), desk.waiting().await), (0, 6), "nothing seems sent");
    desk.server.rule(|_| None);
    desk.until(1, 30).await;
    all_came(&desk, 3).await;
}

#[tokio::test]
async fn a_library_whose_mailbox_is_not_there_is_unhealthy_at_once_and_the_coordinator_told() {
    let answer = Does::Says("550 5.1.1 unknown".to_owned());
    let desk = desk(6, SmtpServer::ruled(at("RCPT", "langley", answer)).await).await;
    let round = desk.round(0).await;
    assert_eq!((round.sent, round.refused), (12, 1), "and the mail that tells of it");
    let langley = BranchId::parse("langley").unwrap();
    assert_eq!(desk.health(0).await, [(langley, MailboxHealth::Unhealthy)]);
    let coordinator = renderer().current().directory().service.roles.coordinator.clone();
    assert!(desk.server.recipients().contains(&coordinator.as_str().to_owned()));
}

#[tokio::test]
async fn a_library_whose_mailbox_refuses_is_unhealthy_after_four_answering_hours_not_after_one() {
    let answer = Does::Says("550 5.7.1 not from you".to_owned());
    let desk = desk(6, SmtpServer::ruled(at("RCPT", "langley", answer)).await).await;
    desk.until(0, 60).await;
    assert_eq!(desk.health(60).await, [], "not after an hour");
    let mut number = 100;
    for minute in (60..24 * 60).step_by(5) {
        // Others are written to meanwhile.
        desk.send(number, later(minute)).await;
        number += 6;
        desk.round(minute).await;
    }
    let langley = BranchId::parse("langley").unwrap();
    assert_eq!(desk.health(24 * 60).await, [(langley.clone(), MailboxHealth::Unhealthy)]);
    let coordinator = renderer().current().directory().service.roles.coordinator.clone();
    assert!(desk.server.recipients().contains(&coordinator.as_str().to_owned()), "is told");
    assert_eq!(desk.waiting().await, 1, "and the library's mail waits still");
    desk.server.rule(|_| None);
    desk.until(24 * 60, 29 * 60).await;
    assert_eq!((desk.waiting().await, desk.health(29 * 60).await), (0, Vec::new()));
}

#[tokio::test]
async fn staffs_mail_never_ends_unseen_and_a_patrons_is_told_to_whoever_has_the_request() {
    let answer = says("550 5.7.1 no");
    let server = SmtpServer::ruled(move |at| answer.clone().filter(|_| at.step == "RCPT")).await;
    let desk = desk(1, server).await;
    let mut refused = 0;
    for hour in 0..24 * 14 {
        refused += desk.round(hour * 60).await.refused;
    }
    assert_eq!(refused, 1, "the patron's");
    let waiting = desk.store.waiting(noon(), 10).await.unwrap();
    let to_staff = |notice: &handler::case::PendingNotice| notice.notice.to != Audience::Patron;
    assert!(waiting.iter().all(to_staff) && waiting.iter().any(|it| it.tries > 36), "{waiting:?}");
    assert!(waiting.iter().any(|it| it.notice.what == Matter::MailReturned), "{waiting:?}");
    let stored = desk.store.find(Reference::from_number(1)).await.unwrap().unwrap();
    assert!(matches!(stored, Stored::Case(_)));
    desk.server.rule(|_| None);
    desk.until(24 * 14 * 60, 24 * 14 * 60 + 5 * 60).await;
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn the_coordinators_mail_waits_even_if_there_is_no_such_mailbox() {
    let says_no = Does::Says("550 5.1.1 unknown".to_owned());
    let desk = desk(2, SmtpServer::ruled(at("RCPT", "", says_no)).await).await;
    desk.until(0, 60).await;
    let waiting = desk.store.waiting(noon(), 10).await.unwrap();
    assert!(!waiting.is_empty());
    assert!(waiting.iter().all(|it| it.notice.to == Audience::Coordinator), "{waiting:?}");
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_once_that_mail_goes_without_encryption_and_never_an_address() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let echo = |at: &At| {
        let no = format!("550 5.7.1 <{}> is not for you", at.to);
        (at.step == "RCPT" && at.to.contains("patron1@")).then_some(Does::Says(no))
    };
    let desk = desk(3, SmtpServer::ruled(echo).await).await;
    desk.until(0, 3).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.matches("without encryption").count(), 1, "{text}");
    assert!(text.contains("550 5.7.1") && !text.contains('@'), "{text}");
}
