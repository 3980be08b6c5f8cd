//! Stories of the one way to change a case: what is said of it, what is taken back, whose time it holds.

use crate::kept::{Kept, later};
use crate::support::{self, answers, event_id, noon, request_with, staff};
use domain::request::{
    Actor, Agreement, Event, Matter, MessageText, Minutes, Offers, Phase, Refusal, Session, Words,
};
use domain::{BranchId, Email, PhraseId, Reach, Reference, Request, WayToMeet};
use handler::case::body;
use handler::case::{Case, CaseKind, NonceHash};
use handler::cases::{AppendError, Decided, Happening, TakingBack, Writer};
use handler::crypto::link::{self, LinkVersion, Role};
use handler::mail::mailer::MemoryMailer;
use handler::store::Replacement;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

impl Kept {
    /// A request that its branch has claimed, and of which all mail so far is sent.
    async fn claimed(&self, number: u32) -> Reference {
        let (request, id, notices) = request_with(number, answers(), noon());
        let key = self.store.key(request.id()).await.unwrap();
        let hash = NonceHash([7; 32]);
        let case = Case::new(CaseKind::Request, &request, &self.secrets, &key, hash).unwrap();
        self.store.create(&case.with_notices(&id, notices, noon()), &[]).await.unwrap();
        self.sends(later(1)).await;
        self.happens(request.id(), "claimed", Event::Claimed, later(1)).await.unwrap();
        request.id()
    }

    async fn happens(
        &self,
        id: Reference,
        name: &str,
        event: Event,
        now: Timestamp,
    ) -> Result<Request, AppendError> {
        let happening = Happening { id: event_id(name), event, actor: staff() };
        support::happens(&*self.store, &self.secrets, id, &happening, now).await
    }

    async fn takes_back(
        &self,
        id: Reference,
        name: &str,
        now: Timestamp,
    ) -> Result<(), AppendError> {
        let renderer = support::renderer().current();
        let service = &renderer.directory().service;
        let writer = Writer { store: &*self.store, secrets: &self.secrets, service, bell: None };
        let undone = TakingBack {
            id: event_id(&format!("{name}-back")),
            event: event_id(name),
            actor: staff(),
        };
        let decide = |_: &Case, _: &Request| -> Result<_, AppendError> {
            Ok(Decided::<()>::IsTakenBack(undone.clone()))
        };
        writer.append(id, now, decide).await.map(drop)
    }

    /// Takes up and sends all mail that is ready, and tells of what.
    async fn sends(&self, now: Timestamp) -> Vec<Matter> {
        let mut sent = Vec::new();
        for leased in self.store.lease(now, now, 100).await.unwrap() {
            self.store.mark_sent(&leased).await.unwrap();
            sent.push(leased.notice.notice.what);
        }
        sent
    }

    async fn case(&self, id: Reference) -> Case {
        self.store.read(id).await.unwrap().unwrap()
    }
}

fn note(text: &str) -> Event {
    Event::Noted { text: MessageText::parse(text).unwrap() }
}

fn question() -> Event {
    let words = Words::new(vec![PhraseId::parse("which-card").unwrap()], None).unwrap();
    Event::QuestionAsked { words }
}

/// Noon in so many days, for three quarters of an hour.
fn session(days: i64) -> Session {
    let at = noon() + SignedDuration::from_hours(24 * days);
    Session { at, way: WayToMeet::Phone, minutes: Minutes::new(45).unwrap(), venue: None }
}

fn offered(days: &[i64]) -> Event {
    let offers = Offers::new(days.iter().map(|days| session(*days)).collect()).unwrap();
    Event::Offered { offers, lapse: later(24 * 60) }
}

fn set(days: i64) -> Event {
    Event::SessionSet { session: Box::new(session(days)), agreed: Agreement::Agreed }
}

pub(crate) async fn what_is_taken_back_in_time_is_mailed_to_nobody(kept: Kept) {
    let id = kept.claimed(1).await;
    kept.happens(id, "asked", question(), later(10)).await.unwrap();
    assert_eq!(kept.sends(later(11)).await, []);
    kept.takes_back(id, "asked", later(11)).await.unwrap();
    // Pressed twice.
    kept.takes_back(id, "asked", later(11)).await.unwrap();
    // Under an id that stands for something else nothing is taken back, and nobody is told that it is.
    kept.happens(id, "noted", note("a note"), later(11)).await.unwrap();
    kept.happens(id, "claimed-back", note("another"), later(11)).await.unwrap();
    let used = kept.takes_back(id, "claimed", later(11)).await;
    assert!(matches!(used, Err(AppendError::Refused(Refusal::IdUsed))), "{used:?}");
    assert_eq!(kept.sends(later(60)).await, []);
    assert_eq!(kept.case(id).await.summary.phase, Some(Phase::Claimed));
    // Asked again, it is mailed once it can't be taken back any more.
    kept.happens(id, "asked-again", question(), later(20)).await.unwrap();
    assert_eq!(kept.sends(later(22)).await, [Matter::Question]);
    let late = kept.takes_back(id, "asked-again", later(22)).await;
    assert!(matches!(late, Err(AppendError::Refused(Refusal::TooLateToUndo))), "{late:?}");
}

pub(crate) async fn what_has_left_is_taken_back_neither_whole_nor_in_part(kept: Kept) {
    let id = kept.claimed(1).await;
    let to = BranchId::parse("langley").unwrap();
    let referred = Event::Referred { to: domain::request::Referral::Branch(to) };
    kept.happens(id, "referred", referred, later(10)).await.unwrap();
    // The new holder is told at once.
    assert_eq!(kept.sends(later(10)).await, [Matter::NewRequest]);
    let before = kept.case(id).await;
    let refused = kept.takes_back(id, "referred", later(11)).await;
    assert!(matches!(refused, Err(AppendError::Refused(Refusal::NoticeLeft))), "{refused:?}");
    assert_eq!(kept.case(id).await, before);
}

pub(crate) async fn mail_that_somebody_has_taken_up_is_not_taken_back(kept: Kept) {
    let id = kept.claimed(1).await;
    kept.happens(id, "asked", question(), later(10)).await.unwrap();
    // A clock that is ahead takes it up too early.
    let leased = kept.store.lease(later(12), later(30), 10).await.unwrap();
    assert_eq!(leased.len(), 1);
    let refused = kept.takes_back(id, "asked", later(11)).await;
    assert!(matches!(refused, Err(AppendError::Refused(Refusal::NoticeLeft))), "{refused:?}");
}

pub(crate) async fn the_same_time_of_the_same_librarian_is_promised_once(kept: Kept) {
    let (first, second) = (kept.claimed(1).await, kept.claimed(2).await);
    kept.happens(first, "offered", offered(&[2, 3]), later(10)).await.unwrap();
    let taken = kept.happens(second, "offered", offered(&[3, 4]), later(10)).await;
    assert!(
        matches!(taken, Err(AppendError::TimeTaken { from, .. }) if from == session(3).at),
        "{taken:?}"
    );
    assert_eq!(kept.case(second).await.summary.phase, Some(Phase::Claimed));
    kept.happens(second, "offered-others", offered(&[4, 5]), later(10)).await.unwrap();
    // What is taken back is free again, and so is what isn't chosen.
    kept.takes_back(first, "offered", later(11)).await.unwrap();
    kept.happens(first, "set", set(3), later(11)).await.unwrap();
    kept.happens(second, "set", set(2), later(11)).await.unwrap();
    assert_eq!(kept.case(second).await.summary.session, Some(session(2).at));
    let third = kept.claimed(3).await;
    kept.happens(third, "offered", offered(&[4, 5]), later(12)).await.unwrap();
    let taken = kept.happens(third, "moved", offered(&[2]), later(12)).await;
    assert!(matches!(taken, Err(AppendError::TimeTaken { .. })), "{taken:?}");
}

pub(crate) async fn of_many_that_offer_one_time_at_once_one_gets_it(kept: Kept) {
    const OFFERS: u32 = 12;
    let mut ids = Vec::new();
    for number in 1..=OFFERS {
        ids.push(kept.claimed(number).await);
    }
    let kept = Arc::new(kept);
    let offers = ids.into_iter().map(|id| {
        let kept = Arc::clone(&kept);
        tokio::spawn(async move { kept.happens(id, "offered", offered(&[2]), later(10)).await })
    });
    let offers: Vec<_> = offers.collect();
    let mut got = 0;
    for offer in offers {
        match offer.await.unwrap() {
            Ok(_) => got += 1,
            Err(AppendError::TimeTaken { .. } | AppendError::Contended) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(got, 1);
}

pub(crate) async fn of_many_that_write_at_once_nobody_overwrites_another(kept: Kept) {
    let id = kept.claimed(1).await;
    let kept = Arc::new(kept);
    let notes = (0..8).map(|number| {
        let kept = Arc::clone(&kept);
        tokio::spawn(async move {
            let text = MessageText::parse(&format!("note {number}")).unwrap();
            let name = format!("note-{number}");
            kept.happens(id, &name, Event::Noted { text }, later(10)).await.unwrap();
        })
    });
    for note in notes.collect::<Vec<_>>() {
        note.await.unwrap();
    }
    let request = kept.happens(id, "shown", Event::Shown, later(11)).await.unwrap();
    assert_eq!(request.state().notes.len(), 8);
}

pub(crate) async fn a_form_that_is_sent_twice_counts_once_and_for_nothing_else(kept: Kept) {
    let id = kept.claimed(1).await;
    for _ in 0..2 {
        kept.happens(id, "set", set(2), later(10)).await.unwrap();
    }
    assert_eq!(kept.sends(later(60)).await, [Matter::SessionSet]);
    let other = kept.happens(id, "set", set(3), later(11)).await;
    assert!(matches!(other, Err(AppendError::Refused(Refusal::IdUsed))), "{other:?}");
    assert_eq!(kept.case(id).await.summary.session, Some(session(2).at));
}

pub(crate) async fn times_that_are_offered_once_more_under_one_id_are_offered_once(kept: Kept) {
    let id = kept.claimed(1).await;
    kept.happens(id, "offered", offered(&[2]), later(10)).await.unwrap();
    // The answer was lost, and in the meantime they would lapse later.
    let Event::Offered { offers, .. } = offered(&[2]) else { unreachable!() };
    let again = Event::Offered { offers, lapse: later(25 * 60) };
    kept.happens(id, "offered", again, later(11)).await.unwrap();
    assert_eq!(kept.sends(later(60)).await, [Matter::ChooseTime]);
}

pub(crate) async fn a_slip_in_the_year_costs_no_other_promise(kept: Kept) {
    let (first, second) = (kept.claimed(1).await, kept.claimed(2).await);
    kept.happens(first, "set", set(3), later(10)).await.unwrap();
    let slip = kept.happens(second, "slip", set(3 + 365 * 2), later(10)).await;
    assert!(matches!(slip, Err(AppendError::Refused(Refusal::TooFarAhead))), "{slip:?}");
    kept.happens(second, "far", set(360), later(10)).await.unwrap();
    let third = kept.claimed(3).await;
    let taken = kept.happens(third, "taken", set(3), later(11)).await;
    assert!(matches!(taken, Err(AppendError::TimeTaken { .. })), "{taken:?}");
}

pub(crate) async fn mail_of_a_newer_version_waits_for_it(kept: Kept) {
    let id = kept.claimed(1).await;
    kept.happens(id, "asked", question(), later(10)).await.unwrap();
    let (mailer, secrets) = (Arc::new(MemoryMailer::new()), Arc::new(kept.secrets.clone()));
    let mails = support::deliverer(Arc::clone(&kept.store), Arc::clone(&mailer) as _, &secrets);
    mails.deliver_due(later(12)).await.unwrap();
    assert_eq!(mailer.sent().len(), 0);
    let waits = kept.case(id).await.outbox;
    assert_eq!(waits.len(), 1, "nobody was told: {waits:?}");
}

pub(crate) async fn whoever_says_that_a_request_is_not_theirs_gets_no_more_mail_of_it(kept: Kept) {
    let (request, sent, notices) = request_with(1, answers(), noon());
    let key = kept.store.key(request.id()).await.unwrap();
    let hash = NonceHash([7; 32]);
    let case = Case::new(CaseKind::Request, &request, &kept.secrets, &key, hash).unwrap();
    kept.store.create(&case.with_notices(&sent, notices, noon()), &[]).await.unwrap();
    let happening =
        Happening { id: event_id("not-mine"), event: Event::NotMine, actor: Actor::Patron };
    let id = request.id();
    support::happens(&*kept.store, &kept.secrets, id, &happening, later(1)).await.unwrap();
    let (mailer, secrets) = (Arc::new(MemoryMailer::new()), Arc::new(kept.secrets.clone()));
    let mails = support::deliverer(Arc::clone(&kept.store), Arc::clone(&mailer) as _, &secrets);
    mails.deliver_due(later(2)).await.unwrap();
    let to_patron =
        |mail: &Vec<u8>| String::from_utf8_lossy(mail).contains("To: <lan@example.com>");
    assert!(!mailer.sent().is_empty());
    assert!(!mailer.sent().iter().any(to_patron));
}

pub(crate) async fn a_new_contact_ends_the_links_in_mails_and_no_others(kept: Kept) {
    let id = kept.claimed(1).await;
    let before = kept.case(id).await.links;
    let email = Email::parse("lan-new@example.com").unwrap();
    let reach = Reach::new(Some(email), None, None).unwrap();
    let answers = Box::new(domain::Answers { reach, ..answers() });
    kept.happens(id, "contact", Event::ContactChanged { answers }, later(10)).await.unwrap();
    let after = kept.case(id).await.links;
    let keys = &kept.secrets.link_keys;
    let opens = |role: Role, links: LinkVersion| {
        let locator = link::locator(keys, role, id, links).unwrap();
        let (_, tag) = link::split(&locator).unwrap();
        link::role(keys, id, &tag, after) == Some(role)
    };
    assert!(!opens(Role::Mail, before) && opens(Role::Mail, after));
    assert!(opens(Role::Receipt, before) && opens(Role::Staff, before));
}

pub(crate) async fn a_queue_tells_who_has_taken_a_request_on_and_what_is_to_be_done(kept: Kept) {
    let id = kept.claimed(1).await;
    let summary = kept.case(id).await.summary;
    let initials = summary.initials.map(|initials| initials.to_string());
    assert_eq!((summary.phase, initials.as_deref()), (Some(Phase::Claimed), Some("JD")));
    kept.happens(id, "set", set(2), later(10)).await.unwrap();
    let returned = Event::MailReturned { to: domain::request::Audience::Patron };
    let happening = Happening { id: event_id("back"), event: returned, actor: Actor::Service };
    support::happens(&*kept.store, &kept.secrets, id, &happening, later(20)).await.unwrap();
    let summary = kept.case(id).await.summary;
    assert_eq!(summary.phase, Some(Phase::Scheduled));
    assert_eq!(summary.session, Some(session(2).at));
    // There is no phone to call.
    assert_eq!(summary.call_task, None);
}

/// So many looks that the sealed body is larger than this.
async fn grow(kept: &Kept, id: Reference, bytes: usize) {
    let key = kept.store.existing_key(id).await.unwrap().unwrap();
    let case = kept.case(id).await;
    let mut request = body::open(&kept.secrets, &key, &case).unwrap();
    let mut next = case.next(&request, &kept.secrets, &key).unwrap();
    for number in 0.. {
        if number % 200 == 0 {
            next = case.next(&request, &kept.secrets, &key).unwrap();
            if next.sealed.bytes.len() > bytes {
                break;
            }
        }
        let look = event_id(&format!("look-{bytes}-{number}"));
        request.apply(look, Event::Shown, staff(), later(3)).unwrap();
    }
    kept.store.replace(&Replacement::of(&next, case.version)).await.unwrap();
}

pub(crate) async fn a_request_full_of_words_can_still_be_answered_and_closed(kept: Kept) {
    let id = kept.claimed(1).await;
    let said = |text: &str| {
        let text = MessageText::parse(text).unwrap();
        let event = Event::Message { text, reopens: None };
        Happening { id: event_id("said"), event, actor: Actor::Patron }
    };
    grow(&kept, id, 120 * 1024).await;
    let more = support::happens(&*kept.store, &kept.secrets, id, &said("more"), later(9)).await;
    assert!(matches!(more, Err(AppendError::Full)), "{more:?}");
    kept.happens(id, "noted", note("a note"), later(10)).await.unwrap();
    grow(&kept, id, 200 * 1024).await;
    let more = kept.happens(id, "noted-again", note("a note"), later(10)).await;
    assert!(matches!(more, Err(AppendError::Full)), "{more:?}");
    let [_, (closed, completed)] = support::claimed_and_closed();
    kept.happens(id, closed.as_str(), completed, later(11)).await.unwrap();
}
