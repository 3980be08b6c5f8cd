//! Marks of what was sent today: a keyed hash of contact and topic, so that a second form about
//! the same thing is noticed though nobody can read who it was from. The day's key is random and
//! deleted after two days, by the sweep.

use crate::case::NonceHash;
use crate::desk::Desk;
use crate::intake::IntakeError;
use crate::secrets::SecretKey;
use crate::store::Record;
use crate::token::keyed;
use data_encoding::HEXLOWER;
use domain::{Answers, Directory, Reference};
use hmac::Mac;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How long a mark counts.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The marks of a form: to be written under today's key, to be looked up under yesterday's too.
pub(crate) struct Marks {
    today: Vec<String>,
    yesterday: Vec<String>,
}

/// A case that was sent within a day, with the same contact and topic.
pub(crate) struct Earlier {
    pub(crate) id: Reference,
    pub(crate) nonce_hash: NonceHash,
}

/// The two days whose marks count: today and yesterday, where the service is.
pub(crate) fn days(directory: &Directory, now: Timestamp) -> [Date; 2] {
    let today = now.to_zoned_datetime(directory.service.time_zone.clone()).date();
    [today, today.saturating_sub(1.day())]
}

/// The marks of these answers, under the keys of these days: one for each detail of contact.
pub(crate) fn of(answers: &Answers, [today, yesterday]: &[SecretKey; 2]) -> Marks {
    let email = answers.reach.email().map(|email| email.as_str().to_lowercase());
    let phone = answers.reach.phone().map(domain::Phone::dial);
    let under = |key: &SecretKey| {
        let contacts = email.iter().chain(&phone);
        let marks = contacts.map(|contact| {
            let mut mac = keyed(key, "sent");
            mac.update(answers.topic.as_str().as_bytes());
            mac.update(&[0]);
            mac.update(contact.as_bytes());
            format!("sent {}", HEXLOWER.encode(&mac.finalize().into_bytes()))
        });
        marks.collect()
    };
    Marks { today: under(today), yesterday: under(yesterday) }
}

/// The case that an earlier form of this contact and topic made. A mark counts only if its case
/// exists.
pub(crate) async fn find(
    desk: &Desk,
    marks: &Marks,
    now: Timestamp,
) -> Result<Option<Earlier>, IntakeError> {
    let keys: Vec<_> = marks.today.iter().chain(&marks.yesterday).cloned().collect();
    for record in desk.store.records(&keys, now).await? {
        let Ok(id) = Reference::parse(&record.value) else {
            continue;
        };
        if let Some(case) = desk.store.read(id).await? {
            return Ok(Some(Earlier { id, nonce_hash: case.nonce_hash }));
        }
    }
    Ok(None)
}

/// The records to write with the case.
pub(crate) fn records(marks: Marks, id: Reference, now: Timestamp) -> Vec<Record> {
    let expires = now.checked_add(LIFE).unwrap_or(now);
    let record = |key| Record { key, value: id.compact(), expires };
    marks.today.into_iter().map(record).collect()
}
