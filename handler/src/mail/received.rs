//! At most one mail a day tells an address that we have its request; the numbers of further
//! requests come in one mail the next morning. So nobody can fill somebody else's mailbox by typing
//! its address a hundred times. No other kind of mail ever waits for this.
//!
//! Each notice takes a numbered place on the day's `List` of its mailbox: a small record whose key
//! is a hash under the day's own key, and whose value is the notice's id. Place 0 is mailed at
//! once. The others wait for the morning independently: the first to be up tells of all that still
//! wait, and records which. So no place depends on another, and losing one loses no other number.

use crate::case::body;
use crate::case::{Case, CaseKind, NoticeId};
use crate::crypto::secrets::{SecretKey, Secrets};
use crate::crypto::token::keyed;
use crate::store::{Created, Leased, Record, RecordKey, Store, StoreError, after};
use data_encoding::HEXLOWER;
use domain::calendar::Calendar;
use domain::directory::Service;
use domain::request::{Audience, Matter};
use domain::{Email, Request};
use hmac::Mac;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeSet;

/// The places per mailbox and day after the first. Notices beyond them are not mailed: requests
/// that name one address cost a bounded amount of work, however many there are. Few enough to be
/// read in one call.
const PLACES: usize = 48;

/// How many spellings of a mailbox (`lan+library@…`) get mail on one day.
const SPELLINGS: usize = 4;

/// How long a notice waits for a free place.
const PATIENCE: SignedDuration = SignedDuration::from_hours(4 * 24);

/// How long a place is kept: until the morning after, in any time zone.
const PLACE_LIFE: SignedDuration = SignedDuration::from_hours(49);

/// How long a single notice has the sole right to tell of all.
const SENDER_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// When the morning's mail goes out on a day without answering hours.
const MORNING: Time = Time::constant(8, 0, 0, 0);

/// What to do with a notice now.
pub(crate) enum Turn {
    /// Its mail goes out.
    Now,
    /// One mail goes out for all of these.
    Several(Several),
    /// It waits until then.
    At(Timestamp),
    /// Nothing is left to say.
    Never,
}

/// The requests that a single mail tells of.
pub struct Several {
    /// The requests, in the order in which they came.
    pub requests: Vec<(Case, Request)>,
    /// Whether the day's list was full, so that there may be more.
    pub full: bool,
    told: Record,
}

impl Several {
    /// Records that these were told, so that their own notices end.
    pub(crate) async fn note_told(&self, store: &dyn Store) -> Result<(), StoreError> {
        store.put_record(&self.told).await
    }
}

/// Whether a notice takes turns. No other kind does.
fn takes_turns(case: &Case, leased: &Leased) -> bool {
    let notice = &leased.notice.notice;
    case.kind == CaseKind::Request
        && notice.to == Audience::Patron
        && notice.what == Matter::Received
}

/// Whether it was made for the request's current address. A notice for a former address would go to
/// the current one, which has its own.
fn is_of_the_address(leased: &Leased, request: &Request) -> bool {
    let event = leased.id().event();
    event.is_none_or(|(event, _)| request.addressed_by() == Some(&event))
}

/// What to do with this notice now. After a crash or a failure the answer is the same or a later
/// one, never an earlier one.
pub(crate) async fn turn(
    store: &dyn Store,
    secrets: &Secrets,
    service: &Service,
    leased: &Leased,
    (case, request): (&Case, &Request),
    now: Timestamp,
) -> Result<Turn, StoreError> {
    let state = request.state();
    let Some(email) = state.mail_to().filter(|_| takes_turns(case, leased)) else {
        return Ok(Turn::Now);
    };
    if !is_of_the_address(leased, request) {
        return Ok(Turn::Never);
    }
    let day_of = |at: Timestamp| service.at(at).date();
    let today = day_of(now);
    if day_of(leased.notice.since) != today {
        let yesterday = today.saturating_sub(1.day());
        let list = List::of(store, yesterday, email).await?;
        let there = list.read(store, now).await?;
        match there.place_of(leased.id()) {
            Some(0) => return Ok(Turn::Now),
            Some(_) => return list.turn_of(&there, store, secrets, service, leased, now).await,
            // It was first leased today.
            None => {}
        }
    }
    let list = List::of(store, today, email).await?;
    match list.take_place(store, leased.id(), now).await? {
        Taken::First => Ok(Turn::Now),
        Taken::Later => Ok(Turn::At(morning_after(today, service, now))),
        // Tomorrow's list may have a place. If lists stay full for days, the notice ends.
        Taken::None if now.duration_since(leased.notice.since) < PATIENCE => {
            Ok(Turn::At(morning_after(today, service, now)))
        }
        Taken::None => {
            tracing::warn!(notice = leased.id().as_str(), "its address had enough mail today");
            Ok(Turn::Never)
        }
    }
}

/// The mailbox of one day, and the spelling of its address.
struct List {
    /// Hashes the mailbox: nobody without the day's key can tell whose.
    mailbox: String,
    /// Hashes the spelling: only requests under the very same spelling are told together.
    spelling: String,
    address: String,
    day: Date,
}

/// The contents of a list.
struct There {
    /// The notice and the spelling at each place that is taken.
    places: Vec<(usize, String, String)>,
    told: Option<Record>,
    sender: Option<Record>,
}

enum Taken {
    First,
    Later,
    None,
}

impl List {
    async fn of(store: &dyn Store, day: Date, email: &Email) -> Result<Self, StoreError> {
        let key = store.day_key(day).await?;
        let address = email.as_str().to_lowercase();
        let mailbox = hash(&key, "received", &mailbox(&address));
        let spelling = hash(&key, "received as", &address);
        Ok(Self { mailbox, spelling, address, day })
    }

    fn place_key(&self, place: usize) -> RecordKey {
        RecordKey::received_place(&self.mailbox, place)
    }

    fn told_key(&self) -> RecordKey {
        RecordKey::received_told(&self.mailbox, &self.spelling)
    }

    fn sender_key(&self) -> RecordKey {
        RecordKey::received_sender(&self.mailbox, &self.spelling)
    }

    fn place(&self, place: usize, notice: &NoticeId, now: Timestamp) -> Record {
        Record {
            key: self.place_key(place),
            value: format!("{} {}", notice.as_str(), self.spelling),
            expires: after(now, PLACE_LIFE),
        }
    }

    /// Reads all of it in one call.
    async fn read(&self, store: &dyn Store, now: Timestamp) -> Result<There, StoreError> {
        let mut keys: Vec<_> = (0..=PLACES).map(|place| self.place_key(place)).collect();
        keys.extend([self.told_key(), self.sender_key()]);
        let mut there = There { places: Vec::new(), told: None, sender: None };
        for record in store.records(&keys, now).await? {
            if record.key == self.told_key() {
                there.told = Some(record);
            } else if record.key == self.sender_key() {
                there.sender = Some(record);
            } else if let Some(place) = keys.iter().position(|key| *key == record.key)
                && let Some((notice, spelling)) = record.value.split_once(' ')
            {
                there.places.push((place, notice.to_owned(), spelling.to_owned()));
            }
        }
        Ok(there)
    }

    /// The place that this notice has, else the first free one.
    async fn take_place(
        &self,
        store: &dyn Store,
        notice: &NoticeId,
        now: Timestamp,
    ) -> Result<Taken, StoreError> {
        // Nearly always the day's first: one call.
        if store.claim_record(&self.place(0, notice, now), now).await? == Created::Created {
            return Ok(Taken::First);
        }
        for _ in 0..=PLACES {
            let there = self.read(store, now).await?;
            match there.place_of(notice) {
                Some(0) => return Ok(Taken::First),
                Some(_) => return Ok(Taken::Later),
                None => {}
            }
            let Some(free) = there.free_for(&self.spelling) else {
                return Ok(Taken::None);
            };
            let claimed = store.claim_record(&self.place(free, notice, now), now).await?;
            // Taken by another notice: the next one may be free.
            if claimed == Created::Created {
                return Ok(if free == 0 { Taken::First } else { Taken::Later });
            }
        }
        Ok(Taken::None)
    }

    /// The turn of a notice after the first: it waits for the morning, and then tells of all,
    /// unless another has done so, or is about to.
    async fn turn_of(
        &self,
        there: &There,
        store: &dyn Store,
        secrets: &Secrets,
        service: &Service,
        leased: &Leased,
        now: Timestamp,
    ) -> Result<Turn, StoreError> {
        let morning = morning_after(self.day, service, now);
        if now < morning {
            return Ok(Turn::At(morning));
        }
        let number = leased.case.compact();
        if there.told.as_ref().is_some_and(|told| told.value.split(' ').any(|n| n == number)) {
            return Ok(Turn::Never);
        }
        if let Some(until) = self.wait_for_sender(there, store, leased.id(), now).await? {
            return Ok(Turn::At(until));
        }
        let requests = self.waiting(there, store, secrets).await?;
        let is_own = |(case, _): &(Case, Request)| case.id == leased.case;
        if requests.len() < 2 || !requests.iter().any(is_own) {
            return Ok(Turn::Now);
        }
        let before = there.told.as_ref().map(|told| told.value.clone());
        let numbers = requests.iter().map(|(case, _)| case.id.compact());
        let told = Record {
            key: self.told_key(),
            value: before.into_iter().chain(numbers).collect::<Vec<_>>().join(" "),
            expires: after(now, PLACE_LIFE),
        };
        let full = there.places.len() > PLACES;
        Ok(Turn::Several(Several { requests, full, told }))
    }

    /// Until when another notice may be telling of all. `None`: this one does.
    async fn wait_for_sender(
        &self,
        there: &There,
        store: &dyn Store,
        notice: &NoticeId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let latest = after(now, SENDER_LIFE);
        let sender =
            Record { key: self.sender_key(), value: notice.as_str().to_owned(), expires: latest };
        match &there.sender {
            Some(other) if other.value == sender.value => Ok(None),
            Some(other) if other.expires <= latest => Ok(Some(other.expires)),
            // Written by a clock that was ahead.
            Some(_) => store.put_record(&sender).await.map(|()| None),
            None => match store.claim_record(&sender, now).await? {
                Created::Created => Ok(None),
                Created::AlreadyExists => Ok(Some(latest)),
            },
        }
    }

    /// The requests under this very address whose own notices still wait.
    async fn waiting(
        &self,
        there: &There,
        store: &dyn Store,
        secrets: &Secrets,
    ) -> Result<Vec<(Case, Request)>, StoreError> {
        let mut waiting: Vec<(Case, Request)> = Vec::new();
        for (_, notice, _) in there
            .places
            .iter()
            .filter(|(place, _, spelling)| *place > 0 && *spelling == self.spelling)
        {
            let notice = NoticeId::from_stored(notice);
            let Some(id) = notice.case() else {
                continue;
            };
            if waiting.iter().any(|(case, _)| case.id == id) {
                continue;
            }
            // One that is erased, sent or unreadable just now is left to its own notice.
            let Some(case) = store.read(id).await? else {
                continue;
            };
            let Some(key) = store.existing_key(id).await? else {
                continue;
            };
            let is_pending = case.outbox.iter().any(|pending| pending.id == notice);
            let Ok(request) = body::open(secrets, &key, &case) else {
                continue;
            };
            let state = request.state();
            let email = state.mail_to();
            let same = email.is_some_and(|email| email.as_str().to_lowercase() == self.address);
            if is_pending && same {
                waiting.push((case, request));
            }
        }
        Ok(waiting)
    }
}

impl There {
    fn place_of(&self, notice: &NoticeId) -> Option<usize> {
        self.places.iter().find(|(_, id, _)| id == notice.as_str()).map(|(place, ..)| *place)
    }

    /// The first place that is free for this spelling.
    fn free_for(&self, spelling: &str) -> Option<usize> {
        let spellings: BTreeSet<_> = self.places.iter().map(|(_, _, as_)| as_.as_str()).collect();
        if spellings.len() >= SPELLINGS && !spellings.contains(spelling) {
            return None;
        }
        (0..=PLACES).find(|free| self.places.iter().all(|(place, ..)| place != free))
    }
}

/// The service's first opening on the next day.
fn morning_after(day: Date, service: &Service, now: Timestamp) -> Timestamp {
    let next = day.saturating_add(1.day());
    if let Some(opening) = Calendar::of_service(service).openings_on(next).first() {
        return opening.from;
    }
    let morning = next.to_datetime(MORNING).to_zoned_datetime(service.time_zone.clone());
    morning.map_or_else(|_| after(now, SignedDuration::from_hours(24)), |at| at.timestamp())
}

fn hash(key: &SecretKey, purpose: &str, text: &str) -> String {
    let mut mac = keyed(key, purpose);
    mac.update(text.as_bytes());
    HEXLOWER.encode(mac.finalize().into_bytes().split_at(16).0)
}

/// The mailbox of an address: the part after `+` is its owner's own label, and Gmail ignores dots.
/// Only decides which addresses are counted together, never who is told what.
fn mailbox(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let local = local.split('+').next().unwrap_or(local);
    match domain {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
        _ => format!("{local}@{domain}"),
    }
}
