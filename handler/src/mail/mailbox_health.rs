//! Mailboxes that refuse mail. One that does for long, without taking any in between, while others
//! are written to is given no new requests. A mail server that refuses everything says nothing of any
//! mailbox.

use crate::store::mailboxes::{self, Cause};
use crate::store::{Record, RecordKey, Store, StoreError};
use domain::BranchId;
use domain::directory::Service;
use domain::mailbox;
use domain::request::Audience;
use domain::routing::MailboxHealth;
use jiff::{SignedDuration, Timestamp};

/// How old the record may be that mail is taken: writing it anew for each mail would double what a
/// mail writes.
const TAKEN_AGE: SignedDuration = SignedDuration::from_mins(10);

fn find<'a>(records: &'a [Record], key: &RecordKey) -> Option<&'a Record> {
    records.iter().find(|record| record.key == *key)
}

/// A branch's mailbox refused mail, by an answer that is about this mailbox. Whether it is unhealthy
/// by now.
pub(crate) async fn refused(
    store: &dyn Store,
    branch: &BranchId,
    cause: Cause,
    service: &Service,
    now: Timestamp,
) -> Result<MailboxHealth, StoreError> {
    let [refusing, others] = [RecordKey::refusing_mailbox(branch), cause.others()];
    let records = store.records(&[refusing.clone(), others.clone()], now).await?;
    let moment = |key: &RecordKey| find(&records, key).and_then(|it| mailboxes::moment(it, now));
    let since = moment(&refusing).unwrap_or(now);
    store.put_record(&mailboxes::refusing(branch, since, now)).await?;
    // Whoever took mail since was another: this one's would have ended the record.
    let others_take_mail = moment(&others).is_some_and(|taken| since <= taken);
    if others_take_mail && mailbox::is_unhealthy(since, now, service) {
        store.put_record(&mailboxes::unhealthy(branch, cause, now)).await?;
        return Ok(MailboxHealth::Unhealthy);
    }
    Ok(MailboxHealth::Healthy)
}

/// How long a mail that was taken shows that the server takes mail: until each that waits has been
/// tried once more.
const TAKEN_LATELY: SignedDuration = SignedDuration::from_hours(4);

/// Whether somebody's mail was taken lately.
pub(crate) async fn taken_lately(store: &dyn Store, now: Timestamp) -> Result<bool, StoreError> {
    let records = store.records(&[RecordKey::staff_mail_taken()], now).await?;
    let taken = records.first().and_then(|record| mailboxes::moment(record, now));
    Ok(taken.is_some_and(|taken| now.duration_since(taken) < TAKEN_LATELY))
}

/// Whether a mail that is taken shows that its mailbox takes mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// The mailbox was asked.
    TheMailbox,
    /// Mail is taken for everybody, and comes back later.
    Nothing,
}

/// A mail was taken.
pub(crate) async fn taken(
    store: &dyn Store,
    to: &Audience,
    shows: Shows,
    now: Timestamp,
) -> Result<(), StoreError> {
    let asked = match (to, shows) {
        (Audience::Branch(branch), Shows::TheMailbox) => Some(branch),
        _ => None,
    };
    let ends = |record: &Record| {
        let is_refusal = record.key.as_unhealthy_mailbox().is_none();
        is_refusal || mailboxes::cause(record) == Cause::Refused
    };
    goes(store, RecordKey::staff_mail_taken(), asked, ends, now).await
}

/// A mail that had been taken arrived in a branch's mailbox, at a moment. What was noted after that
/// stands: whoever tells of mail doesn't tell in order.
pub(crate) async fn arrived(
    store: &dyn Store,
    branch: &BranchId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ends = |record: &Record| mailboxes::is_older(record, at);
    goes(store, RecordKey::staff_mail_arrived(), Some(branch), ends, now).await
}

/// Notes that mail goes, and ends what was noted of the mailbox that was asked: nearly always that is
/// nothing, and nothing is written.
async fn goes(
    store: &dyn Store,
    key: RecordKey,
    asked: Option<&BranchId>,
    ends: impl Fn(&Record) -> bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut keys = vec![key.clone()];
    if let Some(branch) = asked {
        keys.extend([RecordKey::refusing_mailbox(branch), RecordKey::unhealthy_mailbox(branch)]);
    }
    let mut is_known = false;
    for record in store.records(&keys, now).await? {
        if record.key == key {
            let since = mailboxes::moment(&record, now);
            is_known = since.is_some_and(|since| now.duration_since(since) < TAKEN_AGE);
        } else if ends(&record) {
            store.put_record(&mailboxes::ended(record, now)).await?;
        }
    }
    if !is_known {
        store.put_record(&mailboxes::goes(key, now)).await?;
    }
    Ok(())
}
