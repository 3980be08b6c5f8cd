//! Mail leaves the house: at least once, with the same id, whatever happens on the way.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use async_trait::async_trait;
use domain::directory::Service;
use domain::{Email, Request};
use handler::case::{Case, PendingNotice, Tombstone};
use handler::crypto::secrets::Secrets;
use handler::mail::deliver::{Compose, ComposeError, Deliverer, Limits, Round};
use handler::mail::mailer::{Mail, Mailer, MemoryMailer, SendError, Verdict};
use handler::mail::received::Several;
use handler::store::{Cases, MemoryStore, Outbox};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use support::faulty::{Fault, FaultyStore};
use support::{noon, renderer, sent};

/// Says little, to one address; or nothing, while its wording is broken.
#[derive(Default)]
struct Short {
    is_broken: AtomicBool,
}

impl Compose for Short {
    fn service(&self) -> Service {
        renderer().current().directory().service.clone()
    }

    fn compose(
        &self,
        case: &Case,
        request: &Request,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(ComposeError("a wording is missing".to_owned()));
        }
        let email = |text: &str| Email::parse(text).unwrap();
        Ok(Some(Mail {
            notice: pending.id.clone(),
            date: now,
            from_name: "Library".to_owned(),
            from: email("sender@library.example"),
            to: email("somebody@library.example"),
            reply_to: email("coordinator@library.example"),
            subject: request.id().to_string(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            language: "en-US".to_owned(),
            domain: "library.example".to_owned(),
            thread: case.id.compact(),
        }))
    }

    fn compose_several(
        &self,
        several: &Several,
        pending: &PendingNotice,
        now: Timestamp,
    ) -> Result<Option<Mail>, ComposeError> {
        let (case, request) = &several.requests[0];
        self.compose(case, request, pending, now)
    }
}

/// Fails as told, one answer a mail, and then sends.
struct Failing {
    answers: Mutex<Vec<SendError>>,
    then: MemoryMailer,
}

#[async_trait]
impl Mailer for Failing {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let next = self.answers.lock().unwrap().pop();
        match next {
            Some(error) => Err(error),
            None => self.then.send(mail).await,
        }
    }
}

fn deliverer(
    store: &Arc<MemoryStore>,
    secrets: &Arc<Secrets>,
    mailer: Arc<dyn Mailer>,
) -> Deliverer {
    let (store, secrets) = (Arc::clone(store), Arc::clone(secrets));
    let (lease, limits) = (SignedDuration::from_mins(10), Limits::default());
    Deliverer { store, mailer, secrets, compose: Arc::new(Short::default()), lease, limits }
}

async fn with_one_case() -> (Arc<MemoryStore>, Arc<Secrets>, Case) {
    let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
    let (_, case) = sent(&*store, &secrets, 1).await;
    store.create(&case, &[]).await.unwrap();
    (store, secrets, case)
}

fn later(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

fn ids(mailer: &MemoryMailer) -> Vec<String> {
    let id = |bytes: &Vec<u8>| {
        let message = MessageParser::default().parse(bytes).unwrap();
        message.header_raw("Notice-Id").unwrap().trim().to_owned()
    };
    mailer.sent().iter().map(id).collect()
}

#[tokio::test]
async fn what_waits_is_sent_once() {
    let (store, secrets, case) = with_one_case().await;
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    let round = deliverer.deliver_due(noon()).await.unwrap();
    assert_eq!(round, Round { sent: 2, ..Round::default() });
    assert_eq!(deliverer.deliver_due(later(60)).await.unwrap(), Round::default());
    let expected: Vec<_> = case.outbox.iter().map(|p| p.id.as_str().to_owned()).collect();
    assert_eq!(ids(&mailer), expected);
}

#[tokio::test]
async fn a_mailer_that_fails_loses_nothing() {
    let (store, secrets, _) = with_one_case().await;
    let away = || SendError::new(Verdict::MailboxWaits, "greylisted");
    let mailer = Arc::new(Failing {
        answers: Mutex::new(vec![away(), away(), away()]),
        then: MemoryMailer::new(),
    });
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    let round = deliverer.deliver_due(noon()).await.unwrap();
    assert_eq!(round, Round { postponed: 2, ..Round::default() });
    let next = store.next_ready().await.unwrap().unwrap();
    assert_eq!(next, later(1), "it is tried again in a minute");
    deliverer.deliver_due(next).await.unwrap();
    deliverer.deliver_due(later(60)).await.unwrap();
    let all: BTreeSet<_> = ids(&mailer.then).into_iter().collect();
    assert_eq!((all.len(), mailer.then.sent().len()), (2, 2));
}

#[tokio::test]
async fn a_mailer_that_is_away_is_asked_for_two_recipients_and_all_mail_waits() {
    let (store, secrets, _) = with_one_case().await;
    for number in 2..10 {
        let (_, case) = sent(&*store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
    }
    let away = || SendError::new(Verdict::Away, "not reached");
    let answers = Mutex::new(vec![away(), away()]);
    let mailer = Arc::new(Failing { answers, then: MemoryMailer::new() });
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    let round = deliverer.deliver_due(noon()).await.unwrap();
    assert_eq!(round, Round { postponed: 2, away: true, ..Round::default() });
    assert!(mailer.then.sent().is_empty(), "nobody else was tried");
    let waiting = store.waiting(noon(), 100).await.unwrap();
    assert!(waiting.iter().all(|notice| notice.tries == 0), "no mail is to blame");
    let later = deliverer.deliver_due(later(1)).await.unwrap();
    assert_eq!((later.sent, later.away), (18, false), "nothing was lost");
}

#[tokio::test]
async fn a_case_whose_key_is_missing_keeps_its_mail_until_the_key_is_back() {
    let (store, secrets, case) = with_one_case().await;
    let other = Arc::new(MemoryStore::new());
    other.import(&store.find(case.id).await.unwrap().unwrap(), None).await.unwrap();
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = deliverer(&other, &secrets, Arc::clone(&mailer) as _);
    let round = deliverer.deliver_due(noon()).await.unwrap();
    assert_eq!((round.postponed, mailer.sent().len()), (2, 0));
    assert_eq!(other.read(case.id).await.unwrap().unwrap().outbox.len(), 2);
}

#[tokio::test]
async fn a_patrons_mail_that_could_not_be_made_for_weeks_is_then_tried_for_as_long_as_any() {
    let (store, secrets, _) = with_one_case().await;
    let mailer = Arc::new(Failing { answers: Mutex::default(), then: MemoryMailer::new() });
    let short = Arc::new(Short::default());
    let deliverer = Deliverer {
        compose: Arc::clone(&short) as _,
        ..deliverer(&store, &secrets, Arc::clone(&mailer) as _)
    };
    short.is_broken.store(true, Ordering::SeqCst);
    for minutes in 0..21 * 24 * 12 {
        deliverer.deliver_due(later(5 * minutes)).await.unwrap();
    }
    let waiting = store.waiting(Timestamp::MAX, 10).await.unwrap();
    let tries: Vec<_> = waiting.iter().map(|notice| notice.tries).collect();
    assert_eq!(tries, [1, 1], "the first alone counts: `status` tells of mail that was tried");
    // The wording is mended, and the mail server asks to come again, each time for three days.
    short.is_broken.store(false, Ordering::SeqCst);
    let busy = SendError::new(Verdict::MailboxWaits, "greylisted");
    *mailer.answers.lock().unwrap() = vec![busy; 1_000];
    for hours in 21 * 24..24 * 24 {
        assert_eq!(deliverer.deliver_due(later(60 * hours)).await.unwrap().refused, 0);
    }
    mailer.answers.lock().unwrap().clear();
    for hours in 24 * 24..24 * 24 + 5 {
        deliverer.deliver_due(later(60 * hours)).await.unwrap();
    }
    assert_eq!(mailer.then.sent().len(), 2);
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_says_nothing_of_the_server_and_waits() {
    let (store, secrets, _) = with_one_case().await;
    let answers = Mutex::new(vec![SendError::new(Verdict::NotMade, "unwritable"); 100]);
    let mailer = Arc::new(Failing { answers, then: MemoryMailer::new() });
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    for hours in 0..48 {
        deliverer.deliver_due(later(60 * hours)).await.unwrap();
    }
    let waiting = store.waiting(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|notice| notice.tries).collect::<Vec<_>>(), [1, 1]);
    mailer.answers.lock().unwrap().clear();
    assert_eq!(deliverer.deliver_due(later(50 * 60)).await.unwrap().sent, 2);
}

#[tokio::test]
async fn a_mail_that_cannot_be_marked_keeps_no_other_back() {
    let (store, secrets, _) = with_one_case().await;
    let faulty = Arc::new(FaultyStore::new(Arc::clone(&store) as _));
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = Deliverer {
        store: Arc::clone(&faulty) as _,
        mailer: Arc::clone(&mailer) as _,
        secrets,
        compose: Arc::new(Short::default()),
        lease: SignedDuration::from_mins(10),
        limits: Limits::default(),
    };
    // Lease, then of the library's mail: the case, its key, that staff's mail is taken (read and
    // written), that it has a request more, the mark.
    faulty.set(Fault::NotDone(6));
    deliverer.deliver_due(noon()).await.unwrap_err();
    assert_eq!(mailer.sent().len(), 2);
    faulty.set(Fault::None);
    deliverer.deliver_due(later(10)).await.unwrap();
    let sent = ids(&mailer);
    let different: BTreeSet<_> = sent.iter().collect();
    assert_eq!((sent.len(), different.len()), (3, 2), "again, under the same id");
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_ends_and_the_others_go_on() {
    let (store, secrets, _) = with_one_case().await;
    let mailer = Arc::new(Failing {
        answers: Mutex::new(vec![SendError::new(Verdict::Final, "no such mailbox")]),
        then: MemoryMailer::new(),
    });
    let deliverer = deliverer(&store, &secrets, mailer);
    let round = deliverer.deliver_due(noon()).await.unwrap();
    assert_eq!(
        round,
        Round { sent: 2, refused: 1, ..Round::default() },
        "and who can help is told"
    );
    assert_eq!(store.next_ready().await.unwrap(), None);
}

#[tokio::test]
async fn a_crash_between_sending_and_marking_sends_it_again_under_the_same_id() {
    let (store, secrets, case) = with_one_case().await;
    let mailer = Arc::new(MemoryMailer::new());
    // Somebody took the mail up, sent it, and was gone before it was marked.
    let taken = store.lease(noon(), later(10), 10).await.unwrap().remove(0);
    let mail = Short::default()
        .compose(&case, &Request::new(case.id), &taken.notice, noon())
        .unwrap()
        .unwrap();
    mailer.send(&mail).await.unwrap();
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    assert_eq!(deliverer.deliver_due(later(9)).await.unwrap().sent, 0, "somebody has them");
    assert_eq!(deliverer.deliver_due(later(10)).await.unwrap().sent, 2);
    let sent = ids(&mailer);
    let different: BTreeSet<_> = sent.iter().collect();
    assert_eq!((sent.len(), different.len()), (3, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_deliver_at_once_send_each_mail_once() {
    let (store, secrets) = (Arc::new(MemoryStore::new()), Arc::new(Secrets::random().unwrap()));
    for number in 0..50 {
        let (_, case) = sent(&*store, &secrets, number).await;
        store.create(&case, &[]).await.unwrap();
    }
    let mailer = Arc::new(MemoryMailer::new());
    let rounds: Vec<_> = (0..4)
        .map(|_| {
            let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
            tokio::spawn(async move { deliverer.deliver_due(noon()).await.unwrap() })
        })
        .collect();
    for round in rounds {
        round.await.unwrap();
    }
    let sent = ids(&mailer);
    let different: BTreeSet<_> = sent.iter().collect();
    assert_eq!((sent.len(), different.len()), (100, 100));
}

#[tokio::test]
async fn the_mail_of_an_erased_case_is_dropped() {
    let (store, secrets, case) = with_one_case().await;
    let tombstone = Tombstone {
        id: case.id,
        nonce_hash: case.nonce_hash,
        series: "Requests".to_owned(),
        erased_on: "2026-12-24".parse().unwrap(),
        answered_by: None,
    };
    store.erase(&tombstone, case.version, &[], noon()).await.unwrap();
    let mailer = Arc::new(MemoryMailer::new());
    let deliverer = deliverer(&store, &secrets, Arc::clone(&mailer) as _);
    assert_eq!(deliverer.deliver_due(noon()).await.unwrap(), Round::default());
    assert_eq!(deliverer.deliver_case(case.id, noon()).await.unwrap(), Round::default());
    assert!(mailer.sent().is_empty());
}
