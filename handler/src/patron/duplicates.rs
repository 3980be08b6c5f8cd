//! Duplicates: a keyed hash of contact and topic marks what was sent today. So a second form about
//! the same thing is noticed, though nobody can read who sent it. **Marks are for staff alone.**
//! The sender may be a stranger with somebody's number, so no page, status code, library or number
//! of reads depends on what is found. The day's key is random, and the sweep deletes it after two
//! days.

use crate::crypto::secrets::SecretKey;
use crate::crypto::token::keyed;
use crate::store::{Record, RecordKey, Store, StoreError, after};
use domain::request::Signals;
use domain::{Answers, Directory, Email, Phone, Reference};
use hmac::Mac;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How long a mark is valid.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The two days whose marks are valid: today and yesterday in the service's time zone.
pub(crate) fn days(directory: &Directory, now: Timestamp) -> [Date; 2] {
    let today = directory.service.at(now).date();
    [today, today.saturating_sub(1.day())]
}

/// The marks of a form: one per contact detail.
pub(crate) struct Marks {
    email: Option<Mark>,
    phone: Option<Mark>,
}

/// The mark of one detail: the record to write, and the record of yesterday's form.
struct Mark {
    today: RecordKey,
    yesterday: RecordKey,
}

impl Mark {
    fn of(contact: &str, answers: &Answers, [today, yesterday]: &[SecretKey; 2]) -> Self {
        let under = |key: &SecretKey| {
            let mut mac = keyed(key, "sent");
            mac.update(answers.topic.as_str().as_bytes());
            mac.update(&[0]);
            mac.update(contact.as_bytes());
            RecordKey::sent(&mac.finalize().into_bytes())
        };
        Self { today: under(today), yesterday: under(yesterday) }
    }
}

impl Marks {
    /// The marks of these answers, under the keys of these days.
    pub(crate) fn of(answers: &Answers, keys: &[SecretKey; 2]) -> Self {
        let mark = |contact: String| Mark::of(&contact, answers, keys);
        Self {
            email: answers.reach.email().map(Email::folded).map(mark),
            phone: answers.reach.phone().map(Phone::dial).map(mark),
        }
    }

    fn each(&self) -> impl Iterator<Item = &Mark> {
        self.email.iter().chain(&self.phone)
    }

    /// Adds earlier forms to this form's signals. Whether their requests still exist is checked
    /// when they are shown: checking here would cost a read for duplicates only, and so reveal
    /// them.
    pub(crate) async fn look_up(
        &self,
        store: &dyn Store,
        id: Reference,
        signals: Signals,
        now: Timestamp,
    ) -> Result<Signals, StoreError> {
        let keys = self.each().flat_map(|mark| [mark.today.clone(), mark.yesterday.clone()]);
        let found = store.records(&keys.collect::<Vec<_>>(), now).await?;
        let earlier = |mark: &Option<Mark>| {
            let mark = mark.as_ref()?;
            let under = |key: &RecordKey| found.iter().find(|record| record.key == *key);
            let record = under(&mark.today).or_else(|| under(&mark.yesterday))?;
            // A concurrent copy of this very form is no earlier request.
            Reference::parse(&record.value).ok().filter(|earlier| *earlier != id)
        };
        Ok(Signals {
            earlier_by_email: earlier(&self.email),
            earlier_by_phone: earlier(&self.phone),
            ..signals
        })
    }

    /// The records to write with the case.
    pub(crate) fn records(&self, id: Reference, now: Timestamp) -> Vec<Record> {
        let expires = after(now, LIFE);
        let record = |mark: &Mark| Record { key: mark.today.clone(), value: id.compact(), expires };
        self.each().map(record).collect()
    }
}
