//! The sweep, on every store: erasure, holds, mail that waits, the canary.

use crate::kept::{Kept, count, later};
use crate::support::faulty::{Fault, FaultyStore};
use crate::support::refusing::Refusing;
use crate::support::{
    self, answers, claimed_and_closed, coordinator, event_id, noon, renderer, request_with, sent,
    staff,
};
use async_trait::async_trait;
use domain::directory::Service;
use domain::request::{Actor, Event, EventId};
use domain::routing::{BranchSnapshot, MailboxHealth};
use domain::{Email, Reference};
use handler::case::{Case, CaseKind, NonceHash, Stored};
use handler::cases::Happening;
use handler::crypto::seal::Sealed;
use handler::crypto::secrets::Secrets;
use handler::jobs::sweep::{Canaries, Canary, Sweep, Swept};
use handler::mail::deliver::Deliverer;
use handler::mail::mailer::{Mail, Mailer, MemoryMailer, SendError, Verdict};
use handler::store::Store;
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use std::sync::Arc;

/// A sweep over a store, and where its mail goes.
pub(crate) struct Broom {
    sweep: Arc<Sweep>,
    mailer: Arc<MemoryMailer>,
    secrets: Arc<Secrets>,
    store: Arc<dyn Store>,
}

pub(crate) fn broom(kept: &Kept, canaries: Canaries) -> Broom {
    broom_over(Arc::clone(&kept.store), Arc::new(kept.secrets.clone()), canaries)
}

fn broom_over(store: Arc<dyn Store>, secrets: Arc<Secrets>, canaries: Canaries) -> Broom {
    let mailer = Arc::new(MemoryMailer::new());
    let sweep = sweep_by(Arc::clone(&mailer) as _, &store, &secrets, canaries);
    Broom { sweep, mailer, secrets, store }
}

fn sweep_by(
    mailer: Arc<dyn Mailer>,
    store: &Arc<dyn Store>,
    secrets: &Arc<Secrets>,
    canaries: Canaries,
) -> Arc<Sweep> {
    let deliverer = Arc::new(Deliverer {
        lease: SignedDuration::from_mins(1),
        ..support::deliverer(Arc::clone(store), mailer, secrets)
    });
    Arc::new(Sweep { deliverer, renderer: renderer(), canaries })
}

impl Broom {
    /// The clock runs on these days, as it does before it is trusted with an erasure.
    pub(crate) async fn runs(&self, on: std::ops::RangeInclusive<i64>) {
        for day in on {
            assert_eq!(self.at(days(day)).await.erased, 0);
        }
    }

    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.mailer.sent()
    }

    pub(crate) async fn at(&self, now: Timestamp) -> Swept {
        self.sweep.sweep(now).await.unwrap()
    }

    async fn happens(&self, id: Reference, name: &str, event: Event) {
        self.does(id, event_id(name), event, coordinator()).await;
    }

    async fn closes(&self, id: Reference) {
        for (event_id, event) in claimed_and_closed() {
            self.does(id, event_id, event, staff()).await;
        }
    }

    async fn does(&self, id: Reference, event_id: EventId, event: Event, actor: Actor) {
        let happening = Happening { id: event_id, event, actor };
        support::happens(&*self.store, &self.secrets, id, &happening, later(1)).await.unwrap();
    }

    pub(crate) async fn erased(&self, id: Reference) -> bool {
        matches!(self.store.find(id).await.unwrap(), Some(Stored::Erased(_)))
    }
}

fn service() -> Service {
    renderer().current().directory().service.clone()
}

pub(crate) fn days(days: i64) -> Timestamp {
    noon() + SignedDuration::from_hours(24 * days)
}

async fn one_case(kept: &Kept, number: u32) -> Reference {
    let (_, case) = sent(&*kept.store, &kept.secrets, number).await;
    kept.store.create(&case, &[]).await.unwrap();
    case.id
}

pub(crate) async fn a_closed_case_is_erased_on_its_day_and_the_log_names_both_days(kept: Kept) {
    let id = one_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    broom.closes(id).await;
    broom.runs(26..=29).await;
    assert!(kept.store.read(id).await.unwrap().is_some());
    assert_eq!(broom.at(days(30)).await.erased, 1);
    assert!(broom.erased(id).await);
    assert!(kept.store.existing_key(id).await.unwrap().is_none(), "its key is gone");
    let log = "destroyed 2026-12-24 gone-from-backups 2026-12-31 Reference requests (sample)";
    let expected = [
        "2026-11 language en",
        "2026-11 library oak-harbor",
        "2026-11 meet any",
        "2026-11 outcome completed",
        "2026-11 requests",
        "2026-11 topic genealogy",
        log,
    ];
    assert_eq!(kept.store.counts().await.unwrap(), expected.map(|name| count(name, 1)));
    assert_eq!(broom.at(days(31)).await.erased, 0);
    assert_eq!(kept.store.counts().await.unwrap().len(), expected.len());
}

pub(crate) async fn an_open_case_is_looked_at_again_and_never_erased(kept: Kept) {
    let id = one_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    for day in [0, 1, 40, 400] {
        assert_eq!(broom.at(days(day)).await.erased, 0);
    }
    let case = kept.store.read(id).await.unwrap().unwrap();
    assert!(case.wake > days(400), "it is not looked at each minute");
}

pub(crate) async fn a_legal_hold_stops_the_erasure_until_it_is_released(kept: Kept) {
    let id = one_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    broom.closes(id).await;
    broom.happens(id, "held", Event::LegalHoldSet).await;
    broom.runs(26..=31).await;
    broom.runs(297..=300).await;
    assert!(kept.store.read(id).await.unwrap().is_some());
    broom.happens(id, "released", Event::LegalHoldReleased).await;
    assert_eq!(broom.at(days(301)).await.erased, 1);
    assert!(broom.erased(id).await);
}

pub(crate) async fn several_sweeps_at_once_do_each_thing_once(kept: Kept) {
    let broom = broom(&kept, Canaries::NotSent);
    for number in 1..=5 {
        let id = one_case(&kept, number).await;
        broom.closes(id).await;
    }
    let at_once = |now| {
        let sweeps = (0..4).map(|_| {
            let sweep = Arc::clone(&broom.sweep);
            tokio::spawn(async move { sweep.sweep(now).await.unwrap() })
        });
        sweeps.collect::<Vec<_>>()
    };
    let (mut mails, mut erased) = (0, 0);
    for swept in at_once(later(2)) {
        mails += swept.await.unwrap().mail.sent;
    }
    broom.runs(26..=29).await;
    for swept in at_once(days(30)) {
        erased += swept.await.unwrap().erased;
    }
    assert_eq!((mails, broom.mailer.sent().len()), (10, 10));
    assert_eq!(erased, 5);
    let counts = kept.store.counts().await.unwrap();
    assert!(counts.iter().all(|count| count.number == 5), "{counts:?}");
}

pub(crate) async fn a_sweep_that_is_stopped_anywhere_is_finished_by_the_next(kept: Kept) {
    let secrets = Arc::new(kept.secrets.clone());
    let faulty = Arc::new(FaultyStore::new(Arc::clone(&kept.store)));
    let broom = broom_over(Arc::clone(&faulty) as _, secrets, Canaries::NotSent);
    broom.runs(26..=29).await;
    let mut calls = 1;
    let mut number = 0;
    while number < calls * 2 {
        let id = one_case(&kept, u32::try_from(number).unwrap()).await;
        broom.closes(id).await;
        let fault = match number % 2 {
            0 => Fault::KilledBefore(number / 2),
            _ => Fault::KilledAfter(number / 2),
        };
        let now = days(30) + SignedDuration::from_mins(10 * i64::try_from(number).unwrap());
        faulty.set(fault);
        // Killed: it is dropped at the call that never ends, as a process would be.
        tokio::select! {
            _ = broom.sweep.sweep(now) => {}
            () = faulty.hung() => {}
        }
        faulty.set(Fault::None);
        broom.sweep.sweep(now + SignedDuration::from_mins(5)).await.unwrap();
        calls = calls.max(faulty.calls());
        assert!(broom.erased(id).await, "{fault:?}");
        assert!(kept.store.existing_key(id).await.unwrap().is_none(), "{fault:?}");
        number += 1;
    }
    let erased = kept.store.counts().await.unwrap();
    let requests = erased.iter().find(|count| count.name == "2026-11 requests").unwrap();
    assert_eq!(usize::try_from(requests.number).unwrap(), number);
}

pub(crate) async fn the_mail_that_a_killed_process_left_is_sent_by_the_sweep(kept: Kept) {
    one_case(&kept, 1).await;
    let broom = broom(&kept, Canaries::NotSent);
    kept.store.lease(noon(), later(1), 10).await.unwrap();
    assert_eq!(broom.at(noon()).await.mail.sent, 0, "somebody may still be sending it");
    assert_eq!(broom.at(later(1)).await.mail.sent, 2);
    assert_eq!(broom.at(later(99)).await.mail.sent, 0);
}

pub(crate) async fn the_canary_comes_through_each_day_and_is_counted_nowhere(kept: Kept) {
    let broom = broom(&kept, Canaries::Sent);
    let mut came_through = Vec::new();
    for minute in 0..6 {
        came_through.push(broom.at(later(minute)).await.canary);
    }
    let times = came_through.iter().filter(|canary| **canary == Canary::CameThrough).count();
    assert_eq!(times, 1, "{came_through:?}");
    let sink = service().roles.canary.unwrap();
    let sent = broom.mailer.sent();
    assert!(!sent.is_empty());
    for mail in &sent {
        let mail = MessageParser::default().parse(mail).unwrap();
        assert_eq!(mail.to().unwrap().first().unwrap().address().unwrap(), sink.as_str());
    }
    assert_eq!(kept.store.counts().await.unwrap(), []);
    let load = kept.store.snapshot(later(6)).await.unwrap();
    assert!(load.branches.values().all(|branch| branch.sent_this_week == 0));
    for minute in 0..6 {
        broom.at(days(1) + SignedDuration::from_mins(minute)).await;
    }
    assert_eq!(broom.mailer.sent().len(), 2 * sent.len(), "one each day");
}

pub(crate) async fn a_library_that_has_heard_of_a_request_counts_as_busier(kept: Kept) {
    // A store may keep moments less exactly than a clock tells them.
    let at = noon() + SignedDuration::from_nanos(123_456_789);
    let (request, sent, notices) = request_with(1, answers(), at);
    let key = kept.store.key(request.id()).await.unwrap();
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request, &kept.secrets, &key, hash).unwrap();
    kept.store.create(&case.with_notices(&sent, notices, at), &[]).await.unwrap();
    let broom = broom(&kept, Canaries::NotSent);
    broom.at(later(0) + SignedDuration::from_secs(1)).await;
    // The next sweep counts, and doesn't count what it has counted.
    for minute in 1..=2 {
        broom.at(later(minute)).await;
        let now = kept.store.snapshot(later(minute)).await.unwrap();
        let sent: Vec<_> = now.branches.values().map(|branch| branch.sent_this_week).collect();
        assert_eq!(sent.iter().sum::<u32>(), 1, "{sent:?}");
    }
}

pub(crate) async fn a_canary_whose_mail_is_taken_by_nobody_does_not_come_through(kept: Kept) {
    let secrets = Arc::new(kept.secrets.clone());
    for (day, error) in [
        (0, SendError::new(Verdict::Final, "no such mailbox")),
        (10, SendError::new(Verdict::Away, "not reached")),
    ] {
        let sweep = sweep_by(Arc::new(Refusing(error)), &kept.store, &secrets, Canaries::Sent);
        for minute in 0..6 {
            let now = days(day) + SignedDuration::from_mins(minute);
            assert_eq!(sweep.sweep(now).await.unwrap().canary, Canary::Quiet);
        }
    }
    // The day after, nothing of it is left but that it was.
    let broom = broom(&kept, Canaries::NotSent);
    broom.at(days(11)).await;
    for id in kept.store.ids_after(None, 100).await.unwrap() {
        assert!(broom.erased(id).await);
        assert!(kept.store.existing_key(id).await.unwrap().is_none());
    }
}

/// Takes all mail but the canary's.
struct NoSink {
    others: MemoryMailer,
    sink: Email,
}

#[async_trait]
impl Mailer for NoSink {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        if mail.to == self.sink {
            return Err(SendError::new(Verdict::MailboxWaits, "the mailbox is full"));
        }
        self.others.send(mail).await
    }
}

pub(crate) async fn a_sink_that_refuses_the_canary_for_hours_says_nothing_of_a_librarys_mailbox(
    kept: Kept,
) {
    let secrets = Arc::new(kept.secrets.clone());
    let mailer = NoSink { others: MemoryMailer::new(), sink: service().roles.canary.unwrap() };
    let sweep = sweep_by(Arc::new(mailer), &kept.store, &secrets, Canaries::Sent);
    for half_hours in 0..=12 {
        if half_hours % 4 == 1 {
            let (_, case) = sent(&*kept.store, &kept.secrets, 1 + half_hours).await;
            kept.store.create(&case, &[]).await.unwrap();
        }
        sweep.sweep(later(30 * i64::from(half_hours))).await.unwrap();
    }
    let load = kept.store.snapshot(later(6 * 60)).await.unwrap();
    let unhealthy = |branch: &BranchSnapshot| branch.mailbox == MailboxHealth::Unhealthy;
    assert!(!load.branches.values().any(unhealthy), "{load:?}");
}

pub(crate) async fn a_case_that_cannot_be_opened_steps_aside(kept: Kept) {
    one_case(&kept, 2).await;
    let (_, case) = sent(&*kept.store, &kept.secrets, 1).await;
    let sealed = Sealed { master: 99, ..case.sealed.clone() };
    kept.store.create(&Case { sealed, outbox: Vec::new(), ..case }, &[]).await.unwrap();
    let broom = broom(&kept, Canaries::NotSent);
    let swept = broom.at(later(1)).await;
    assert_eq!((swept.failed, swept.mail.sent), (1, 2), "the other's mail is sent");
    assert_eq!(broom.at(later(2)).await.failed, 0, "it is left alone for an hour");
    assert_eq!(broom.at(later(61)).await.failed, 1, "and then looked at again");
}
